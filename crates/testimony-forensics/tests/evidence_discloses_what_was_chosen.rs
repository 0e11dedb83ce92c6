//! What goes along with an entry: part by part, whole or not at all, and nothing else.

mod support;

use support::{Draft, blank, decision, id, loan_1234, write_signed};
use testimony_forensics::evidence::{Disclosure, NotProven, Proven, Request, parts};
use testimony_forensics::{Casebook, Content};
use testimony_record::digest::Digest;
use testimony_record::evidence::{BadEvidence, Evidence, FIRST_LINE};
use testimony_record::frame::{self, Frame};
use testimony_record::part::Role;
use testimony_record::tlog::TlogProof;

fn ledger(events: Vec<testimony_record::unsealed::Unsealed>) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_signed(&dir.path().join("l"), events);
    dir
}

fn prove(dir: &tempfile::TempDir, n: u8, disclose: &[&str]) -> Result<Proven, NotProven> {
    let disclose = Disclosure::parse(disclose.iter().copied()).unwrap();
    let casebook = Casebook::open(dir.path().join("l")).unwrap();
    casebook.prove(&id(n).to_string(), &Request { disclose, policy: None }, &mut |_| {})
}

/// Each part, and what is told of it.
fn told(proven: &Proven) -> Vec<String> {
    let evidence = Evidence::parse(&proven.file).unwrap();
    let told = parts(&evidence).into_iter().map(|part| {
        let content = match part.content {
            Content::Text { text, .. } => text,
            Content::Withheld => "-".to_owned(),
            Content::Absent(_) => "absent".to_owned(),
            Content::Blank { bytes } => format!("erased {bytes}"),
            Content::Messages(messages) => format!("{} messages", messages.messages.len()),
            other => format!("{other:?}"),
        };
        format!("{:?}: {content}", part.role)
    });
    told.collect()
}

#[test]
fn nothing_of_the_contents_is_in_the_file_unless_asked_for() {
    let dir = ledger(loan_1234());
    let proven = prove(&dir, 2, &[]).unwrap();
    assert!(told(&proven).iter().all(|part| part.ends_with(": -")), "{:?}", told(&proven));
    let proof = TlogProof::parse(&proven.file).unwrap();
    let extra = String::from_utf8(proof.extra.unwrap()).unwrap();
    assert!(extra.starts_with(FIRST_LINE) && !extra.contains("blob "), "{extra}");
}

#[test]
fn parts_are_disclosed_by_role_and_by_name() {
    let dir = ledger(loan_1234());
    let proven = prove(&dir, 2, &["rationale", "constraint:score"]).unwrap();
    let expected = [
        "Subject: -",
        "Prompt: -",
        "Context: -",
        "Constraint: -",
        "Constraint: at least 0.60, was 0.41",
        "Decision: -",
        "Rationale: The score is below the floor.",
    ];
    assert_eq!(told(&proven), expected);
    let all = told(&prove(&dir, 2, &["all"]).unwrap());
    assert!(all.iter().all(|part| !part.ends_with(": -")), "{all:?}");
}

#[test]
fn a_part_that_is_not_there_is_a_slip() {
    let dir = ledger(loan_1234());
    let error = prove(&dir, 2, &["prompt", "context:polcy"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the decision has no part context:polcy; it has constraint:amount, constraint:score, context:policy, decision, \
         prompt, rationale, subject"
    );
}

#[test]
fn a_conversation_goes_along_whole_with_all_that_it_rests_on() {
    let said = [("system", "You are a clerk."), ("user", "A loan?"), ("assistant", "Of how much?")];
    let talk = |n: u8, count: usize| {
        decision(n).messages(Role::Prompt, &said[..count]).text(Role::Decision, "", "x").done()
    };
    let dir = ledger(vec![talk(1, 2), talk(2, 3)]);
    let proven = prove(&dir, 2, &["prompt"]).unwrap();
    assert_eq!(told(&proven), ["Prompt: 3 messages", "Decision: -"]);
}

#[test]
fn absent_and_erased_contents_are_said_to_be_so() {
    let dir = ledger(loan_1234());
    assert_eq!(told(&prove(&dir, 3, &["all"]).unwrap())[1], "Prompt: absent");
    blank(&dir.path().join("l"), "Lend only above 0.60.");
    let erased = told(&prove(&dir, 2, &["all"]).unwrap());
    assert_eq!(erased[2], "Context: erased 21");
}

#[test]
fn content_that_is_no_longer_what_was_sealed_is_not_disclosed() {
    let dir = ledger(loan_1234());
    support::replace(&dir.path().join("l"), "Lend only above 0.60.", "Lend only above 0.10.");
    assert!(matches!(prove(&dir, 2, &["context"]).unwrap_err(), NotProven::Object(_)));
    assert!(prove(&dir, 2, &["rationale"]).is_ok());
}

#[test]
fn parts_beyond_those_in_the_entry_are_named_though_withheld() {
    let many = (0..400).fold(decision(1), |draft: Draft, n| {
        draft.text(Role::Context, &format!("document-{n:03}"), &format!("text {n}"))
    });
    let dir = ledger(vec![many.done()]);
    let proven = prove(&dir, 1, &["context:document-399"]).unwrap();
    let told = told(&proven);
    assert_eq!(told.len(), 400);
    assert_eq!(told.iter().filter(|part| part.ends_with(": -")).count(), 399);
    assert_eq!(told[399], "Context: text 399");
}

/// The frames of a file, changed and put back.
fn with_frames(
    file: &str,
    change: impl FnOnce(&mut Vec<Vec<u8>>),
) -> Result<Evidence, BadEvidence> {
    let mut proof = TlogProof::parse(file).unwrap();
    let extra = proof.extra.take().unwrap();
    let (mut frames, mut rest) = (Vec::new(), &extra[FIRST_LINE.len()..]);
    while !rest.is_empty() {
        let (_, length) = frame::parse(rest).unwrap();
        frames.push(rest[..length].to_vec());
        rest = &rest[length..];
    }
    change(&mut frames);
    proof.extra = Some([FIRST_LINE.as_bytes(), &frames.concat()].concat());
    Evidence::parse(&proof.to_string())
}

fn blob(content: &[u8]) -> Vec<u8> {
    use testimony_record::digest::Salt;
    use testimony_record::media::MediaType;
    let (salt, media) = (Salt::from_bytes([3; 16]), MediaType::TEXT);
    let digest = Digest::of_blob(&salt, media.as_str(), content);
    let mut frame = Vec::new();
    Frame::Blob { digest, salt, media, content }.write(&mut frame);
    frame
}

#[test]
fn other_content_in_the_place_of_the_disclosed_one_is_refused() {
    let dir = ledger(loan_1234());
    let file = prove(&dir, 2, &["rationale"]).unwrap().file;
    let swapped = with_frames(&file, |frames| frames[0] = blob(b"He looked at me."));
    assert!(matches!(swapped.unwrap_err(), BadEvidence::Foreign(_)));
    let added = with_frames(&file, |frames| frames.insert(0, blob(b"He looked at me.")));
    assert!(matches!(added.unwrap_err(), BadEvidence::Foreign(_)));
    let altered = with_frames(&file, |frames| {
        let at = frames[0].len() - 3;
        frames[0][at] ^= 1;
    });
    assert!(matches!(altered.unwrap_err(), BadEvidence::Altered(_)));
    let twice = with_frames(&file, |frames| frames.insert(0, frames[0].clone()));
    assert!(matches!(twice.unwrap_err(), BadEvidence::Form(_)));
    let after = with_frames(&file, |frames| frames.reverse());
    assert!(matches!(after.unwrap_err(), BadEvidence::Form(_)));
    let none = with_frames(&file, |frames| drop(frames.pop()));
    assert!(matches!(none.unwrap_err(), BadEvidence::Frame(_)));
}

#[test]
fn a_conversation_from_which_something_was_taken_is_refused() {
    let said = [("user", "A loan?"), ("assistant", "Of how much?")];
    let dir = ledger(vec![decision(1).messages(Role::Prompt, &said).done()]);
    let file = prove(&dir, 1, &["prompt"]).unwrap().file;
    let frames = with_frames(&file, |_| {}).unwrap();
    assert!(frames.parts().1.is_none());
    // Two texts, two messages, one list, one entry.
    for at in 0..5 {
        let cut = with_frames(&file, |frames| drop(frames.remove(at)));
        let error = cut.unwrap_err();
        let expected = matches!(error, BadEvidence::Missing(_) | BadEvidence::Foreign(_));
        assert!(expected && error.contradicts_itself(), "{at}: {error}");
    }
}
