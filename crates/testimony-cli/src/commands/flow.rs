//! Text in several styles that flows together and is wrapped.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::paper::Paper;
use crate::style::PLAIN;

/// Writes pieces one after another from column `indent` on, and ends the line.
pub(super) fn flow(pieces: &[(Style, String)], indent: usize, paper: &mut Paper) {
    let pad = " ".repeat(indent);
    paper.put(PLAIN, &pad);
    let mut column = indent;
    for (style, text) in pieces {
        for word in text.split_inclusive([' ', '\n']) {
            let (word, ends) = word.strip_suffix('\n').map_or((word, false), |word| (word, true));
            let too_wide =
                paper.width().is_some_and(|width| column + word.trim_end().width() > width);
            if too_wide && column > indent {
                paper.end();
                paper.put(PLAIN, &pad);
                column = indent;
            }
            paper.put(*style, word);
            column += word.width();
            if ends {
                paper.end();
                paper.put(PLAIN, &pad);
                column = indent;
            }
        }
    }
    paper.end();
}
