//! C2SP tiles: the same bytes as another implementation's, in the number that the specification says.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use support::{decision, loan_1234, write, write_signed};
use testimony_forensics::evidence::{NotExported, Tiles, export_tiles};
use testimony_ledger::read::directory::Directory;
use testimony_record::tlog::SignedHead;
use testimony_record::tree;

type Files = BTreeMap<String, Vec<u8>>;

fn tiles_of(entries: impl IntoIterator<Item = Vec<u8>>) -> (Files, [u8; 32]) {
    let (mut files, mut tiles) = (Files::new(), Tiles::new());
    let put = &mut |name: &str, bytes: &[u8]| {
        assert!(files.insert(name.to_owned(), bytes.to_vec()).is_none(), "{name} twice");
        Ok(())
    };
    for entry in entries {
        tiles.push(&entry, put).unwrap();
    }
    let (_, root) = tiles.finish(put).unwrap();
    (files, root)
}

fn export(ledger: &Path, before: Option<&SignedHead>) -> Result<Files, NotExported> {
    let (directory, mut files) = (Directory::open(ledger).unwrap(), Files::new());
    let put = &mut |name: &str, bytes: &[u8]| {
        files.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    };
    export_tiles(&directory, directory.streams[0], before, &mut |_| {}, put)?;
    Ok(files)
}

#[test]
fn tesseras_entries_give_tesseras_tiles() {
    let shared =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/tlog/tessera");
    let Ok(entries) = std::fs::read_to_string(shared.join("entries.txt")) else {
        println!("skipped: {} is not there", shared.display());
        return;
    };
    let hex = |name: &str| {
        hex::decode(std::fs::read_to_string(shared.join(name)).unwrap().trim()).unwrap()
    };
    let (files, root) = tiles_of(entries.lines().map(|line| line.as_bytes().to_vec()));
    assert_eq!(files.len(), 2);
    assert_eq!(files["tile/entries/000.p/15"], hex("entries-bundle.p15.hex"));
    assert_eq!(files["tile/0/000.p/15"], hex("tile-level0.p15.hex"));
    let head = SignedHead::parse(&std::fs::read_to_string(shared.join("checkpoint.15")).unwrap());
    assert_eq!(*head.unwrap().root(), root);
}

#[test]
fn a_log_of_70_000_has_the_tiles_that_the_specification_counts() {
    let (files, _) = tiles_of((0..70_000_u32).map(|n| n.to_string().into_bytes()));
    let full = |prefix: &str| {
        files.keys().filter(|name| name.starts_with(prefix) && !name.contains(".p/")).count()
    };
    assert_eq!(
        (full("tile/entries/"), full("tile/0/"), full("tile/1/"), full("tile/2/")),
        (273, 273, 1, 0)
    );
    let partial: Vec<&String> = files.keys().filter(|name| name.contains(".p/")).collect();
    assert_eq!(
        partial,
        ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]
    );
    let hashes = |name: &str| files[name].len() / 32;
    assert_eq!(
        (hashes("tile/0/000"), hashes("tile/1/001.p/17"), hashes("tile/2/000.p/1")),
        (256, 17, 1)
    );
}

#[test]
fn tiles_of_any_size_lead_to_the_root() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513] {
        let entry = |n: u32| n.to_string().into_bytes();
        let (files, root) = tiles_of((0..size).map(entry));
        let mut expected = tree::Frontier::new();
        (0..size).for_each(|n| expected.push(&entry(n)));
        assert_eq!(root, expected.root(), "{size}");
        // The leaves of the lowest tiles are those entries.
        let lowest = files.iter().filter(|(name, _)| name.starts_with("tile/0/"));
        let leaves: Vec<u8> = lowest.flat_map(|(_, bytes)| bytes.clone()).collect();
        let wanted: Vec<u8> = (0..size).flat_map(|n| tree::leaf(&entry(n))).collect();
        assert_eq!(leaves, wanted, "{size}");
    }
}

#[test]
fn an_entry_that_does_not_fit_a_bundle_is_refused() {
    let mut tiles = Tiles::new();
    assert!(tiles.push(&vec![b'x'; 65_535], &mut |_, _| Ok(())).is_ok());
    assert!(tiles.push(&vec![b'x'; 65_536], &mut |_, _| Ok(())).is_err());
}

#[test]
fn a_stream_is_exported_up_to_its_checkpoint_and_no_further() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("l");
    write_signed(&ledger, loan_1234());
    let files = export(&ledger, None).unwrap();
    // A genesis, three decisions, an outcome and a close; the checkpoint itself comes after them.
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["checkpoint", "tile/0/000.p/6", "tile/entries/000.p/6"]
    );
    let head = SignedHead::parse(str::from_utf8(&files["checkpoint"]).unwrap()).unwrap();
    assert_eq!((head.size(), files["tile/0/000.p/6"].len()), (6, 6 * 32));
}

#[test]
fn a_ledger_that_goes_on_goes_on_in_its_copy_and_one_that_was_rewritten_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (ledger, other) = (dir.path().join("l"), dir.path().join("other"));
    write_signed(&ledger, loan_1234());
    let first = export(&ledger, None).unwrap();
    let head = SignedHead::parse(str::from_utf8(&first["checkpoint"]).unwrap()).unwrap();
    write_signed(&ledger, vec![decision(4).done()]);
    let second = export(&ledger, Some(&head)).unwrap();
    assert!(second.contains_key("tile/0/000.p/10"));
    let newer = SignedHead::parse(str::from_utf8(&second["checkpoint"]).unwrap()).unwrap();

    write_signed(&other, loan_1234().into_iter().rev().collect());
    let rewritten = export(&other, Some(&head)).unwrap_err();
    assert!(matches!(rewritten, NotExported::OtherHistory { size: 6, .. }), "{rewritten}");
    let cut = export(&other, Some(&newer)).unwrap_err();
    assert!(matches!(cut, NotExported::OtherHistory { .. }), "{cut}");
}

#[test]
fn what_nobody_signed_or_somebody_changed_is_not_exported() {
    let dir = tempfile::tempdir().unwrap();
    let (unsigned, changed) = (dir.path().join("u"), dir.path().join("c"));
    write(&unsigned, loan_1234());
    assert!(matches!(export(&unsigned, None).unwrap_err(), NotExported::NotCovered(_)));
    write_signed(&changed, loan_1234());
    support::replace(&changed, r#""took_us":1250000"#, r#""took_us":1250001"#);
    assert!(
        matches!(export(&changed, None).unwrap_err(), NotExported::Broken(broken) if broken.seq == 1)
    );
}
