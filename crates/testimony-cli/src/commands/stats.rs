//! `testimony stats`: figures over all decisions, by site, model, day, operation or status.

use std::path::Path;

use clap::ValueEnum;
use testimony_forensics::{By, Casebook, Figures, Stats};

use super::bars::{aligned, bar, percent};
use super::doubts::print_doubts;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::{counted, grouped};
use crate::paper::{Paper, clip};
use crate::style::{DIM, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct StatsArgs {
    /// What to count them by.
    #[arg(long, value_enum, default_value_t = StatsBy::Site)]
    by: StatsBy,
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

/// The bar beside the number of decisions.
const BAR: usize = 20;

/// A name that is longer would push the figures away.
const LONGEST_NAME: usize = 32;

/// The last row.
const ALL: &str = "all";

pub(crate) fn run(
    ledger: &Path,
    options: &StatsArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let stats = Casebook::open(ledger)?.stats(options.by.into())?;
    if json {
        json::document(&stats, paper)?;
    } else {
        print(&stats, paper);
    }
    Ok(Exit::Fine)
}

impl From<StatsBy> for By {
    fn from(by: StatsBy) -> Self {
        match by {
            StatsBy::Site => Self::Site,
            StatsBy::Model => Self::Model,
            StatsBy::Day => Self::Day,
            StatsBy::Operation => Self::Operation,
            StatsBy::Status => Self::Status,
        }
    }
}

fn print(stats: &Stats, paper: &mut Paper) {
    if stats.groups.is_empty() {
        paper.line(NOTE, "The ledger holds no decisions.");
    } else {
        print_counts(stats, paper);
        paper.end();
        print_costs(stats, paper);
        print_outcomes(stats, paper);
    }
    if stats.strays > 0 {
        let strays =
            counted(stats.strays, "outcome is about a decision", "outcomes are about decisions");
        paper.line(NOTE, &format!("{strays} that this ledger does not hold."));
    }
    print_doubts(&stats.doubts, paper);
}

/// Each group under its name, and below them all together where there are several.
fn rows(stats: &Stats) -> Vec<(String, &Figures)> {
    let name = |figures: &Figures| match figures.name.as_str() {
        "" => "(none named)".to_owned(),
        name => clip(name, LONGEST_NAME),
    };
    let groups = stats.groups.iter().map(|figures| (name(figures), figures));
    let all = (stats.groups.len() > 1).then(|| (ALL.to_owned(), &stats.total));
    groups.chain(all).collect()
}

fn heading(by: By) -> &'static str {
    match by {
        By::Site => "SITE",
        By::Model => "MODEL",
        By::Day => "DAY",
        By::Operation => "OPERATION",
        By::Status => "STATUS",
        _ => "",
    }
}

fn print_table(table: &[Vec<String>], paper: &mut Paper) {
    for (at, line) in aligned(table).iter().enumerate() {
        let style = if at == 0 { TITLE } else { PLAIN };
        paper.line(style, line.trim_end());
    }
}

fn print_counts(stats: &Stats, paper: &mut Paper) {
    let headings =
        [heading(stats.by), "DECISIONS", "", "FAILED", "REFUSED", "CANCELLED", "RULES BROKEN"];
    let most = stats.groups.iter().map(|group| group.decisions).max().unwrap_or(0);
    let counted = |part: u64, whole: u64| match part {
        0 => "0".to_owned(),
        part => format!("{} ({})", grouped(part), percent(part, whole)),
    };
    let mut table = vec![headings.map(str::to_owned).to_vec()];
    for (name, figures) in rows(stats) {
        let all = figures.decisions;
        let drawn = if name == ALL { String::new() } else { bar(all, most, BAR) };
        let broken = counted(figures.violating, all);
        let [failed, refused, cancelled] =
            [figures.failed, figures.refused, figures.cancelled].map(|part| counted(part, all));
        table.push(vec![name, grouped(all), drawn, failed, refused, cancelled, broken]);
    }
    print_table(&table, paper);
}

fn print_costs(stats: &Stats, paper: &mut Paper) {
    let headings = [heading(stats.by), "P50", "P95", "MAX", "TOKENS IN", "TOKENS OUT"];
    let mut table = vec![headings.map(str::to_owned).to_vec()];
    for (name, figures) in rows(stats) {
        let took = figures.latency.map(|took| [took.p50_us, took.p95_us, took.max_us]);
        let took =
            took.map_or(["-", "-", "-"].map(str::to_owned), |took| took.map(moment::duration));
        let tokens = [figures.input_tokens, figures.output_tokens].map(grouped);
        let cells = [name].into_iter().chain(took).chain(tokens);
        table.push(cells.collect());
    }
    print_table(&table, paper);
}

fn print_outcomes(stats: &Stats, paper: &mut Paper) {
    if stats.total.outcomes.is_empty() {
        return;
    }
    paper.end();
    paper.line(TITLE, "OUTCOMES");
    for (name, figures) in rows(stats) {
        if figures.outcomes.is_empty() {
            continue;
        }
        let kinds = figures.outcomes.iter().map(|(kind, count)| {
            format!("{kind} {} ({})", grouped(*count), percent(*count, figures.decisions))
        });
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        paper.labelled((DIM, &name), LONGEST_NAME + 2, (PLAIN, &kinds));
    }
}
