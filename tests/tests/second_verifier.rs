//! The second verifier, in Python, judges every ledger and history of the vectors as they say.

use testimony_tests::python;

#[test]
fn the_second_verifier_agrees_with_every_ledger_and_history() {
    if let Some(output) = python("check_vectors.py", &[]) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        print!("{said}");
    }
}
