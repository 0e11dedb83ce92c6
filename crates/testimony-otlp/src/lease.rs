//! One stream in the hands of this process: from where it goes on, and how it is read, batch by batch.
//!
//! It goes on where the cursor says, but begins to read one segment earlier, without sending: so it sees whether the cursor
//! fits the ledger, and knows what the next spans rest on. A cursor that does not fit is no reason to skip anything: the
//! stream is then begun again.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use bytes::Bytes;
use testimony_ledger::read::directory::{CouldNotRead, Directory};
use testimony_ledger::read::trail::{Passed, Trail};
use testimony_ledger::storage::Lock;
use testimony_record::Uuid;
use testimony_record::digest::Digest;

use crate::batch::Batch;
use crate::courier::OutOfTime;
use crate::cursor::{Cursor, Place};
use crate::desk::Desk;
use crate::destination::End;
use crate::mapping::Sealed;

/// How a reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All that the stream holds so far has been answered for.
    CaughtUp,
    /// There is more.
    More,
    /// The exporter has to end, and there is more.
    OutOfTime,
}

/// What was answered for before this process took the stream up.
#[derive(Debug, Clone, Copy)]
enum Mark {
    /// Everything up to this entry.
    Entry(Place),
    /// Everything that ends before this.
    End(End),
}

/// A stream that nobody else exports to the same destination, as long as this is held.
pub(crate) struct Lease {
    stream: Uuid,
    trail: Trail,
    run: Run,
    /// Up to where the bytes of the files are counted as gone through.
    counted: (u64, u64),
    _lock: Lock,
}

impl Lease {
    /// Takes a stream up; `None` where another process has it. With `anew`, whatever the cursor says.
    pub(crate) fn take(
        ledger: &Path,
        stream: Uuid,
        anew: bool,
        desk: &mut Desk,
    ) -> io::Result<Option<Self>> {
        let Some(lock) = desk.destination.lock(stream)? else { return Ok(None) };
        let Resumed { mark, sent, head } =
            if anew { Resumed::default() } else { resume(stream, desk)? };
        desk.begin(stream, head.as_deref());
        let segment = match mark {
            Some(Mark::Entry(place)) => place.segment,
            Some(Mark::End(end)) => end.segment,
            None => 0,
        };
        let trail = trail(ledger, stream, segment.saturating_sub(1), desk);
        let run = Run { stream, mark, batch: Batch::default(), last: None, kept: None, sent };
        Ok(Some(Self { stream, trail, run, counted: (0, 0), _lock: lock }))
    }

    pub(crate) fn stream(&self) -> Uuid {
        self.stream
    }

    /// Reads on and delivers. A stream that is not in a hurry gives way after each batch.
    pub(crate) fn read(
        &mut self,
        directory: &Directory,
        hurry: bool,
        desk: &mut Desk,
    ) -> Result<Reading, CouldNotRead> {
        let Self { trail, run, .. } = self;
        let mut stopped = None;
        let mut visit = |passed: Passed<'_>| match run.pass(passed, desk) {
            Step::GoOn => ControlFlow::Continue(()),
            Step::Delivered if hurry => ControlFlow::Continue(()),
            step => {
                stopped = Some(step);
                ControlFlow::Break(())
            }
        };
        let _ = trail.walk(&mut visit)?;
        self.count(directory, desk);
        match stopped {
            Some(Step::OutOfTime) => Ok(Reading::OutOfTime),
            Some(Step::Lost) => Ok(self.begin_again(directory, desk)),
            Some(_) => Ok(Reading::More),
            // The stream ends before the entry at which it is to be gone on with.
            None if matches!(self.run.mark, Some(Mark::Entry(_))) => {
                Ok(self.begin_again(directory, desk))
            }
            None => Ok(self.run.flush(desk).map_or(Reading::OutOfTime, |()| Reading::CaughtUp)),
        }
    }

    fn begin_again(&mut self, directory: &Directory, desk: &mut Desk) -> Reading {
        let stream = self.stream;
        desk.begin(stream, None);
        say_begun_again(stream, "its cursor does not fit the ledger", desk);
        self.trail = trail(directory.path(), stream, 0, desk);
        (self.run.mark, self.run.sent) = (None, 0);
        Reading::More
    }

    fn count(&mut self, directory: &Directory, desk: &Desk) {
        let (segment, offset) = self.trail.position();
        let mut bytes = 0;
        while self.counted.0 < segment {
            let path = directory.segment_path(self.stream, self.counted.0);
            // It is only a figure for those who wait.
            let whole = fs::metadata(path).map_or(0, |file| file.len());
            bytes += whole.saturating_sub(self.counted.1);
            self.counted = (self.counted.0 + 1, 0);
        }
        bytes += offset.saturating_sub(self.counted.1);
        self.counted.1 = offset.max(self.counted.1);
        desk.shared.counters.gone_through(bytes);
    }
}

fn trail(ledger: &Path, stream: Uuid, segment: u64, desk: &Desk) -> Trail {
    let trail = Trail::from_segment(ledger, stream, segment);
    if desk.wants_objects() { trail.with_objects() } else { trail }
}

/// What is known of a stream from before.
#[derive(Default)]
struct Resumed {
    mark: Option<Mark>,
    sent: u64,
    head: Option<String>,
}

fn resume(stream: Uuid, desk: &Desk) -> io::Result<Resumed> {
    match desk.destination.read_cursor(stream) {
        Ok(Some(Cursor { last, sent, head, .. })) => {
            Ok(Resumed { mark: Some(Mark::Entry(last)), sent, head })
        }
        Ok(None) => {
            let mark = desk.destination.began(stream).map(Mark::End);
            Ok(Resumed { mark, ..Resumed::default() })
        }
        Err(error) if error.kind() == io::ErrorKind::Other => {
            say_begun_again(stream, &format!("its cursor is damaged: {error}"), desk);
            Ok(Resumed::default())
        }
        Err(error) => Err(error),
    }
}

fn say_begun_again(stream: Uuid, why: &str, desk: &Desk) {
    desk.shared.counters.begun_again();
    desk.shared.note(format!("stream {stream} is exported from its beginning again: {why}"));
}

enum Step {
    GoOn,
    /// A batch was delivered on the way.
    Delivered,
    /// The entry that should stand here is another one.
    Lost,
    OutOfTime,
}

/// What has been read of a stream and not yet delivered: one batch.
struct Run {
    stream: Uuid,
    /// What is only to be gone by.
    mark: Option<Mark>,
    batch: Batch,
    /// The last entry that was read in order to be sent, be it in the batch or before it.
    last: Option<Place>,
    /// The last entry that the cursor's file names.
    kept: Option<Place>,
    sent: u64,
}

impl Run {
    fn pass(&mut self, passed: Passed<'_>, desk: &mut Desk) -> Step {
        let bytes = Bytes::copy_from_slice(passed.bytes);
        let hash = Digest::of_entry(&bytes);
        let place = Place { segment: passed.segment, seq: passed.seq, hash };
        let sealed = Sealed::read(bytes);
        match self.mark {
            Some(Mark::Entry(mark)) if place.seq < mark.seq => {}
            Some(Mark::Entry(mark)) if place == mark => self.mark = None,
            Some(Mark::Entry(_)) => return Step::Lost,
            Some(Mark::End(end)) if is_before(&passed, end) => {}
            _ => {
                self.mark = None;
                return match sealed {
                    Ok(sealed) => self.take(&sealed, place, &passed, desk),
                    Err(error) => self.set_aside(place, error.to_string(), desk),
                };
            }
        }
        if let Ok(sealed) = sealed {
            desk.recall(&sealed);
        }
        Step::GoOn
    }

    fn take(
        &mut self,
        sealed: &Sealed,
        place: Place,
        passed: &Passed<'_>,
        desk: &mut Desk,
    ) -> Step {
        let parcel = desk.parcel(sealed, passed.objects);
        let mut step = Step::GoOn;
        if self.batch.is_full_for(&parcel.span) {
            if self.flush(desk).is_err() {
                return Step::OutOfTime;
            }
            step = Step::Delivered;
        }
        self.batch.push(parcel);
        self.last = Some(place);
        step
    }

    /// What is no entry cannot become a span, and must not be passed over in silence.
    fn set_aside(&mut self, place: Place, why: String, desk: &mut Desk) -> Step {
        let done = self.flush(desk).and_then(|()| desk.set_aside(self.stream, place, why));
        if done.is_err() {
            return Step::OutOfTime;
        }
        self.last = Some(place);
        Step::Delivered
    }

    /// Delivers the batch, and puts the cursor behind it.
    fn flush(&mut self, desk: &mut Desk) -> Result<(), OutOfTime> {
        self.sent += desk.deliver(&mut self.batch)?;
        if let Some(last) = self.last.filter(|last| self.kept != Some(*last)) {
            desk.keep(&Cursor::new(self.stream, last, self.sent, desk.head(self.stream)));
            self.kept = Some(last);
        }
        Ok(())
    }
}

fn is_before(passed: &Passed<'_>, end: End) -> bool {
    End { segment: passed.segment, bytes: passed.end } <= end
}
