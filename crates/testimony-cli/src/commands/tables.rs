//! `testimony sql --tables`: what there is to ask for.

use serde::Serialize;
use testimony_twins::{Column, Table, VIEWS};

use crate::failure::{Exit, Failure};
use crate::json;
use crate::paper::Paper;
use crate::style::{DIM, PLAIN, TITLE};

/// Where types and meanings begin.
const TYPES: usize = 18;
const MEANINGS: usize = 32;

/// A table, for programs.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    meaning: &'static str,
    columns: Vec<ListedColumn>,
}

#[derive(Serialize)]
struct ListedColumn {
    name: &'static str,
    r#type: &'static str,
    meaning: &'static str,
}

pub(crate) fn run(json: bool, paper: &mut Paper) -> Result<Exit, Failure> {
    for listed in all() {
        if json {
            json::line(&listed, paper)?;
        } else {
            print(&listed, paper);
        }
    }
    Ok(Exit::Fine)
}

fn all() -> Vec<Listed> {
    let tables = Table::ALL.into_iter().map(|table| {
        let columns = table.columns();
        let ledger =
            ListedColumn { name: "ledger", r#type: "text", meaning: "the ledger's directory" };
        let columns = std::iter::once(ledger).chain(columns.iter().map(listed)).collect();
        Listed { name: table.name(), meaning: table.meaning(), columns }
    });
    let views = VIEWS.iter().map(|view| {
        let columns = view.columns.iter().map(listed).collect();
        Listed { name: view.name, meaning: view.meaning, columns }
    });
    tables.chain(views).collect()
}

fn listed(column: &Column) -> ListedColumn {
    let Column { name, kind, meaning } = *column;
    ListedColumn { name, r#type: kind.as_str(), meaning }
}

fn print(listed: &Listed, paper: &mut Paper) {
    paper.put(TITLE, listed.name);
    paper.line(DIM, &format!("  {}", listed.meaning));
    for column in &listed.columns {
        let label = format!("  {:width$}{}", column.name, column.r#type, width = TYPES - 2);
        paper.labelled((PLAIN, &label), MEANINGS, (DIM, column.meaning));
    }
    paper.end();
}
