//! `testimony log`: decisions in a table, the newest last.

use std::path::Path;

use testimony_forensics::{Casebook, Filter, Summary};
use testimony_record::decision::Status;
use unicode_width::UnicodeWidthStr;

use crate::choice::one_of;
use crate::failure::{Exit, Failure};
use crate::json;
use crate::moment;
use crate::number::count;
use crate::paper::{Paper, clip, fit};
use crate::style::{BAD, DIM, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
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
    #[arg(long, value_parser = one_of(STATUSES, Status::as_str))]
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

/// How many lines a person gets who did not ask for more.
const LINES_FOR_A_PERSON: usize = 50;

impl LogArgs {
    fn filter(&self, json: bool) -> Filter {
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

const STATUSES: [Status; 6] = [
    Status::Ok,
    Status::Error,
    Status::Refused,
    Status::Cancelled,
    Status::TimedOut,
    Status::Panicked,
];

/// The widest that each column before the last may be.
const MOST_COLUMNS: [usize; COLUMNS] = [20, 36, 9, 28, 20, 28];
const COLUMNS: usize = 6;
const HEADINGS: [&str; COLUMNS] = ["TIME", "ID", "STATUS", "SITE", "MODEL", "SUBJECT"];

/// With less room than this beside the other columns, the decision stands below them.
const FEWEST_FOR_DECISION: usize = 30;

/// Where it then begins.
const BELOW: usize = 4;

pub(crate) fn run(
    ledger: &Path,
    options: &LogArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let casebook = Casebook::open(ledger)?;
    let filter = options.filter(json);
    let mut log = casebook.log(&filter);
    let (has_earlier, unsearched) = (log.has_earlier(), log.unsearched());
    if json {
        while let Some(summary) = log.next().filter(|_| !paper.is_closed()) {
            json::line(&summary, paper)?;
        }
    } else if log.len() == 0 {
        print_nothing(&casebook, &filter, paper);
    } else {
        print_table(&casebook, &log.collect::<Vec<_>>(), has_earlier, paper);
    }
    if unsearched > 0 {
        let contents = count(unsearched, "content", "contents");
        let problem = format!("{contents} cannot be read and may hold the text as well");
        return Err(Failure::new(problem).advise("`testimony verify` says what is wrong."));
    }
    Ok(Exit::Fine)
}

fn print_table(casebook: &Casebook, rows: &[Summary], has_earlier: bool, paper: &mut Paper) {
    if has_earlier {
        paper.line(DIM, "… earlier decisions match as well; --limit 0 lists all of them");
    }
    let id_length = casebook.id_length();
    let cells: Vec<[String; COLUMNS]> = rows.iter().map(|row| cells(row, id_length)).collect();
    let table = Table::new(&cells, paper.width());
    table.print_headings(paper);
    for (row, cells) in rows.iter().zip(&cells) {
        if paper.is_closed() {
            return;
        }
        table.print_row(row, cells, paper);
    }
}

fn cells(row: &Summary, id_length: usize) -> [String; COLUMNS] {
    let id = row.id.to_string();
    [
        moment::seconds(row.began_us),
        id.get(..id_length).unwrap_or(&id).to_owned(),
        row.status.as_str().to_owned(),
        row.site.clone(),
        row.model.clone().unwrap_or_default(),
        row.subjects.join(", "),
    ]
}

/// How wide the columns are, and where the decision stands.
struct Table {
    widths: [usize; COLUMNS],
    /// The columns for the decision; as many as it likes where nobody wraps lines.
    room: Option<usize>,
    /// Whether the decision stands on a line of its own, below.
    below: bool,
}

impl Table {
    fn new(rows: &[[String; COLUMNS]], width: Option<usize>) -> Self {
        let widths = widths(rows);
        let taken: usize = widths.iter().map(|width| width + 2).sum();
        let beside = width.map(|width| width.saturating_sub(taken));
        let below = beside.is_some_and(|beside| beside < FEWEST_FOR_DECISION);
        let room = if below { width.map(|width| width.saturating_sub(BELOW)) } else { beside };
        Self { widths, room, below }
    }

    fn print_headings(&self, paper: &mut Paper) {
        for (heading, width) in HEADINGS.iter().zip(self.widths) {
            paper.put(TITLE, &format!("{}  ", fit(heading, width)));
        }
        paper.line(TITLE, "DECISION");
    }

    fn print_row(&self, row: &Summary, cells: &[String; COLUMNS], paper: &mut Paper) {
        let status = if row.status == Status::Ok { PLAIN } else { BAD };
        let styles = [DIM, PLAIN, status, PLAIN, DIM, PLAIN];
        for (at, ((cell, width), style)) in cells.iter().zip(self.widths).zip(styles).enumerate() {
            if self.below && at + 1 == COLUMNS {
                paper.line(style, &clip(cell, width));
                paper.put(PLAIN, &format!("{:BELOW$}", ""));
            } else {
                paper.put(style, &fit(cell, width));
                paper.put(PLAIN, "  ");
            }
        }
        let flag = flag(row);
        paper.put(BAD, &flag);
        let (style, text) = said(row);
        let room = self.room.map(|room| room.saturating_sub(flag.len()).max(1));
        paper.line(style, &room.map_or_else(|| text.to_owned(), |room| clip(text, room)));
    }
}

/// What the widest cell of each column needs, and at most what the column may have.
fn widths(rows: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    let mut widths = HEADINGS.map(UnicodeWidthStr::width);
    for row in rows {
        for ((width, most), cell) in widths.iter_mut().zip(MOST_COLUMNS).zip(row) {
            *width = clip(cell, most).width().max(*width);
        }
    }
    widths
}

fn flag(row: &Summary) -> String {
    match row.violated {
        0 => String::new(),
        violated => format!("[{}] ", count(violated, "rule violated", "rules violated")),
    }
}

fn said(row: &Summary) -> (anstyle::Style, &str) {
    let failed = row.problem.as_deref().or(row.error.as_deref()).map(|text| (BAD, text));
    let decided = row.decided.as_deref().map(|text| (PLAIN, text));
    failed.or(decided).unwrap_or((DIM, "(nothing)"))
}

/// Says what there would be, to someone who looked for something else.
fn print_nothing(casebook: &Casebook, filter: &Filter, paper: &mut Paper) {
    if casebook.is_empty() {
        return paper.line(NOTE, "The ledger holds no decisions.");
    }
    let all = count(casebook.len(), "decision", "decisions");
    paper.line(NOTE, &format!("None of the {all} in this ledger matches."));
    let hint = |what: &str, names: Vec<&str>, paper: &mut Paper| {
        if !names.is_empty() {
            paper.labelled((DIM, what), 18, (PLAIN, &names.join(", ")));
        }
    };
    if let Some(subject) = &filter.subject {
        let near = casebook.near(subject);
        hint("Similar subjects:", near.iter().map(String::as_str).collect(), paper);
    }
    if filter.site.is_some() {
        hint("Sites:", casebook.sites().into_iter().take(MOST_HINTS).collect(), paper);
    }
    if filter.model.is_some() {
        hint("Models:", casebook.models().into_iter().take(MOST_HINTS).collect(), paper);
    }
}

const MOST_HINTS: usize = 20;
