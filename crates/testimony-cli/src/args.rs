//! The command line, as data: names, defaults and help.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use testimony_forensics::Filter;
use testimony_otlp::Protocol;
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
    ///
    /// With --otlp-json it checks exported copies by themselves: whether their entries form one chain, whether the signed
    /// heads are heads of it, and whether each copy shows what its own entry says.
    Verify(Verify),
    /// List decisions, the newest last.
    Log(Log),
    /// Show everything that is known of one decision.
    Show {
        /// The decision's id, or the beginning of it.
        id: String,
    },
    /// Tell the story behind a subject, a decision, a trace or an outcome: what was asked, given and decided, and why.
    ///
    /// What an earlier decision of the story has told is not told again; `show` has all of each decision.
    Why {
        /// A subject such as `loan:1234`, a decision's id or the beginning of it, the id of a trace, or a text that an outcome
        /// or, where none does, a decision says.
        #[arg(value_name = "SUBJECT|ID|TRACE|TEXT")]
        about: String,
    },
    /// Follow a document, a decision, a model or a call site to every decision that it reached.
    ///
    /// Tells which decisions were given it, which later ones were fed by those (by what they put out, by the causes that the
    /// application names, by being made inside them), to any depth, and what could not be followed. Nothing flows backwards in
    /// time. Every decision in the answer is read again from the ledger and its hash checked.
    ///
    /// Exit codes: 0 answered, 1 answered, and a decision in the answer is not what was sealed, 2 could not tell.
    Blast(Blast),
    /// Say what differed between two decisions: configuration, context, prompt, decision, reason and outcome.
    ///
    /// Two runs of an agent are compared by the last decision about each: where their conversations part, and how they went on.
    Diff {
        /// The first decision's id, the beginning of it, or a subject for the last decision about it.
        #[arg(value_name = "ID|SUBJECT")]
        left: String,
        /// The second one's.
        #[arg(value_name = "ID|SUBJECT")]
        right: String,
    },
    /// List what happened in order of time: decisions, calls without an end, outcomes, losses, erasures, signed heads.
    Timeline(Timeline),
    /// Say for each call site which parts its decisions lack, who withheld them, and how to switch them on.
    Coverage,
    /// Count decisions, failures, outcomes, tokens and durations.
    Stats {
        /// What to count them by.
        #[arg(long, value_enum, default_value_t = StatsBy::Site)]
        by: StatsBy,
    },
    /// Write an incident report: story, timeline, what differed between two decisions, integrity, and what is not established.
    ///
    /// Verifies the whole ledger on the way, and exits with 1 where it is broken; the report says so too.
    Report(Report),
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
    /// Write each stream as a transparency log that other people's tools read, or send every entry to an OTLP endpoint.
    ///
    /// Exit codes of --otlp: 0 the endpoint has everything, 1 it refused some entries for good, which are set aside on record,
    /// 2 not everything could be delivered; the next run goes on from there.
    Export(Export),
    /// Read exported copies back from a backend, and compare each with the ledger.
    ///
    /// Says of every entry whether it is the same there, missing there, missing here, altered (in which attribute) or cut by
    /// the backend, and whether the signed heads among the copies are heads of this ledger: a copy that nobody here can
    /// rewrite is what catches a rewritten ledger. Several sources may be given; each is reported.
    ///
    /// Exit codes: 0 all the same, content that the backend has cut included; 1 something differs; 2 it could not be compared.
    Reconcile(Reconcile),
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

    /// Check exported copies instead, without any ledger: files that a Collector's file exporter has written, one OTLP/JSON
    /// export request a line; - for standard input.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) otlp_json: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("reported").args(["ids", "subject"]).multiple(true).required(true))]
pub(crate) struct Report {
    /// The decisions' ids, or the beginnings of them; of two, what differed is reported as well.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,

    /// All decisions about this subject.
    #[arg(long)]
    pub(crate) subject: Option<String>,

    /// Where to write it: a name that ends in .md for Markdown, or in .html for one page that needs nothing else.
    #[arg(short, long, value_name = "FILE.md|FILE.html")]
    pub(crate) output: PathBuf,

    /// Replace the file if there is one.
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) verify: Verify,
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
#[command(group = clap::ArgGroup::new("origin")
    .args(["file", "digest", "decision", "model", "config", "prompt", "site"])
    .required(true))]
pub(crate) struct Blast {
    /// A file with the content: who was given exactly these bytes; - for standard input.
    pub(crate) file: Option<PathBuf>,

    /// The content, message or list with this digest, as `show --json` prints it.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) digest: Option<Digest>,

    /// What the decision with this id, or the beginning of it, went on to reach.
    #[arg(long, value_name = "ID")]
    pub(crate) decision: Option<String>,

    /// What all decisions of this model reached; NAME@VERSION also means a model named NAME-VERSION.
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,

    /// What ran under the configuration with this digest.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) config: Option<Digest>,

    /// What was asked with the prompt, or the part of one, with this digest.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) prompt: Option<Digest>,

    /// What all decisions of this call site, or of those under it, reached.
    #[arg(long)]
    pub(crate) site: Option<String>,

    /// Also find the text wrapped anew, trimmed, or embedded in a longer one. What is found so is marked as inferred.
    #[arg(long, conflicts_with_all = ["decision", "model", "site"])]
    pub(crate) near: bool,

    /// Contents shorter than this connect no decisions.
    #[arg(long, value_name = "BYTES", default_value_t = 16)]
    pub(crate) min_bytes: u64,

    /// Follow contents also where they are short, came from elsewhere first, or have several sources: finds more than was
    /// fed.
    #[arg(long)]
    pub(crate) unspecific: bool,

    /// Show every decision, not only the first.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Timeline {
    /// Only what happened around this: a moment such as `2026-03-01T12:00:00Z`, `2h` for two hours ago, or the id of a
    /// decision or the beginning of one.
    #[arg(long, value_name = "MOMENT|ID")]
    pub(crate) around: Option<String>,

    /// How long before and after it: `90s`, `10m`, `2h`.
    #[arg(long, value_name = "DURATION", value_parser = moment::length, default_value = "10m", requires = "around")]
    pub(crate) within: u64,

    /// Only what concerns this subject, and losses meanwhile.
    #[arg(long)]
    pub(crate) subject: Option<String>,

    /// Every checkpoint by itself, and also the beginnings of calls that became decisions.
    #[arg(long)]
    pub(crate) all: bool,
}

/// What figures are split by.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StatsBy {
    /// The call site.
    Site,
    /// The model.
    Model,
    /// The day, in UTC.
    Day,
    /// The operation: chat, embeddings.
    Operation,
    /// How decisions ended.
    Status,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Import {
    /// JSON lines `{"run", "model", "reward", "messages"}` with chat messages as `OpenAI` spells them: each message of
    /// the assistant becomes a decision, the reward an outcome of the run's last one.
    #[arg(long, value_name = "FILE")]
    pub(crate) openai_chat: Option<PathBuf>,

    /// OTLP as JSON, one export request a line, as a Collector's file exporter writes it: each span of the `OpenTelemetry` `GenAI`
    /// or `OpenInference` conventions becomes a decision. Give all files of one export at once, so that calls inside others
    /// are known to be.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) otlp_json: Vec<PathBuf>,
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
#[command(group = clap::ArgGroup::new("form").args(["tiles", "otlp"]).required(true))]
pub(crate) struct Export {
    /// Write C2SP tlog-tiles, each stream up to its newest checkpoint, into a directory of its name below DIR. What an earlier
    /// export has left there must be the beginning of the same log.
    #[arg(long, value_name = "DIR")]
    pub(crate) tiles: Option<PathBuf>,

    /// Only this stream.
    #[arg(long, value_name = "STREAM", conflicts_with = "otlp")]
    pub(crate) stream: Option<Uuid>,

    /// Send every entry that the endpoint has not had yet, as an OTLP span. The standard `OTEL_EXPORTER_OTLP_*` variables hold;
    /// how far it has come is kept beside the ledger.
    #[arg(long)]
    pub(crate) otlp: bool,

    #[command(flatten)]
    pub(crate) sending: Sending,
}

/// How entries are sent.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Options of --otlp")]
pub(crate) struct Sending {
    /// Where to: the base URL of an OTLP endpoint [default: the environment's, or a collector on this machine]
    #[arg(long, value_name = "URL", requires = "otlp")]
    pub(crate) endpoint: Option<String>,

    /// How to speak to it [default: the environment's, or http/protobuf]
    #[arg(long, requires = "otlp", value_parser = protocol_parser())]
    pub(crate) protocol: Option<Protocol>,

    /// Also send prompts, outputs and instructions.
    #[arg(long, requires = "otlp")]
    pub(crate) content: bool,

    /// Send everything again, whatever the endpoint has had before.
    #[arg(long, requires = "otlp")]
    pub(crate) from_beginning: bool,

    /// Give up when the endpoint has taken nothing for so long.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        requires = "otlp",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub(crate) patience: u64,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").args(["otlp_json", "jaeger", "tempo", "phoenix"]).multiple(true).required(true))]
pub(crate) struct Reconcile {
    /// Files that a Collector's file exporter has written, one OTLP/JSON export request a line; - for standard input. Several
    /// files, such as rotated ones, are one source.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) otlp_json: Vec<PathBuf>,

    /// A Jaeger, by the address of its query service, such as `http://localhost:16686`.
    #[arg(long, value_name = "URL")]
    pub(crate) jaeger: Vec<String>,

    /// A Grafana Tempo, by the address of its API, such as `http://localhost:3200`.
    #[arg(long, value_name = "URL")]
    pub(crate) tempo: Vec<String>,

    /// A Phoenix, by its address, such as `http://localhost:6006`.
    #[arg(long, value_name = "URL")]
    pub(crate) phoenix: Vec<String>,

    /// The project of a Phoenix.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) phoenix_project: String,

    /// The name under which the service is known to a Jaeger, where other services have too many spans to be looked at.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,

    /// A header to send with each request, as NAME:VALUE. May be repeated.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub(crate) headers: Vec<String>,

    /// How long a backend may take for an answer.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub(crate) timeout: u64,

    /// Only entries from this time on: `2026-03-01`, `2026-03-01T12:00:00Z`, or `2h` for two hours ago. Times without a zone
    /// are in UTC.
    #[arg(long, value_name = "TIME", value_parser = moment::since)]
    pub(crate) since: Option<u64>,

    /// Only entries up to this time; a date means to the end of its day.
    #[arg(long, value_name = "TIME", value_parser = moment::until)]
    pub(crate) until: Option<u64>,

    /// The verifier key that must have signed the heads in the copies, or a file that holds it. May be repeated.
    #[arg(long = "key", value_name = "KEY|FILE")]
    pub(crate) keys: Vec<String>,

    /// Every finding, not only the first 20 of each source (with --json the first 1,000).
    #[arg(long)]
    pub(crate) all: bool,
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

fn protocol_parser() -> impl clap::builder::TypedValueParser<Value = Protocol> {
    PossibleValuesParser::new(Protocol::ALL.map(Protocol::as_str)).try_map(|word| {
        let protocol = Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == word);
        protocol.ok_or("no protocol")
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
