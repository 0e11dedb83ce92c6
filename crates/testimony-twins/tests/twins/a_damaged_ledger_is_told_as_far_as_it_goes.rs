//! What can be read of a damaged ledger is there; what cannot is marked, and nothing fails.

use std::fs;

use crate::support::{Desk, ask, lines, replace};

#[test]
fn an_edited_entry_is_told_and_marked() {
    let desk = Desk::with_a_loan();
    replace(&desk.first_segment(), "loan_desk::score", "loan_desk::xxxxx");
    let sql = "SELECT seq, site, sealed FROM decisions ORDER BY seq";
    insta::assert_snapshot!(lines(&desk.twins(), sql), @"
    1 | loan_desk::xxxxx | false
    2 | loan_desk::underwrite | true
    3 | loan_desk::letters::write | true
    ");
}

#[test]
fn an_entry_that_is_none_is_marked_as_unreadable() {
    let desk = Desk::with_a_loan();
    replace(&desk.first_segment(), r#"{"v":1,"#, r#"{"v":2,"#);
    let sql = "SELECT seq, kind, hash IS NULL, sealed FROM entries ORDER BY \"offset\"";
    insta::assert_snapshot!(lines(&desk.twins(), sql), @"
    ∅ | unreadable | false | false
    1 | decision | false | true
    2 | decision | false | true
    3 | decision | false | true
    4 | outcome | false | true
    5 | close | false | true
    ");
}

#[test]
fn an_altered_content_and_a_missing_one_are_told_apart() {
    let desk = Desk::with_a_loan();
    replace(&desk.first_segment(), "Lend only above 0.60.", "Lend only above 0.10.");
    crate::support::drop_blob(&desk.first_segment(), "May we lend?");
    let sql = "SELECT role, name, absent, size FROM parts WHERE absent IS NOT NULL AND seq = 2 ORDER BY role";
    insta::assert_snapshot!(lines(&desk.twins(), sql), @"
    context | policy | altered | ∅
    prompt | ∅ | missing | ∅
    ");
}

#[test]
fn behind_bytes_that_are_no_frame_nothing_is_told_and_that_is_said() {
    let desk = Desk::with_a_loan();
    let segment = desk.first_segment();
    let whole = fs::metadata(&segment).unwrap().len();
    let at: u64 =
        ask(&desk.twins(), "SELECT \"offset\" FROM decisions WHERE seq = 2")[0][0].parse().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let from = usize::try_from(at).unwrap();
    bytes[from..from + 5].copy_from_slice(b"ENTRY");
    fs::write(&segment, bytes).unwrap();
    let twins = desk.twins();
    let sql = "SELECT \"offset\", length FROM entries WHERE kind = 'unreadable'";
    assert_eq!(ask(&twins, sql), [[at.to_string(), (whole - at).to_string()]]);
    assert_eq!(ask(&twins, "SELECT count(*) FROM decisions"), [["1"]]);
}

#[test]
fn an_end_that_was_torn_off_is_marked_where_nobody_writes() {
    let desk = Desk::with_a_loan();
    let segment = desk.first_segment();
    let mut bytes = fs::read(&segment).unwrap();
    bytes.truncate(bytes.len() - 10);
    fs::write(&segment, bytes).unwrap();
    let sql = "SELECT seq, kind FROM entries WHERE NOT sealed";
    assert_eq!(ask(&desk.twins(), sql), [["∅", "unreadable"]]);
}

#[test]
fn an_empty_file_and_one_of_something_else_are_no_obstacle() {
    let desk = Desk::with_a_loan();
    let dir = desk.first_segment().parent().unwrap().to_owned();
    fs::write(dir.join("00000001.segment"), "").unwrap();
    fs::write(dir.join("00000002.segment"), "something else").unwrap();
    let twins = desk.twins();
    let sql = "SELECT segment, kind, length FROM entries WHERE segment > 0 ORDER BY 1";
    assert_eq!(ask(&twins, sql), [["1", "unreadable", "0"], ["2", "unreadable", "14"]]);
    assert_eq!(ask(&twins, "SELECT count(*) FROM decisions"), [["3"]]);
}
