//! Bars of plain characters, and tables of figures beside them.

use unicode_width::UnicodeWidthStr as _;

/// A bar of exactly so many columns: `####....`. What is more than nothing shows, what is less than all is not full.
pub(super) fn bar(part: u64, whole: u64, columns: usize) -> String {
    let filled = match (part, whole) {
        (0, _) | (_, 0) => 0,
        (part, whole) if part >= whole => columns,
        (part, whole) => {
            let exact = u128::from(part) * columns as u128 / u128::from(whole);
            usize::try_from(exact).unwrap_or(columns).clamp(1, columns.saturating_sub(1).max(1))
        }
    };
    format!("{}{}", "#".repeat(filled), ".".repeat(columns - filled))
}

/// `4.1 %`; exact at both ends: only nothing is 0 %, only all is 100 %.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    match tenths {
        0 if part > 0 => "<0.1 %".to_owned(),
        1000.. if part < whole => ">99.9 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// Cells in columns: the first to the left, the others to the right.
pub(super) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            let fill = " ".repeat(width.saturating_sub(cell.width()));
            if at == 0 { format!("{cell}{fill}") } else { format!("{fill}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nothing_is_empty_and_only_all_is_full() {
        let bars = [(0, 9), (1, 1000), (1, 2), (999, 1000), (9, 9), (0, 0)];
        let bars = bars.map(|(part, whole)| bar(part, whole, 4));
        assert_eq!(bars, ["....", "#...", "##..", "###.", "####", "...."]);
    }

    #[test]
    fn shares_are_rounded_but_never_to_nothing_or_all() {
        let told = [(0, 7), (1, 10_000), (1, 3), (9_999, 10_000), (7, 7), (0, 0)];
        let told = told.map(|(part, whole)| percent(part, whole));
        assert_eq!(told, ["0.0 %", "<0.1 %", "33.3 %", ">99.9 %", "100.0 %", "-"]);
    }

    #[test]
    fn columns_line_up_whatever_their_letters() {
        let rows = [["日本", "1"], ["a", "200"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), ["日本    1", "a     200"]);
    }
}
