//! `testimony key`: the keys that sign heads. The private half goes into a file and nowhere else.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;
use testimony_ledger::checkpoint::key_file;
use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;
use testimony_record::tlog::VerifierKey;

use crate::failure::{Exit, Failure};
use crate::json;
use crate::paper::Paper;
use crate::style::PLAIN;

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a private key, in a new file that only you can read, and print the verifier key that belongs to it.
    New {
        /// The key's name, which notes carry: a domain or path of yours without spaces, such as example.com/loan-desk.
        #[arg(long)]
        name: String,
        /// Where to put the private key. A file that is there is not overwritten.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print the verifier key that belongs to a private key.
    Show {
        /// The private key's file.
        file: PathBuf,
        /// Also print it as it signs each stream of the ledger.
        #[arg(long)]
        streams: bool,
    },
}

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
    command: &KeyCommand,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    match command {
        KeyCommand::New { name, output } => new(name, output, json, paper),
        KeyCommand::Show { file, streams } => {
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
