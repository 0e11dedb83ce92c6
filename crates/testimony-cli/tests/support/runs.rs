//! 100 recorded runs of an agent, where that file is at hand, and the scripts that read it without knowing of ledgers.

use std::path::PathBuf;
use std::process::Command;

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `None`, with the reason printed, where the file is missing.
pub(crate) fn file() -> Option<PathBuf> {
    let file = workspace().join("../shared/data/airline-runs.jsonl");
    if !file.exists() {
        eprintln!("skipped: ../shared/data/airline-runs.jsonl is not there");
        return None;
    }
    Some(file)
}

/// A program of `tests/python`; `None`, with the reason printed, where there is no Python. `TESTIMONY_PYTHON` names the
/// interpreter, and `TESTIMONY_REQUIRE_PYTHON` makes a missing one a failure.
pub(crate) fn script(name: &str) -> Option<Command> {
    let python = std::env::var("TESTIMONY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let version = Command::new(&python).arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        let required = std::env::var_os("TESTIMONY_REQUIRE_PYTHON").is_some();
        assert!(!required, "{python} is required");
        eprintln!("skipped: there is no {python}");
        return None;
    }
    let mut script = Command::new(python);
    script.arg("-B").arg(workspace().join("tests/python").join(name));
    Some(script)
}
