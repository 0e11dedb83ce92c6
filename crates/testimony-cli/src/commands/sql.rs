//! `testimony sql`: a question in SQL, answered as a table for people, or as CSV, JSON lines or Parquet for programs.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use testimony_twins::arrow::array::RecordBatch;
use testimony_twins::arrow::util::display::ArrayFormatter;
use testimony_twins::{Answer, Engine, NotWritten, Options, Twins, spelling};
use unicode_width::UnicodeWidthStr as _;

use super::questioned::Kept;
use super::tables;
use crate::destination;
use crate::failure::{Exit, Failure};
use crate::number::count;
use crate::paper::{Paper, clip, fit};
use crate::printable::{Keep, printable};
use crate::progress;
use crate::style::{DIM, NOTE, PLAIN, TITLE};

#[derive(Debug, clap::Args)]
pub(crate) struct SqlArgs {
    /// The question, such as "SELECT site, count(*) FROM decisions GROUP BY site".
    #[arg(required_unless_present = "tables")]
    question: Option<String>,

    /// List the tables and views, with the names, types and meaning of their columns.
    #[arg(long, conflicts_with_all = ["question", "csv", "parquet"])]
    tables: bool,

    /// Print CSV, with a line of names first.
    #[arg(long, conflicts_with_all = ["json", "parquet"])]
    csv: bool,

    /// Write the answer to a new Parquet file.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    parquet: Option<PathBuf>,

    /// Replace the file if there is one.
    #[arg(long, requires = "parquet")]
    force: bool,

    #[command(flatten)]
    kept: Kept,
}

/// So many rows are looked at before the first is printed, to see how wide the columns are.
const ROWS_TO_MEASURE: usize = 1000;

/// No column is squeezed into less than this.
const NARROWEST: usize = 6;

/// Between two columns.
const GAP: usize = 2;

pub(crate) fn run(
    ledgers: &[PathBuf],
    options: &SqlArgs,
    json: bool,
    paper: &mut Paper,
) -> Result<Exit, Failure> {
    let Some(question) = options.question.as_ref().filter(|_| !options.tables) else {
        return tables::run(json, paper);
    };
    let twins = open(ledgers, options)?;
    let engine = Engine::over(&twins)?;
    let answer = engine.ask(question)?;
    match &options.parquet {
        Some(file) => keep(answer, file, options.force)?,
        None if json => print_json(answer, paper)?,
        None if options.csv => print_csv(answer)?,
        None => print_table(answer, paper)?,
    }
    Ok(Exit::Fine)
}

fn open(ledgers: &[PathBuf], options: &SqlArgs) -> Result<Twins, Failure> {
    let options = Options { directory: options.kept.twins.clone() };
    Ok(progress::deriving("Deriving tables", |derived| Twins::open(ledgers, &options, derived))?)
}

fn keep(answer: Answer<'_>, file: &Path, force: bool) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    answer.write_parquet(&mut bytes)?;
    destination::write(file, &bytes, force)
}

fn print_json(answer: Answer<'_>, paper: &mut Paper) -> Result<(), Failure> {
    let mut lines = Lines { paper, rest: Vec::new() };
    Ok(answer.write_json(&mut lines)?)
}

/// Bytes that come in pieces, printed line by line.
struct Lines<'a> {
    paper: &'a mut Paper,
    rest: Vec<u8>,
}

impl io::Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        while let Some(end) = self.rest.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            self.paper.json(String::from_utf8_lossy(&line).trim_end());
        }
        if self.paper.is_closed() { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A program gets the texts as they are. A terminal gets nothing that could act on it.
fn print_csv(answer: Answer<'_>) -> Result<(), Failure> {
    if io::stdout().is_terminal() {
        let mut bytes = Vec::new();
        answer.write_csv(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        return destination::print(printable(&text, Keep::LinesAndTabs).as_bytes());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let written = answer.write_csv(&mut out).and_then(|()| out.flush().map_err(NotWritten::Io));
    match written {
        Err(NotWritten::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn print_table(mut answer: Answer<'_>, paper: &mut Paper) -> Result<(), Failure> {
    let schema = answer.schema();
    let columns: Vec<Heading> = schema
        .fields()
        .iter()
        .map(|field| Heading { name: field.name().clone(), right: field.data_type().is_numeric() })
        .collect();
    let mut rows = Vec::new();
    while rows.len() < ROWS_TO_MEASURE
        && let Some(batch) = answer.next()
    {
        rows.extend(texts(&batch?)?);
    }
    let widths = widths(&columns, &rows, paper.width());
    let mut printed = 0;
    print_headings(&columns, &widths, paper);
    for row in &rows {
        print_row(row, &columns, &widths, paper);
        printed += 1;
    }
    for batch in answer {
        if paper.is_closed() {
            break;
        }
        for row in texts(&batch?)? {
            print_row(&row, &columns, &widths, paper);
            printed += 1;
        }
    }
    let style = if printed == 0 { NOTE } else { DIM };
    paper.line(style, &format!("({})", count(printed, "row", "rows")));
    Ok(())
}

struct Heading {
    name: String,
    /// Numbers stand below each other at their ends.
    right: bool,
}

/// A row's values; `None` where there is nothing.
type Row = Vec<Option<String>>;

fn texts(rows: &RecordBatch) -> Result<Vec<Row>, Failure> {
    let options = spelling();
    let formatters = rows.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
    let formatters = formatters.collect::<Result<Vec<_>, _>>().map_err(|e| Failure::of(&e))?;
    let cell = |(column, formatter): (usize, &ArrayFormatter<'_>), row: usize| {
        let there = rows.column(column).is_valid(row);
        there.then(|| formatter.value(row).to_string())
    };
    let row = |row| formatters.iter().enumerate().map(|at| cell(at, row)).collect();
    Ok((0..rows.num_rows()).map(row).collect())
}

/// What each column needs; where that is more than there is, the widest give way.
fn widths(columns: &[Heading], rows: &[Row], room: Option<usize>) -> Vec<usize> {
    let wide = |text: &str| printable(text, Keep::Nothing).width();
    let mut widths: Vec<usize> = columns.iter().map(|column| wide(&column.name)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(wide(cell.as_deref().unwrap_or_default()));
        }
    }
    let Some(room) = room else { return widths };
    let room = room.saturating_sub(GAP * columns.len().saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn print_headings(columns: &[Heading], widths: &[usize], paper: &mut Paper) {
    let names: Vec<_> = columns.iter().map(|column| Some(column.name.clone())).collect();
    let line = line(&names, columns, widths);
    paper.line(TITLE, line.trim_end());
}

fn print_row(row: &Row, columns: &[Heading], widths: &[usize], paper: &mut Paper) {
    let line = line(row, columns, widths);
    paper.line(PLAIN, line.trim_end());
}

fn line(row: &Row, columns: &[Heading], widths: &[usize]) -> String {
    let mut line = String::new();
    for ((cell, column), &width) in row.iter().zip(columns).zip(widths) {
        let text = clip(cell.as_deref().unwrap_or_default(), width);
        let text = if column.right {
            format!("{:fill$}{text}", "", fill = width.saturating_sub(text.width()))
        } else {
            fit(&text, width)
        };
        line.push_str(&text);
        line.push_str("  ");
    }
    line
}
