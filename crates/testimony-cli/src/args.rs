//! The command line, as data: which commands there are, and the options that all of them have. What only one of them takes
//! stands beside it, in its own file.

use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use clap::{Parser, Subcommand, ValueEnum};

use crate::commands::{
    blast, check, diff, erase, export, head, hold, import, key, log, prove, reconcile, release,
    report, show, sql, stats, timeline, verify, why, witness,
};
use crate::failure::Failure;

const EXIT_CODES: &str = "Exit codes: 0 fine or intact, 1 broken, 2 could not tell.";

const EVERYWHERE: &str = "Options of every command";

/// Verify a ledger of AI decisions, and ask it why.
#[derive(Debug, Parser)]
#[command(name = "testimony", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Args {
    /// The ledger's directory. `why`, `blast` and `sql` take several.
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
    Verify(verify::VerifyArgs),
    /// List decisions, the newest last.
    Log(log::LogArgs),
    /// Show everything that is known of one decision.
    Show(show::ShowArgs),
    /// Tell the story behind a subject, a decision, a trace or an outcome: what was asked, given and decided, and why.
    ///
    /// What an earlier decision of the story has told is not told again; `show` has all of each decision.
    Why(why::WhyArgs),
    /// Follow a document, a decision, a model or a call site to every decision that it reached.
    ///
    /// Tells which decisions were given it, which later ones were fed by those (by what they put out, by the causes that the
    /// application names, by being made inside them), to any depth, and what could not be followed. Nothing flows backwards in
    /// time. Every decision in the answer is read again from the ledger and its hash checked.
    ///
    /// Exit codes: 0 answered, 1 answered, and a decision in the answer is not what was sealed, 2 could not tell.
    Blast(blast::BlastArgs),
    /// Say what differed between two decisions: configuration, context, prompt, decision, reason and outcome.
    ///
    /// Two runs of an agent are compared by the last decision about each: where their conversations part, and how they went on.
    Diff(diff::DiffArgs),
    /// List what happened in order of time: decisions, calls without an end, outcomes, losses, erasures, signed heads.
    Timeline(timeline::TimelineArgs),
    /// Say for each call site which parts its decisions lack, who withheld them, and how to switch them on.
    Coverage,
    /// Count decisions, failures, outcomes, tokens and durations.
    Stats(stats::StatsArgs),
    /// Write an incident report: story, timeline, what differed between two decisions, integrity, and what is not established.
    ///
    /// Verifies the whole ledger on the way, and exits with 1 where it is broken; the report says so too.
    Report(report::ReportArgs),
    /// Print the head of each stream: what to keep elsewhere, so that nobody can rewrite the ledger unnoticed.
    Head(head::HeadArgs),
    /// Make and show the keys that sign heads.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Ask witnesses to cosign the newest checkpoint of each stream, and keep what they say in a file.
    ///
    /// Verifies the ledger first, and only reads it, so that a service may be writing. Whoever has the file can prove later what
    /// the ledger held: `testimony verify --head FILE --policy FILE`. Exits with 1 also where a witness remembers another or a
    /// longer history, and with 2 where too few have cosigned.
    Witness(witness::WitnessArgs),
    /// Record what another recorder has kept.
    Import(import::ImportArgs),
    /// Erase contents from every file of the ledger, and put on record that, why and by whose authority.
    ///
    /// Salts and contents are overwritten where they lie; the chain and all digests stay, so that the ledger verifies as
    /// before. What other decisions refer to as well is kept, unless --shared is given. It cannot be undone. What backups,
    /// snapshots and exported copies hold is beyond it.
    Erase(erase::EraseArgs),
    /// Forbid that contents are erased, or list what is held.
    Hold(hold::HoldArgs),
    /// End a hold.
    Release(release::ReleaseArgs),
    /// Make evidence of one decision for someone who has no access to the ledger.
    ///
    /// The file is a C2SP tlog-proof: the decision's entry, the proof that a signed checkpoint covers it, and those of its
    /// contents that you choose to disclose. Whoever has it and the verifier key checks it with `testimony check`.
    Prove(prove::ProveArgs),
    /// Check evidence that `prove` has made, without the ledger.
    ///
    /// Exit codes: 0 it holds and a key that you gave has signed for it, 1 it does not hold, 2 it could not be checked, or no
    /// key was given.
    Check(check::CheckArgs),
    /// Write each stream as a transparency log that other people's tools read, or send every entry to an OTLP endpoint.
    ///
    /// Exit codes of --otlp: 0 the endpoint has everything, 1 it refused some entries for good, which are set aside on record,
    /// 2 not everything could be delivered; the next run goes on from there.
    Export(export::ExportArgs),
    /// Read exported copies back from a backend, and compare each with the ledger.
    ///
    /// Says of every entry whether it is the same there, missing there, missing here, altered (in which attribute) or cut by
    /// the backend, and whether the signed heads among the copies are heads of this ledger: a copy that nobody here can
    /// rewrite is what catches a rewritten ledger. Several sources may be given; each is reported.
    ///
    /// Exit codes: 0 all the same, content that the backend has cut included; 1 something differs; 2 it could not be compared.
    Reconcile(reconcile::ReconcileArgs),
    /// Ask anything of one ledger or several, in SQL.
    ///
    /// `testimony sql --tables` lists the tables with their columns. The first question derives Parquet files from the ledger, and
    /// later ones use them. They are no evidence: what matters is read again with `show`, and judged by `verify`. Nothing can be
    /// changed in SQL. Names that are words of SQL are quoted: "from", "to", "limit".
    Sql(sql::SqlArgs),
}

impl Args {
    /// The only ledger, or the first of several where the command takes them.
    ///
    /// # Errors
    /// When there are several and it does not.
    pub(crate) fn ledger(&self) -> Result<&Path, Failure> {
        let takes_several =
            matches!(self.command, Command::Why(_) | Command::Blast(_) | Command::Sql(_));
        match self.ledgers.as_slice() {
            [ledger] => Ok(ledger),
            [ledger, ..] if takes_several => Ok(ledger),
            several => Err(Failure::new(format_args!("{} ledgers were given", several.len()))
                .advise("Only `testimony why`, `blast` and `sql` take more than one.")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Args::command().debug_assert();
    }
}
