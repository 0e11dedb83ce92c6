//! The macros as a compiler sees them: what they accept without a warning, and what they say where they do not.
//!
//! `ui/pass` holds programs that compile under `#![deny(warnings)]` and run without a recorder; `ui/fail` holds mistakes with
//! the messages they lead to. After a change of a message, `TRYBUILD=overwrite` writes the new ones.

/// The compiler whose messages `ui/fail` quotes; others word them otherwise.
const QUOTED: &str = "rustc 1.95.";

#[test]
fn macro_errors_are_reported_where_they_are_made() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    let rustc = std::process::Command::new("rustc").arg("--version").output();
    let version = rustc
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    if version.starts_with(QUOTED) {
        cases.compile_fail("ui/fail/*.rs");
    } else {
        println!("skipped: the messages quoted are those of {QUOTED}x, this is {version}");
    }
}
