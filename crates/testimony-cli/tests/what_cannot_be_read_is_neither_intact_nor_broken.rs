//! Exit code 2, and what a person can do about it.

mod support;

use support::{Desk, answer, command};

/// Every command that reads a ledger gives up in the same way.
fn refused(desk: &Desk) -> String {
    let verify = desk.ask(&["verify"]);
    for args in [
        vec!["log"],
        vec!["show", "0198"],
        vec!["why", "loan:1234"],
        vec!["head"],
        vec!["verify", "--json"],
    ] {
        let other = desk.ask(&args);
        assert_eq!((other.code, other.text(), other.error()), (2, "", verify.error()), "{args:?}");
    }
    verify.seen()
}

#[test]
fn a_missing_directory() {
    insta::assert_snapshot!(refused(&Desk::empty()), @"
    exit 2
    error: there is no ledger at ledger: no such directory
    Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.
    ");
}

#[test]
fn an_empty_directory() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.ledger()).unwrap();
    insta::assert_snapshot!(refused(&desk), @"
    exit 2
    error: ledger is not a testimony ledger: it has no LEDGER file
    Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.
    ");
}

#[test]
fn a_text_file() {
    let desk = Desk::empty();
    desk.file("ledger", "Dear diary");
    insta::assert_snapshot!(refused(&desk), @"
    exit 2
    error: ledger is a file; a ledger is a directory
    Is the path right? Give it with --ledger DIR, or set TESTIMONY_LEDGER.
    ");
}

#[test]
fn a_ledger_of_another_format() {
    let desk = Desk::with_a_loan();
    std::fs::write(desk.ledger().join("LEDGER"), "testimony 2 ledger\n").unwrap();
    insta::assert_snapshot!(refused(&desk), @"
    exit 2
    error: ledger is not a ledger of format 1: its LEDGER file says something else
    It may be the work of a newer version; that version reads it. If not, its LEDGER file was changed.
    ");
}

#[cfg(unix)]
#[test]
fn a_directory_of_somebody_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::with_a_loan();
    let allow = |mode| {
        std::fs::set_permissions(desk.ledger(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(0o000);
    if std::fs::read_dir(desk.ledger()).is_ok() {
        allow(0o700);
        eprintln!("skipped: this user may read everything");
        return;
    }
    let seen = refused(&desk);
    allow(0o700);
    insta::assert_snapshot!(seen, @r"
    exit 2
    error: cannot read ledger: Permission denied (os error 13)
    Who owns it? A ledger can be read only by the user whose service writes it (`ls -ld` shows who); run this as that user.
    ");
}

#[test]
fn a_ledger_with_nothing_in_it_is_no_error() {
    let desk = Desk::with(vec![]);
    assert_eq!(desk.ask(&["log"]).seen(), "exit 0\nThe ledger holds no decisions.\n");
    assert_eq!(desk.ask(&["log", "--json"]).seen(), "exit 0\n");
    assert_eq!(desk.ask(&["verify"]).code, 0);
}

#[test]
fn what_the_command_line_does_not_know_is_a_usage_error() {
    let desk = Desk::with_a_loan();
    let wrong: [&[&str]; 6] = [
        &["verfiy"],
        &["log", "--status", "fine"],
        &["log", "--since", "yesterday"],
        &["log", "--limit", "-1"],
        &["import"],
        &["show"],
    ];
    for args in wrong {
        let answer = desk.ask(args);
        assert_eq!((answer.code, answer.text()), (2, ""), "{args:?}");
    }
    assert_eq!(answer(&mut command(desk.path(), &["--help"])).code, 0);
    assert_eq!(answer(&mut command(desk.path(), &["--version"])).code, 0);
}
