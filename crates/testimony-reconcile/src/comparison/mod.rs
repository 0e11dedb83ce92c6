//! One source, held against the ledger: each copy against its entry, then each entry against what came.

mod account;
mod tally;

use std::collections::{BTreeSet, HashMap};

use testimony_otlp::mapping::{Conventions, Sealed, names};
use testimony_record::Uuid;
use testimony_record::entry::Body;

use self::tally::Tally;
use crate::copy::{Copy, Damage, Read};
use crate::difference::{Compared, Cuts, Difference, How, compare};
use crate::expected::{Mappings, conventions, fixes_its_trace};
use crate::fingerprint::fingerprint;
use crate::heads::{Judge, Judged, Known};
use crate::index::{Again, Fact, Index, NotIndexed};
use crate::marks::{Fate, Mark, Marks};
use crate::reconcile::Options;
use crate::report::{Finding, SourceReport, Verdict};
use crate::source::{Batch, Habits, Source};
use crate::span::Span;

/// How many entries are read again from the ledger in one go, with their contents.
const AT_ONCE: usize = 32;

pub(crate) struct Comparison<'a> {
    index: &'a mut Index,
    habits: Habits,
    marks: Marks,
    mappings: Mappings,
    judge: Judge,
    cuts: Cuts,
    tally: Tally,
}

/// A copy, and what it was found to be.
struct Judgement {
    fate: Fate,
    differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(
        index: &'a mut Index,
        options: &Options,
        source: &dyn Source,
    ) -> Result<Self, NotIndexed> {
        let judge = Judge::new(options.keys.clone());
        let mut report = SourceReport { source: source.name(), ..SourceReport::default() };
        report.heads.key_given = judge.has_keys();
        Ok(Self {
            index,
            habits: source.habits(),
            marks: Marks::new()?,
            mappings: Mappings::default(),
            judge,
            cuts: Cuts::default(),
            tally: Tally::new(report, options.findings),
        })
    }

    pub(crate) fn spans(&self) -> u64 {
        self.tally.report.spans
    }

    pub(crate) fn take(&mut self, batch: Batch) -> Result<(), NotIndexed> {
        self.tally.unreadable(batch.unreadable);
        self.tally.report.spans += batch.spans.len() as u64;
        let mut copies = Vec::with_capacity(batch.spans.len());
        for span in batch.spans {
            match Copy::read(span) {
                Read::NotOurs => self.tally.report.not_ours += 1,
                Read::Copy(copy) => copies.push(*copy),
                Read::Nameless(span, damage) => self.nameless(&span, &damage),
            }
        }
        // In the ledger's order, so that what has to be read again from it is read once.
        copies.sort_by_key(|copy| (copy.stream, copy.seq));
        self.keep_up_with(&copies)?;
        for some in copies.chunks(AT_ONCE) {
            self.some(some)?;
        }
        Ok(())
    }

    /// A ledger that is being written may have grown since it was read.
    fn keep_up_with(&mut self, copies: &[Copy]) -> Result<(), NotIndexed> {
        let size = |stream| self.index.stream(stream).map_or(0, |stream| stream.size);
        if copies.iter().any(|copy| copy.seq >= size(copy.stream)) {
            self.index.catch_up(&mut |_| {})?;
        }
        Ok(())
    }

    fn some(&mut self, copies: &[Copy]) -> Result<(), NotIndexed> {
        let mut open = Vec::new();
        for copy in copies {
            self.tally.report.copies += 1;
            let Some(fact) = self.index.fact(copy.stream, copy.seq)? else {
                self.missing_here(copy);
                continue;
            };
            match self.at_first_sight(copy, &fact) {
                Some(judgement) => self.settle(copy, &fact, judgement)?,
                None => open.push((copy, fact)),
            }
        }
        let again = self.read_again(&open)?;
        for (copy, fact) in open {
            let again = again.get(&(copy.stream, copy.seq, conventions(copy.mapping())));
            let judgement = self.at_second_sight(copy, &fact, again);
            self.settle(copy, &fact, judgement)?;
        }
        Ok(())
    }

    /// Without reading the ledger again: a copy of the very entry, without content, in every attribute what it has to be.
    fn at_first_sight(&mut self, copy: &Copy, fact: &Fact) -> Option<Judgement> {
        let sealed = copy.entry.as_ref().ok().filter(|sealed| sealed.hash == fact.hash)?;
        let mapping = copy.mapping()?;
        let Some(expected) = self.mappings.span(mapping, sealed, None) else {
            let fate = Fate::EntryOnly;
            return (copy.stated_hash() == Some(fact.hash))
                .then(|| Judgement { fate, differences: Vec::new() });
        };
        let compared = self.compare(&expected, copy, sealed, &BTreeSet::new());
        if !compared.differences.is_empty() {
            return None;
        }
        if has_contents(&sealed.entry.body) {
            self.tally.report.content_absent += 1;
        }
        self.tally.added(compared.foreign);
        Some(Judgement { fate: Fate::Same, differences: Vec::new() })
    }

    /// With the entry and its contents as the ledger has them.
    fn at_second_sight(&mut self, copy: &Copy, fact: &Fact, again: Option<&Again>) -> Judgement {
        let Some(again) = again else {
            let differences = vec![Difference::entry("the ledger's entry cannot be read")];
            return Judgement { fate: Fate::Altered, differences };
        };
        let mapping = conventions(copy.mapping()).mapping();
        let with = self.against(copy, again, mapping, true);
        let without = self.against(copy, again, mapping, false);
        let has_content = with.distance() < without.distance();
        let compared = if has_content { with } else { without };
        let altered = compared.differences.iter().any(|one| !one.is_cut_content());
        if altered || compared.differences.is_empty() && !has_content {
            // Whatever else is wrong: an entry that is not the ledger's is the first thing to say.
            let entry = copy.entry.as_ref().is_ok_and(|sealed| sealed.hash == fact.hash);
            let mut differences = compared.differences;
            if differences.is_empty() && !entry {
                differences.push(Difference::entry("another entry"));
            }
            let fate = if differences.is_empty() { Fate::Same } else { Fate::Altered };
            return Judgement { fate, differences };
        }
        if has_content && compared.differences.is_empty() {
            let erased = again.contents.erased().next().is_some();
            self.tally.content(erased);
        }
        self.tally.added(compared.foreign);
        self.tally.cut(&compared.differences);
        let fate = if compared.differences.is_empty() { Fate::Same } else { Fate::Truncated };
        Judgement { fate, differences: compared.differences }
    }

    fn against(&mut self, copy: &Copy, again: &Again, mapping: &str, content: bool) -> Compared {
        let contents = content.then_some(&again.contents);
        let Some(expected) = self.mappings.span(mapping, &again.sealed, contents) else {
            return Compared::default();
        };
        if !content || again.contents.erased().next().is_none() {
            return self.compare(&expected, copy, &again.sealed, &BTreeSet::new());
        }
        // What the ledger does not hold any more cannot be compared, nor what depends on it, nor the lists of what is left out.
        let lists = [names::CONTENT_OMITTED, names::CONTENT_ERASED];
        let passing = again.contents.erased().chain(lists).map(str::to_owned).collect();
        let mut compared = self.compare(&expected, copy, &again.sealed, &passing);
        compared.differences.retain(|one| !matches!(one.how, How::Added { .. }));
        compared
    }

    fn compare(
        &mut self,
        expected: &Span,
        copy: &Copy,
        sealed: &Sealed,
        passing: &BTreeSet<String>,
    ) -> Compared {
        let mut passing = passing.clone();
        passing.insert(names::HEAD.to_owned());
        let found = &copy.span;
        let mut compared = compare(expected, found, self.habits, &mut self.cuts, &passing);
        if fixes_its_trace(&sealed.entry) && expected.trace_id != found.trace_id {
            compared.differences.push(Difference::changed(
                "trace_id",
                &hex::encode(expected.trace_id),
                &hex::encode(found.trace_id),
            ));
        }
        compared
    }

    fn read_again(
        &mut self,
        open: &[(&Copy, Fact)],
    ) -> Result<HashMap<(Uuid, u64, Conventions), Again>, NotIndexed> {
        let mut wanted: HashMap<(Uuid, Conventions), Vec<u64>> = HashMap::new();
        for (copy, _) in open {
            let conventions = conventions(copy.mapping());
            wanted.entry((copy.stream, conventions)).or_default().push(copy.seq);
        }
        let mut found = HashMap::new();
        for ((stream, conventions), seqs) in wanted {
            let again = self.index.again(stream, &seqs, conventions)?;
            let named = again.into_iter().map(|(seq, again)| ((stream, seq, conventions), again));
            found.extend(named);
        }
        Ok(found)
    }

    /// Puts down what a copy was found to be, next to the copies that came before it.
    fn settle(
        &mut self,
        copy: &Copy,
        fact: &Fact,
        mut judgement: Judgement,
    ) -> Result<(), NotIndexed> {
        self.head(copy, fact, &mut judgement)?;
        let Some(number) = self.index.number(copy.stream) else { return Ok(()) };
        let earlier = self.marks.get(number, copy.seq)?;
        let fingerprint = fingerprint(&copy.span);
        let mut mark = Mark { fate: judgement.fate.max(earlier.fate), fingerprint };
        if earlier.fate != Fate::Unseen {
            mark.fingerprint = earlier.fingerprint;
            self.sent_again(copy, fact, earlier.fingerprint == fingerprint);
        }
        self.marks.put(number, copy.seq, mark)?;
        let finding = |verdict| Finding {
            detail: told(&judgement.differences),
            differences: judgement.differences.clone(),
            ..Finding::of_copy(verdict, copy, Some(fact.kind))
        };
        match judgement.fate {
            Fate::Altered => self.tally.find(finding(Verdict::Altered)),
            Fate::Truncated => self.tally.truncated(finding(Verdict::Truncated)),
            _ => {}
        }
        Ok(())
    }

    fn sent_again(&mut self, copy: &Copy, fact: &Fact, equal: bool) {
        if equal {
            self.tally.report.duplicates += 1;
            return;
        }
        self.tally.report.conflicting += 1;
        let detail = "another copy of the same entry says something else".to_owned();
        self.tally.find(Finding {
            detail,
            ..Finding::of_copy(Verdict::Conflicting, copy, Some(fact.kind))
        });
    }

    /// The head that a copy carries: one of the ledger's, and the one that was newest.
    fn head(
        &mut self,
        copy: &Copy,
        fact: &Fact,
        judgement: &mut Judgement,
    ) -> Result<(), NotIndexed> {
        let Some(found) = copy.span.attribute(names::HEAD) else {
            if fact.head > 0 {
                judgement.alter(Difference::new(names::HEAD, How::Missing));
            }
            return Ok(());
        };
        let text = found.as_text().unwrap_or_default();
        let Some(stream) = self.index.stream(copy.stream) else { return Ok(()) };
        let (keys, size, id) = (stream.keys.clone(), stream.size, stream.id);
        let index = &mut *self.index;
        let mut known = Known { stream: id, keys, size, root: &mut |size| index.root(id, size) };
        self.tally.report.heads.copies += 1;
        match self.judge.judge(text, &mut known)? {
            Judged::Stands { size } => {
                let largest = self.tally.report.heads.largest.entry(id).or_default();
                *largest = size.max(*largest);
                if size != fact.head {
                    let expected = format!("a head over {} entries", fact.head);
                    let found = format!("a head over {size} entries");
                    judgement.alter(Difference::changed(names::HEAD, &expected, &found));
                }
            }
            Judged::Contradicts(why) => self.contradiction(copy, fact, &why),
            Judged::Worthless(why) => {
                judgement.alter(Difference::changed(
                    names::HEAD,
                    "a signed head of the stream",
                    &why,
                ));
            }
        }
        Ok(())
    }

    /// Once for each head: all copies between two checkpoints carry the same.
    fn contradiction(&mut self, copy: &Copy, fact: &Fact, why: &str) {
        if !self.tally.contradicts(why) {
            return;
        }
        let detail = format!(
            "the ledger contradicts a signed head that was exported: {why}; it was rewritten or cut since"
        );
        self.tally.find(Finding {
            detail,
            ..Finding::of_copy(Verdict::Rewritten, copy, Some(fact.kind))
        });
    }

    fn missing_here(&mut self, copy: &Copy) {
        self.tally.report.missing_here += 1;
        let detail = match self.index.stream(copy.stream) {
            None => "the ledger does not have this stream".to_owned(),
            Some(stream) => format!("the ledger's stream has only {} entries", stream.size),
        };
        self.tally.find(Finding { detail, ..Finding::of_copy(Verdict::MissingHere, copy, None) });
    }

    fn nameless(&mut self, span: &Span, damage: &Damage) {
        self.tally.report.damaged += 1;
        let detail = format!("a span is marked as ours, and names no entry: {damage}");
        self.tally.find(Finding { detail, ..Finding::of_span(Verdict::Damaged, span) });
    }
}

impl Judgement {
    fn alter(&mut self, difference: Difference) {
        self.fate = Fate::Altered;
        self.differences.push(difference);
    }
}

fn has_contents(body: &Body) -> bool {
    body.references().next().is_some()
}

fn told(differences: &[Difference]) -> String {
    let names: Vec<&str> = differences.iter().map(|one| one.what.as_str()).collect();
    names.join(", ")
}
