//! What other recorders have kept, taken apart into decisions that a ledger can keep. This room reads and hands out; it is
//! the caller who has a ledger, a clock and ids, and writes.

mod call;
mod openai_chat;
mod otlp_json;
mod run;

pub use call::{Imported, Moment};
pub use openai_chat::{NotImported, OpenAiChat};
pub use otlp_json::{BadSpan, NotRead, Noted, OtlpJson, Span, Spans};
pub use run::{BadRun, Run};
