//! Public vectors that lie beside a checkout of the repository, where they do.

use std::path::PathBuf;

/// The text of a file of the shared vectors; where they are not on this machine, says so and gives nothing.
pub(crate) fn shared(name: &str) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let text = std::fs::read_to_string(root.join(name)).ok();
    if text.is_none() {
        println!("skipped: the vectors of {name} are not on this machine");
    }
    text
}
