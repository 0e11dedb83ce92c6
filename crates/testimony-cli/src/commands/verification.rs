//! What a verification prints in the same way whether it judged a ledger or exported copies: its two answers, how far signatures
//! reach, losses, and what it left open. What is true of either is decided elsewhere.

use anstyle::Style;
use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::verify::{Loss, Signed};

use crate::number::{counted, grouped};
use crate::paper::Paper;
use crate::style::{DIM, PLAIN, TITLE};

/// The answer for programs.
#[derive(Serialize)]
pub(super) struct Answer<'a, R> {
    pub(super) integrity: &'static str,
    pub(super) completeness: &'static str,
    #[serde(flatten)]
    pub(super) report: &'a R,
}

pub(super) fn answer(
    question: &str,
    (word, meaning): (&str, &str),
    style: Style,
    paper: &mut Paper,
) {
    paper.put(PLAIN, &format!("{question:<15}"));
    paper.put(style, word);
    paper.line(PLAIN, &format!(" - {meaning}"));
}

pub(super) fn heading(text: &str, paper: &mut Paper) {
    paper.end();
    paper.line(TITLE, text);
}

/// How far the checkpoints of a stream reach.
pub(super) fn covered(signing: &Signed) -> impl Iterator<Item = String> + use<> {
    let covered = [("signed", signing.signed), ("witnessed", signing.witnessed)];
    covered.into_iter().filter_map(|(word, covered)| {
        Some(format!("{word} over its first {}", grouped(covered?.size)))
    })
}

/// The losses that each stream itself puts on record.
pub(super) fn print_losses<'a>(
    streams: impl Iterator<Item = (Uuid, &'a [Loss])>,
    paper: &mut Paper,
) {
    let losses = streams.flat_map(|(stream, losses)| losses.iter().map(move |loss| (stream, loss)));
    for (at, (stream, loss)) in losses.enumerate() {
        if at == 0 {
            heading("Losses on record:", paper);
        }
        let (seq, what) = told(loss);
        paper.item(PLAIN, &what);
        paper.block(4, DIM, &format!("stream {stream}, entry {seq}"));
    }
}

fn told(loss: &Loss) -> (u64, String) {
    match loss {
        Loss::Gap { seq, lost, reason } => {
            let decisions = counted(*lost, "decision was", "decisions were");
            (*seq, format!("{decisions} made and not recorded: {reason}"))
        }
        Loss::Recovered { seq, bytes } => {
            let bytes = grouped(*bytes);
            (
                *seq,
                format!(
                    "{bytes} unfinished bytes were cut off when the stream was taken up after a crash"
                ),
            )
        }
    }
}

pub(super) fn print_not_established(sentences: impl Iterator<Item = String>, paper: &mut Paper) {
    heading("Not established by this run:", paper);
    for sentence in sentences {
        paper.item(PLAIN, &sentence);
    }
}
