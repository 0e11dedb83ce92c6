//! `testimony show`: everything of one decision, in the order of the record and uncut.

use std::path::Path;

use testimony_forensics::{Account, Casebook};
use testimony_record::frame::segment_name;
use testimony_record::verify::Place;

use super::facts::{fact, print_facts, print_heading};
use super::links::{by_id, print_bearings, print_outcomes};
use crate::content::Telling;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::paper::Paper;
use crate::style::{BAD, DIM, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The decision's id, or the beginning of it.
    id: String,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ShowArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let account = Casebook::open(ledger)?.show(&options.id)?;
    if json {
        json::document(&account, paper)?;
    } else {
        print(&account, paper);
    }
    Ok(Exit::Fine)
}

fn print(account: &Account, paper: &mut Paper) {
    paper.line(TITLE, &format!("decision {}", account.id));
    print_facts(&account.facts, paper);
    print_place(account, paper);
    let telling = Telling { decision: account.id, cut: None, called: &by_id };
    for part in &account.parts {
        paper.end();
        print_heading(part, paper);
        telling.tell(&part.content, paper);
    }
    if !account.outcomes.is_empty() {
        paper.end();
        print_outcomes(&account.outcomes, &telling, paper);
    }
    paper.end();
    print_bearings(&account.bearings, &telling, paper);
}

fn print_place(account: &Account, paper: &mut Paper) {
    fact("sealed", (DIM, &moment::millis(account.sealed_us)), paper);
    fact("entry", (DIM, &place(&account.place)), paper);
    let hash = account.hash.to_string();
    if account.sealed {
        fact("hash", (DIM, &hash), paper);
    } else {
        let problem = format!(
            "{hash}, which its bytes do not have: the entry was changed; run `testimony verify`"
        );
        fact("hash", (BAD, &problem), paper);
    }
    for other in &account.also_at {
        let problem = format!("{}: another entry claims the same id", place(other));
        fact("also", (BAD, &problem), paper);
    }
}

fn place(place: &Place) -> String {
    let Place { stream, segment, offset, seq } = place;
    format!("{seq} of stream {stream}, {} at byte {offset}", segment_name(*segment))
}
