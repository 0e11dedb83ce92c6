//! `testimony key`: the keys that sign heads. The private half goes into a file and nowhere else.

use std::path::Path;

use serde::Serialize;
use testimony_ledger::checkpoint::key_file;
use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;
use testimony_record::tlog::VerifierKey;

use crate::args::Key;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::paper::Paper;
use crate::style::PLAIN;

/// A verifier key, for programs.
#[derive(Serialize)]
struct Shown {
    key: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    streams: Vec<OfStream>,
}

/// The same key as it signs one stream.
#[derive(Serialize)]
struct OfStream {
    stream: Uuid,
    key: String,
}

pub(crate) fn run(
    ledger: &Path,
    key: &Key,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    match key {
        Key::New { name, output } => new(name, output, json, paper),
        Key::Show { file, streams } => {
            let key = key_file::read(file)?.verifier_key();
            let streams = if *streams { Directory::open(ledger)?.streams } else { Vec::new() };
            show(&key, &streams, json, paper)
        }
    }?;
    Ok(Exit::Fine)
}

fn new(name: &str, output: &Path, json: bool, paper: &mut Paper) -> Result<(), Failure> {
    let key = key_file::create(output, name)?.verifier_key();
    show(&key, &[], json, paper)?;
    if !json {
        paper.end();
        let file = output.display();
        let advice = format!(
            "Give this verifier key to whoever is to check the ledger: `testimony verify --key KEY`. The private key is in \
             {file}; set {}={file} for the service, and keep a copy where it cannot be lost.",
            key_file::KEY_FILE_VARIABLE
        );
        paper.block(0, PLAIN, &advice);
    }
    Ok(())
}

/// Alone on its line, so that it can be kept in a file as it is.
fn show(key: &VerifierKey, streams: &[Uuid], json: bool, paper: &mut Paper) -> Result<(), Failure> {
    let of_stream = |&stream: &Uuid| OfStream { stream, key: key.for_stream(stream).to_string() };
    let shown = Shown { key: key.to_string(), streams: streams.iter().map(of_stream).collect() };
    if json {
        return json::document(&shown, paper);
    }
    paper.line(PLAIN, &shown.key);
    for of_stream in &shown.streams {
        paper.line(PLAIN, &of_stream.key);
    }
    Ok(())
}
