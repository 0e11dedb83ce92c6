//! `why` and `blast`: the same answer through an index, with `--full`, and where no index can be kept; from several ledgers at once.

mod support;

use std::fs;

use support::{Desk, desk};
use testimony_record::part::Role;

const POLICY: &str = "Lend only above 0.60.";

fn desk_with_policy() -> Desk {
    let desk = Desk::with_a_loan();
    fs::write(desk.path().join("policy.md"), POLICY).unwrap();
    desk
}

#[test]
fn the_answer_is_the_same_whichever_way_it_is_found() {
    let desk = desk_with_policy();
    for question in [&["why", "loan:1234"][..], &["blast", "policy.md"]] {
        let full = desk.ask(&[question, &["--full"]].concat()).seen();
        assert!(!desk.ledger().join("twins").exists(), "nothing is derived");
        assert_eq!(desk.ask(question).seen(), full);
        assert!(desk.ledger().join("twins").is_dir());
        fs::remove_dir_all(desk.ledger().join("twins")).unwrap();
    }
}

#[test]
fn where_no_index_can_be_kept_the_ledger_is_read() {
    let desk = desk_with_policy();
    let full = desk.ask(&["why", "loan:1234", "--full"]).seen();
    fs::write(desk.path().join("a file"), "").unwrap();
    assert_eq!(desk.ask(&["why", "loan:1234", "--twins", "a file"]).seen(), full);
    assert_eq!(desk.ask(&["why", "loan:1234", "--twins", "elsewhere"]).seen(), full);
    assert!(desk.path().join("elsewhere").is_dir() && !desk.ledger().join("twins").exists());
}

#[test]
fn several_ledgers_are_one_story_and_one_reach() {
    let desk = desk_with_policy();
    let handed_on = desk::decision(9).subject("loan:1234").text(Role::Context, "policy", POLICY);
    desk::write_another(&desk.path().join("other"), vec![handed_on.done()]);
    for way in [&[][..], &["--full"]] {
        let both = |question: &[&str]| {
            desk.ask(&[&["--ledger", "other"], question, way].concat()).text().to_owned()
        };
        assert!(both(&["why", "loan:1234"]).contains("3 decisions"));
        let reached: serde_json::Value =
            serde_json::from_str(&both(&["blast", "policy.md", "--json"])).unwrap();
        assert_eq!(reached["counts"]["direct"], 2);
    }
}

#[test]
fn a_stream_in_two_ledgers_is_refused_with_both_their_names() {
    let desk = Desk::with_a_loan();
    desk::write(&desk.path().join("copy"), desk::loan_1234());
    for way in [&[][..], &["--full"]] {
        let refused = desk.ask(&[&["--ledger", "copy", "why", "loan:1234"], way].concat()).seen();
        assert!(refused.starts_with("exit 2"), "{refused}");
        assert!(refused.contains("is in ledger and in copy; give each stream once"), "{refused}");
    }
}
