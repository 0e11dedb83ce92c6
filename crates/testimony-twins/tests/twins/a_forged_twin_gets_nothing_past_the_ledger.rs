//! Someone who can write twins makes them say what they like. Whatever they say is read again from the ledger.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use testimony_record::digest::Digest;
use testimony_twins::arrow::array::{
    ArrayRef, AsArray as _, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
};
use testimony_twins::arrow::datatypes::Int64Type;
use testimony_twins::{Asked, NotConfirmed, Twins};

use crate::support::parquet::{metadata, read, write};
use crate::support::{Desk, ask, desk};

/// A loan whose twins have a column of one table changed, and are taken for fresh.
fn forged(table: &str, column: &str, change: impl Fn(&ArrayRef) -> ArrayRef) -> (Desk, Twins) {
    let desk = Desk::with_a_loan();
    desk.age();
    desk.open();
    let name = format!("00000000.{table}.parquet");
    let file = desk.twin_files().into_iter().find(|file| file.ends_with(&name)).unwrap();
    forge(&file, column, change);
    let (twins, read) = desk.open();
    assert_eq!(read, 0, "nobody notices");
    (desk, twins)
}

fn forge(file: &Path, column: &str, change: impl Fn(&ArrayRef) -> ArrayRef) {
    let (stamp, rows) = (metadata(file), read(file));
    let at = rows.schema().index_of(column).unwrap();
    let mut columns = rows.columns().to_vec();
    columns[at] = change(&columns[at]);
    let rows = RecordBatch::try_new(rows.schema(), columns).unwrap();
    write(&rows, stamp, File::create(file).unwrap());
}

fn all(text: &str, rows: &ArrayRef) -> ArrayRef {
    Arc::new(StringArray::from(vec![text; rows.len()]))
}

fn refusals(twins: &Twins, asked: &Asked) -> Vec<NotConfirmed> {
    let found = twins.find(asked).unwrap();
    found.iter().filter_map(|found| twins.confirm(asked, found).err()).collect()
}

#[test]
fn a_decision_under_another_subject() {
    let (_desk, twins) = forged("decisions", "subjects", |rows| {
        let lists = (0..rows.len()).map(|_| Some(vec![Some("loan:9999")]));
        let mut builder = ListBuilder::new(StringBuilder::new());
        lists.for_each(|list| builder.append_option(list));
        Arc::new(builder.finish())
    });
    let told = ask(&twins, "SELECT count(*) FROM decisions WHERE array_has(subjects, 'loan:9999')");
    assert_eq!(told, [["3"]], "the twin says so");
    let asked = Asked::Subject("loan:9999".to_owned());
    let refused = refusals(&twins, &asked);
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|error| matches!(error, NotConfirmed::NotSo)), "{refused:?}");
}

#[test]
fn a_decision_under_another_id() {
    let id = desk::id(9);
    let (_desk, twins) = forged("decisions", "id", |rows| all(&id.to_string(), rows));
    let refused = refusals(&twins, &Asked::Id(id));
    assert!(refused.len() == 3 && refused.iter().all(|e| matches!(e, NotConfirmed::NotSo)));
}

#[test]
fn a_hash_that_is_not_the_entrys() {
    let hash = Digest::plain(b"forged").to_string();
    let (_desk, twins) = forged("decisions", "hash", |rows| all(&hash, rows));
    let refused = refusals(&twins, &Asked::Id(desk::id(1)));
    assert!(matches!(refused[..], [NotConfirmed::NoSuchEntry]));
}

#[test]
fn a_place_that_holds_another_entry_or_none() {
    for at in [0, 1_000_000_000, i64::MAX, -1] {
        let (_desk, twins) =
            forged("decisions", "offset", |rows| Arc::new(Int64Array::from(vec![at; rows.len()])));
        let asked = Asked::Id(desk::id(1));
        let left = twins.find(&asked).unwrap();
        let confirmed = left.iter().filter(|found| twins.confirm(&asked, found).is_ok());
        assert_eq!(confirmed.count(), 0, "offset {at}");
    }
}

#[test]
fn a_content_that_a_decision_was_never_given() {
    let digest = Digest::plain(b"a poisoned document");
    let (_desk, twins) = forged("parts", "digest", |rows| all(&digest.to_string(), rows));
    let refused = refusals(&twins, &Asked::Given(digest));
    assert!(refused.len() == 3 && refused.iter().all(|e| matches!(e, NotConfirmed::NotSo)));
}

#[test]
fn an_object_that_lies_elsewhere_is_not_taken_for_another() {
    let (_desk, twins) = forged("objects", "offset", |rows| {
        let offsets = rows.as_primitive::<Int64Type>();
        Arc::new(Int64Array::from_iter_values(offsets.values().iter().rev().copied()))
    });
    let refused = refusals(&twins, &Asked::Subject("letter:77".to_owned()));
    assert!(matches!(refused[..], [NotConfirmed::NotSo]), "{refused:?}");
}

#[test]
fn what_was_not_forged_is_confirmed() {
    let (_desk, twins) = forged("parts", "text", |rows| all("forged", rows));
    let asked = Asked::Subject("loan:1234".to_owned());
    assert_eq!((twins.find(&asked).unwrap().len(), refusals(&twins, &asked).len()), (2, 0));
}
