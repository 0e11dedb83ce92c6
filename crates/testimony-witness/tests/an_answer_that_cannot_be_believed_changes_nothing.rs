//! Witnesses that err or lie, and servers that are none.

mod support;

use support::{Answer, Double, NOON, PATIENCE, Twist, closed};
use testimony_record::tlog::{SignedHead, SigningKey};
use testimony_witness::{Trouble, ask_once};

/// What becomes of a witness that twists its answers so, and how often it is asked.
fn asked_of(
    twist: impl FnMut(&SignedHead, Answer) -> Option<Answer> + Send + 'static,
) -> (Trouble, usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let stream = closed(&path, 5);
    let twist: Twist = Box::new(twist);
    let double = Double::twisted(1, twist);
    let asked = ask_once(&path, stream, &[double.endpoint()], PATIENCE).unwrap();
    assert_eq!(asked.head.cosigned_by(double.key()), Ok(None), "nothing was taken over");
    let trouble = asked.answers.into_iter().next().unwrap().cosigned.unwrap_err();
    assert!(!trouble.is_alarm(), "{trouble:?}");
    (trouble, double.asked().len())
}

fn always(answer: Answer) -> (Trouble, usize) {
    asked_of(move |_, _| Some(answer.clone()))
}

fn witness(seed: u8) -> SigningKey {
    SigningKey::from_seed(&format!("witness.example/{seed}"), [seed; 32]).unwrap()
}

#[test]
fn a_cosignature_of_another_head() {
    let (trouble, _) = asked_of(|head, _| {
        let stream = head.stream().unwrap();
        let other = SignedHead::sign(stream, 3, &[0; 32], &[&support::log_key()]).unwrap();
        Some(Answer::text(200, format!("{}\n", witness(1).cosign(&other, NOON))))
    });
    assert!(matches!(trouble, Trouble::WrongCosignature(_)), "{trouble:?}");
}

#[test]
fn cosignatures_by_others_only() {
    let (trouble, _) =
        asked_of(|head, _| Some(Answer::text(200, format!("{}\n", witness(2).cosign(head, NOON)))));
    assert!(matches!(trouble, Trouble::NoCosignature), "{trouble:?}");
}

#[test]
fn a_cosignature_without_a_time() {
    let (trouble, _) =
        asked_of(|head, _| Some(Answer::text(200, format!("{}\n", witness(1).cosign(head, 0)))));
    assert!(matches!(trouble, Trouble::NoCosignature), "{trouble:?}");
}

#[test]
fn cosignatures_by_others_beside_the_right_one_are_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let stream = closed(&path, 5);
    let twist: Twist = Box::new(|head, answer| {
        let stranger = format!("{}\n", witness(2).cosign(head, NOON)).into_bytes();
        Some(Answer { body: [stranger, answer.body].concat(), ..answer })
    });
    let double = Double::twisted(1, twist);
    let asked = ask_once(&path, stream, &[double.endpoint()], PATIENCE).unwrap();
    assert_eq!(asked.answers[0].cosigned.as_ref().unwrap(), &NOON);
    assert_eq!(asked.head.note().signatures().len(), 2, "the log's and the witness's");
}

#[test]
fn text_that_is_no_signature_line() {
    for body in ["", "\n", "hello\n", "<html></html>", "\u{2014} a b\n"] {
        let (trouble, _) = always(Answer::text(200, body));
        assert!(matches!(trouble, Trouble::Form(_)), "{body:?}: {trouble:?}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let (trouble, _) = always(Answer { body: vec![0xff; 10], ..Answer::text(200, "") });
    assert!(matches!(trouble, Trouble::Answer("is no text") | Trouble::Form(_)), "{trouble:?}");
}

#[test]
fn an_answer_without_end() {
    let (trouble, _) = always(Answer { body: vec![b'x'; 1 << 20], ..Answer::text(200, "") });
    assert!(matches!(trouble, Trouble::Answer("is longer than 64 KiB")), "{trouble:?}");
}

#[test]
fn no_answer() {
    let (trouble, asked) = asked_of(|_, _| None);
    assert!(matches!(trouble, Trouble::Unreachable(_)), "{trouble:?}");
    assert_eq!(asked, 1);
}

#[test]
fn an_answer_that_never_comes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    let stream = closed(&path, 5);
    let (let_go, until) = std::sync::mpsc::channel::<()>();
    let hold: Twist = Box::new(move |_, _| {
        // Until the test has seen what it came for.
        let _ = until.recv();
        None
    });
    let double = Double::twisted(1, hold);
    let timeout = std::time::Duration::from_millis(100);
    let asked = ask_once(&path, stream, &[double.endpoint()], timeout).unwrap();
    let trouble = asked.answers[0].cosigned.as_ref().unwrap_err();
    assert!(matches!(trouble, Trouble::Unreachable(_)), "{trouble:?}");
    drop(let_go);
}

#[test]
fn another_size_each_time_it_is_asked() {
    let mut size = 0;
    let (trouble, asked) = asked_of(move |_, _| {
        size += 1;
        Some(Answer::conflict(size))
    });
    assert!(matches!(trouble, Trouble::Unsteady), "{trouble:?}");
    assert_eq!(asked, 2);
}

#[test]
fn a_conflict_that_is_no_size() {
    let (trouble, asked) = always(Answer { body: b"-1\n".to_vec(), ..Answer::conflict(1) });
    assert!(matches!(trouble, Trouble::Form(_)), "{trouble:?}");
    let (unlabelled, _) = always(Answer::text(409, "1\n"));
    assert!(matches!(unlabelled, Trouble::Refused { status: 409, .. }), "{unlabelled:?}");
    assert_eq!(asked, 1);
}

#[test]
fn a_redirection_is_not_followed() {
    let (trouble, asked) = asked_of(|_, _| {
        let header = "Location: /add-checkpoint\r\n".to_owned();
        Some(Answer { header, ..Answer::text(307, "over there") })
    });
    assert!(matches!(trouble, Trouble::Refused { status: 307, .. }), "{trouble:?}");
    assert_eq!(asked, 1);
}

#[test]
fn a_refusal_says_what_to_do() {
    let (unknown, _) = always(Answer::text(404, "unknown log"));
    assert!(unknown.to_string().contains("loans.example/desk/"), "{unknown}");
    assert!(unknown.advice().contains("verifier key"));
    let (bad, _) = always(Answer::text(400, "what?\nmore"));
    assert!(bad.to_string().ends_with("answers 400 (it says: what?)"), "{bad}");
    // A proof was neither sent nor asked for.
    let (odd, _) = always(Answer::text(422, "no"));
    assert!(matches!(odd, Trouble::Refused { status: 422, .. }), "{odd:?}");
}
