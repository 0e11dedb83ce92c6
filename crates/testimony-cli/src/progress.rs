//! A bar for those who wait: on standard error, and only where a person looks at it.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use testimony_ledger::verify::Progress;
use testimony_twins::Progress as Derived;

const LOOK: &str = "{msg} [{bar:32}] {bytes} of {total_bytes}, {eta} left";

const LOOK_OF_FILES: &str = "{msg} [{bar:32}] {pos} of {len} segment files";

const LOOK_OF_A_COUNT: &str = "{msg}: {human_pos}";

/// A bar over bytes. Hidden, it costs nothing.
pub(crate) fn bytes(message: &'static str, total: u64) -> ProgressBar {
    bar(message, total, LOOK)
}

/// A bar over the bytes of a ledger, for as long as the walk over them takes.
pub(crate) fn during<T>(
    message: &'static str,
    walk: impl FnOnce(&mut dyn FnMut(Progress)) -> T,
) -> T {
    walked(message, |show| walk(&mut |Progress { done, total }| show(done, total)))
}

/// A bar over the bytes of the segments from which something is derived.
pub(crate) fn deriving<T>(
    message: &'static str,
    derive: impl FnOnce(&mut dyn FnMut(Derived)) -> T,
) -> T {
    walked(message, |show| derive(&mut |Derived { done, total }| show(done, total)))
}

fn walked<T>(message: &'static str, walk: impl FnOnce(&dyn Fn(u64, u64)) -> T) -> T {
    let bar = bytes(message, 0);
    let found = walk(&|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    found
}

/// A bar over segment files.
pub(crate) fn files(message: &'static str) -> ProgressBar {
    bar(message, 0, LOOK_OF_FILES)
}

/// A count of what has been read, where nobody knows how much there will be.
pub(crate) fn count(message: &'static str) -> ProgressBar {
    bar(message, 0, LOOK_OF_A_COUNT)
}

fn bar(message: &'static str, total: u64, look: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style).with_message(message)
}
