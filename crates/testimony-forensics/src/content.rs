//! Contents as a person or a program is told them: text as text, bytes as bytes, messages taken together, and in place of
//! what cannot be read the reason. Reading content never fails as a whole.

use bytes::Bytes;
use serde::{Serialize, Serializer};
use testimony_ledger::read::archive::NoObject;
use testimony_ledger::read::objects::Objects as _;
use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::label::Label;
use testimony_record::media::MediaType;
use testimony_record::part::{Absent, Content as Sealed};

use crate::erase::ErasedBy;
use crate::reader::Reader;

/// What a part says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// UTF-8, as it was recorded.
    Text {
        /// What the text is: `text/plain`, `application/json`.
        media: String,
        /// All of it.
        text: String,
    },
    /// Bytes that are not UTF-8; in JSON as hexadecimal digits.
    Binary {
        /// What the bytes are said to be.
        media: String,
        /// All of them.
        #[serde(rename = "hex", serialize_with = "as_hex")]
        bytes: Bytes,
    },
    /// Messages of a conversation.
    Messages(Messages),
    /// The record says that nothing was kept, and why.
    Absent(Absent),
    /// It has been erased, and an entry says so.
    Erased(ErasedBy),
    /// It was sealed, and cannot be read now.
    Unreadable {
        /// Why, as a sentence.
        problem: String,
    },
    /// In evidence: it was sealed, and its frame is blank. The entry that calls it erased is not in the evidence.
    Blank {
        /// How long it was.
        bytes: u64,
    },
    /// In evidence: it was sealed, and is not disclosed.
    Withheld,
    /// In a story: an earlier chapter has told the same content.
    Told {
        /// The decision of that chapter.
        decision: Uuid,
        /// How long it is.
        bytes: usize,
    },
}

/// A list of messages, or the part of it that is new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// In a story: the beginning that an earlier chapter has told. The rest follows in `messages`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continues>,
    /// The messages, in order.
    pub messages: Vec<Message>,
}

/// How a list of messages goes on from one that has been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Continues {
    /// The decision whose list it shares the beginning with.
    pub decision: Uuid,
    /// How many messages they share.
    pub messages: usize,
    /// How many messages of that list are not carried on: something was cut from the model's memory.
    pub left_out: usize,
    /// How many messages after the shared ones are that decision's own answer.
    pub answer: usize,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its digest: the same message has the same one wherever it stands.
    pub digest: Digest,
    /// `system`, `user`, `assistant`, `tool`; absent where the message cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Label>,
    /// The participant's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// Its contents, in order.
    pub parts: Vec<MessagePart>,
    /// Why the message cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// One content of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessagePart {
    /// `text`, `tool_call`, `tool_call_response`, `reasoning`, or another type.
    #[serde(rename = "type")]
    pub kind: Label,
    /// The id of a tool call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Label>,
    /// The name of a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Label>,
    /// The digest of its blob.
    pub digest: Digest,
    /// What it says.
    pub content: Content,
}

fn as_hex<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

/// An error and what lies behind it, as one sentence.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", sentence(source)),
        None => error.to_string(),
    }
}

/// Text where it is UTF-8.
pub(crate) fn of_bytes(media: &MediaType, bytes: Bytes) -> Content {
    let media = media.to_string();
    match str::from_utf8(&bytes) {
        Ok(text) => Content::Text { media, text: text.to_owned() },
        Err(_) => Content::Binary { media, bytes },
    }
}

pub(crate) fn unreadable(error: &NoObject) -> Content {
    Content::Unreadable { problem: sentence(error) }
}

/// What is said of content that is gone without a word.
pub(crate) fn overwritten(digest: &Digest) -> String {
    format!("{digest} was overwritten, and no entry says so; run `verify`")
}

impl Reader {
    pub(crate) fn content(&self, sealed: &Sealed) -> Content {
        match sealed {
            Sealed::Blob(digest) => self.blob(digest),
            Sealed::Node(digest) => match self.archive.list(digest) {
                Ok(list) => Content::Messages(self.messages(&list)),
                Err(error) => unreadable(&error),
            },
            Sealed::Absent(absent) => Content::Absent(absent.clone()),
        }
    }

    pub(crate) fn blob(&self, digest: &Digest) -> Content {
        let blob = match self.archive.blob(digest) {
            Ok(blob) => blob,
            Err(NoObject::Erased(digest)) => return self.erased(&digest),
            Err(error) => return unreadable(&error),
        };
        of_bytes(&blob.media, blob.bytes)
    }

    fn erased(&self, digest: &Digest) -> Content {
        let on_record = self.erased_by(digest).map(Content::Erased);
        on_record.unwrap_or_else(|| Content::Unreadable { problem: overwritten(digest) })
    }

    pub(crate) fn messages<'a>(&self, list: impl IntoIterator<Item = &'a Digest>) -> Messages {
        let messages = list.into_iter().map(|digest| self.message(digest)).collect();
        Messages { continues: None, messages }
    }

    fn message(&self, digest: &Digest) -> Message {
        let message = match self.archive.message(digest) {
            Ok(message) => message,
            Err(error) => {
                let problem = Some(sentence(&error));
                return Message { digest: *digest, role: None, name: None, parts: vec![], problem };
            }
        };
        let parts = message.parts.into_iter().map(|part| MessagePart {
            content: self.blob(&part.blob),
            digest: part.blob,
            kind: part.kind,
            id: part.id,
            name: part.name,
        });
        let (role, name, parts) = (Some(message.role), message.name, parts.collect());
        Message { digest: *digest, role, name, parts, problem: None }
    }
}
