//! Whether the ledger is what was sealed, in a report: both verdicts, what was found, and what no verification shows.

use testimony_record::frame::segment_name;
use testimony_record::verify::{Loss, Report as Verification};

use super::document::{Block, Tone};
use crate::words::not_established::sentence;
use crate::words::number::{counted, grouped};

/// The two verdicts, each by itself.
pub(super) fn verdicts(verification: &Verification, blocks: &mut Vec<Block>) {
    let (tone, text) = if verification.intact() {
        (Tone::Good, "Integrity: intact. Nothing that was sealed has been found changed.")
    } else {
        (Tone::Bad, "Integrity: BROKEN. The ledger is not what was sealed; see the findings below.")
    };
    blocks.push(Block::Paragraph(tone, text.into()));
    let (tone, text) = completeness(verification);
    blocks.push(Block::Paragraph(tone, text.into()));
}

fn completeness(verification: &Verification) -> (Tone, &'static str) {
    let losses = verification.streams.iter().any(|stream| !stream.losses.is_empty());
    if !verification.intact() {
        (
            Tone::Bad,
            "Completeness: unknown. A broken ledger cannot say whether it holds everything.",
        )
    } else if losses {
        (
            Tone::Note,
            "Completeness: losses. The ledger itself says that something was lost; see below.",
        )
    } else if verification.complete() {
        (Tone::Good, "Completeness: complete. Every stream was closed, and none records a loss.")
    } else {
        (Tone::Note, "Completeness: open. No loss is on record, but not every stream was closed.")
    }
}

/// What was read, found and lost.
pub(super) fn statement(verification: &Verification, blocks: &mut Vec<Block>) {
    let headings = ["Stream", "Entries", "Decisions", "Head"].map(str::to_owned).to_vec();
    let rows = verification.streams.iter().map(|stream| {
        let head = stream.head.as_ref().map_or("-".to_owned(), |head| head.hash.to_string());
        vec![stream.stream.to_string(), grouped(stream.entries), grouped(stream.decisions), head]
    });
    blocks.push(Block::Table(headings, rows.collect()));
    let findings: Vec<String> = verification
        .findings()
        .map(|finding| {
            let place = &finding.place;
            format!(
                "{}, stream {}, entry {}, {} at byte {}: {}",
                finding.verdict,
                place.stream,
                place.seq,
                segment_name(place.segment),
                place.offset,
                finding.detail
            )
        })
        .collect();
    if !findings.is_empty() {
        blocks.push(Block::Heading(3, "Findings".into()));
        blocks.push(Block::Points(findings));
    }
    let losses: Vec<String> =
        verification.streams.iter().flat_map(|stream| &stream.losses).map(loss).collect();
    if !losses.is_empty() {
        blocks.push(Block::Heading(3, "Losses on record".into()));
        blocks.push(Block::Points(losses));
    }
}

fn loss(loss: &Loss) -> String {
    match loss {
        Loss::Gap { seq, lost, reason } => {
            let decisions = counted(*lost, "decision was", "decisions were");
            format!("Entry {seq}: {decisions} made and not recorded: {reason}")
        }
        Loss::Recovered { seq, bytes } => {
            let bytes = counted(*bytes, "unfinished byte", "unfinished bytes");
            format!("Entry {seq}: {bytes} cut off when the stream was taken up after a crash")
        }
    }
}

/// What none of this shows.
pub(super) fn open(verification: &Verification, blocks: &mut Vec<Block>) {
    blocks.push(Block::Points(verification.not_established.iter().map(sentence).collect()));
}
