//! The file `erasing` of a stream: what is being erased from it, from before the entry that says so until the last byte is
//! gone. It holds digests and the reason, and never content. `FORMAT.md` section 2.2.

use std::io;
use std::path::Path;

use testimony_record::Uuid;
use testimony_record::canonical;
use testimony_record::entry::Erasure;

use crate::layout;
use crate::storage::Storage;

const FIRST_LINE: &[u8] = b"testimony 1 erasing\n";

/// Notes durably what is about to be erased.
pub(crate) fn put(
    storage: &dyn Storage,
    ledger: &Path,
    stream: Uuid,
    erasures: &[Erasure],
) -> io::Result<()> {
    let mut bytes = FIRST_LINE.to_vec();
    for erasure in erasures {
        bytes.extend(canonical::encode(erasure));
        bytes.push(b'\n');
    }
    storage.put(&layout::erasing(ledger, stream), &bytes)
}

/// What was being erased when the stream was left; nothing where nothing was.
pub(crate) fn read(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<Vec<Erasure>> {
    match storage.read(&layout::erasing(ledger, stream)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(bytes) => parse(&bytes).ok_or_else(|| {
            let problem = format!("the file `erasing` of stream {stream} is not of format 1");
            io::Error::new(io::ErrorKind::InvalidData, problem)
        }),
    }
}

/// Everything is gone.
pub(crate) fn remove(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<()> {
    storage.remove(&layout::erasing(ledger, stream))
}

fn parse(bytes: &[u8]) -> Option<Vec<Erasure>> {
    let lines = bytes.strip_prefix(FIRST_LINE)?.strip_suffix(b"\n")?;
    lines.split(|&byte| byte == b'\n').map(|line| canonical::decode(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use testimony_record::digest::Digest;

    use super::*;
    use crate::storage::Double;

    fn erasure(digests: Vec<Digest>) -> Erasure {
        Erasure { digests, reason: "asked for".into(), by: "clerk".into() }
    }

    #[test]
    fn what_was_put_is_read_again_and_gone_once_removed() {
        let (disk, ledger, stream) = (Double::new(), Path::new("/l"), Uuid::nil());
        assert_eq!(read(&disk, ledger, stream).unwrap(), []);
        let erasures =
            [erasure(vec![Digest::ZERO]), erasure(vec![Digest::plain(b"1"), Digest::plain(b"2")])];
        put(&disk, ledger, stream, &erasures).unwrap();
        assert_eq!(read(&disk, ledger, stream).unwrap(), erasures);
        remove(&disk, ledger, stream).unwrap();
        assert_eq!(read(&disk, ledger, stream).unwrap(), []);
    }

    #[test]
    fn a_file_that_we_did_not_write_is_no_journal() {
        let line = canonical::encode(&erasure(vec![Digest::ZERO]));
        let whole = [FIRST_LINE, &line, b"\n"].concat();
        assert!(parse(&whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(parse(&whole[..end]), None, "{end}");
        }
        assert_eq!(parse(&[FIRST_LINE, b" ", &line, b"\n"].concat()), None);
        assert_eq!(parse(&[b"testimony 2 erasing\n", &line[..], b"\n"].concat()), None);
    }
}
