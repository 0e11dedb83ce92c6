//! The command line, as data: names, defaults and help.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use testimony_forensics::Filter;
use testimony_record::Uuid;
use testimony_record::decision::Status;
use testimony_record::digest::Digest;

use crate::failure::Failure;
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
    /// The ledger's directory. `sql` takes several.
    #[arg(
        long = "ledger",
        global = true,
        help_heading = EVERYWHERE,
        value_name = "DIR",
        env = "TESTIMONY_LEDGER",
        hide_env_values = true,
        default_value = "./testimony-ledger"
    )]
    pub(crate) ledgers: Vec<PathBuf>,

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
    Head(Head),
    /// Make and show the keys that sign heads.
    #[command(subcommand)]
    Key(Key),
    /// Ask witnesses to cosign the newest checkpoint of each stream, and keep what they say in a file.
    ///
    /// Verifies the ledger first, and only reads it, so that a service may be writing. Whoever has the file can prove later what
    /// the ledger held: `testimony verify --head FILE --policy FILE`. Exits with 1 also where a witness remembers another or a
    /// longer history, and with 2 where too few have cosigned.
    Witness(Witness),
    /// Record what another recorder has kept.
    Import(Import),
    /// Erase contents from every file of the ledger, and put on record that, why and by whose authority.
    ///
    /// Salts and contents are overwritten where they lie; the chain and all digests stay, so that the ledger verifies as
    /// before. What other decisions refer to as well is kept, unless --shared is given. It cannot be undone. What backups,
    /// snapshots and exported copies hold is beyond it.
    Erase(Erase),
    /// Forbid that contents are erased, or list what is held.
    Hold(Hold),
    /// End a hold.
    Release(Release),
    /// Make evidence of one decision for someone who has no access to the ledger.
    ///
    /// The file is a C2SP tlog-proof: the decision's entry, the proof that a signed checkpoint covers it, and those of its
    /// contents that you choose to disclose. Whoever has it and the verifier key checks it with `testimony check`.
    Prove(Prove),
    /// Check evidence that `prove` has made, without the ledger.
    ///
    /// Exit codes: 0 it holds and a key that you gave has signed for it, 1 it does not hold, 2 it could not be checked, or no
    /// key was given.
    Check(Check),
    /// Write each stream as a transparency log that other people's tools read.
    Export(Export),
    /// Ask anything of one ledger or several, in SQL.
    ///
    /// `testimony sql --tables` lists the tables with their columns. The first question derives Parquet files from the ledger, and
    /// later ones use them. They are no evidence: what matters is read again with `show`, and judged by `verify`. Nothing can be
    /// changed in SQL. Names that are words of SQL are quoted: "from", "to", "limit".
    Sql(Sql),
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
pub(crate) struct Head {
    /// Print only the newest signed note of each stream, to keep or to hand on.
    #[arg(long)]
    pub(crate) note: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
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

/// The contents that are meant.
#[derive(Debug, Default, clap::Args)]
#[group(id = "contents", multiple = false)]
pub(crate) struct Contents {
    /// The content with this digest, as `show --json` prints it. May be repeated.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Vec<Digest>,

    /// The contents of the decision with this id, or the beginning of it; also those of its outcomes.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,

    /// The contents of all decisions about this subject, and the subject itself.
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("meant").args(["digest", "id", "subject"]).required(true))]
pub(crate) struct Erase {
    #[command(flatten)]
    pub(crate) contents: Contents,

    /// Why. It goes on record for good, so it must not hold what is to be erased.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub(crate) reason: Option<String>,

    /// By whose authority.
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    pub(crate) by: Option<String>,

    /// Erase also what other decisions refer to.
    #[arg(long, conflicts_with = "digest")]
    pub(crate) shared: bool,

    /// Only say what would be erased.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("held").args(["digest", "id", "subject", "all", "list"]).required(true))]
pub(crate) struct Hold {
    #[command(flatten)]
    pub(crate) contents: Contents,

    /// Everything in the ledger, also what is recorded later.
    #[arg(long)]
    pub(crate) all: bool,

    /// List the holds that are in force.
    #[arg(long, conflicts_with_all = ["reason", "by"])]
    pub(crate) list: bool,

    /// Why. It goes on record for good.
    #[arg(long, value_name = "TEXT", required_unless_present = "list")]
    pub(crate) reason: Option<String>,

    /// By whose authority.
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    pub(crate) by: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Release {
    /// The hash of the hold's entry, or the beginning of it; `hold --list` lists them.
    pub(crate) hash: String,

    /// Why. It goes on record for good.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// By whose authority.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Prove {
    /// The decision's id, or the beginning of it.
    pub(crate) id: String,

    /// Where to write it, by custom with the extension .tlog-proof; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Contents that go along: all, or roles such as prompt and rationale, or role:name such as context:policy. May be
    /// repeated. Without it none do: the entry holds only commitments to them.
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    pub(crate) disclose: Vec<String>,

    /// A C2SP tlog-policy: the newest checkpoint that it accepts is shown; where it accepts none, the newest.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// Replace the file if there is one.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The evidence; - for standard input.
    pub(crate) file: PathBuf,

    /// The verifier key that must have signed the checkpoint, or a file that holds it. May be repeated. It must come from
    /// elsewhere than the evidence: nothing in a file can say whom to trust.
    #[arg(long = "key", value_name = "KEY|FILE")]
    pub(crate) keys: Vec<String>,

    /// A C2SP tlog-policy: which keys may sign, and how many of which witnesses must have cosigned.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Write C2SP tlog-tiles, each stream up to its newest checkpoint, into a directory of its name below DIR. What an earlier
    /// export has left there must be the beginning of the same log.
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) tiles: PathBuf,

    /// Only this stream.
    #[arg(long, value_name = "STREAM")]
    pub(crate) stream: Option<Uuid>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Sql {
    /// The question, such as "SELECT site, count(*) FROM decisions GROUP BY site".
    #[arg(required_unless_present = "tables")]
    pub(crate) question: Option<String>,

    /// List the tables and views, with the names, types and meaning of their columns.
    #[arg(long, conflicts_with_all = ["question", "csv", "parquet"])]
    pub(crate) tables: bool,

    /// Print CSV, with a line of names first.
    #[arg(long, conflicts_with_all = ["json", "parquet"])]
    pub(crate) csv: bool,

    /// Write the answer to a new Parquet file.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) parquet: Option<PathBuf>,

    /// Replace the file if there is one.
    #[arg(long, requires = "parquet")]
    pub(crate) force: bool,

    /// Where to keep what is derived, for ledgers that may only be read [default: twins/ in each ledger]
    #[arg(long, value_name = "DIR", env = "TESTIMONY_TWINS", hide_env_values = true)]
    pub(crate) twins: Option<PathBuf>,
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

impl Args {
    /// The only ledger, or the first of several where the command takes them.
    ///
    /// # Errors
    /// When there are several and it does not.
    pub(crate) fn ledger(&self) -> Result<&Path, Failure> {
        match (self.ledgers.as_slice(), &self.command) {
            ([ledger], _) | ([ledger, ..], Command::Sql(_)) => Ok(ledger),
            (several, _) => Err(Failure::new(format_args!("{} ledgers were given", several.len()))
                .advise("Only `testimony sql` takes more than one.")),
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
