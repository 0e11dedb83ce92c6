//! What the crate's documentation says of tables is what there is.

use std::fmt::Write as _;

use testimony_twins::{Column, Kind, Table, VIEWS};

fn documented() -> String {
    let mut text = String::from(
        "\n# Tables\n\nEvery table also has `ledger`, the ledger's directory, as its first column. Names that are words of SQL \
         are quoted: `\"from\"`, `\"to\"`, `\"limit\"`. Moments are in UTC, to the microsecond.\n",
    );
    for table in Table::ALL {
        section(&mut text, table.name(), table.meaning(), &table.columns());
    }
    for view in VIEWS {
        section(&mut text, view.name, view.meaning, view.columns);
    }
    text
}

fn section(text: &mut String, name: &str, meaning: &str, columns: &[Column]) {
    writeln!(text, "\n## `{name}`\n\nOne row for {meaning}.\n").unwrap();
    writeln!(text, "| column | type | what it means |\n|---|---|---|").unwrap();
    for Column { name, kind, meaning } in columns {
        writeln!(text, "| `{name}` | {} | {meaning} |", kind.as_str()).unwrap();
    }
}

#[test]
fn every_table_with_every_column() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tables.md");
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, documented()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), documented(), "UPDATE_TABLES=1 writes it");
}

#[test]
fn no_table_has_two_columns_of_one_name() {
    for table in Table::ALL {
        let mut names: Vec<_> = table.columns().iter().map(|column| column.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{}", table.name());
    }
    assert_eq!(Kind::Time.as_str(), "timestamp");
}
