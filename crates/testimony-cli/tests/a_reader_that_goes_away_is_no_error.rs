//! Output into a pipe that nobody reads to its end.

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use support::{Desk, command, desk};

/// Starts the command, reads one line of its output, and goes away.
fn first_line(desk: &Desk, args: &[&str]) -> (String, i32, String) {
    let mut command = command(desk.path(), &[&["--ledger", "ledger"], args].concat());
    let mut child = desk::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    (line, output.status.code().unwrap(), error)
}

/// More than a pipe holds.
fn crowded() -> Desk {
    let events = (0..2_000).map(|n| desk::decision(1).subject(&format!("loan:{n:0>200}")).done());
    Desk::with(events.collect())
}

#[test]
fn log_ends_quietly() {
    let desk = crowded();
    for args in [vec!["log", "--limit", "0"], vec!["log", "--json"]] {
        let (line, code, error) = first_line(&desk, &args);
        assert!(!line.is_empty());
        assert_eq!((code, error.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_broken_ledger_stays_broken_for_a_reader_that_goes_away() {
    let desk = crowded();
    desk.damage(|segment| {
        let at = segment.entry(700);
        for number in (0..300).rev() {
            segment.frames.remove(at + 4 * number);
        }
    });
    let (_, code, error) = first_line(&desk, &["verify"]);
    assert_eq!((code, error.as_str()), (1, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_an_error() {
    let desk = Desk::with_a_loan();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = command(desk.path(), &["--ledger", "ledger", "log"]);
    let output =
        desk::start(command.stdout(full).stderr(Stdio::piped())).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: cannot print: "), "{error}");
}
