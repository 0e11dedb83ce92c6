//! The objects of a ledger and what refers to what, each named by a number. Lists stay lists: that a call's prompt rests on
//! the prompt before it is one reference, however long the conversation.
//!
//! Costs about 150 bytes for each object while a question is answered. It holds no content.

use std::collections::{HashMap, HashSet};

use testimony_record::digest::Digest;
use testimony_record::node::List;

/// The number of an object. Blobs of equal content have one number, whatever their salts and media types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Object(u32);

/// What the files hold under a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Nothing that could be read as its object.
    Missing,
    /// Something else than was sealed.
    Altered,
    /// Salt and content are overwritten.
    Blank,
    /// What was sealed.
    Sealed,
}

#[derive(Debug)]
struct Seen {
    digest: Digest,
    state: State,
    /// Whether something else says that it is there and as it was sealed.
    vouched: bool,
    /// Whether it is a list or a message: shape, and no content.
    is_node: bool,
    /// The length of a blob.
    bytes: Option<u64>,
    /// The first blob with the same content; itself, where there is none before it.
    same_as: Object,
}

impl Seen {
    fn state(&self) -> State {
        if self.vouched { State::Sealed } else { self.state }
    }
}

/// What a pass over the files finds out about objects.
#[derive(Debug, Default)]
pub(super) struct Objects {
    numbers: HashMap<Digest, Object>,
    seen: Vec<Seen>,
    /// From the plain hash of a content to the first blob that has it.
    contents: HashMap<Digest, Object>,
    /// What refers to what, in order of what refers.
    downwards: Vec<(Object, Object)>,
    /// The same from what is referred to.
    upwards: Vec<(Object, Object)>,
    /// Lists: on which other list they rest, their first message after that, and the list itself.
    lists: Vec<(Option<Object>, Object, Object)>,
}

impl Objects {
    /// The number of a digest, which need not have been met before.
    pub(super) fn number(&mut self, digest: &Digest) -> Object {
        if let Some(&number) = self.numbers.get(digest) {
            return number;
        }
        let number = Object(u32::try_from(self.seen.len()).unwrap_or(u32::MAX));
        let (digest, state) = (*digest, State::Missing);
        let (is_node, vouched, same_as) = (false, false, number);
        self.seen.push(Seen { digest, state, vouched, is_node, bytes: None, same_as });
        self.numbers.insert(digest, number);
        number
    }

    /// Takes in a blob. Where it stands in several segments, the best of its states counts.
    pub(super) fn blob(&mut self, digest: &Digest, state: State, content: &[u8]) -> Object {
        let number = self.number(digest);
        self.become_at_least(number, state);
        let same_as = match state {
            State::Sealed => *self.contents.entry(Digest::plain(content)).or_insert(number),
            _ => return number,
        };
        if let Some(seen) = self.at_mut(number) {
            (seen.bytes, seen.same_as) = (Some(content.len() as u64), same_as);
        }
        same_as
    }

    /// Takes in a node that is what was sealed.
    pub(super) fn node(&mut self, digest: &Digest, references: impl Iterator<Item = Digest>) {
        let number = self.number(digest);
        let known = self.at(number).is_some_and(|seen| seen.state == State::Sealed);
        self.is_node(number, State::Sealed);
        if known {
            return;
        }
        for to in references {
            let to = self.number(&to);
            self.downwards.push((number, to));
        }
    }

    /// Takes in how a list begins, beside what it refers to.
    pub(super) fn list(&mut self, digest: &Digest, list: &List) {
        let Some(first) = list.items.first() else { return };
        let base = list.base.map(|base| self.number(&base));
        let entry = (base, self.number(first), self.number(digest));
        self.lists.push(entry);
    }

    /// Takes in a node that is not.
    pub(super) fn altered_node(&mut self, digest: &Digest) {
        let number = self.number(digest);
        self.is_node(number, State::Altered);
    }

    /// Takes somebody's word for an object that may never be shown.
    pub(super) fn vouch(&mut self, digest: &Digest) {
        let number = self.number(digest);
        if let Some(seen) = self.at_mut(number) {
            seen.vouched = true;
        }
    }

    fn is_node(&mut self, number: Object, state: State) {
        self.become_at_least(number, state);
        if let Some(seen) = self.at_mut(number) {
            seen.is_node = true;
        }
    }

    fn become_at_least(&mut self, number: Object, state: State) {
        if let Some(seen) = self.at_mut(number) {
            seen.state = seen.state.max(state);
        }
    }

    /// Ends the pass: from here on references are followed.
    pub(super) fn settle(&mut self) {
        let mut downwards = std::mem::take(&mut self.downwards);
        for (_, to) in &mut downwards {
            *to = self.content(*to);
        }
        self.upwards = downwards.iter().map(|&(from, to)| (to, from)).collect();
        self.upwards.sort_unstable();
        downwards.sort_unstable();
        self.downwards = downwards;
        self.lists.sort_unstable();
        self.lists.dedup();
    }

    /// The lists that go on from one with a message.
    pub(super) fn going_on(&self, from: Object, with: Object) -> impl Iterator<Item = Object> + '_ {
        let wanted = (Some(from), with);
        let first = self.lists.partition_point(|&(base, first, _)| (base, first) < wanted);
        let lists = self.lists.iter().skip(first);
        lists
            .take_while(move |&&(base, first, _)| (base, first) == wanted)
            .map(|&(_, _, list)| list)
    }

    /// The number that stands for all objects with this content.
    pub(super) fn content(&self, object: Object) -> Object {
        self.at(object).map_or(object, |seen| seen.same_as)
    }

    /// The object with a digest.
    pub(super) fn with_digest(&self, digest: &Digest) -> Option<Object> {
        self.numbers.get(digest).map(|&object| self.content(object))
    }

    /// The blob with a content.
    pub(super) fn with_content(&self, content: &[u8]) -> Option<Object> {
        self.contents.get(&Digest::plain(content)).copied()
    }

    /// Every digest that stands for the object, in order.
    pub(super) fn digests(&self, object: Object) -> Vec<Digest> {
        let same = self.seen.iter().filter(|seen| seen.same_as == object);
        let mut digests: Vec<Digest> = same.map(|seen| seen.digest).collect();
        digests.sort_unstable();
        digests
    }

    pub(super) fn digest(&self, object: Object) -> Option<Digest> {
        self.at(object).map(|seen| seen.digest)
    }

    /// How long a blob is, where it can be read.
    pub(super) fn bytes(&self, object: Object) -> Option<u64> {
        self.at(object)?.bytes
    }

    pub(super) fn state(&self, object: Object) -> State {
        self.at(object).map_or(State::Missing, Seen::state)
    }

    /// What is not as it was sealed.
    pub(super) fn unreadable(&self) -> impl Iterator<Item = (Object, State)> + '_ {
        let all = self.seen.iter().map(|seen| (seen.same_as, seen.state()));
        all.filter(|(_, state)| *state != State::Sealed)
    }

    /// The object, and everything that refers to it, through however many lists.
    pub(super) fn holding(&self, object: Object) -> Vec<Object> {
        reach(&self.upwards, object)
    }

    /// The contents among the object and everything that it refers to.
    pub(super) fn contents(&self, object: Object) -> impl Iterator<Item = Object> + '_ {
        let held = self.held_by(object).into_iter();
        held.filter(|&object| self.at(object).is_some_and(|seen| !seen.is_node))
    }

    /// The object, and everything that it refers to.
    pub(super) fn held_by(&self, object: Object) -> Vec<Object> {
        reach(&self.downwards, object)
    }

    fn at(&self, object: Object) -> Option<&Seen> {
        self.seen.get(object.0 as usize)
    }

    fn at_mut(&mut self, object: Object) -> Option<&mut Seen> {
        self.seen.get_mut(object.0 as usize)
    }
}

/// Whatever can be reached over the pairs, which are in order.
fn reach(pairs: &[(Object, Object)], from: Object) -> Vec<Object> {
    let (mut reached, mut known) = (vec![from], HashSet::from([from]));
    let mut next = 0;
    while let Some(&object) = reached.get(next) {
        let first = pairs.partition_point(|&(from, _)| from < object);
        let steps = pairs.iter().skip(first).take_while(|&&(from, _)| from == object);
        reached.extend(steps.map(|&(_, to)| to).filter(|to| known.insert(*to)));
        next += 1;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: u8) -> Digest {
        Digest::from_bytes([n; 32])
    }

    #[test]
    fn a_content_is_found_in_every_list_that_rests_on_one_that_holds_it() {
        let mut objects = Objects::default();
        let blob = objects.blob(&digest(1), State::Sealed, b"text");
        objects.node(&digest(2), [digest(1)].into_iter());
        objects.node(&digest(3), [digest(2)].into_iter());
        objects.node(&digest(4), [digest(3), digest(9)].into_iter());
        objects.settle();
        let holding = objects.holding(blob);
        let holding: Vec<_> = holding.iter().filter_map(|&o| objects.digest(o)).collect();
        assert_eq!(holding, [1, 2, 3, 4].map(digest));
        let missing = objects.with_digest(&digest(9)).unwrap();
        assert_eq!(objects.state(missing), State::Missing);
    }

    #[test]
    fn equal_content_is_one_object_under_any_digest() {
        let mut objects = Objects::default();
        let first = objects.blob(&digest(1), State::Sealed, b"text");
        assert_eq!(objects.blob(&digest(2), State::Sealed, b"text"), first);
        assert_ne!(objects.blob(&digest(3), State::Altered, b"text"), first);
        objects.settle();
        assert_eq!(objects.digests(first), [digest(1), digest(2)]);
        assert_eq!(objects.with_content(b"text"), objects.with_digest(&digest(2)));
    }

    #[test]
    fn a_blob_that_is_altered_in_one_segment_and_sealed_in_another_can_be_read() {
        let mut objects = Objects::default();
        objects.blob(&digest(1), State::Altered, b"tent");
        let blob = objects.blob(&digest(1), State::Sealed, b"text");
        objects.blob(&digest(1), State::Blank, b"\0\0\0\0");
        assert_eq!((objects.state(blob), objects.bytes(blob)), (State::Sealed, Some(4)));
    }
}
