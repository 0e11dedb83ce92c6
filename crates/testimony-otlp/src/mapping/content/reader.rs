//! Reads objects within a bound. Past it nothing more is read, so one large conversation cannot fill the exporter's memory.

use serde::Serialize;
use serde_json::value::RawValue;
use testimony_ledger::read::objects::{Blob, Objects};
use testimony_record::digest::Digest;
use testimony_record::media::MediaType;

use super::message::{Message, Part, Payload, type_of};
use crate::mapping::MAX_CHUNK_BYTES;

/// Why content is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Omitted {
    Erased,
    Unreadable,
    NoText,
    TooLarge,
    /// Not of the shape that the attribute asks for.
    Unfit,
}

pub(super) struct Reader<'a> {
    objects: &'a dyn Objects,
    /// What the span's attributes may still take.
    left: usize,
    /// What may still be read for the attribute at hand.
    unread: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(objects: &'a dyn Objects, bound: usize) -> Self {
        Self { objects, left: bound, unread: bound }
    }

    /// Begins an attribute; what an earlier one read and did not use is forgotten.
    pub(super) fn begin(&mut self) -> &mut Self {
        self.unread = self.left;
        self
    }

    /// Finishes an attribute: JSON of a list, or nothing for an empty one.
    pub(super) fn json<T: Serialize>(&mut self, list: &[T]) -> Result<Option<String>, Omitted> {
        if list.is_empty() {
            return Ok(None);
        }
        self.keep(Self::spelled(list)?).map(Some)
    }

    pub(super) fn spelled<T: Serialize>(list: &[T]) -> Result<String, Omitted> {
        serde_json::to_string(list).map_err(|_| Omitted::Unreadable)
    }

    /// Finishes a short attribute, if it is no longer than a piece of an entry may be.
    pub(super) fn keep_short(&mut self, text: String) -> Result<String, Omitted> {
        if text.len() > MAX_CHUNK_BYTES { Err(Omitted::TooLarge) } else { self.keep(text) }
    }

    /// Finishes an attribute, if there is still room for it.
    pub(super) fn keep(&mut self, text: String) -> Result<String, Omitted> {
        self.left = self.left.checked_sub(text.len()).ok_or(Omitted::TooLarge)?;
        Ok(text)
    }

    pub(super) fn messages(&mut self, list: &Digest) -> Result<Vec<Message>, Omitted> {
        let digests = self.objects.list(list).map_err(|error| Omitted::of(&error))?;
        digests.iter().map(|digest| self.message(digest)).collect()
    }

    fn message(&mut self, digest: &Digest) -> Result<Message, Omitted> {
        let message = self.objects.message(digest).map_err(|error| Omitted::of(&error))?;
        let mut parts = Vec::with_capacity(message.parts.len());
        for part in &message.parts {
            parts.push(Part::of(part, self.payload(&part.blob)?));
        }
        let name = message.name.as_ref().map(ToString::to_string);
        Ok(Message::new(message.role.as_str(), parts).named(name))
    }

    pub(super) fn text_part(&mut self, digest: &Digest) -> Result<Part, Omitted> {
        Ok(Part::text(self.payload(digest)?))
    }

    /// A JSON list of parts as it stands, or else one part of text.
    pub(super) fn instructions(&mut self, digest: &Digest) -> Result<Vec<Part>, Omitted> {
        let payload = self.payload(digest)?;
        if let Payload::Json(json) = &payload
            && let Ok(list) = serde_json::from_str::<Vec<Box<RawValue>>>(json.get())
            && list.iter().all(|part| type_of(part).is_some())
        {
            let part = |part: Box<RawValue>| Part::whole(&type_of(&part).unwrap_or_default(), part);
            return Ok(list.into_iter().map(part).collect());
        }
        Ok(vec![Part::text(payload)])
    }

    pub(super) fn payload(&mut self, digest: &Digest) -> Result<Payload, Omitted> {
        let blob = self.objects.blob(digest).map_err(|error| Omitted::of(&error))?;
        let Ok(text) = str::from_utf8(&blob.bytes) else { return Ok(reference(&blob, digest)) };
        self.unread = self.unread.checked_sub(text.len()).ok_or(Omitted::TooLarge)?;
        if blob.media == MediaType::JSON
            && let Ok(json) = serde_json::from_str(text)
        {
            return Ok(Payload::Json(json));
        }
        Ok(Payload::Text(text.to_owned()))
    }
}

fn reference(blob: &Blob, digest: &Digest) -> Payload {
    Payload::Bytes { mime_type: blob.media.to_string(), digest: digest.to_string() }
}
