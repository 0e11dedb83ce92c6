//! `testimony head`: what to keep elsewhere. A head commits to every entry before it, so one that somebody outside has
//! kept shows whether the ledger was only appended to since.

use std::path::Path;

use testimony_record::head::Head;
use testimony_record::verify::Trust;

use super::verify::verified;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::grouped;
use crate::paper::Paper;
use crate::style::{DIM, NOTE, PLAIN, TITLE};

pub(crate) fn run(ledger: &Path, json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    let report = verified(ledger, &Trust::default())?;
    if !report.intact() {
        Failure::new("the ledger is broken; a head of it would vouch for what was never sealed")
            .advise("`testimony verify` says what is wrong.")
            .print();
        return Ok(Exit::Broken);
    }
    let heads: Vec<Head> = report.streams.iter().filter_map(|stream| stream.head).collect();
    if json {
        json::document(&heads, paper)?;
    } else {
        print(&heads, paper);
    }
    Ok(Exit::Fine)
}

fn print(heads: &[Head], paper: &mut Paper) {
    if heads.is_empty() {
        return paper.line(NOTE, "The ledger holds no entries, so it has no head.");
    }
    for head in heads {
        paper.line(TITLE, &format!("stream {}", head.stream));
        fact("entries", &grouped(head.size), paper);
        fact("hash", &head.hash.to_string(), paper);
        fact("root", &hex::encode(head.root), paper);
        fact("sealed", &moment::millis(head.time_us), paper);
        paper.end();
    }
    paper.block(
        0,
        PLAIN,
        "Keep this where whoever holds the ledger cannot write: `testimony head --json > FILE`. Later, \
         `testimony verify --head FILE` shows whether anything up to here was changed.",
    );
}

fn fact(name: &str, value: &str, paper: &mut Paper) {
    paper.labelled((DIM, &format!("  {name}")), 12, (PLAIN, value));
}
