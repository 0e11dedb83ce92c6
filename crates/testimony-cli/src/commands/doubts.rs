//! What is said below an answer over many decisions when some of the ledger could not be taken at its word.

use testimony_forensics::Doubts;

use crate::advice::WHAT_IS_WRONG;
use crate::number::counted;
use crate::paper::Paper;
use crate::style::BAD;

pub(super) fn print_doubts(doubts: &Doubts, paper: &mut Paper) {
    let all = [
        (doubts.altered, "entry is", "entries are", "not what was sealed, and counted as found"),
        (doubts.missing, "entry is", "entries are", "missing or cannot be read, and not counted"),
        (doubts.unread, "content is", "contents are", "needed here and cannot be read"),
    ];
    let some: Vec<_> = all.into_iter().filter(|(number, ..)| *number > 0).collect();
    if some.is_empty() {
        return;
    }
    paper.end();
    for (number, one, many, what) in some {
        paper.line(BAD, &format!("{} {what}.", counted(number, one, many)));
    }
    paper.line(BAD, WHAT_IS_WRONG);
}

/// Beside the name of an entry.
pub(super) fn sealed(sealed: bool) -> (anstyle::Style, &'static str) {
    if sealed { (crate::style::GOOD, "entry intact") } else { (BAD, "entry ALTERED") }
}
