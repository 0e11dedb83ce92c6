//! What things look like: few styles, named by what they say.

use anstyle::{AnsiColor, Style};

/// As the terminal has it.
pub(crate) const PLAIN: Style = Style::new();
/// Titles.
pub(crate) const TITLE: Style = Style::new().bold();
/// What stands beside the matter: times, digests, sizes.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Broken, violated, failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Wants attention, and is not wrong.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// Intact, held.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Who speaks.
pub(crate) const SPEAKER: Style = AnsiColor::Cyan.on_default();
