//! The macros as a compiler sees them: what they accept without a warning, and what they say where they do not.
//!
//! `ui/pass` holds programs that compile under `#![deny(warnings)]` and run without a recorder; `ui/fail` holds mistakes with
//! the messages they lead to. After a change of a message, `TRYBUILD=overwrite` writes the new ones.

#[test]
fn macro_errors_are_reported_where_they_are_made() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
