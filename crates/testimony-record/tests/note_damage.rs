//! A signed head in which one byte was changed: it is refused, or the byte belongs to a signature of somebody else.

use proptest::prelude::*;
use testimony_record::Uuid;
use testimony_record::tlog::{Note, Signature, SignedHead, SigningKey, VerifierKey};

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

fn ours(stream: Uuid) -> VerifierKey {
    key("loans.example", 1).verifier_key().for_stream(stream)
}

/// Two signature lines: the ledger's, then that of a witness whom the verifier does not know.
fn head() -> SignedHead {
    let head =
        SignedHead::sign(Uuid::nil(), 1234, &[0xa7; 32], &[&key("loans.example", 1)]).unwrap();
    let line = key("witness.example", 2).cosign(&head, 1_700_000_000);
    head.with_signatures([line]).unwrap()
}

/// How a text with one damaged byte is judged.
fn judge(damaged: &[u8]) -> Option<SignedHead> {
    let head = SignedHead::parse(str::from_utf8(damaged).ok()?).ok()?;
    (head.verified_by(&ours(Uuid::nil())) == Signature::Verified).then_some(head)
}

#[test]
fn a_byte_is_free_only_in_the_line_of_an_unknown_key() {
    let good = head();
    let text = good.to_string();
    let unknown = text.rfind("— ").unwrap();
    let (mut refused, mut free) = (0, 0);
    for at in 0..text.len() {
        for byte in (0..8).map(|bit| text.as_bytes()[at] ^ (1 << bit)).chain(*b" \n\r+=A0\0") {
            let mut damaged = text.clone().into_bytes();
            if std::mem::replace(&mut damaged[at], byte) == byte {
                continue;
            }
            let Some(read) = judge(&damaged) else {
                refused += 1;
                continue;
            };
            assert!(at >= unknown, "byte {at} may be {byte:#04x}");
            assert_eq!(read.note().text(), good.note().text());
            assert_eq!(read.note().signatures()[0], good.note().signatures()[0]);
            assert_eq!(
                read.cosigned_by(&key("witness.example", 2).witness_key()).ok().flatten(),
                None
            );
            free += 1;
        }
    }
    println!("note of {} bytes: {refused} damages refused, {free} in an unknown line", text.len());
    assert!(refused > 0 && free > 0);
}

#[test]
fn a_note_cut_anywhere_is_refused_but_for_the_loss_of_the_unknown_line() {
    let text = head().to_string();
    let unknown = text.rfind("— ").unwrap();
    for end in (0..text.len()).filter(|end| *end != unknown) {
        assert!(judge(&text.as_bytes()[..end]).is_none(), "cut at {end}");
    }
    assert!(judge(&text.as_bytes()[..unknown]).is_some());
}

#[test]
fn a_note_with_a_byte_put_in_before_the_unknown_line_is_refused() {
    let text = head().to_string();
    let unknown = text.rfind("— ").unwrap();
    for at in 0..unknown {
        for byte in *b"\n A0=+/" {
            let mut longer = text.clone().into_bytes();
            longer.insert(at, byte);
            assert!(judge(&longer).is_none(), "{byte:#04x} at {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_head_is_read_back_as_it_was_signed(
        name in "[^\\s\\p{Cc}+]{1,40}",
        stream in any::<u128>().prop_map(Uuid::from_u128),
        size in any::<u64>(),
        root in any::<[u8; 32]>(),
        times in prop::collection::vec(0..u64::from(u32::MAX), 0..5),
    ) {
        let key = key(&name, 1);
        let head = SignedHead::sign(stream, size, &root, &[&key]).unwrap();
        let lines: Vec<_> = times.iter().map(|time_s| key.cosign(&head, *time_s)).collect();
        let head = head.with_signatures(lines).unwrap();
        let read = SignedHead::parse(&head.to_string()).unwrap();
        prop_assert_eq!((read.stream(), read.size(), *read.root()), (Some(stream), size, root));
        let signed = read.verified_by(&key.verifier_key().for_stream(stream));
        prop_assert_eq!(signed, Signature::Verified);
        prop_assert_eq!(read.cosigned_by(&key.witness_key()), Ok(times.iter().min().copied()));
        prop_assert_eq!(read, head);
    }

    #[test]
    fn a_note_that_is_read_is_written_as_it_was(
        text in "([a-c \\n]{0,20}\\n){1,3}",
        lines in prop::collection::vec("— [a-c]{1,3} [A-D]{8,12}={0,2}\\n", 0..4),
        tail in "\\n?",
    ) {
        let note = format!("{text}\n{}{tail}", lines.concat());
        if let Ok(read) = Note::parse(&note) {
            prop_assert_eq!(read.to_string(), note);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[—\\n a-z+=0-9]{0,120}") {
        let _refused = SignedHead::parse(&text);
    }
}
