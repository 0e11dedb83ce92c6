//! Values on their way into a draft: a string goes in as its text, bytes as themselves, everything else as JSON.
//!
//! A serializer of the host that fails or panics is caught here; what it had written is taken back.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::ser::{Impossible, Serialize, Serializer};
use testimony_record::media::MediaType;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Json,
    Bytes,
}

impl Kind {
    pub(crate) fn media(self) -> MediaType {
        match self {
            Self::Text => MediaType::TEXT,
            Self::Json => MediaType::JSON,
            Self::Bytes => MediaType::BYTES,
        }
    }
}

/// Appends a value to the buffer; `None`, and an unchanged buffer, when the host's serializer failed.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, buffer: &mut Vec<u8>) -> Option<Kind> {
    let before = buffer.len();
    let written =
        catch_unwind(AssertUnwindSafe(|| plain(value, buffer).or_else(|| json(value, buffer))));
    let kind = written.unwrap_or(None);
    if kind.is_none() {
        buffer.truncate(before);
    }
    kind
}

fn plain<T: Serialize + ?Sized>(value: &T, buffer: &mut Vec<u8>) -> Option<Kind> {
    value.serialize(Plain(buffer)).ok()
}

fn json<T: Serialize + ?Sized>(value: &T, buffer: &mut Vec<u8>) -> Option<Kind> {
    serde_json::to_writer(buffer, value).ok().map(|()| Kind::Json)
}

/// What can be recorded: whatever serde can serialise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded: it does not implement `serde::Serialize`",
    label = "this value would have to be serialised",
    note = "derive `serde::Serialize` for it, or pass its text: `&value.to_string()`",
    note = "for bytes that are no text use `testimony::bytes(&value)`"
)]
pub trait Recordable: Serialize {}

impl<T: Serialize + ?Sized> Recordable for T {}

/// Bytes that are not text, to be recorded as they are. Made by [`bytes()`].
pub struct RawBytes<'a>(&'a [u8]);

/// Records bytes as they are: `prompt!(bytes(&image))`. Without it a byte slice becomes a JSON array of numbers.
#[must_use]
pub fn bytes(bytes: &[u8]) -> RawBytes<'_> {
    RawBytes(bytes)
}

impl fmt::Debug for RawBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBytes({} bytes)", self.0.len())
    }
}

impl Serialize for RawBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Takes strings and bytes, and refuses everything else before anything is written.
struct Plain<'a>(&'a mut Vec<u8>);

type Never = Impossible<Kind, NotPlain>;

/// The value is neither a string nor bytes.
#[derive(Debug)]
struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither a string nor bytes")
    }
}

impl std::error::Error for NotPlain {}

impl serde::ser::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! refuse {
    ($($method:ident($($type:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $type),*) -> Result<$ok, NotPlain> {
            Err(NotPlain)
        }
    )*};
}

impl Serializer for Plain<'_> {
    type Ok = Kind;
    type Error = NotPlain;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    fn serialize_str(self, text: &str) -> Result<Kind, NotPlain> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(Kind::Text)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Kind, NotPlain> {
        self.0.extend_from_slice(bytes);
        Ok(Kind::Bytes)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Kind, NotPlain> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Kind, NotPlain> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Kind, NotPlain> {
        Err(NotPlain)
    }

    refuse! {
        serialize_bool(bool) -> Kind;
        serialize_i8(i8) -> Kind;
        serialize_i16(i16) -> Kind;
        serialize_i32(i32) -> Kind;
        serialize_i64(i64) -> Kind;
        serialize_u8(u8) -> Kind;
        serialize_u16(u16) -> Kind;
        serialize_u32(u32) -> Kind;
        serialize_u64(u64) -> Kind;
        serialize_f32(f32) -> Kind;
        serialize_f64(f64) -> Kind;
        serialize_char(char) -> Kind;
        serialize_none() -> Kind;
        serialize_unit() -> Kind;
        serialize_unit_struct(&'static str) -> Kind;
        serialize_unit_variant(&'static str, u32, &'static str) -> Kind;
        serialize_seq(Option<usize>) -> Never;
        serialize_tuple(usize) -> Never;
        serialize_tuple_struct(&'static str, usize) -> Never;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Never;
        serialize_map(Option<usize>) -> Never;
        serialize_struct(&'static str, usize) -> Never;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Never;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: Serialize + ?Sized>(value: &T) -> (Option<Kind>, String) {
        let mut buffer = b"before ".to_vec();
        let kind = write(value, &mut buffer);
        (kind, String::from_utf8_lossy(&buffer).into_owned())
    }

    #[test]
    fn a_string_is_recorded_as_its_text_and_a_structure_as_json() {
        assert_eq!(written("a\"b"), (Some(Kind::Text), "before a\"b".to_owned()));
        assert_eq!(written(&Some("a")), (Some(Kind::Text), "before a".to_owned()));
        assert_eq!(written(&bytes(b"\0a")), (Some(Kind::Bytes), "before \0a".to_owned()));
        assert_eq!(written(&("a", 1)), (Some(Kind::Json), "before [\"a\",1]".to_owned()));
    }

    #[test]
    fn a_serializer_that_fails_or_panics_leaves_no_trace_in_the_buffer() {
        struct Panics;
        impl Serialize for Panics {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                panic!("the host's own bug")
            }
        }
        assert_eq!(written(&("half", Panics)), (None, "before ".to_owned()));
        let unwritable = std::collections::HashMap::from([((1, 2), 3)]);
        assert_eq!(written(&unwritable), (None, "before ".to_owned()));
    }
}
