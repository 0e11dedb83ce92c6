//! A decision in the making: typed facts, and one buffer into which contents are copied as they come. On the caller's
//! thread nothing is formatted, hashed or taken apart; [`Draft::unseal`] does that later, on the recorder's.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use serde::Serialize;
use testimony_record::Uuid;
use testimony_record::decision::{Decision, Response, Status, TraceContext, Usage};
use testimony_record::label::Label;
use testimony_record::part::{Absent, Origin, Role, Why};
use testimony_record::unsealed::{Event, Unsealed, UnsealedBlob, UnsealedContent, UnsealedPart};
use tracing::Metadata;

use crate::messages;
use crate::pool::{Buffer, Pool};
use crate::value::{self, Kind};

/// Contents in one buffer.
#[derive(Debug)]
pub(crate) struct Contents {
    buffer: Buffer,
    pieces: Vec<Piece>,
    /// Pieces that came when there was no more room.
    dropped: u64,
}

/// One content: where it ends in the buffer (it begins where the one before ends), or why there is none.
#[derive(Debug, Clone)]
struct Piece {
    role: Role,
    name: Option<&'static str>,
    from: Origin,
    held: Option<bool>,
    note: Option<&'static str>,
    end: usize,
    content: Result<Kind, Absent>,
}

/// What is said of a content besides the content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) role: Role,
    pub(crate) name: Option<&'static str>,
    pub(crate) from: Origin,
    pub(crate) held: Option<bool>,
    pub(crate) note: Option<&'static str>,
}

impl About {
    pub(crate) fn declared(role: Role, name: Option<&'static str>) -> Self {
        Self { role, name, from: Origin::Declared, held: None, note: None }
    }

    pub(crate) fn observed(role: Role, name: Option<&'static str>) -> Self {
        Self { from: Origin::Observed, ..Self::declared(role, name) }
    }
}

/// The bounds of one draft.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    pub(crate) parts: usize,
}

impl Contents {
    pub(crate) fn new(pool: &Arc<Pool>) -> Self {
        Self { buffer: pool.buffer(), pieces: Vec::with_capacity(8), dropped: 0 }
    }

    /// The same contents once more, for an intent.
    pub(crate) fn copy(&self) -> Self {
        let (pieces, dropped) = (self.pieces.clone(), self.dropped);
        Self { buffer: self.buffer.copy(), pieces, dropped }
    }

    pub(crate) fn size(&self) -> usize {
        self.buffer.bytes.len() + 96 * self.pieces.len()
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.pieces.iter().any(|piece| piece.role == role)
    }

    pub(crate) fn add<T: Serialize + ?Sized>(&mut self, about: About, value: &T, bounds: Bounds) {
        let before = self.buffer.bytes.len();
        let written = value::write(value, &mut self.buffer.bytes);
        let size = self.buffer.bytes.len() - before;
        let content = match written {
            None => Err(Absent { why: Why::Unreadable, size: None, hint: None }),
            Some(_) if self.buffer.bytes.len() > bounds.bytes => {
                self.buffer.bytes.truncate(before);
                // A buffer that once held something huge must not stay huge.
                self.buffer.bytes.shrink_to(before);
                Err(Absent { why: Why::TooLarge, size: Some(size as u64), hint: None })
            }
            Some(kind) => Ok(kind),
        };
        self.push(about, content, bounds);
    }

    pub(crate) fn add_absent(&mut self, about: About, absent: Absent, bounds: Bounds) {
        self.push(about, Err(absent), bounds);
    }

    fn push(&mut self, about: About, content: Result<Kind, Absent>, bounds: Bounds) {
        if self.pieces.len() >= bounds.parts {
            self.buffer.bytes.truncate(self.pieces.last().map_or(0, |piece| piece.end));
            self.dropped += 1;
            return;
        }
        let About { role, name, from, held, note } = about;
        self.pieces.push(Piece {
            role,
            name,
            from,
            held,
            note,
            end: self.buffer.bytes.len(),
            content,
        });
    }

    pub(crate) fn unseal(self) -> Vec<UnsealedPart> {
        let buffer = Bytes::from_owner(self.buffer);
        let mut parts = Vec::with_capacity(self.pieces.len());
        let mut begin = 0;
        for piece in self.pieces {
            let bytes = buffer.slice(begin..piece.end);
            begin = piece.end;
            piece.unseal(bytes, &mut parts);
        }
        if self.dropped > 0 {
            let absent = Absent { why: Why::TooMany, size: Some(self.dropped), hint: None };
            parts.push(UnsealedPart::new(
                Role::Context,
                Origin::Declared,
                UnsealedContent::Absent(absent),
            ));
        }
        parts
    }
}

impl Piece {
    fn unseal(self, bytes: Bytes, parts: &mut Vec<UnsealedPart>) {
        let part = UnsealedPart {
            role: self.role,
            name: self.name.map(Label::new),
            from: self.from,
            held: self.held,
            note: self.note.map(Label::new),
            content: UnsealedContent::Messages(Vec::new()),
        };
        let kind = match self.content {
            Err(absent) => {
                return parts
                    .push(UnsealedPart { content: UnsealedContent::Absent(absent), ..part });
            }
            Ok(kind) => kind,
        };
        if let Some((content, rest)) = conversation(self.role, &bytes) {
            let config =
                rest.map(|rest| UnsealedContent::Blob(UnsealedBlob::json(Bytes::from(rest))));
            parts.push(UnsealedPart { content, ..part.clone() });
            parts.extend(config.map(|content| UnsealedPart {
                role: Role::Config,
                content,
                ..part
            }));
            return;
        }
        let content = UnsealedContent::Blob(UnsealedBlob { media: media(kind, &bytes), bytes });
        parts.push(UnsealedPart { content, ..part });
    }
}

/// Text that is JSON is said to be: libraries put message lists into string fields.
fn media(kind: Kind, bytes: &[u8]) -> testimony_record::media::MediaType {
    let structured = matches!(bytes.first(), Some(b'{' | b'['));
    let json = kind == Kind::Text
        && structured
        && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
    if json { Kind::Json.media() } else { kind.media() }
}

/// Contents that are chat messages are taken apart, so that what repeats from call to call is stored once.
fn conversation(role: Role, bytes: &[u8]) -> Option<(UnsealedContent, Option<String>)> {
    let talks = matches!(role, Role::Prompt | Role::Context | Role::Decision | Role::Output);
    let json = str::from_utf8(bytes).ok().filter(|_| talks)?;
    let (messages, rest) = match json.as_bytes().first()? {
        b'[' => (messages::list(json)?, None),
        b'{' if role == Role::Prompt => {
            messages::request(json).map(|(messages, rest)| (messages, Some(rest)))?
        }
        b'{' => (vec![messages::message(json)?], None),
        _ => return None,
    };
    Some((UnsealedContent::Messages(messages), rest))
}

/// Where in the application a decision is made.
#[derive(Debug, Clone)]
pub(crate) enum Site {
    /// Where its span is made: module and name.
    Span(&'static Metadata<'static>),
    /// Where the application says.
    Stated(Label),
}

impl Site {
    pub(crate) fn span(&self) -> Option<&'static Metadata<'static>> {
        match self {
            Self::Span(span) => Some(span),
            Self::Stated(_) => None,
        }
    }

    pub(crate) fn label(&self) -> Label {
        match self {
            Self::Span(span) => Label::new(format!("{}::{}", span.target(), span.name())),
            Self::Stated(label) => label.clone(),
        }
    }
}

/// A decision in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) id: Uuid,
    pub(crate) parent: Option<Uuid>,
    pub(crate) causes: Vec<Uuid>,
    pub(crate) site: Site,
    pub(crate) operation: Option<Label>,
    pub(crate) provider: Option<Label>,
    pub(crate) model: Option<Label>,
    pub(crate) response: Response,
    pub(crate) status: Option<Status>,
    pub(crate) error: Option<Label>,
    pub(crate) usage: Usage,
    pub(crate) trace: Option<TraceContext>,
    pub(crate) contents: Contents,
    pub(crate) bounds: Bounds,
    pub(crate) began: SystemTime,
    started: Instant,
    took: Option<Duration>,
}

impl Draft {
    pub(crate) fn begin(site: Site, bounds: Bounds, pool: &Arc<Pool>) -> Self {
        let began = SystemTime::now();
        Self {
            id: crate::id::new(began),
            parent: None,
            causes: Vec::new(),
            site,
            operation: None,
            provider: None,
            model: None,
            response: Response::default(),
            status: None,
            error: None,
            usage: Usage::default(),
            trace: None,
            contents: Contents::new(pool),
            bounds,
            began,
            started: Instant::now(),
            took: None,
        }
    }

    pub(crate) fn add<T: Serialize + ?Sized>(&mut self, about: About, value: &T) {
        self.contents.add(about, value, self.bounds);
    }

    /// When it really happened, where it is recorded only afterwards.
    pub(crate) fn set_time(&mut self, began: SystemTime, took: Duration) {
        (self.began, self.took) = (began, Some(took));
    }

    pub(crate) fn end(&mut self) {
        self.took.get_or_insert_with(|| self.started.elapsed());
    }

    pub(crate) fn size(&self) -> usize {
        512 + self.contents.size()
    }

    pub(crate) fn unseal(self) -> Unsealed {
        let decision = Decision {
            id: self.id,
            parent: self.parent,
            causes: self.causes,
            site: self.site.label(),
            operation: self.operation,
            provider: self.provider,
            model: self.model,
            response: Some(self.response).filter(|response| !response.is_empty()),
            status: self.status.unwrap_or(Status::Ok),
            error: self.error,
            began_us: micros(self.began),
            took_us: self.took.map(|took| u64::try_from(took.as_micros()).unwrap_or(0)),
            usage: Some(self.usage).filter(|usage| !usage.is_empty()),
            trace: self.trace,
            parts: Vec::new(),
            more: None,
        };
        Unsealed { event: Event::Decision(Box::new(decision)), parts: self.contents.unseal() }
    }
}

pub(crate) fn micros(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(0)
}
