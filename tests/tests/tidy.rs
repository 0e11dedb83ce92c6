//! The house rules of `ARCHITECTURE.md`, read from the manifests and the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use testimony_tests::root;

/// Each room, and the rooms that it may depend on.
const ROOMS: &[(&str, &[&str])] = &[
    ("testimony-record", &[]),
    ("testimony-macros", &[]),
    ("testimony-ledger", &["testimony-record"]),
    ("testimony-capture", &["testimony-record"]),
    ("testimony-otlp", &["testimony-record", "testimony-ledger"]),
    ("testimony-index", &["testimony-record", "testimony-ledger"]),
    (
        "testimony-forensics",
        &["testimony-record", "testimony-ledger", "testimony-capture", "testimony-index"],
    ),
    ("testimony-twins", &["testimony-record", "testimony-ledger", "testimony-index"]),
    ("testimony-witness", &["testimony-record", "testimony-ledger"]),
    ("testimony-reconcile", &["testimony-record", "testimony-ledger", "testimony-otlp"]),
    (
        "testimony",
        &[
            "testimony-record",
            "testimony-ledger",
            "testimony-capture",
            "testimony-macros",
            "testimony-otlp",
            "testimony-witness",
        ],
    ),
    (
        "testimony-cli",
        &[
            "testimony-record",
            "testimony-ledger",
            "testimony-capture",
            "testimony-forensics",
            "testimony-otlp",
            "testimony-reconcile",
            "testimony-twins",
            "testimony-witness",
        ],
    ),
];

/// What must not be named in a room's sources, outside comments.
const NEVER: &[(&str, &[&str])] = &[
    (
        "testimony-record",
        &[
            "std::fs",
            "std::io",
            "std::net",
            "std::thread",
            "std::time",
            "getrandom",
            "rand::",
            "SystemTime",
            "Instant",
        ],
    ),
    ("testimony-ledger", &["tracing", "opentelemetry", "gen_ai"]),
    ("testimony-capture", &["std::fs", "std::net", "File::", "opentelemetry::"]),
    ("testimony-forensics", &["Ledger::open", "fs::write", "File::create", "OpenOptions"]),
    (
        "testimony-index",
        &[
            "testimony_ledger::Ledger",
            "testimony_ledger::erase",
            ".submit(",
            "fs::write",
            "File::create",
            "OpenOptions",
            "std::net",
            "tracing",
            "datafusion",
        ],
    ),
    (
        "testimony-twins",
        &[
            "testimony_ledger::Ledger",
            "testimony_ledger::erase",
            ".submit(",
            "fs::write",
            "File::create",
            "OpenOptions",
            "std::net",
            "tracing",
        ],
    ),
    (
        "testimony-witness",
        &["Ledger::open", ".submit(", ".record(", "std::fs", "File::create", "OpenOptions"],
    ),
    (
        "testimony-reconcile",
        &[
            "Ledger::open",
            ".submit(",
            ".record(",
            ".erase(",
            "fs::write",
            "File::create",
            "OpenOptions",
            "fs::remove",
            "fs::rename",
            "create_dir",
            ".post(",
            "Exporter::",
        ],
    ),
    ("testimony", &["std::fs", "std::net"]),
];

fn crate_dir(room: &str) -> PathBuf {
    root().join("crates").join(room)
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for path in fs::read_dir(&dir).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let tested = text.split("#[cfg(test)]\n").next().unwrap_or_default();
    let lines = tested.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let section = manifest
        .split("\n[")
        .find(|section| section.starts_with("dependencies]"))
        .unwrap_or_default();
    let names = section.lines().skip(1).filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn an_arrow_between_rooms_only_points_down() {
    for (room, allowed) in ROOMS {
        let manifest = fs::read_to_string(crate_dir(room).join("Cargo.toml")).unwrap();
        for dependency in
            dependencies(&manifest).iter().filter(|name| name.starts_with("testimony"))
        {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{room} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn every_crate_of_the_workspace_is_a_room_of_the_table() {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let found: BTreeSet<String> =
        crates.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let known: BTreeSet<String> = ROOMS.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(found, known);
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for room in known {
        assert!(
            architecture.contains(&format!("| `{room}` |")),
            "ARCHITECTURE.md says nothing of {room}"
        );
    }
}

#[test]
fn no_room_does_what_it_never_does() {
    for (room, never) in NEVER {
        for path in sources(&crate_dir(room).join("src")) {
            let code = code(&path);
            for word in *never {
                assert!(!code.contains(word), "{}: {word} has no place in {room}", path.display());
            }
        }
    }
}

#[test]
fn macros_spell_the_hook_module_in_one_place_only() {
    for path in sources(&crate_dir("testimony-macros").join("src")) {
        let home = path.file_name().is_some_and(|name| name == "hook.rs" || name == "golden.rs");
        assert!(
            home || !code(&path).contains("__private"),
            "{}: only hook.rs names the hook",
            path.display()
        );
    }
}

#[test]
fn every_source_file_begins_by_saying_what_it_is_for() {
    let rooms = ["crates", "examples", "benches"].map(|dir| root().join(dir));
    let tests = [root().join("tests/src"), root().join("tests/tests")];
    for path in rooms.iter().chain(&tests).flat_map(|dir| sources(dir)) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} has no header", path.display());
    }
}

#[test]
fn every_package_takes_the_lints_of_the_workspace() {
    let packages = ROOMS.iter().map(|(room, _)| crate_dir(room));
    for package in packages.chain(["examples", "benches", "tests"].map(|name| root().join(name))) {
        let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} has lints of its own",
            package.display()
        );
    }
}

#[test]
fn what_the_documents_point_to_is_there() {
    for name in ["README.md", "ARCHITECTURE.md", "FORMAT.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let local = !target.contains("://") && !target.starts_with('#');
            assert!(!local || root().join(target).exists(), "{name} points to {target}");
        }
    }
}

#[test]
fn the_readmes_commands_are_the_ones_that_ci_runs() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(readme.contains("cargo run --example loan_desk") && ci.contains("--example loan_desk"));
    assert!(readme.contains("cargo test --workspace") && ci.contains("cargo test --workspace"));
}

#[test]
fn the_readme_counts_the_histories_that_there_are() {
    let histories = fs::read_dir(root().join("tests/vectors/history")).unwrap().count();
    for name in ["README.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        assert!(text.contains(&format!("{histories} ")), "{name} does not say {histories}");
    }
}
