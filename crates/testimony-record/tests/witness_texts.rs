//! What a witness is asked and answers: the exchanges of another witness, and one of ours that answers by the specification.

mod common;

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use testimony_record::Uuid;
use testimony_record::tlog::{
    AddCheckpoint, BadRequest, Signature, SignatureLine, SignedHead, SigningKey, VerifierKey,
    conflict, cosignatures,
};
use testimony_record::tree::TreeHash;
use testimony_record::tree::proof::verify_consistency;

/// One request to litewitness, and its answer.
#[derive(Deserialize)]
struct Exchange {
    n: u32,
    request: String,
    status: u16,
    body_is: Option<String>,
}

/// A witness that knows one log, and answers as tlog-witness demands.
struct Witness {
    key: SigningKey,
    log: VerifierKey,
    seen: HashMap<String, (u64, TreeHash)>,
}

impl Witness {
    fn answer(&mut self, body: &str) -> (u16, String) {
        let refusal = |status| (status, String::new());
        let Ok(request) = AddCheckpoint::parse(body) else { return refusal(400) };
        let head = &request.head;
        if head.origin() != self.log.name() {
            return refusal(404);
        }
        if head.verified_by(&self.log) != Signature::Verified {
            return refusal(403);
        }
        if request.old_size > head.size() {
            return refusal(400);
        }
        let (size, root) = self.seen.get(head.origin()).copied().unwrap_or_default();
        if size != request.old_size {
            return (409, format!("{size}\n"));
        }
        let consistent = size == 0 && request.proof.is_empty()
            || verify_consistency(size, head.size(), root, head.root(), &request.proof);
        if !consistent {
            return refusal(422);
        }
        self.seen.insert(head.origin().to_owned(), (head.size(), *head.root()));
        (200, format!("{}\n", self.key.cosign(head, 1_700_000_000)))
    }
}

fn exchanges() -> Option<Vec<Exchange>> {
    let text = common::shared("tlog/torchwood/witness-exchanges.jsonl")?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Two answers differ from that witness's: a spelling of base64 that it took and we refuse, and today's 404 for an unknown log.
#[test]
fn the_requests_of_litewitness_are_answered_as_it_answered_them() {
    let Some(exchanges) = exchanges() else { return };
    let log = common::shared("tlog/torchwood/log.vkey").unwrap().trim_end().parse().unwrap();
    let key = SigningKey::from_seed("witness.example", [9; 32]).unwrap();
    let mut witness = Witness { key, log, seen: HashMap::new() };
    for Exchange { n, request, status, body_is } in &exchanges {
        let (ours, body) = witness.answer(request);
        let expected = match n {
            2 => 400,
            3 => 404,
            _ => *status,
        };
        assert_eq!(ours, expected, "request {n}");
        if let Some(theirs) = body_is {
            assert_eq!(&body, theirs, "request {n}");
            assert_eq!(conflict(theirs).map(|size| format!("{size}\n")), Ok(body), "request {n}");
        } else if ours == 200 {
            let head = AddCheckpoint::parse(request).unwrap().head;
            let head = head.with_signatures(cosignatures(&body).unwrap()).unwrap();
            let time = head.cosigned_by(&witness.key.witness_key());
            assert_eq!(time, Ok(Some(1_700_000_000)), "request {n}");
        }
    }
    assert_eq!(exchanges.len(), 9);
    println!("torchwood: 9 exchanges, 7 answered alike, 2 as today's specification has it");
}

#[test]
fn a_request_comes_out_as_it_went_in() {
    let Some(exchanges) = exchanges() else { return };
    let mut texts: Vec<String> = exchanges.into_iter().map(|exchange| exchange.request).collect();
    let bad = texts.remove(1);
    texts.push(common::shared("tlog/c2sp/witness-add-checkpoint-request.txt").unwrap());
    for text in &texts {
        assert_eq!(&AddCheckpoint::parse(text).unwrap().to_string(), text);
    }
    assert!(matches!(AddCheckpoint::parse(&bad), Err(BadRequest::Checkpoint(_))), "stray bits");
    println!("witness requests: {} round trips, 1 refused", texts.len());
}

#[test]
fn the_answers_of_the_specification_are_read_and_prove_nothing() {
    let Some(body) = common::shared("tlog/c2sp/witness-add-checkpoint-response.txt") else {
        return;
    };
    let lines = cosignatures(&body).unwrap();
    let names: Vec<&str> = lines.iter().map(SignatureLine::name).collect();
    assert_eq!(names, ["witness.example/w1", "witness.example/w1", "witness.example/w2"]);
    let note = common::shared("tlog/c2sp/checkpoint.note").unwrap();
    let head = SignedHead::parse(&note).unwrap().with_signatures(lines).unwrap();
    let nobody = SigningKey::from_seed("witness.example/w1", [9; 32]).unwrap().witness_key();
    assert_eq!(head.cosigned_by(&nobody), Ok(None));
    let subtree = common::shared("tlog/c2sp/witness-sign-subtree-request.txt").unwrap();
    assert!(AddCheckpoint::parse(&subtree).is_err(), "another call");
    println!("c2sp: 1 answer read, 1 request of another call refused");
}

fn request() -> AddCheckpoint {
    let key = SigningKey::from_seed("loans.example", [1; 32]).unwrap();
    let head = SignedHead::sign(Uuid::nil(), 9, &[3; 32], &[&key]).unwrap();
    AddCheckpoint { old_size: 5, proof: vec![[4; 32]; 3], head }
}

#[test]
fn other_spellings_of_a_request_are_refused() {
    let good = request().to_string();
    assert_eq!(AddCheckpoint::parse(&good), Ok(request()));
    let hash = BASE64_STANDARD.encode([4; 32]);
    for (from, to, what) in [
        ("old 5", "old 05", "a leading zero"),
        ("old 5", "old  5", "two spaces"),
        ("old 5", "new 5", "another word"),
        ("old 5\n", "", "no old size"),
        (&hash, &BASE64_STANDARD.encode([4; 31]), "a hash of 31 bytes"),
        (&hash, "", "an empty line among the hashes"),
        ("\n\n", "\n", "no empty line"),
    ] {
        assert!(AddCheckpoint::parse(&good.replacen(from, to, 1)).is_err(), "{what}");
    }
    let most = AddCheckpoint { proof: vec![[4; 32]; 63], ..request() };
    assert!(AddCheckpoint::parse(&most.to_string()).is_ok());
    let more = AddCheckpoint { proof: vec![[4; 32]; 64], ..request() };
    assert!(AddCheckpoint::parse(&more.to_string()).is_err(), "64 hashes");
}

#[test]
fn other_answers_than_those_of_the_specification_are_refused() {
    let key = SigningKey::from_seed("witness.example", [9; 32]).unwrap();
    let line = key.cosign(&request().head, 1);
    assert_eq!(cosignatures(&format!("{line}\n")), Ok(vec![line.clone()]));
    for body in [
        String::new(),
        "\n".to_owned(),
        line.to_string(),
        format!("{line}\n\n"),
        format!("{line}\r\n"),
        format!("{line}\nok\n"),
        format!("{line}\n").replace("witness", "witness\u{1}"),
        format!("{line}\n").repeat(1000),
    ] {
        assert!(cosignatures(&body).is_err(), "{:?}", &body[..body.len().min(200)]);
    }
    assert_eq!(conflict("0\n"), Ok(0));
    for body in ["", "5", "05\n", "5\n\n", "5\r\n", "-5\n", "five\n", "18446744073709551616\n"] {
        assert!(conflict(body).is_err(), "{body:?}");
    }
}
