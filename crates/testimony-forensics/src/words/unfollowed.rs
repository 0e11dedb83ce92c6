//! What could not be followed, in sentences.

use testimony_record::Uuid;

use super::number::counted;
use crate::blast::{Reason, Unfollowed, Unspecific, What};

/// A line for each, decisions first, then what concerns many; `short` says how a decision is named.
#[must_use]
pub fn lines(unfollowed: &[Unfollowed], short: impl Fn(&Uuid) -> String) -> Vec<String> {
    unfollowed.iter().map(|one| line(one, &short)).collect()
}

fn line(one: &Unfollowed, short: &dyn Fn(&Uuid) -> String) -> String {
    let why = reason(&one.why);
    let part = one.part.as_deref().unwrap_or("parts");
    let Some(id) = one.id.as_ref().map(short) else { return many(one.what, &why, one) };
    match one.what {
        What::PutOut => format!("{id}: its {part} {why}, so {} is not known", whom(&one.why)),
        What::Cause => format!("{id}: its cause {part} {why}"),
        What::Parent => format!("{id}: decision {part}, inside which it was made, {why}"),
        What::Entry => format!("{id}: its entry {why}"),
        _ => format!("{id}: {part} {why}"),
    }
}

/// Erased and altered contents are still followed by their digests.
fn whom(why: &Reason) -> &'static str {
    match why {
        Reason::Erased | Reason::Altered => "whoever was given it under another digest",
        _ => "whoever was given it",
    }
}

fn many(what: What, why: &str, one: &Unfollowed) -> String {
    let counted = |one_: &str, many: &str| counted(one.count.unwrap_or_default(), one_, many);
    match what {
        What::Given => {
            let others = counted("further decision", "further decisions");
            format!("{others} may have been given it: a prompt or context of theirs {why}")
        }
        What::ContentEdge => {
            let contents = counted("content was", "contents were");
            let each = if one.count == Some(1) { "it" } else { "each" };
            format!("{contents} put out and not followed: {each} {why}")
        }
        What::Cause | What::Parent => {
            let others = counted("further decision names", "further decisions name");
            let what = if what == What::Cause { "a cause" } else { "a parent" };
            format!("{others} {what} that {why}")
        }
        What::Entry => {
            format!("{} not what was sealed", counted("further entry is", "further entries are"))
        }
        What::Segment => {
            let files = counted("segment file has", "segment files have");
            format!("{files} an end that is no whole record: a crash, or a writer at work")
        }
        What::Lost => {
            let lost = counted("decision was lost", "decisions were lost");
            format!("{lost} before being recorded")
        }
        What::Begun => {
            let begun = counted("call was begun", "calls were begun");
            format!("{begun} and led to no decision on record")
        }
        What::OtherLedgers => {
            "other ledgers were not given: what went on elsewhere is not here".to_owned()
        }
        _ => format!("{what:?}: {why}"),
    }
}

fn reason(why: &Reason) -> String {
    let words = match why {
        Reason::NotCaptured => "was not captured",
        Reason::TooLarge => "was too large to be kept",
        Reason::TooMany => "was one of too many to be kept",
        Reason::Unreadable => "could not be written out by the application",
        Reason::Noted(note) => return format!("is not whole ({note})"),
        Reason::Erased => "is erased",
        Reason::Altered => "is not what was sealed",
        Reason::Missing => "is not in the files",
        Reason::Unspecific(Unspecific::Short) => "is shorter than --min-bytes",
        Reason::Unspecific(Unspecific::FromElsewhere) => "came from elsewhere first",
        Reason::Unspecific(Unspecific::SeveralSources) => "has several sources",
        Reason::Backwards => "was reached only after this one had ended",
        Reason::NotHeld => "is not in this ledger",
        _ => "cannot be followed",
    };
    words.to_owned()
}
