//! `Casebook::prove`: what it makes holds for whoever has the key, and for nobody else.

mod support;

use support::{Draft, decision, id, key, loan_1234, write, write_signed};
use testimony_forensics::Casebook;
use testimony_forensics::evidence::{Disclosure, NotProven, Request};
use testimony_record::Uuid;
use testimony_record::evidence::{Conclusion, Evidence, Fault};
use testimony_record::tlog::{Policy, SigningKey};

fn numbered(n: u128) -> Draft {
    decision(1).with(|decision| decision.id = Uuid::from_u128(n << 64)).subject("s")
}

fn proof(casebook: &Casebook, id: Uuid) -> String {
    casebook.prove(&id.to_string(), &Request::default(), &mut |_| {}).unwrap().file
}

#[test]
fn every_decision_of_every_small_ledger_is_proven() {
    let key = key().verifier_key();
    for size in 1..=40_u128 {
        let dir = tempfile::tempdir().unwrap();
        write_signed(&dir.path().join("l"), (1..=size).map(|n| numbered(n).done()).collect());
        let casebook = Casebook::open(dir.path().join("l")).unwrap();
        for n in 1..=size {
            let evidence = Evidence::parse(&proof(&casebook, Uuid::from_u128(n << 64))).unwrap();
            let checked = evidence.check(std::slice::from_ref(&key), None);
            assert_eq!(checked.conclusion(), Conclusion::Good, "{n} of {size}: {checked:?}");
            assert_eq!(u128::from(evidence.entry().seq), n);
        }
    }
}

#[test]
fn a_key_of_somebody_else_finds_it_unsigned_and_no_key_settles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write_signed(&dir.path().join("l"), loan_1234());
    let file = proof(&Casebook::open(dir.path().join("l")).unwrap(), id(2));
    let evidence = Evidence::parse(&file).unwrap();
    assert_eq!(evidence.check(&[], None).conclusion(), Conclusion::Unsettled);
    let other = SigningKey::from_seed("desk.example/loans", [6; 32]).unwrap().verifier_key();
    assert_eq!(evidence.check(&[other], None).faults, [Fault::NotSigned]);
    let for_stream = key().verifier_key().for_stream(evidence.entry().stream);
    assert_eq!(evidence.check(&[for_stream], None).conclusion(), Conclusion::Good);
}

#[test]
fn a_policy_counts_the_witnesses_that_have_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    write_signed(&dir.path().join("l"), loan_1234());
    let file = proof(&Casebook::open(dir.path().join("l")).unwrap(), id(2));
    let witness = SigningKey::from_seed("witness.example", [1; 32]).unwrap();
    let (log, named) = (key().verifier_key(), witness.witness_key());
    let policy = Policy::parse(format!("log {log}\nwitness w {named}\nquorum w\n").as_bytes());
    let policy = policy.unwrap();
    let alone = Evidence::parse(&file).unwrap();
    assert_eq!(alone.check(&[], Some(&policy)).faults, [Fault::NotWitnessed]);

    let line = witness.cosign(alone.head(), 1_772_366_500).to_string();
    let cosigned = Evidence::parse(&format!("{file}{line}\n")).unwrap();
    let checked = cosigned.check(&[], Some(&policy));
    assert_eq!((checked.conclusion(), checked.witnessed), (Conclusion::Good, true));
    assert_eq!(checked.cosignatures[0].time_s, 1_772_366_500);

    let forged = Evidence::parse(&format!("{file}{}\n", flipped(&line))).unwrap();
    assert_eq!(forged.check(&[], Some(&policy)).faults, [Fault::CosignatureWrong]);
}

/// The line with another signature in the same form.
fn flipped(line: &str) -> String {
    let at = line.len() - 20;
    let other = if &line[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &line[..at], &line[at + 1..])
}

#[test]
fn no_byte_of_evidence_can_be_changed() {
    let dir = tempfile::tempdir().unwrap();
    write_signed(&dir.path().join("l"), loan_1234());
    let casebook = Casebook::open(dir.path().join("l")).unwrap();
    let request = Request { disclose: Disclosure::Everything, policy: None };
    let file = casebook.prove(&id(2).to_string(), &request, &mut |_| {}).unwrap().file;
    let key = [key().verifier_key()];
    let good = |text: &str| {
        Evidence::parse(text)
            .is_ok_and(|evidence| evidence.check(&key, None).conclusion() == Conclusion::Good)
    };
    assert!(good(&file));
    for at in 0..file.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut bytes = file.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(!good(&text), "byte {at} of {} with {flip:#x}", file.len());
        }
    }
    for length in 0..file.len() {
        assert!(!file.is_char_boundary(length) || !good(&file[..length]), "cut at {length}");
    }
}

#[test]
fn what_no_checkpoint_covers_is_not_proven() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("l"), loan_1234());
    let casebook = Casebook::open(dir.path().join("l")).unwrap();
    let error = casebook.prove(&id(2).to_string(), &Request::default(), &mut |_| {}).unwrap_err();
    assert!(
        matches!(error, NotProven::NotCovered(ref error) if error.covered.is_none()),
        "{error}"
    );
}

#[test]
fn what_was_changed_before_the_checkpoint_is_not_proven() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("l");
    write_signed(&ledger, loan_1234());
    support::replace(&ledger, r#""took_us":1250000"#, r#""took_us":1250001"#);
    let casebook = Casebook::open(&ledger).unwrap();
    let error = casebook.prove(&id(2).to_string(), &Request::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, NotProven::Broken(ref broken) if broken.seq == 1), "{error}");
}

#[test]
fn a_checkpoint_with_a_wrong_signature_proves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("l");
    write_signed(&ledger, loan_1234());
    forge_checkpoint(&ledger);
    let casebook = Casebook::open(&ledger).unwrap();
    let error = casebook.prove(&id(2).to_string(), &Request::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, NotProven::WrongCheckpoint { size: 6, .. }), "{error}");
}

/// Gives the last entry, a checkpoint, a signature of nobody, and the hash that fits.
fn forge_checkpoint(ledger: &std::path::Path) {
    use testimony_record::digest::Digest;
    use testimony_record::entry::{Body, Entry};
    use testimony_record::frame::{Frame, parse};
    let path = support::segment(ledger);
    let bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(7).rposition(|window| window == b"\nentry ").unwrap() + 1;
    let Frame::Entry { bytes: line, .. } = parse(&bytes[at..]).unwrap().0 else { panic!("entry") };
    let mut entry = Entry::decode(line).unwrap();
    let Body::Checkpoint(checkpoint) = &mut entry.body else { panic!("no checkpoint") };
    checkpoint.note = format!("{}\n", flipped(checkpoint.note.trim_end()));
    let (line, mut forged) = (entry.encode(), bytes[..at].to_vec());
    Frame::Entry { hash: Digest::of_entry(&line), bytes: &line }.write(&mut forged);
    std::fs::write(&path, forged).unwrap();
}

#[test]
fn a_later_session_proves_what_an_earlier_one_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("l");
    write(&ledger, loan_1234());
    write_signed(&ledger, vec![numbered(9).done()]);
    let evidence = Evidence::parse(&proof(&Casebook::open(&ledger).unwrap(), id(2))).unwrap();
    assert_eq!(evidence.check(&[key().verifier_key()], None).conclusion(), Conclusion::Good);
    assert_eq!(evidence.head().size(), 9);
}

#[test]
fn what_recovery_has_cut_off_is_no_part_of_the_log_even_where_it_holds_whole_entries() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("l");
    write(&ledger, loan_1234());
    // The close is torn, and a content of the third decision landed wrong: recovery cuts from there on.
    support::replace(&ledger, "no answer within 30 s", "no answer within 31 s");
    let path = support::segment(&ledger);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
    write_signed(&ledger, vec![numbered(9).done()]);
    let casebook = Casebook::open(&ledger).unwrap();
    for id in [id(2), Uuid::from_u128(9 << 64)] {
        let evidence = Evidence::parse(&proof(&casebook, id)).unwrap();
        assert_eq!(evidence.check(&[key().verifier_key()], None).conclusion(), Conclusion::Good);
    }
}
