//! `export --tiles`: a directory that a web server could publish as it is, and that is never rewritten.

mod support;

use support::{Desk, desk};

const STREAM: &str = "019ca945-0a00-7707-8707-070707070707";

fn signed() -> Desk {
    let desk = Desk::empty();
    desk::write_signed(&desk.ledger(), desk::loan_1234());
    desk
}

fn files(desk: &Desk) -> Vec<String> {
    let root = desk.path().join("tiles");
    let (mut found, mut open) = (Vec::new(), vec![root.clone()]);
    while let Some(dir) = open.pop() {
        for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(&root).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_stream_becomes_a_log_under_its_name() {
    let desk = signed();
    insta::assert_snapshot!(desk.ask(&["export", "--tiles", "tiles"]).seen(), @"
    exit 0
    tiles/019ca945-0a00-7707-8707-070707070707
      origin    desk.example/loans/019ca945-0a00-7707-8707-070707070707
      entries   6
      root      a8b02a1596123ddb3d6a13384483290accfab4772a2106aa7fc029971d9149b4
      key       desk.example/loans/019ca945-0a00-7707-8707-070707070707+d5cf5654+AW56HN0psLeP0Tr0xVmP7/T
                vKpcWbjym8uT7/M2AUFvx

    The keys are those that the ledger itself names; compare them with the one that you were told.
    ");
    let expected = ["checkpoint", "tile/0/000.p/6", "tile/entries/000.p/6"];
    assert_eq!(files(&desk), expected.map(|name| format!("{STREAM}/{name}")));
    let json = desk.ask(&["export", "--tiles", "tiles", "--stream", STREAM, "--json"]).json();
    assert_eq!(json[0]["exported"]["origin"], format!("desk.example/loans/{STREAM}"));
}

#[test]
fn a_second_export_adds_what_is_new() {
    let desk = signed();
    assert_eq!(desk.ask(&["export", "--tiles", "tiles"]).code, 0);
    desk::write_signed(&desk.ledger(), vec![desk::decision(4).done()]);
    assert_eq!(desk.ask(&["export", "--tiles", "tiles"]).code, 0);
    let checkpoint = desk.path().join(format!("tiles/{STREAM}/checkpoint"));
    assert!(std::fs::read_to_string(checkpoint).unwrap().contains("\n10\n"));
    assert!(files(&desk).contains(&format!("{STREAM}/tile/0/000.p/10")));
}

#[test]
fn a_rewritten_ledger_does_not_get_into_its_copy() {
    let desk = signed();
    assert_eq!(desk.ask(&["export", "--tiles", "tiles"]).code, 0);
    let before = std::fs::read(desk.path().join(format!("tiles/{STREAM}/checkpoint"))).unwrap();
    std::fs::remove_dir_all(desk.ledger()).unwrap();
    desk::write_signed(&desk.ledger(), desk::loan_1234().into_iter().rev().collect());
    let refused = desk.ask(&["export", "--tiles", "tiles"]);
    assert_eq!(refused.code, 1, "{}", refused.seen());
    insta::assert_snapshot!(refused.seen(), @"
    exit 1
    error: the checkpoint over 6 entries that was exported before is no head of stream 019ca945-0a00-7707-8707-070707070707 any more: it was rewritten or cut since
    ");
    let after = std::fs::read(desk.path().join(format!("tiles/{STREAM}/checkpoint"))).unwrap();
    assert_eq!(before, after);
}

#[test]
fn what_is_no_export_is_left_alone() {
    let desk = signed();
    std::fs::create_dir_all(desk.path().join(format!("tiles/{STREAM}"))).unwrap();
    desk.file(&format!("tiles/{STREAM}/letter.txt"), "Dear Bea");
    insta::assert_snapshot!(desk.ask(&["export", "--tiles", "tiles"]).seen(), @"
    exit 2
    error: tiles/019ca945-0a00-7707-8707-070707070707 holds something else than tiles: letter.txt
    Give a directory that does not exist, is empty, or holds an earlier export of this ledger.
    ");
    assert_eq!(files(&desk).len(), 1);
}

#[test]
fn a_changed_tile_of_the_copy_is_found() {
    let desk = signed();
    assert_eq!(desk.ask(&["export", "--tiles", "tiles"]).code, 0);
    desk.file(&format!("tiles/{STREAM}/tile/0/000.p/6"), "x");
    let refused = desk.ask(&["export", "--tiles", "tiles"]);
    assert_eq!(refused.code, 1, "{}", refused.seen());
    assert!(refused.error().contains("was rewritten"), "{}", refused.error());
}

#[test]
fn without_a_checkpoint_there_is_no_log() {
    let desk = Desk::with_a_loan();
    insta::assert_snapshot!(desk.ask(&["export", "--tiles", "tiles"]).seen(), @"
    exit 2
    tiles/019ca945-0a00-7707-8707-070707070707
      not exported: no checkpoint covers any of it yet
    ");
    assert!(!desk.path().join("tiles").exists());
}
