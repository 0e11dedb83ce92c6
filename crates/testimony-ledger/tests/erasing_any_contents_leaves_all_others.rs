//! Whatever is recorded, however it lies in segments and sessions, and whatever of it is erased: exactly that is gone.

mod erasing;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use erasing::{assert_intact, blobs, contains, decision, segments, warrant};
use proptest::prelude::*;
use testimony_ledger::erase::erase_on;
use testimony_ledger::storage::{Double, Storage};
use testimony_ledger::{Ledger, Options};

/// Sessions of decisions, each with some of ten contents.
fn sessions() -> impl Strategy<Value = Vec<Vec<Vec<usize>>>> {
    let decision = proptest::collection::vec(0..10_usize, 0..4);
    proptest::collection::vec(proptest::collection::vec(decision, 1..8), 1..4)
}

/// Distinct, and none a part of another or of anything else.
fn content(n: usize) -> String {
    format!("<content {n}>").repeat(1 + n * 7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exactly_what_was_named_is_gone(
        sessions in sessions(),
        segment_bytes in 200..4000_u64,
        chosen in proptest::collection::vec(any::<bool>(), 40),
    ) {
        let (disk, root) = (Double::new(), Path::new("/ledger"));
        let options = Options { segment_bytes, ..Options::default() };
        let storage: Arc<dyn Storage> = Arc::new(disk.clone());
        for session in sessions {
            let ledger = Ledger::open_on(Arc::clone(&storage), root, options.clone()).unwrap();
            for (n, contents) in session.iter().enumerate() {
                let texts: Vec<String> = contents.iter().map(|&n| content(n)).collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                ledger.submit(decision(n as u128, &texts)).unwrap();
            }
            ledger.close().unwrap();
        }
        let before = blobs(&disk, root);
        let all: BTreeSet<_> = before.iter().map(|lying| lying.digest).collect();
        let chosen: BTreeSet<_> =
            all.into_iter().zip(chosen).filter_map(|(digest, go)| go.then_some(digest)).collect();
        prop_assume!(!chosen.is_empty());

        erase_on(&storage, root, &options, &chosen, &warrant(), &mut |_| ()).unwrap();

        let after = blobs(&disk, root);
        prop_assert_eq!(before.len(), after.len());
        let files = segments(&disk, root);
        for (old, new) in before.iter().zip(&after) {
            if chosen.contains(&old.digest) {
                prop_assert_eq!(&new.salt, &"0".repeat(32));
                prop_assert!(new.content.iter().all(|&byte| byte == 0));
                prop_assert!(!files.iter().any(|file| contains(file, old.salt.as_bytes())));
            } else {
                prop_assert_eq!(old, new);
            }
        }
        let scratch = tempfile::tempdir().unwrap();
        disk.copy_to(root, scratch.path()).unwrap();
        assert_intact(scratch.path(), "some contents are erased");
    }
}
