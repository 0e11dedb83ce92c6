//! The spans of the ledger's own entries.

use testimony_record::digest::Digest;
use testimony_record::entry::{
    Checkpoint, Close, Cut, Durability, Erasure, Gap, Genesis, Hold, Recovered, Release,
};
use testimony_record::tlog::{SignedHead, SigningKey};

use super::super::sample::{STREAM, sealed_body};
use super::super::*;
use super::drawn;

/// What sets the span apart: its first lines, and the attributes of its own.
fn of(body: Body) -> String {
    let kind = body.kind();
    let drawn = drawn(&Mapper::default().span(&sealed_body(body), None));
    let own = |line: &&str| {
        !line.starts_with("testimony.")
            || line.starts_with("testimony.kind")
            || line.starts_with(&format!("testimony.{kind}."))
    };
    drawn.lines().filter(own).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_session_begins_and_ends() {
    let genesis = Genesis {
        service: Some("loan-desk".into()),
        instance: None,
        writer: "testimony 0.1.0".into(),
        key: Some("loans.example+1c2a2cf9+AZ".into()),
        durability: Durability::Os,
        max_content_bytes: 1 << 20,
        continues: None,
    };
    insta::assert_snapshot!(of(Body::Genesis(genesis)), @"
    testimony genesis Internal Unset
    bd2a5aa810d6a37951a201ebf817e95e/bd2a5aa810d6a379 in 0000000000000000
    1767225602s + 0ns
    testimony.genesis.writer = testimony 0.1.0
    testimony.genesis.key = loans.example+1c2a2cf9+AZ
    testimony.kind = genesis
    ");
    insta::assert_snapshot!(of(Body::Close(Close { decisions: 6, lost: Some(2) })), @"
    testimony close Internal Unset
    311607fc84059c2701661927c79952b2/311607fc84059c27 in 0000000000000000
    1767225602s + 0ns
    testimony.close.decisions = 6
    testimony.close.lost = 2
    testimony.kind = close
    ");
}

#[test]
fn a_gap_is_an_error_that_lasts_from_the_first_loss_on() {
    let since_us = 1_767_225_600_000_000;
    let gap = Gap { lost: 12, since_us, reason: "queue full".into() };
    insta::assert_snapshot!(of(Body::Gap(gap)), @r#"
    testimony gap Internal Error { description: "queue full" }
    fb6cb6fe1348cad28848362d561e2f30/fb6cb6fe1348cad2 in 0000000000000000
    1767225600s + 2s
    error.type = queue full
    testimony.gap.lost = 12
    testimony.gap.reason = queue full
    testimony.kind = gap
    "#);
    let later = Gap { lost: 1, since_us: (1 << 53) - 1, reason: "queue full".into() };
    insta::assert_snapshot!(of(Body::Gap(later)), @r#"
    testimony gap Internal Error { description: "queue full" }
    a78d2c6d4b8351fe6ff2ec901658997e/a78d2c6d4b8351fe in 0000000000000000
    1767225602s + 0ns
    error.type = queue full
    testimony.gap.lost = 1
    testimony.gap.reason = queue full
    testimony.kind = gap
    "#);
}

#[test]
fn recovery_says_how_much_it_cut_off() {
    let cut = |bytes| Cut { segment: 3, offset: 100, bytes, hash: Digest::plain(b"cut") };
    insta::assert_snapshot!(of(Body::Recovered(Recovered { cuts: vec![cut(20), cut(22)] })), @"
    testimony recovered Internal Unset
    5b2459703b0c9d276931b2d3ff3c3ae9/5b2459703b0c9d27 in 0000000000000000
    1767225602s + 0ns
    testimony.recovered.bytes = 42
    testimony.kind = recovered
    ");
}

#[test]
fn a_checkpoint_says_how_much_it_covers_and_how_many_signed_it() {
    let key = |name, seed| SigningKey::from_seed(name, [seed; 32]).unwrap();
    let head = SignedHead::sign(STREAM, 7, &[9; 32], &[&key("loans.example", 1)]).unwrap();
    let line = key("witness.example", 2).cosign(&head, 1_800_000_000);
    let note = head.with_signatures([line]).unwrap().to_string();
    insta::assert_snapshot!(of(Body::Checkpoint(Checkpoint { note, peaks: vec![] })), @"
    testimony checkpoint Internal Unset
    f2e4f9c0e5f67b4890f07a39386e131e/f2e4f9c0e5f67b48 in 0000000000000000
    1767225602s + 0ns
    testimony.checkpoint.size = 7
    testimony.checkpoint.signatures = 2
    testimony.kind = checkpoint
    ");
    let unreadable = Checkpoint { note: "no note".to_owned(), peaks: vec![] };
    insta::assert_snapshot!(of(Body::Checkpoint(unreadable)), @"
    testimony checkpoint Internal Unset
    447ad73257b6bda31c39ac8c47dac374/447ad73257b6bda3 in 0000000000000000
    1767225602s + 0ns
    testimony.kind = checkpoint
    ");
}

#[test]
fn erasures_and_holds_say_why_and_by_whose_authority() {
    let (reason, by) = ("request 17", "privacy office");
    let digests = vec![Digest::plain(b"a"), Digest::plain(b"b")];
    let erasure = Erasure { digests: digests.clone(), reason: reason.into(), by: by.into() };
    insta::assert_snapshot!(of(Body::Erasure(erasure)), @"
    testimony erasure Internal Unset
    89f01a3ef6671ff5834f27662f0a04d1/89f01a3ef6671ff5 in 0000000000000000
    1767225602s + 0ns
    testimony.erasure.contents = 2
    testimony.erasure.reason = request 17
    testimony.erasure.by = privacy office
    testimony.kind = erasure
    ");
    let hold = |digests| Hold { digests, reason: reason.into(), by: by.into() };
    insta::assert_snapshot!(of(Body::Hold(hold(digests))), @"
    testimony hold Internal Unset
    16817d39fdb0dda250de9725cd46f0af/16817d39fdb0dda2 in 0000000000000000
    1767225602s + 0ns
    testimony.hold.contents = 2
    testimony.hold.reason = request 17
    testimony.hold.by = privacy office
    testimony.kind = hold
    ");
    insta::assert_snapshot!(of(Body::Hold(hold(vec![]))), @"
    testimony hold Internal Unset
    d58163c404e8c118179a3253eddbf71f/d58163c404e8c118 in 0000000000000000
    1767225602s + 0ns
    testimony.hold.reason = request 17
    testimony.hold.by = privacy office
    testimony.kind = hold
    ");
    let hold = Digest::plain(b"the hold");
    insta::assert_snapshot!(
        of(Body::Release(Release { hold, reason: reason.into(), by: by.into() })),
        @"
    testimony release Internal Unset
    7b39647e8aaa05106d1d1ba647b1555d/7b39647e8aaa0510 in 0000000000000000
    1767225602s + 0ns
    testimony.release.hold = bd533d368f72103503426a034183aaa69f098edbc07833192ecdbdd9f8a810a9
    testimony.release.reason = request 17
    testimony.release.by = privacy office
    testimony.kind = release
    "
    );
}

#[test]
fn every_entry_of_a_ledger_is_a_trace_of_its_own() {
    let close = |decisions| sealed_body(Body::Close(Close { decisions, lost: None }));
    let mut mapper = Mapper::default();
    let [first, second] = [close(1), close(2)].map(|sealed| mapper.span(&sealed, None));
    assert_ne!(first.span_context.trace_id(), second.span_context.trace_id());
    assert_ne!(first.span_context.span_id(), second.span_context.span_id());
    assert_eq!(mapper.span(&close(1), None), first, "the same however often it is sent");
}
