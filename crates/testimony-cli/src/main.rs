//! The `testimony` command: verifies a ledger, lists and shows what it holds, tells why something was decided and what it went on to
//! reach, makes and checks evidence, asks witnesses, compares exported copies, imports what others have recorded, and erases contents
//! or holds them.
//!
//! It reads arguments, asks the libraries, and prints. It holds no logic that a library user could not reach, and nothing
//! that comes from a ledger reaches a terminal but through [`paper`].
//!
//! Exit codes: 0 fine or intact, 1 broken, 2 could not tell.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used))]

mod advice;
mod args;
mod choice;
mod commands;
mod content;
mod destination;
mod failure;
mod inert;
mod json;
mod moment;
mod paper;
mod progress;
mod style;
mod tile_directory;

use std::process::ExitCode;

use clap::Parser as _;

pub(crate) use testimony_forensics::words::{number, printable};

use args::{Args, Command};
use failure::{Exit, Failure};
use paper::Paper;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return failure::usage(&error).into(),
    };
    args.color.apply();
    let mut paper = Paper::stdout();
    let answered = run(&args, &mut paper);
    let printed = paper.finish().map_err(Failure::from);
    let exit = answered.and_then(|exit| printed.map(|()| exit)).unwrap_or_else(|failure| {
        failure.print();
        Exit::CouldNotTell
    });
    exit.into()
}

fn run(args: &Args, paper: &mut Paper) -> Result<Exit, Failure> {
    let (ledger, json) = (args.ledger()?, args.json);
    match &args.command {
        Command::Verify(options) if !options.otlp_json.is_empty() => {
            commands::verify_copies::run(options, json, paper)
        }
        Command::Verify(options) => commands::verify::run(ledger, options, json, paper),
        Command::Log(options) => commands::log::run(ledger, options, json, paper),
        Command::Show(options) => commands::show::run(ledger, options, json, paper),
        Command::Why(options) => commands::why::run(&args.ledgers, options, json, paper),
        Command::Blast(options) => commands::blast::run(&args.ledgers, options, json, paper),
        Command::Diff(options) => commands::diff::run(ledger, options, json, paper),
        Command::Timeline(options) => commands::timeline::run(ledger, options, json, paper),
        Command::Coverage => commands::coverage::run(ledger, json, paper),
        Command::Stats(options) => commands::stats::run(ledger, options, json, paper),
        Command::Report(options) => commands::report::run(ledger, options, json, paper),
        Command::Head(options) => commands::head::run(ledger, options, json, paper),
        Command::Key(command) => commands::key::run(ledger, command, json, paper),
        Command::Witness(options) => commands::witness::run(ledger, options, json, paper),
        Command::Import(options) => commands::import::run(ledger, options, json, paper),
        Command::Erase(options) => commands::erase::run(ledger, options, json, paper),
        Command::Hold(options) => commands::hold::run(ledger, options, json, paper),
        Command::Release(options) => commands::release::run(ledger, options, json, paper),
        Command::Prove(options) => commands::prove::run(ledger, options, json, paper),
        Command::Check(options) => commands::check::run(options, json, paper),
        Command::Reconcile(options) => commands::reconcile::run(ledger, options, json, paper),
        Command::Export(options) => commands::export::run(ledger, options, json, paper),
        Command::Sql(options) => commands::sql::run(&args.ledgers, options, json, paper),
    }
}
