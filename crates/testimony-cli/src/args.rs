//! The command line, as data: names, defaults and help.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use testimony_forensics::Filter;
use testimony_record::decision::Status;

use crate::moment;

const EXIT_CODES: &str = "Exit codes: 0 fine or intact, 1 broken, 2 could not tell.";

const EVERYWHERE: &str = "Options of every command";

const STATUSES: [Status; 6] = [
    Status::Ok,
    Status::Error,
    Status::Refused,
    Status::Cancelled,
    Status::TimedOut,
    Status::Panicked,
];

/// Verify a ledger of AI decisions, and ask it why.
#[derive(Debug, Parser)]
#[command(name = "testimony", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Args {
    /// The ledger's directory.
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_name = "DIR",
        env = "TESTIMONY_LEDGER",
        hide_env_values = true,
        default_value = "./testimony-ledger"
    )]
    pub(crate) ledger: PathBuf,

    /// Print JSON for programs instead of text for people.
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,

    /// When to use colours.
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_name = "WHEN",
        value_enum,
        default_value_t = Color::Auto
    )]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Even into a file or a pipe.
    Always,
    /// Not at all.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check that the ledger is what was sealed.
    ///
    /// Reads every byte of it, and answers two questions: whether anything was changed, and whether anything is missing.
    /// Then it says what this run did not establish.
    Verify(Verify),
    /// List decisions, the newest last.
    Log(Log),
    /// Show everything that is known of one decision.
    Show {
        /// The decision's id, or the beginning of it.
        id: String,
    },
    /// Tell the story of a subject: what was asked, given and decided, and why.
    ///
    /// What an earlier decision of the story has told is not told again; `show` has all of each decision.
    Why {
        /// A subject such as `loan:1234`, or a decision's id or the beginning of it.
        #[arg(value_name = "SUBJECT|ID")]
        about: String,
    },
    /// Print the head of each stream: what to keep elsewhere, so that nobody can rewrite the ledger unnoticed.
    Head,
    /// Ask witnesses to cosign the newest checkpoint of each stream, and keep what they say in a file.
    ///
    /// Verifies the ledger first, and only reads it, so that a service may be writing. Whoever has the file can prove later what
    /// the ledger held: `testimony verify --head FILE --policy FILE`. Exits with 1 also where a witness remembers another or a
    /// longer history, and with 2 where too few have cosigned.
    Witness(Witness),
    /// Record what another recorder has kept.
    Import(Import),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// A head that someone kept where the ledger's host cannot write: what `testimony head` printed, as JSON or as a signed
    /// note. May be repeated.
    #[arg(long = "head", value_name = "FILE")]
    pub(crate) heads: Vec<PathBuf>,

    /// The verifier key that must have signed the checkpoints, or a file that holds it. May be repeated.
    #[arg(long = "key", value_name = "KEY|FILE")]
    pub(crate) keys: Vec<String>,

    /// A C2SP tlog-policy: which keys may sign, and how many of which witnesses must have cosigned.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Witness {
    /// A C2SP tlog-policy: its witness lines name whom to ask and where, its quorum how many of them are enough.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// Where to keep the cosigned checkpoints, as signed notes. An older file is replaced.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// How long a witness may take for an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub(crate) timeout: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Log {
    /// Only decisions about this subject.
    #[arg(long)]
    subject: Option<String>,

    /// Only decisions of this call site, or of those under it: `loan_desk` has `loan_desk::underwrite`.
    #[arg(long)]
    site: Option<String>,

    /// Only decisions of this model.
    #[arg(long)]
    model: Option<String>,

    /// Only decisions that ended so.
    #[arg(long, value_parser = status_parser())]
    status: Option<Status>,

    /// Only decisions that began at or after this: `2026-03-01`, `2026-03-01T12:00:00Z`, or `2h` for two hours ago.
    /// Times without a zone are in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment::since)]
    since: Option<u64>,

    /// Only decisions that began at or before this; a date means to the end of its day.
    #[arg(long, value_name = "TIME", value_parser = moment::until)]
    until: Option<u64>,

    /// Only decisions with this text in their contents or outcomes; ASCII letters match in either case.
    #[arg(long, value_name = "TEXT")]
    contains: Option<String>,

    /// At most so many, the newest; 0 for all [default: 50, with --json all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// JSON lines `{"run", "model", "reward", "messages"}` with chat messages as `OpenAI` spells them: each message of
    /// the assistant becomes a decision, the reward an outcome of the run's last one.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) openai_chat: PathBuf,
}

/// How many lines a person gets who did not ask for more.
const LINES_FOR_A_PERSON: usize = 50;

impl Log {
    pub(crate) fn filter(&self, json: bool) -> Filter {
        let usual = (!json).then_some(LINES_FOR_A_PERSON);
        Filter {
            subject: self.subject.clone(),
            site: self.site.clone(),
            model: self.model.clone(),
            status: self.status,
            since_us: self.since,
            until_us: self.until,
            contains: self.contains.clone(),
            limit: self.limit.map_or(usual, |limit| (limit > 0).then_some(limit)),
        }
    }
}

impl Color {
    pub(crate) fn apply(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

fn status_parser() -> impl clap::builder::TypedValueParser<Value = Status> {
    PossibleValuesParser::new(STATUSES.map(Status::as_str)).try_map(|word| {
        let status = STATUSES.into_iter().find(|status| status.as_str() == word);
        status.ok_or("no status")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Args::command().debug_assert();
    }
}
