//! `testimony head`: what to keep elsewhere. A head commits to every entry before it, so one that somebody outside has
//! kept shows whether the ledger was only appended to since.

use std::collections::BTreeMap;
use std::path::Path;

use testimony_ledger::read::checkpoints;
use testimony_record::Uuid;
use testimony_record::head::Head;
use testimony_record::tlog::{SignatureLine, SignedHead};
use testimony_record::verify::Trust;

use super::verify::verified;
use crate::advice::WHAT_IS_WRONG;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::grouped;
use crate::paper::Paper;
use crate::style::{NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct HeadArgs {
    /// Print only the newest signed note of each stream, to keep or to hand on.
    #[arg(long)]
    note: bool,
}

/// Where facts begin, beside what they are.
const BESIDE: usize = 12;

/// The newest note of each stream that has one.
type Notes = BTreeMap<Uuid, SignedHead>;

pub(crate) fn run(
    ledger: &Path,
    options: &HeadArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let report = verified(ledger, &Trust::default())?;
    if !report.intact() {
        let why = "the ledger is broken; a head of it would vouch for what was never sealed";
        return Ok(Failure::new(why).advise(WHAT_IS_WRONG).broken());
    }
    let notes = checkpoints::newest(ledger)?;
    let heads: Vec<Head> = report.streams.iter().filter_map(|stream| stream.head).collect();
    match (options.note, json) {
        (true, _) => print_notes(&notes, json, paper)?,
        (false, true) => json::document(&heads, paper)?,
        (false, false) => print(&heads, &notes, paper),
    }
    Ok(Exit::Fine)
}

fn print_notes(notes: &Notes, json: bool, paper: &mut Paper) -> Result<(), Failure> {
    if notes.is_empty() {
        return Err(Failure::new("no stream of the ledger has a signed head").advise(
            "A service signs heads when it has a key: `testimony key new` makes one. `testimony head --json` prints the \
             unsigned ones.",
        ));
    }
    let texts: Vec<String> = notes.values().map(ToString::to_string).collect();
    if json {
        return json::document(&texts, paper);
    }
    for line in texts.iter().flat_map(|text| text.lines()) {
        paper.line(PLAIN, line);
    }
    Ok(())
}

fn print(heads: &[Head], notes: &Notes, paper: &mut Paper) {
    if heads.is_empty() {
        return paper.line(NOTE, "The ledger holds no entries, so it has no head.");
    }
    for head in heads {
        paper.line(TITLE, &format!("stream {}", head.stream));
        paper.fact("entries", BESIDE, (PLAIN, &grouped(head.size)));
        paper.fact("hash", BESIDE, (PLAIN, &head.hash.to_string()));
        paper.fact("root", BESIDE, (PLAIN, &hex::encode(head.root)));
        paper.fact("sealed", BESIDE, (PLAIN, &moment::millis(head.time_us)));
        if let Some(note) = notes.get(&head.stream) {
            paper.fact("signed", BESIDE, (PLAIN, &signed(note)));
        }
        paper.end();
    }
    let how = if notes.is_empty() { "--json" } else { "--note" };
    let advice = format!(
        "Keep this where whoever holds the ledger cannot write: `testimony head {how} > FILE`. Later, \
         `testimony verify --head FILE` shows whether anything up to here was changed."
    );
    paper.block(0, PLAIN, &advice);
}

fn signed(note: &SignedHead) -> String {
    let names: Vec<&str> = note.note().signatures().iter().map(SignatureLine::name).collect();
    format!("the first {} entries, by {}", grouped(note.size()), names.join(", "))
}
