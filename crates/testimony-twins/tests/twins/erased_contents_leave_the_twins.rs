//! After an erasure no byte of the erased text is left anywhere below the ledger, twins included.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use testimony_ledger::Options as Writing;
use testimony_ledger::erase::{Warrant, erase};
use testimony_record::digest::Digest;

use crate::support::{Desk, ask, desk, files, parquet};

const SECRET: &str = "applicant:jane-roe-1970";

fn with_secret() -> Desk {
    let events =
        vec![desk::decision(1).subject(SECRET).done(), desk::decision(2).subject("loan:2").done()];
    Desk::with(events)
}

fn holding_it(desk: &Desk) -> Vec<PathBuf> {
    let holds = |file: &PathBuf| match file.extension() {
        // Its pages are compressed.
        Some(extension) if extension == "parquet" => {
            format!("{:?}", parquet::read(file)).contains(SECRET)
        }
        _ => {
            let bytes = fs::read(file).unwrap();
            bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
        }
    };
    files(&desk.ledger()).into_iter().filter(holds).collect()
}

fn erase_it(desk: &Desk) {
    let sql = format!("SELECT digest FROM parts WHERE text = '{SECRET}'");
    let digest: Digest = ask(&desk.twins(), &sql)[0][0].parse().unwrap();
    let warrant = Warrant::new("request 17", "privacy@bank.example").unwrap();
    let digests = BTreeSet::from([digest]);
    erase(desk.ledger(), &Writing::default(), &digests, &warrant, &mut |_| ()).unwrap();
}

#[test]
fn no_file_below_the_ledger_holds_it() {
    let desk = with_secret();
    desk.age();
    desk.open();
    assert_eq!(holding_it(&desk).len(), 3, "the segment, and the twins of decisions and parts");
    erase_it(&desk);
    assert_eq!(holding_it(&desk), [] as [PathBuf; 0]);
}

#[test]
fn twins_that_are_made_afterwards_say_that_it_is_gone() {
    let desk = with_secret();
    desk.age();
    desk.open();
    erase_it(&desk);
    let twins = desk.twins();
    assert_eq!(holding_it(&desk), [] as [PathBuf; 0]);
    let sql = "SELECT seq, absent, text FROM parts WHERE role = 'subject' ORDER BY seq";
    assert_eq!(ask(&twins, sql), [["1", "erased", "∅"], ["2", "∅", "loan:2"]]);
    let sql = "SELECT subjects FROM decisions ORDER BY seq";
    assert_eq!(ask(&twins, sql), [["[]"], ["[loan:2]"]]);
    assert_eq!(ask(&twins, "SELECT count(*) FROM entries WHERE kind = 'erasure'"), [["1"]]);
}
