//! A session: a process takes up one stream, says so on record, and puts it down. What a crash left torn and what it left
//! half erased is dealt with before anything else is written.

use std::io;
use std::path::Path;
use std::sync::Arc;

use testimony_record::Uuid;
use testimony_record::entry::{Body, Close, Genesis, Link, Recovered};
use testimony_record::label::Label;

use super::appender::Appender;
use super::erasing;
use super::recovery::survey;
use crate::layout;
use crate::options::Options;
use crate::storage::{Lock, Storage, UNFINISHED};

/// A stream that this process writes.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) appender: Appender,
    /// Held as long as this process may write.
    pub(crate) lock: Lock,
}

impl Session {
    /// Puts on record what a crash cut off, and that this process takes the stream up; durable before anything else.
    pub(crate) fn begin(
        storage: Arc<dyn Storage>,
        ledger: &Path,
        (stream, lock): (Uuid, Lock),
        key: Option<Label>,
        options: &Options,
    ) -> io::Result<Self> {
        // The process that made it may have died before its name was durable.
        storage.create_dir(&layout::stream(ledger, stream))?;
        let left = survey(&*storage, ledger, stream)?;
        remove_unfinished(&*storage, ledger, stream)?;
        let (now_us, segment_bytes) = (options.sources.now_us, options.segment_bytes);
        let mut appender =
            Appender::new(storage, ledger.to_owned(), stream, left.tip, now_us, segment_bytes);
        appender.roll()?;
        if !left.cuts.is_empty() {
            appender.entry(Body::Recovered(Recovered { cuts: left.cuts }));
        }
        let continues = appender.newest();
        appender.entry(Body::Genesis(genesis(options, key, continues)));
        appender.write()?;
        appender.sync()?;
        erasing::resume(&mut appender)?;
        Ok(Self { appender, lock })
    }

    /// Puts the stream down, durably.
    pub(crate) fn end(mut self) -> io::Result<()> {
        self.appender.entry(Body::Close(Close { decisions: 0, lost: None }));
        self.appender.write()?;
        self.appender.sync()
    }
}

/// A note of an erasure that was never finished writing: nothing has been erased on its account.
fn remove_unfinished(storage: &dyn Storage, ledger: &Path, stream: Uuid) -> io::Result<()> {
    let dir = layout::stream(ledger, stream);
    if storage.list(&dir)?.iter().any(|name| name == UNFINISHED) {
        storage.remove(&dir.join(UNFINISHED))?;
    }
    Ok(())
}

fn genesis(options: &Options, key: Option<Label>, continues: Option<Link>) -> Genesis {
    Genesis {
        service: options.service.clone(),
        instance: options.instance.clone(),
        writer: Label::new(concat!("testimony ", env!("CARGO_PKG_VERSION"))),
        key,
        durability: options.durability,
        max_content_bytes: options.content_limit() as u64,
        continues,
    }
}
