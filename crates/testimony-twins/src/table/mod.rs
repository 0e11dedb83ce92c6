//! The tables: which there are, and which columns each has. The order of the columns is the order in which
//! [`rows`] are written.

mod column;
pub(crate) mod rows;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

pub use column::{Column, Kind};
use column::{boolean, integer, text, texts, time};

/// A table that is derived from a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Every entry, and every stretch of a segment that cannot be read.
    Entries,
    /// Every decision.
    Decisions,
    /// Every part of a decision or an outcome, and every content inside it.
    Parts,
    /// Every outcome.
    Outcomes,
    /// Every blob and node: where it lies.
    Objects,
}

impl Table {
    /// All of them. `Decisions` is last: it is put in place after the others, and so stands for all.
    pub const ALL: [Self; 5] =
        [Self::Entries, Self::Parts, Self::Outcomes, Self::Objects, Self::Decisions];

    /// Their names, in the same order.
    pub(crate) const NAMES: [&'static str; 5] =
        ["entries", "parts", "outcomes", "objects", "decisions"];

    /// Its name in SQL and in file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Decisions => "decisions",
            Self::Parts => "parts",
            Self::Outcomes => "outcomes",
            Self::Objects => "objects",
        }
    }

    /// What it has a row for.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Entries => "every entry, and every stretch of a segment that cannot be read",
            Self::Decisions => "every decision",
            Self::Parts => {
                "every part of a decision or outcome, and every content inside it: a message of a list, a part of a \
                 message"
            }
            Self::Outcomes => "every outcome: a later fact about a decision",
            Self::Objects => "every blob and node, and where it lies",
        }
    }

    /// Its columns, without `ledger`, which comes before them in SQL: a file does not say where it lies.
    #[must_use]
    pub fn columns(self) -> Vec<Column> {
        match self {
            Self::Entries => {
                entry_columns("what the entry is; `unreadable` where it cannot be read")
            }
            Self::Decisions => {
                [entry_columns("`decision`").as_slice(), DECISION.as_slice()].concat()
            }
            Self::Parts => PARTS.to_vec(),
            Self::Outcomes => {
                let kind = "`executed`, `approved`, `overridden`, `corrected`, `scored`, or the application's own word";
                [entry_columns(kind).as_slice(), OUTCOME.as_slice()].concat()
            }
            Self::Objects => OBJECTS.to_vec(),
        }
    }

    pub(crate) fn schema(self) -> SchemaRef {
        let field = |column: &Column| Field::new(column.name, column.kind.data_type(), true);
        Arc::new(Schema::new(self.columns().iter().map(field).collect::<Vec<_>>()))
    }
}

/// A view over the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What it has a row for.
    pub meaning: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    pub(crate) sql: &'static str,
}

/// All of them.
pub const VIEWS: [View; 2] = [CONSTRAINTS, EDGES];

const CONSTRAINTS: View = View {
    name: "constraints",
    meaning: "every rule that a decision was checked against",
    columns: &[
        text("ledger", "the ledger's directory"),
        text("stream", "the stream's id"),
        integer("seq", "the decision entry's place in the stream"),
        text("decision", "the decision's id"),
        text("rule", "the rule's name"),
        boolean("held", "whether it held"),
        text("limit", "the limit, as it was stated"),
        text("observed", "what was observed, as it was stated"),
    ],
    sql: r#"SELECT ledger, stream, seq, decision, name AS rule, held, "limit", observed
        FROM parts WHERE role = 'constraint' AND path IS NULL AND "of" = 'decision'"#,
};

/// A blob of at least 16 bytes that one decision gave out and another was handed is an edge: "ok" would connect all. Within a stream the later entry is the one that was
/// fed; across streams equal digests do not occur but where a stream was copied.
const EDGES: View = View {
    name: "edges",
    meaning: "every link from a decision to one that it influenced",
    columns: &[
        text("from", "the earlier decision's id"),
        text("to", "the later decision's id"),
        text("how", "`parent`, `cause`, or `content`: an output that the later one was given"),
        text("digest", "the content's digest, for `content`"),
    ],
    sql: r#"SELECT parent AS "from", id AS "to", 'parent' AS how, CAST(NULL AS VARCHAR) AS digest
            FROM decisions WHERE parent IS NOT NULL
        UNION ALL
        SELECT cause AS "from", id AS "to", 'cause' AS how, CAST(NULL AS VARCHAR) AS digest
            FROM (SELECT id, unnest(causes) AS cause FROM decisions)
        UNION ALL
        SELECT DISTINCT o.decision AS "from", i.decision AS "to", 'content' AS how, o.digest AS digest
            FROM parts AS o JOIN parts AS i
            ON o.digest = i.digest AND o.ledger = i.ledger AND o.stream = i.stream
            WHERE o.role IN ('decision', 'output') AND i.role IN ('prompt', 'context')
            AND o."of" = 'decision' AND i."of" = 'decision' AND o.size >= 16
            AND o.media IS NOT NULL AND i.media IS NOT NULL AND o.seq < i.seq"#,
};

fn entry_columns(kind: &'static str) -> Vec<Column> {
    vec![
        text("stream", "the stream's id"),
        integer("seq", "the entry's place in the stream, from 0"),
        integer("segment", "the number of the segment file"),
        integer("offset", "where the entry's frame begins in the file, in bytes"),
        integer("length", "how long the frame is, in bytes"),
        text("kind", kind),
        time("time", "when it was sealed, by the writer's clock"),
        text("hash", "the entry's hash"),
        boolean("sealed", "whether its bytes have that hash; `verify` judges the rest"),
    ]
}

const DECISION: [Column; 20] = [
    text("id", "the decision's id, a UUID"),
    time("began", "when the call began"),
    integer("took_us", "how long it took, in microseconds"),
    text("site", "the call site, such as `loan_desk::underwrite`"),
    text("operation", "`gen_ai.operation.name`"),
    text("provider", "`gen_ai.provider.name`"),
    text("model", "the model that was asked for"),
    text("response_model", "the model that says it answered"),
    text("status", "`ok`, `error`, `refused`, `cancelled`, `timed_out`, `panicked`"),
    text("error", "`error.type`"),
    integer("input_tokens", "`gen_ai.usage.input_tokens`"),
    integer("output_tokens", "`gen_ai.usage.output_tokens`"),
    text("trace_id", "the application's trace, 32 hexadecimal digits"),
    text("span_id", "the application's span, 16 hexadecimal digits"),
    text("parent", "the id of the decision inside which it was made"),
    texts("causes", "the ids of earlier decisions named as causes"),
    texts("subjects", "what it was about; a text past 256 bytes is cut and ends in …"),
    integer("violated", "how many of its constraints did not hold"),
    boolean("imported", "whether it was imported from what another recorder kept"),
    boolean("whole", "whether all of its parts could be read; contents are another matter"),
];

const OUTCOME: [Column; 4] = [
    text("decision", "the id of the decision that it is about"),
    time("at", "when it happened"),
    text("by", "who acted; a text past 256 bytes is cut and ends in …"),
    text("about", "what was done or found; a text past 256 bytes is cut and ends in …"),
];

const PARTS: [Column; 20] = [
    text("stream", "the stream's id"),
    integer("seq", "the entry's place in the stream"),
    text("decision", "the decision's id; of an outcome the decision that it is about"),
    text("of", "`decision` or `outcome`"),
    text(
        "role",
        "`subject`, `prompt`, `context`, `config`, `decision`, `rationale`, `constraint`, `output`, `error`, `actor`",
    ),
    text("name", "what the code calls it; of a tool's content the tool, of a message its speaker"),
    text("from", "`observed`, `declared` or `inferred`"),
    boolean("held", "of a constraint: whether it held"),
    text("note", "what is known to be wrong with it"),
    text("path", "inside a list of messages: the message, from 0, or message.part; else nothing"),
    text("message_role", "inside a list: `system`, `user`, `assistant`, `tool`, …"),
    text("type", "of a message's part: `text`, `tool_call`, `tool_call_response`, `reasoning`, …"),
    text("digest", "of the blob; of a list or message that of its node"),
    text("media", "the blob's media type"),
    integer("size", "the content's size in bytes; of absent content as far as it is stated"),
    text(
        "absent",
        "why there is no content: `not_captured`, `too_large`, `too_many`, `unreadable`, `erased` (overwritten), \
         `missing` (not in the segment), `altered` (not what was sealed)",
    ),
    text("hint", "what would make it present, such as the name of a switch"),
    text(
        "text",
        "the text of a subject, constraint, decision, rationale or actor; past 256 bytes cut, ending in …",
    ),
    text("limit", "of a constraint: the limit"),
    text("observed", "of a constraint: what was observed"),
];

const OBJECTS: [Column; 8] = [
    text("stream", "the stream's id"),
    integer("segment", "the number of the segment file"),
    integer("offset", "where the frame begins in the file, in bytes"),
    integer("length", "how long the frame is, in bytes"),
    text("digest", "its digest"),
    text("kind", "`blob`, `list`, `message`, `parts`; `node` where it cannot be read"),
    text("media", "a blob's media type"),
    text("state", "`whole`, `erased` (overwritten) or `altered` (not what was sealed)"),
];
