//! A question goes to all ledgers that were given, and each row says which one it is from.

use testimony_twins::{Options, Twins};

use crate::support::{Desk, ask, desk};

#[test]
fn rows_of_all_of_them_are_counted_and_told_apart() {
    let (one, other) = (Desk::with_a_loan(), Desk::empty());
    desk::write_another(&other.ledger(), vec![desk::decision(9).subject("loan:1234").done()]);
    let ledgers = [one.ledger(), other.ledger()];
    let twins = Twins::open(&ledgers, &Options::default(), &mut |_| ()).unwrap();
    let sql = "SELECT ledger, count(*) FROM decisions GROUP BY ledger ORDER BY 2";
    let names = ledgers.map(|ledger| ledger.display().to_string());
    assert_eq!(ask(&twins, sql), [[names[1].as_str(), "1"], [&names[0], "3"]]);
    let sql = "SELECT count(*) FROM decisions WHERE array_has(subjects, 'loan:1234')";
    assert_eq!(ask(&twins, sql), [["3"]]);
}
