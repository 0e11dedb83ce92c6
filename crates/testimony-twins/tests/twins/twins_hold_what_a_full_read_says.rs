//! Whatever is recorded, in however many segments: the tables hold exactly what reading the whole ledger says.

use std::collections::BTreeSet;

use proptest::prelude::*;
use testimony_ledger::read::archive::Stored;
use testimony_ledger::{Archive, Options as Writing};
use testimony_record::digest::Digest;
use testimony_record::entry::Body;
use testimony_record::part::{Content, Part, Role};
use testimony_record::unsealed::Unsealed;

use crate::support::{Desk, ask, desk};

const TEXTS: [&str; 5] = ["loan:1", "yes", "a longer text that comes again", "", "Ünïcödé"];

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![
        Role::Subject,
        Role::Prompt,
        Role::Context,
        Role::Config,
        Role::Decision,
        Role::Rationale,
        Role::Constraint,
        Role::Output,
        Role::Error,
    ])
}

#[derive(Debug, Clone)]
enum Said {
    Text(Role, usize),
    Messages(Role, Vec<usize>),
    Absent(Role),
    Rule(bool),
}

fn said() -> impl Strategy<Value = Said> {
    let text = 0..TEXTS.len();
    prop_oneof![
        4 => (role(), text.clone()).prop_map(|(role, text)| Said::Text(role, text)),
        2 => (role(), prop::collection::vec(text, 0..6)).prop_map(|(role, all)| Said::Messages(role, all)),
        1 => role().prop_map(Said::Absent),
        1 => any::<bool>().prop_map(Said::Rule),
    ]
}

fn event() -> impl Strategy<Value = Unsealed> {
    (0..15_u8, any::<bool>(), prop::collection::vec(said(), 0..6)).prop_map(|(n, outcome, said)| {
        let mut draft = if outcome { desk::outcome(n, "approved") } else { desk::decision(n) };
        for said in said {
            draft = match said {
                Said::Text(role, text) => draft.text(role, "name", TEXTS[text]),
                Said::Absent(role) => draft.absent(role, ""),
                Said::Rule(held) => draft.rule("rule", held, r#"{"limit":1,"observed":2}"#),
                Said::Messages(role, texts) => {
                    let all: Vec<_> = texts.iter().map(|&text| ("user", TEXTS[text])).collect();
                    draft.messages(role, &all)
                }
            };
        }
        draft.done()
    })
}

/// What the ledger says of one entry, in the words of the tables.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    entries: BTreeSet<Vec<String>>,
    decisions: BTreeSet<Vec<String>>,
    outcomes: BTreeSet<Vec<String>>,
    parts: Vec<Vec<String>>,
}

fn read(desk: &Desk) -> Expected {
    let (mut archive, mut all) = (Archive::open(desk.ledger()).unwrap(), Vec::new());
    archive.advance(&mut |stored| all.push(stored)).unwrap();
    let mut expected = Expected::default();
    for stored in &all {
        expected.add(&archive, stored);
    }
    expected.parts.sort();
    expected
}

impl Expected {
    fn add(&mut self, archive: &Archive, stored: &Stored) {
        let Stored { entry, hash, segment, offset, .. } = stored;
        let place = [
            entry.stream.to_string(),
            entry.seq.to_string(),
            segment.to_string(),
            offset.to_string(),
            hash.to_string(),
        ];
        self.entries.insert([place.as_slice(), &[entry.body.kind().to_owned()]].concat());
        let parts = archive.parts(&entry.body).unwrap();
        let id = match &entry.body {
            Body::Decision(decision) => {
                let subjects = parts.iter().filter(|part| part.role == Role::Subject);
                let subjects: Vec<_> = subjects.map(|part| subject(archive, part)).collect();
                let violated = parts.iter().filter(|part| part.held == Some(false)).count();
                let row = [
                    decision.id.to_string(),
                    violated.to_string(),
                    format!("[{}]", subjects.join(", ")),
                ];
                self.decisions.insert([place.as_slice(), &row].concat());
                decision.id
            }
            Body::Outcome(outcome) => {
                let row = [outcome.decision.to_string(), outcome.kind.to_string()];
                self.outcomes.insert([place.as_slice(), &row].concat());
                outcome.decision
            }
            _ => return,
        };
        for part in &parts {
            let own =
                [entry.seq.to_string(), id.to_string(), format!("{:?}", part.role).to_lowercase()];
            self.add_part(archive, &own, part);
        }
    }

    fn add_part(&mut self, archive: &Archive, own: &[String], part: &Part) {
        let mut add = |path: &str, digest: String, size: String, absent: &str| {
            let row = [path.to_owned(), digest, size, absent.to_owned()];
            self.parts.push([own, &row].concat());
        };
        let none = || "∅".to_owned();
        let size = |digest: &Digest| archive.blob(digest).unwrap().bytes.len().to_string();
        match &part.content {
            Content::Absent(_) => add("∅", none(), none(), "not_captured"),
            Content::Blob(digest) => add("∅", digest.to_string(), size(digest), "∅"),
            Content::Node(list) => {
                add("∅", list.to_string(), none(), "∅");
                for (number, digest) in archive.list(list).unwrap().iter().enumerate() {
                    add(&number.to_string(), digest.to_string(), none(), "∅");
                    for (at, inner) in archive.message(digest).unwrap().parts.iter().enumerate() {
                        let blob = &inner.blob;
                        add(&format!("{number}.{at}"), blob.to_string(), size(blob), "∅");
                    }
                }
            }
        }
    }
}

/// As it stands in a list of texts: nothing where there is no text.
fn subject(archive: &Archive, part: &Part) -> String {
    match &part.content {
        Content::Blob(digest) => {
            String::from_utf8(archive.blob(digest).unwrap().bytes.to_vec()).unwrap()
        }
        _ => String::new(),
    }
}

const PLACE: &str = "stream, seq, segment, \"offset\", hash";

fn told(desk: &Desk) -> Expected {
    let twins = desk.twins();
    let rows = |sql: &str| ask(&twins, sql);
    let mut parts = rows("SELECT seq, decision, role, path, digest, size, absent FROM parts");
    parts.sort();
    Expected {
        entries: rows(&format!("SELECT {PLACE}, kind FROM entries WHERE sealed"))
            .into_iter()
            .collect(),
        decisions: rows(&format!("SELECT {PLACE}, id, violated, subjects FROM decisions"))
            .into_iter()
            .collect(),
        outcomes: rows(&format!("SELECT {PLACE}, decision, kind FROM outcomes"))
            .into_iter()
            .collect(),
        parts,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_ledger(
        events in prop::collection::vec(event(), 0..30),
        segment_bytes in prop::sample::select(vec![1_u64, 3000, 1 << 20]),
    ) {
        let desk = Desk::empty();
        desk::write_with(&desk.ledger(), events, &Writing { segment_bytes, ..Writing::default() });
        let expected = read(&desk);
        let told = told(&desk);
        prop_assert_eq!(told, expected);
    }
}
