//! The spans of the ledger's own entries: that a session began, that decisions were lost, that content was erased.

use opentelemetry::trace::Status;
use testimony_record::entry::{
    Body, Checkpoint, Close, Erasure, Gap, Genesis, Hold, Recovered, Release,
};
use testimony_record::tlog::SignedHead;

use super::Sealed;
use super::drawing::Drawing;
use super::list::List;
use super::names;
use super::place::Place;

pub(super) fn draw(sealed: &Sealed) -> Drawing {
    let name = format!("testimony {}", sealed.entry.body.kind());
    let mut drawing = Drawing::moment(Place::of_entry(&sealed.hash), name, sealed.entry.time_us);
    let list = &mut drawing.attributes;
    match &sealed.entry.body {
        Body::Genesis(said) => genesis(list, said),
        Body::Gap(said) => gap(&mut drawing, said),
        Body::Recovered(said) => recovered(list, said),
        Body::Checkpoint(said) => checkpoint(list, said),
        Body::Erasure(said) => erasure(list, said),
        Body::Hold(said) => hold(list, said),
        Body::Release(said) => release(list, said),
        Body::Close(said) => close(list, said),
        Body::Decision(_) | Body::Intent(_) | Body::Outcome(_) => {}
    }
    drawing
}

fn genesis(list: &mut List, genesis: &Genesis) {
    list.label(names::GENESIS_WRITER, Some(&genesis.writer));
    list.label(names::GENESIS_KEY, genesis.key.as_ref());
}

/// Lasts from the first loss until it was put on record. Losing decisions is the one failure among these.
fn gap(drawing: &mut Drawing, gap: &Gap) {
    let sealed_us = drawing.began_us;
    drawing.began_us = gap.since_us.min(sealed_us);
    drawing.took_us = sealed_us - drawing.began_us;
    drawing.status = Status::error(gap.reason.as_str().to_owned());
    let list = &mut drawing.attributes;
    list.label(names::ERROR_TYPE, Some(&gap.reason));
    list.count(names::GAP_LOST, Some(gap.lost));
    list.label(names::GAP_REASON, Some(&gap.reason));
}

fn recovered(list: &mut List, recovered: &Recovered) {
    let bytes = recovered.cuts.iter().map(|cut| cut.bytes).fold(0, u64::saturating_add);
    list.count(names::RECOVERED_BYTES, Some(bytes));
}

/// A note that cannot be read says nothing here; whoever verifies will say so.
fn checkpoint(list: &mut List, checkpoint: &Checkpoint) {
    if let Ok(head) = SignedHead::parse(&checkpoint.note) {
        list.count(names::CHECKPOINT_SIZE, Some(head.size()));
        list.count(names::CHECKPOINT_SIGNATURES, Some(head.note().signatures().len() as u64));
    }
}

fn erasure(list: &mut List, erasure: &Erasure) {
    list.count(names::ERASURE_CONTENTS, Some(erasure.digests.len() as u64));
    list.label(names::ERASURE_REASON, Some(&erasure.reason));
    list.label(names::ERASURE_BY, Some(&erasure.by));
}

fn hold(list: &mut List, hold: &Hold) {
    let contents = (!hold.digests.is_empty()).then_some(hold.digests.len() as u64);
    list.count(names::HOLD_CONTENTS, contents);
    list.label(names::HOLD_REASON, Some(&hold.reason));
    list.label(names::HOLD_BY, Some(&hold.by));
}

fn release(list: &mut List, release: &Release) {
    list.text(names::RELEASE_HOLD, release.hold.to_string());
    list.label(names::RELEASE_REASON, Some(&release.reason));
    list.label(names::RELEASE_BY, Some(&release.by));
}

fn close(list: &mut List, close: &Close) {
    list.count(names::CLOSE_DECISIONS, Some(close.decisions));
    list.count(names::CLOSE_LOST, close.lost);
}
