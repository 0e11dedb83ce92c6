//! Frames: how objects and entries lie in a segment file. An ASCII header line, then the bytes as they are, then `\n`.
//!
//! Parsing trusts nothing: a length is bounded before it is believed, and every byte of a frame is accounted for.

use std::fmt::Write as _;
use std::ops::Range;

use uuid::Uuid;

use crate::digest::{Digest, Salt};
use crate::entry::MAX_ENTRY_BYTES;
use crate::media::MediaType;
use crate::node::MAX_NODE_BYTES;

/// The largest blob, in bytes.
pub const MAX_BLOB_BYTES: usize = 1 << 30;

/// The longest header line, `\n` included: a `blob` header with the longest media type is shorter.
pub const MAX_HEADER_BYTES: usize = 256;

/// One frame, borrowed from the segment's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Content.
    Blob {
        /// What the header says its digest is.
        digest: Digest,
        /// Its salt.
        salt: Salt,
        /// What the bytes are.
        media: MediaType,
        /// The bytes.
        content: &'a [u8],
    },
    /// Structure.
    Node {
        /// What the header says its digest is.
        digest: Digest,
        /// Canonical JSON.
        bytes: &'a [u8],
    },
    /// A link of the chain.
    Entry {
        /// What the header says its hash is.
        hash: Digest,
        /// Canonical JSON.
        bytes: &'a [u8],
    },
}

/// Why no frame could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The bytes end before the frame does.
    #[error("the file ends inside a frame")]
    Incomplete,
    /// The bytes are no frame, however many might follow.
    #[error("{0}")]
    Malformed(&'static str),
}

use FrameError::{Incomplete, Malformed};

/// Reads the frame at the start of `bytes`, and says how many bytes it takes.
///
/// # Errors
/// [`FrameError::Incomplete`] when more bytes could complete it, [`FrameError::Malformed`] when none could.
pub fn parse(bytes: &[u8]) -> Result<(Frame<'_>, usize), FrameError> {
    let zero = Digest::ZERO;
    let shortest = || {
        let salt = Salt::from_bytes([0; 16]);
        vec![
            format!("blob {zero} {salt} 0 -\n"),
            format!("node {zero} 0\n"),
            format!("entry {zero} 0\n"),
        ]
    };
    let is_header = |line: &[u8]| !matches!(parse_whole(line), Err(Malformed(_)));
    match parse_whole(bytes) {
        Err(Incomplete) if !could_begin(bytes, shortest, is_header) => {
            Err(Malformed("not the beginning of a frame"))
        }
        result => result,
    }
}

/// Whether further bytes could make these a header line. The end of a shortest header line completes every beginning
/// of a line of its kind, so it is enough to try those.
fn could_begin(
    bytes: &[u8],
    shortest: impl Fn() -> Vec<String>,
    is_header: impl Fn(&[u8]) -> bool,
) -> bool {
    bytes.contains(&b'\n')
        || shortest().iter().any(|line| {
            let mut ends = (0..line.len()).filter_map(|at| line.as_bytes().get(at..));
            ends.any(|end| is_header(&[bytes, end].concat()))
        })
}

fn parse_whole(bytes: &[u8]) -> Result<(Frame<'_>, usize), FrameError> {
    let (line, rest) = header_line(bytes)?;
    let mut words = line.split(' ');
    match words.next() {
        Some("blob") => {
            let (digest, salt, length, media) = blob_header(&mut words)?;
            let content = payload(words.next(), rest, length)?;
            Ok((Frame::Blob { digest, salt, media, content }, line.len() + length + 2))
        }
        Some("node") => {
            let (digest, length) = (word(&mut words)?, length(&mut words, MAX_NODE_BYTES)?);
            let bytes = payload(words.next(), rest, length)?;
            Ok((Frame::Node { digest, bytes }, line.len() + length + 2))
        }
        Some("entry") => {
            let (hash, length) = (word(&mut words)?, length(&mut words, MAX_ENTRY_BYTES)?);
            let bytes = payload(words.next(), rest, length)?;
            Ok((Frame::Entry { hash, bytes }, line.len() + length + 2))
        }
        Some("testimony") => Err(Malformed("a segment header inside a segment: files were joined")),
        _ => Err(Malformed("not a frame")),
    }
}

fn blob_header(
    words: &mut std::str::Split<'_, char>,
) -> Result<(Digest, Salt, usize, MediaType), FrameError> {
    let (digest, salt) = (word(words)?, word(words)?);
    let length = length(words, MAX_BLOB_BYTES)?;
    let media = words.next().and_then(|media| MediaType::parse(media).ok());
    Ok((digest, salt, length, media.ok_or(Malformed("a blob without a media type"))?))
}

fn header_line(bytes: &[u8]) -> Result<(&str, &[u8]), FrameError> {
    let window = bytes.get(..MAX_HEADER_BYTES).unwrap_or(bytes);
    let Some(end) = window.iter().position(|&b| b == b'\n') else {
        let long = window.len() == MAX_HEADER_BYTES;
        return Err(if long {
            Malformed("a header line longer than 256 bytes")
        } else {
            Incomplete
        });
    };
    let (line, rest) = bytes.split_at(end);
    let line = str::from_utf8(line).map_err(|_| Malformed("a header line that is not ASCII"))?;
    Ok((line, rest.get(1..).unwrap_or_default()))
}

fn word<T: std::str::FromStr>(words: &mut std::str::Split<'_, char>) -> Result<T, FrameError> {
    let word = words.next().and_then(|word| word.parse().ok());
    word.ok_or(Malformed("a header with a missing or misspelt field"))
}

fn length(words: &mut std::str::Split<'_, char>, most: usize) -> Result<usize, FrameError> {
    let length = words.next().and_then(decimal).and_then(|length| usize::try_from(length).ok());
    length
        .filter(|&length| length <= most)
        .ok_or(Malformed("a length that is misspelt or too large"))
}

/// Digits without sign or leading zero: one spelling for each number.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

fn payload<'a>(extra: Option<&str>, rest: &'a [u8], length: usize) -> Result<&'a [u8], FrameError> {
    if extra.is_some() {
        return Err(Malformed("a header with a field too many"));
    }
    match rest.get(length) {
        None => Err(Incomplete),
        Some(b'\n') => Ok(rest.get(..length).unwrap_or_default()),
        Some(_) => Err(Malformed("a frame whose length does not lead to its end")),
    }
}

impl Frame<'_> {
    /// Whether the bytes have the digest or hash that the header says.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self {
            Self::Blob { digest, salt, media, content } => {
                Digest::of_blob(salt, media.as_str(), content) == *digest
            }
            Self::Node { digest, bytes } => Digest::of_node(bytes) == *digest,
            Self::Entry { hash, bytes } => Digest::of_entry(bytes) == *hash,
        }
    }

    /// Whether it is a blob that has been overwritten by [`Erasable::overwrite`]: what erasing leaves. Whether an entry says
    /// so is not for the frame to know.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blob { salt, content, .. } => {
                *salt == Salt::BLANK && content.iter().all(|&byte| byte == 0) && !self.is_sealed()
            }
            _ => false,
        }
    }

    /// Appends the frame to `out`, byte for byte as [`parse`] reads it.
    pub fn write(&self, out: &mut Vec<u8>) {
        let (header, bytes) = match self {
            Self::Blob { digest, salt, media, content } => {
                (format!("blob {digest} {salt} {} {media}\n", content.len()), content)
            }
            Self::Node { digest, bytes } => (format!("node {digest} {}\n", bytes.len()), bytes),
            Self::Entry { hash, bytes } => (format!("entry {hash} {}\n", bytes.len()), bytes),
        };
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(bytes);
        out.push(b'\n');
    }
}

/// Where in a blob frame the salt and the content lie: what erasing overwrites, and nothing else.
///
/// ```
/// use testimony_record::digest::{Digest, Salt};
/// use testimony_record::frame::{Erasable, Frame, parse};
/// use testimony_record::media::MediaType;
///
/// let (salt, media, content) = (Salt::from_bytes([7; 16]), MediaType::TEXT, b"loan:1234");
/// let digest = Digest::of_blob(&salt, media.as_str(), content);
/// let mut bytes = Vec::new();
/// Frame::Blob { digest, salt, media, content }.write(&mut bytes);
///
/// Erasable::find(&bytes).ok_or("no blob")?.overwrite(&mut bytes);
/// assert!(parse(&bytes)?.0.is_blank());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasable {
    /// The digest that stands in the header line, and stays.
    pub digest: Digest,
    /// The digits of the salt, from the beginning of the frame.
    pub salt: Range<usize>,
    /// The content. Of a frame that a crash left torn: what there is of it.
    pub content: Range<usize>,
    /// How long the header line says that the content is.
    pub length: usize,
    /// What the content is.
    pub media: MediaType,
}

impl Erasable {
    /// Looks at the frame at the start of `bytes`. Its header line must be whole, its content need not.
    #[must_use]
    pub fn find(bytes: &[u8]) -> Option<Self> {
        let (line, rest) = header_line(bytes).ok()?;
        let mut words = line.strip_prefix("blob ")?.split(' ');
        let (digest, _, length, media) = blob_header(&mut words).ok()?;
        if words.next().is_some() {
            return None;
        }
        let content = line.len() + 1;
        let salt = BLOB_SALT_AT..BLOB_SALT_AT + BLANK_SALT.len();
        let content = content..content + length.min(rest.len());
        Some(Self { digest, salt, content, length, media })
    }

    /// Whether salt and content have been overwritten, in the bytes that were looked at.
    #[must_use]
    pub fn is_blank(&self, bytes: &[u8]) -> bool {
        let content = bytes.get(self.content.clone()).unwrap_or_default();
        bytes.get(self.salt.clone()) == Some(&BLANK_SALT) && content.iter().all(|&byte| byte == 0)
    }

    /// Overwrites salt and content, in the bytes that were looked at, and says which bytes those are. What lies between the
    /// two stays as it is, and so does the length of everything.
    pub fn overwrite(&self, bytes: &mut [u8]) -> Range<usize> {
        if let Some(salt) = bytes.get_mut(self.salt.clone()) {
            salt.copy_from_slice(&BLANK_SALT);
        }
        bytes.get_mut(self.content.clone()).unwrap_or_default().fill(0);
        self.salt.start..self.content.end
    }
}

/// After `blob `, the digest and a space.
const BLOB_SALT_AT: usize = 5 + 64 + 1;

/// [`Salt::BLANK`], as it is written.
const BLANK_SALT: [u8; 32] = [b'0'; 32];

/// The first line of every segment file: which stream, which file of it, and where in the chain it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The stream.
    pub stream: Uuid,
    /// The number of this file in the stream, from 0.
    pub index: u64,
    /// The sequence number of the first entry.
    pub seq: u64,
    /// The hash of the entry before it, or [`Digest::ZERO`].
    pub prev: Digest,
}

impl SegmentHeader {
    /// The line, `\n` included.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut line = String::with_capacity(MAX_HEADER_BYTES);
        // Writing into a String cannot fail.
        let _ = writeln!(
            line,
            "testimony 1 segment {} {} {} {}",
            self.stream, self.index, self.seq, self.prev
        );
        line
    }

    /// Reads the line at the start of a segment, and says how many bytes it takes.
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(bytes: &[u8]) -> Result<(Self, usize), FrameError> {
        let (stream, prev) = (Uuid::nil(), Digest::ZERO);
        let shortest = || vec![Self { stream, index: 0, seq: 0, prev }.encode()];
        let is_header = |line: &[u8]| Self::parse_whole(line).is_ok();
        match Self::parse_whole(bytes) {
            Err(Incomplete) if !could_begin(bytes, shortest, is_header) => {
                Err(Malformed("not the beginning of a segment of format 1"))
            }
            result => result,
        }
    }

    fn parse_whole(bytes: &[u8]) -> Result<(Self, usize), FrameError> {
        let (line, _) = header_line(bytes)?;
        let header = Self::from_line(line).filter(|header| header.encode().trim_end() == line);
        Ok((header.ok_or(Malformed("not a segment of format 1"))?, line.len() + 1))
    }

    fn from_line(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("testimony 1 segment ")?.split(' ');
        let stream = words.next()?.parse().ok()?;
        let (index, seq) = (decimal(words.next()?)?, decimal(words.next()?)?);
        Some(Self { stream, index, seq, prev: words.next()?.parse().ok()? })
    }
}

/// The name of a segment file: its number in eight digits, so that a listing is in order.
#[must_use]
pub fn segment_name(index: u64) -> String {
    format!("{index:08}.segment")
}

/// The number of a segment file, from its name.
#[must_use]
pub fn segment_index(name: &str) -> Option<u64> {
    let index = name.strip_suffix(".segment")?.parse().ok()?;
    (segment_name(index) == name).then_some(index)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blob(content: &[u8], media: MediaType) -> Vec<u8> {
        let salt = Salt::from_bytes([0xa5; 16]);
        let digest = Digest::of_blob(&salt, media.as_str(), content);
        let mut bytes = Vec::new();
        Frame::Blob { digest, salt, media, content }.write(&mut bytes);
        bytes
    }

    #[test]
    fn a_frame_is_blank_only_where_salt_and_content_are_gone_and_its_digest_no_longer_fits() {
        let whole = blob(b"secret", MediaType::TEXT);
        let erasable = Erasable::find(&whole).unwrap();
        let (mut salt_gone, mut content_gone) = (whole.clone(), whole.clone());
        salt_gone[erasable.salt.clone()].fill(b'0');
        content_gone[erasable.content.clone()].fill(0);
        for half in [&whole, &salt_gone, &content_gone] {
            assert!(!parse(half).unwrap().0.is_blank());
        }
        let (media, content) = (MediaType::BYTES, [0; 3].as_slice());
        let digest = Digest::of_blob(&Salt::BLANK, media.as_str(), content);
        assert!(!Frame::Blob { digest, salt: Salt::BLANK, media, content }.is_blank());
    }

    #[test]
    fn only_a_blob_with_a_whole_header_line_can_be_erased() {
        let whole = blob(b"secret", MediaType::TEXT);
        let header = whole.iter().position(|&byte| byte == b'\n').unwrap();
        for end in 0..=header {
            assert_eq!(Erasable::find(&whole[..end]), None);
        }
        let mut cut_short = whole[..header + 4].to_vec();
        let torn = Erasable::find(&cut_short).unwrap();
        assert_eq!(torn.content, header + 1..header + 4);
        assert!(!torn.is_blank(&cut_short));
        torn.overwrite(&mut cut_short);
        assert!(torn.is_blank(&cut_short));
        assert_eq!(Erasable::find(format!("node {} 0\n\n", Digest::ZERO).as_bytes()), None);
        let too_many = format!("blob {} {} 0 - x\n\n", Digest::ZERO, Salt::BLANK);
        assert_eq!(Erasable::find(too_many.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn overwriting_changes_salt_and_content_and_not_a_byte_besides(
            content in proptest::collection::vec(any::<u8>(), 0..200),
            media in "[!-~]{1,127}",
            behind in proptest::collection::vec(any::<u8>(), 0..50),
        ) {
            let media = MediaType::parse(&media).unwrap();
            let frame = blob(&content, media.clone());
            let mut bytes = [frame.clone(), behind.clone()].concat();
            let erasable = Erasable::find(&bytes).unwrap();
            let changed = erasable.overwrite(&mut bytes);
            prop_assert_eq!(&bytes[frame.len()..], &behind[..]);
            prop_assert_eq!(&bytes[..changed.start], &frame[..changed.start]);
            prop_assert_eq!(&bytes[changed.end..frame.len()], &frame[changed.end..]);
            let (blank, length) = parse(&bytes).unwrap();
            prop_assert_eq!(length, frame.len());
            prop_assert!(blank.is_blank());
            let zeros = vec![0; content.len()];
            let digest = erasable.digest;
            let expected = Frame::Blob { digest, salt: Salt::BLANK, media, content: &zeros };
            prop_assert_eq!(blank, expected);
        }
    }
}
