//! Content of any size and any bytes is recorded, or refused with a reason in the record. The host never panics and the
//! ledger never breaks.

use testimony::record::entry::Body;
use testimony::record::part::{Absent, Content, Part, Why};
use testimony::{bytes, decides, decision, ledger::Archive, prompt};
use testimony_tests::Recorded;

/// Records one decision and returns its parts.
fn recorded(run: impl FnOnce()) -> (Vec<Part>, Archive, tempfile::TempDir) {
    let Recorded { archive, bodies, scratch } = testimony_tests::recorded(run);
    let decision =
        bodies.iter().find(|body| matches!(body, Body::Decision(_))).expect("a decision");
    (archive.parts(decision).unwrap(), archive, scratch)
}

fn content(parts: &[Part], archive: &Archive) -> Vec<u8> {
    archive.blob(parts[0].digest().expect("content")).unwrap().bytes.to_vec()
}

#[decides]
fn states<T: serde::Serialize + ?Sized>(value: &T) {
    prompt!(value);
}

#[test]
fn any_bytes_come_back_as_they_were() {
    let everything: Vec<u8> = (0..=255).collect();
    let texts =
        ["", "\0", "\u{202e}evil\u{1b}[2J", "a\nblob 00 00 3 text/plain\nxyz\n", "é\u{feff}\r\n"];
    for text in texts {
        let (parts, archive, _scratch) = recorded(|| states(text));
        assert_eq!(content(&parts, &archive), text.as_bytes());
    }
    for raw in [&everything[..], &[0xff, 0xfe], &[]] {
        let (parts, archive, _scratch) = recorded(|| states(&bytes(raw)));
        assert_eq!(content(&parts, &archive), raw);
    }
}

#[test]
fn json_with_a_lone_surrogate_is_kept_as_its_text() {
    let json = r#"[{"role":"user","content":"\ud800"}]"#;
    let (parts, archive, _scratch) = recorded(|| states(json));
    assert_eq!(content(&parts, &archive), json.as_bytes());
}

#[test]
fn a_hundred_megabytes_are_refused_with_their_size_in_the_record() {
    let huge = "x".repeat(100 << 20);
    let (parts, ..) = recorded(|| states(&huge));
    let Content::Absent(Absent { why: Why::TooLarge, size, .. }) = &parts[0].content else {
        panic!("{parts:?}")
    };
    assert_eq!(*size, Some(100 << 20));
}

#[test]
fn ten_thousand_parts_are_all_recorded() {
    let (parts, ..) = recorded(|| {
        #[decides]
        fn talkative() {
            for n in 0..10_000 {
                decision!(n);
            }
        }
        talkative();
    });
    assert_eq!(parts.len(), 10_000);
    assert!(parts.iter().all(|part| part.digest().is_some()));
}

#[test]
fn ten_thousand_messages_and_a_message_of_ten_thousand_parts_break_nothing() {
    let message = serde_json::json!({ "role": "user", "content": "a" });
    let (parts, archive, _scratch) = recorded(|| states(&vec![&message; 10_000]));
    assert_eq!(archive.list(parts[0].digest().unwrap()).unwrap().len(), 10_000);
    let part = serde_json::json!({ "type": "text", "content": "a" });
    let (parts, ..) =
        recorded(|| states(&[serde_json::json!({ "role": "user", "parts": vec![&part; 10_000] })]));
    assert!(
        matches!(&parts[0].content, Content::Absent(Absent { why: Why::TooMany, .. })),
        "{parts:?}"
    );
}

#[test]
fn a_subject_of_a_megabyte_is_recorded_as_it_is() {
    let subject = "é".repeat(1 << 19);
    let (parts, archive, _scratch) = recorded(|| {
        #[decides(subject = subject)]
        fn about(subject: &str) {}
        about(&subject);
    });
    assert_eq!(content(&parts, &archive), subject.as_bytes());
}

#[test]
fn labels_of_any_length_and_content_are_cut_and_the_entry_still_fits() {
    let long = "\u{1}".repeat(100_000);
    let (parts, ..) = recorded(|| {
        #[decides(subject = 1, model = long, provider = long, operation = long)]
        fn labelled(long: &str) {
            let decision = testimony::current().unwrap();
            decision.response(long, long);
            (0..100).for_each(|_| decision.finish_reason(long));
            (0..1000).for_each(|n| decision.cause(testimony::record::Uuid::from_u128(n)));
            (0..100).for_each(|n| decision!(n));
        }
        labelled(&long);
    });
    assert_eq!(parts.len(), 101);
}

#[test]
fn a_serializer_that_panics_costs_its_part_and_nothing_else() {
    struct Panics;
    impl serde::Serialize for Panics {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("the host's own bug")
        }
    }
    let (parts, ..) = recorded(|| states(&Panics));
    assert!(matches!(&parts[0].content, Content::Absent(Absent { why: Why::Unreadable, .. })));
}

#[test]
fn a_serializer_that_states_a_part_itself_does_not_hang() {
    struct Talks;
    impl serde::Serialize for Talks {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            decision!("from inside");
            serializer.serialize_str("from outside")
        }
    }
    let (parts, archive, _scratch) = recorded(|| states(&Talks));
    assert_eq!((parts.len(), content(&parts, &archive)), (1, b"from outside".to_vec()));
}
