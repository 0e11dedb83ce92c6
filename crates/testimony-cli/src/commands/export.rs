//! `testimony export`: each stream as a transparency log in the form that other people's tools read. What --otlp does stands in `send`.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use testimony_forensics::evidence::{Exported, NotExported, export_tiles};
use testimony_ledger::read::directory::Directory;
use testimony_record::Uuid;

use super::send::{self, SendingArgs};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::number::grouped;
use crate::paper::Paper;
use crate::progress;
use crate::style::{NOTE, PLAIN, TITLE};
use crate::tile_directory::TileDirectory;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("form").args(["tiles", "otlp"]).required(true))]
pub(crate) struct ExportArgs {
    /// Write C2SP tlog-tiles, each stream up to its newest checkpoint, into a directory of its name below DIR. What an earlier
    /// export has left there must be the beginning of the same log.
    #[arg(long, value_name = "DIR")]
    tiles: Option<PathBuf>,

    /// Only this stream.
    #[arg(long, value_name = "STREAM", conflicts_with = "otlp")]
    stream: Option<Uuid>,

    /// Send every entry that the endpoint has not had yet, as an OTLP span. The standard `OTEL_EXPORTER_OTLP_*` variables hold;
    /// how far it has come is kept beside the ledger.
    #[arg(long)]
    otlp: bool,

    #[command(flatten)]
    sending: SendingArgs,
}

/// Where facts begin, beside what they are.
const BESIDE: usize = 12;

/// What became of one stream, for programs.
#[derive(Serialize)]
struct Log {
    stream: Uuid,
    directory: String,
    /// Absent where no checkpoint has signed anything of the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    exported: Option<Tree>,
}

#[derive(Serialize)]
struct Tree {
    origin: String,
    size: u64,
    root: String,
    key: String,
}

pub(crate) fn run(
    ledger: &Path,
    options: &ExportArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    match &options.tiles {
        Some(tiles) => write_tiles(ledger, tiles, options.stream, json, paper),
        None => send::run(ledger, &options.sending, json, paper),
    }
}

fn write_tiles(
    ledger: &Path,
    tiles: &Path,
    stream: Option<Uuid>,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let directory = Directory::open(ledger)?;
    let mut logs = Vec::new();
    for stream in chosen(&directory, stream)? {
        let path = tiles.join(stream.to_string());
        let exported = match export(&directory, stream, &path) {
            Ok(exported) => Some(tree(&exported)),
            // What nobody has signed is no log yet.
            Err(Stopped::Export(NotExported::NotCovered(_))) => None,
            Err(Stopped::Export(error)) => return stopped(error),
            Err(Stopped::Directory(failure)) => return Err(failure),
        };
        logs.push(Log { stream, directory: path.display().to_string(), exported });
    }
    if json {
        json::document(&logs, paper)?;
    } else {
        print(&logs, paper);
    }
    let any = logs.iter().any(|log| log.exported.is_some());
    Ok(if any { Exit::Fine } else { Exit::CouldNotTell })
}

fn chosen(directory: &Directory, stream: Option<Uuid>) -> Result<Vec<Uuid>, Failure> {
    match stream {
        None => Ok(directory.streams.clone()),
        Some(stream) if directory.streams.contains(&stream) => Ok(vec![stream]),
        Some(stream) => Err(Failure::new(format_args!("the ledger has no stream {stream}"))
            .advise("`testimony head` lists the streams.")),
    }
}

enum Stopped {
    Directory(Failure),
    Export(NotExported),
}

fn export(directory: &Directory, stream: Uuid, path: &Path) -> Result<Exported, Stopped> {
    let tiles = TileDirectory::open(path.to_owned(), stream).map_err(Stopped::Directory)?;
    let put = &mut |name: &str, bytes: &[u8]| tiles.put(name, bytes);
    let exported = progress::during("exporting", |walked| {
        export_tiles(directory, stream, tiles.before(), walked, put)
    });
    exported.map_err(Stopped::Export)
}

/// A ledger or a copy that is not what it was is broken; anything else could not be done.
fn stopped(error: NotExported) -> Result<Exit, Failure> {
    let broken = match &error {
        NotExported::Broken(_)
        | NotExported::WrongCheckpoint { .. }
        | NotExported::OtherHistory { .. } => true,
        NotExported::Write { source, .. } => source.kind() == io::ErrorKind::AlreadyExists,
        _ => false,
    };
    let failure = Failure::from(error);
    if broken { Ok(failure.broken()) } else { Err(failure) }
}

fn tree(exported: &Exported) -> Tree {
    let Exported { head, key } = exported;
    Tree {
        origin: head.origin().to_owned(),
        size: head.size(),
        root: hex::encode(head.root()),
        key: key.to_string(),
    }
}

fn print(logs: &[Log], paper: &mut Paper) {
    for log in logs {
        paper.line(TITLE, &log.directory);
        let Some(tree) = &log.exported else {
            paper.block(2, NOTE, "not exported: no checkpoint covers any of it yet");
            continue;
        };
        paper.fact("origin", BESIDE, (PLAIN, &tree.origin));
        paper.fact("entries", BESIDE, (PLAIN, &grouped(tree.size)));
        paper.fact("root", BESIDE, (PLAIN, &tree.root));
        paper.fact("key", BESIDE, (PLAIN, &tree.key));
    }
    if logs.is_empty() {
        return paper.line(NOTE, "The ledger holds no stream.");
    }
    if logs.iter().all(|log| log.exported.is_none()) {
        return;
    }
    paper.end();
    let advice = "The keys are those that the ledger itself names; compare them with the one that you were told.";
    paper.block(0, PLAIN, advice);
}
