//! Twins are made once, and again when their segment has changed or they are not whole.

use std::fs;
use std::time::Duration;

use crate::support::{Desk, ask, desk, replace, set_back, try_ask};
use testimony_ledger::{Ledger, Options as Writing};
use testimony_twins::{NotAnswered, Options, Twins};

fn subjects(twins: &Twins) -> Vec<Vec<String>> {
    ask(twins, "SELECT DISTINCT text FROM parts WHERE role = 'subject' ORDER BY text")
}

#[test]
fn what_has_been_made_is_used_again() {
    let desk = Desk::with_a_loan();
    desk.age();
    let (_, first) = desk.open();
    assert_eq!(first, fs::metadata(desk.first_segment()).unwrap().len());
    let files = desk.twin_files();
    assert_eq!(files.len(), 5);
    let (twins, again) = desk.open();
    assert_eq!((again, desk.twin_files()), (0, files));
    assert_eq!(subjects(&twins), [["letter:77"], ["loan:1234"]]);
    assert_eq!(twins.check().unwrap(), []);
}

#[cfg(unix)]
#[test]
fn only_their_owner_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::with_a_loan();
    desk.open();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.ledger().join("twins")), 0o700);
    for file in desk.twin_files() {
        assert_eq!((mode(file.parent().unwrap()), mode(&file)), (0o700, 0o600));
    }
}

#[test]
fn a_segment_that_has_changed_has_its_twins_made_again() {
    let desk = Desk::with_a_loan();
    let segment = desk.first_segment();
    desk.age();
    desk.open();
    replace(&segment, "letter:77", "letter:78");
    let (twins, read) = desk.open();
    assert!(read > 0);
    assert_eq!(subjects(&twins), [["loan:1234"], ["∅"]], "its digest no longer fits");
}

#[test]
fn a_change_that_hides_behind_the_old_time_is_found_by_reading() {
    let desk = Desk::with_a_loan();
    let segment = desk.first_segment();
    desk.age();
    desk.open();
    let modified = fs::metadata(&segment).unwrap().modified().unwrap();
    replace(&segment, "letter:77", "letter:78");
    fs::File::options().append(true).open(&segment).unwrap().set_modified(modified).unwrap();
    let (twins, read) = desk.open();
    assert_eq!(read, 0, "it looks as it did");
    let deviations = twins.check().unwrap();
    assert_eq!(deviations.iter().map(|deviation| deviation.segment).collect::<Vec<_>>(), [0]);
}

#[test]
fn twins_that_are_missing_cut_short_or_none_at_all_are_made_again() {
    let desk = Desk::with_a_loan();
    desk.age();
    desk.open();
    for file in desk.twin_files() {
        fs::remove_file(&file).unwrap();
        assert!(desk.open().1 > 0, "{} was missing", file.display());
    }
    let last =
        desk.twin_files().into_iter().find(|file| file.ends_with("00000000.decisions.parquet"));
    let last = last.unwrap();
    for content in [&b""[..], b"PAR1", b"no twin at all"] {
        fs::write(&last, content).unwrap();
        assert!(desk.open().1 > 0);
        assert!(fs::metadata(&last).unwrap().len() > 1000);
    }
}

#[test]
fn twins_made_at_the_moment_of_a_change_are_not_relied_on() {
    let desk = Desk::with_a_loan();
    set_back(&desk.first_segment(), Duration::ZERO);
    desk.open();
    assert!(desk.open().1 > 0, "a later change could have the same time");
    desk.age();
    assert!(desk.open().1 > 0);
    assert_eq!(desk.open().1, 0);
}

#[test]
fn a_session_more_costs_its_own_segment_and_no_other() {
    let desk = Desk::with_a_loan();
    desk.age();
    desk.open();
    let ledger = Ledger::open(desk.ledger(), Writing::default()).unwrap();
    ledger.submit(desk::decision(7).subject("loan:7").done()).unwrap();
    desk::close(&ledger);
    let (twins, read) = desk.open();
    assert_eq!(subjects(&twins), [["letter:77"], ["loan:1234"], ["loan:7"]]);
    let old = fs::metadata(desk.first_segment()).unwrap().len();
    assert!(0 < read && read < old, "{read} of {old}");
}

#[test]
fn another_directory_can_hold_them_and_the_ledger_stays_as_it_is() {
    let desk = Desk::with_a_loan();
    let elsewhere = desk.path().join("elsewhere");
    let options = Options { directory: Some(elsewhere.clone()) };
    let twins = Twins::open(&[desk.ledger()], &options, &mut |_| ()).unwrap();
    assert_eq!(subjects(&twins).len(), 2);
    assert_eq!(desk.twin_files(), [] as [std::path::PathBuf; 0]);
    assert_eq!(crate::support::files(&elsewhere).len(), 5);
}

#[test]
fn a_twin_that_goes_away_meanwhile_is_an_error_and_not_an_answer_without_its_rows() {
    let desk = Desk::with_a_loan();
    let twins = desk.twins();
    for file in desk.twin_files() {
        fs::remove_file(file).unwrap();
    }
    let asked = try_ask(&twins, "SELECT * FROM decisions");
    assert!(matches!(asked, Err(NotAnswered::Gone)), "{asked:?}");
    assert_eq!(twins.check().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn where_they_cannot_be_kept_it_is_said() {
    let desk = Desk::with_a_loan();
    fs::write(desk.ledger().join("twins"), "a file in the way").unwrap();
    let error = Twins::open(&[desk.ledger()], &Options::default(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, testimony_twins::NotBuilt::Write { .. }), "{error:?}");
}
