//! What a verification did not show, in plain sentences. Whoever reads only "intact" reads too much into it.

use testimony_record::verify::NotEstablished;

use super::moment;
use super::number::{counted, grouped};

/// The sentence for one thing that was not shown.
#[must_use]
pub fn sentence(open: &NotEstablished) -> String {
    match open {
        NotEstablished::NoHead(stream) => format!(
            "Whether stream {stream} is the one that was written. No head that was given lies within it and no witness \
             vouches for it, so whoever holds the files and the key could have rewritten all of it. Keep what `testimony \
             head --json` prints where they cannot write, and give it with --head."
        ),
        NotEstablished::AfterHead { stream, entries, microseconds } => format!(
            "Whether the newest {} of stream {stream} {} as written: {} after the newest head that was given or witnessed, \
             over {}, and could have been rewritten or cut.",
            counted(*entries, "entry", "entries"),
            if *entries == 1 { "is" } else { "are" },
            if *entries == 1 { "it was sealed" } else { "they were sealed" },
            moment::duration(*microseconds),
        ),
        NotEstablished::KeyNotGiven(stream) => format!(
            "Whose key signed the checkpoints of stream {stream}: the ledger itself names it. Give the one that you were \
             told with --key."
        ),
        NotEstablished::AfterSignature { stream, entries, microseconds } => format!(
            "Whether the newest {} of stream {stream}, over {}, {} by the holder of the key: no checkpoint covers {} yet.",
            counted(*entries, "entry", "entries"),
            moment::duration(*microseconds),
            if *entries == 1 { "was written" } else { "were written" },
            if *entries == 1 { "it" } else { "them" },
        ),
        NotEstablished::UnusableHead { stream, size } => format!(
            "Anything by the head over {} of stream {stream} that was given: its signature is wrong, so it is not what the \
             key's holder signed.",
            counted(*size, "entry", "entries"),
        ),
        NotEstablished::NotClosed(stream) => format!(
            "Whether stream {stream} ends where its writer stopped. It has no close: it is in use, its writer crashed, or \
             its end was cut off."
        ),
        NotEstablished::InFlight { stream, bytes } => format!(
            "What the last {} bytes of stream {stream} will be: a process is writing them.",
            grouped(*bytes)
        ),
        NotEstablished::MissingStreams => {
            "Whether the ledger once held further streams: a whole stream can be taken away without a trace in the others."
                .to_owned()
        }
        NotEstablished::UnknownFile(name) => {
            format!("What {name} is: it is no part of the format, and was not read.")
        }
        NotEstablished::Truthfulness => {
            "Whether what was recorded is true: that the application told the ledger everything and told it right, that \
             calls it never saw did not happen, that the named model ran, and that a stated reason was the cause."
                .to_owned()
        }
    }
}
