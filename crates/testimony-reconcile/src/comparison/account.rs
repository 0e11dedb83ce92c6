//! The ledger's side: what has become of each of its entries in a source, once that has been read to its end.

use testimony_record::Uuid;

use super::Comparison;
use crate::exporter_notes::{ExporterNotes, Why};
use crate::index::{Fact, NotIndexed};
use crate::marks::Fate;
use crate::report::{Finding, SourceReport, Verdict};

impl Comparison<'_> {
    /// Looks at every entry of the ledger: what has become of it there?
    pub(crate) fn finish(mut self, notes: &ExporterNotes) -> Result<SourceReport, NotIndexed> {
        let streams: Vec<(Uuid, u64)> =
            self.index.streams().iter().map(|stream| (stream.id, stream.size)).collect();
        for (stream, size) in streams {
            for seq in 0..size {
                self.account(stream, seq, notes)?;
            }
        }
        Ok(self.tally.report)
    }

    fn account(&mut self, stream: Uuid, seq: u64, notes: &ExporterNotes) -> Result<(), NotIndexed> {
        let fact = self.index.fact(stream, seq)?.filter(|fact| fact.in_range);
        let (Some(fact), Some(number)) = (fact, self.index.number(stream)) else { return Ok(()) };
        let fate = self.marks.get(number, seq)?.fate;
        let counts = self.tally.report.kinds.entry(fact.kind).or_default();
        counts.entries += 1;
        match fate {
            Fate::Same => counts.same += 1,
            Fate::Truncated => counts.truncated += 1,
            Fate::EntryOnly => counts.entry_only += 1,
            Fate::Altered => counts.altered += 1,
            Fate::Unseen => match notes.why(stream, seq) {
                Why::NotYet => counts.not_yet_exported += 1,
                Why::SetAside(why) => {
                    counts.set_aside += 1;
                    let detail = format!("the exporter has set it aside: {why}");
                    self.missing_there(stream, seq, &fact, detail);
                }
                Why::Unknown => {
                    counts.missing_there += 1;
                    self.missing_there(stream, seq, &fact, "there is no copy of it".to_owned());
                }
            },
        }
        Ok(())
    }

    fn missing_there(&mut self, stream: Uuid, seq: u64, fact: &Fact, detail: String) {
        let (stream, seq, kind) = (Some(stream), Some(seq), Some(fact.kind));
        let nothing = Finding::new(Verdict::MissingThere);
        self.tally.find(Finding { stream, seq, kind, id: fact.about, detail, ..nothing });
    }
}
