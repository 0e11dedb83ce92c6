//! Checkpoints on record: whether each is a head of the entries before it, signed by the key of its session, and whether that
//! key is one that someone outside trusts.

use uuid::Uuid;

use super::contents::Fault;
use super::heads::Heads;
use super::report::{Covered, Signed};
use super::trust::Trust;
use super::verdict::{Finding, Place, Verdict};
use crate::entry::Checkpoint;
use crate::label::Label;
use crate::tlog::{Policy, Signature, SignedHead, VerifierKey};
use crate::tree::{Frontier, TreeHash};

/// The signatures of one stream so far.
#[derive(Debug, Clone)]
pub(super) struct Signing {
    stream: Uuid,
    /// The keys that were given.
    given: Vec<VerifierKey>,
    policy: Option<Policy>,
    sessions: Vec<Session>,
    /// The tree up to the newest checkpoint, or as far as no session signs, and when its last entry was sealed.
    base: Frontier,
    base_time_us: u64,
    /// The size of the newest checkpoint.
    last_size: u64,
    /// The leaves after it, and when each was sealed.
    leaves: Vec<(TreeHash, u64)>,
    result: Signed,
}

/// From one `genesis` to the next.
#[derive(Debug, Clone)]
struct Session {
    place: Place,
    /// Whether it names a key, and the key, where that is one of this stream.
    names_key: bool,
    key: Option<VerifierKey>,
    /// Whether its key is trusted, or it has been vouched for by one that is.
    trusted: bool,
}

impl Signing {
    pub(super) fn new(stream: Uuid, trust: &Trust) -> Self {
        Self {
            stream,
            given: trust.all_keys().cloned().collect(),
            policy: trust.policy.clone(),
            sessions: Vec::new(),
            base: Frontier::new(),
            base_time_us: 0,
            last_size: 0,
            leaves: Vec::new(),
            result: Signed::default(),
        }
    }

    /// The next leaf of the tree. Nothing signs what lies before a session that signs, but for its own first checkpoint, so
    /// leaves are kept back only in such sessions.
    pub(super) fn leaf(&mut self, leaf: TreeHash, time_us: u64) {
        self.leaves.push((leaf, time_us));
        if self.sessions.last().is_none_or(|session| session.key.is_none()) {
            self.advance(u64::MAX);
        }
    }

    /// Brings the base to a size, as far as there are leaves.
    fn advance(&mut self, size: u64) {
        let wanted = size.saturating_sub(self.base.size());
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.leaves.len());
        for (leaf, time_us) in self.leaves.drain(..wanted) {
            self.base.push_leaf(leaf);
            self.base_time_us = time_us;
        }
    }

    pub(super) fn session(&mut self, key: Option<&Label>, place: Place) {
        let names_key = key.is_some();
        let named = key.and_then(|key| key.as_str().parse::<VerifierKey>().ok());
        let key = named.filter(|key| key.vouches_for(key, self.stream));
        let given =
            |key: &VerifierKey| self.given.iter().any(|given| given.vouches_for(key, self.stream));
        let trusted = key.as_ref().is_some_and(given);
        self.sessions.push(Session { place, names_key, key, trusted });
    }

    pub(super) fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint,
        place: Place,
        findings: &mut Vec<Finding>,
    ) {
        match self.judge(checkpoint, place.seq) {
            Ok(head) => self.count(&head),
            Err((verdict, detail)) => findings.push(Finding { verdict, place, detail }),
        }
    }

    /// Whether it is a signed head of what came before entry `seq`.
    fn judge(&mut self, checkpoint: &Checkpoint, seq: u64) -> Result<SignedHead, Fault> {
        let unsigned = || wrong("its session names no key of this stream");
        let session = self.sessions.last().ok_or_else(unsigned)?;
        let key = session.key.as_ref().ok_or_else(unsigned)?;
        let head = SignedHead::parse(&checkpoint.note).map_err(|bad| wrong(&bad.to_string()))?;
        match head.verified_by(key) {
            Signature::Verified => {}
            Signature::Absent => return Err(wrong("the session's key has not signed it")),
            Signature::Wrong => return Err(wrong("the signature of the session's key is wrong")),
        }
        let sizes = (session.place.seq + 1).max(self.last_size)..=seq;
        if head.origin() != key.name() || !sizes.contains(&head.size()) {
            return Err(other_head());
        }
        let tree = self.tree_of(head.size());
        if tree.root() != *head.root() || tree.peaks() != checkpoint.peaks {
            return Err(other_head());
        }
        self.advance(head.size());
        self.last_size = head.size();
        Ok(head)
    }

    /// The tree over the first `size` entries, no smaller than the base. A wrong size must not move the base.
    fn tree_of(&self, size: u64) -> Frontier {
        let mut tree = self.base.clone();
        let more = usize::try_from(size.saturating_sub(tree.size())).unwrap_or(usize::MAX);
        for (leaf, _) in self.leaves.iter().take(more) {
            tree.push_leaf(*leaf);
        }
        tree
    }

    /// A good checkpoint: does it count for those who trust only what they were given?
    fn count(&mut self, head: &SignedHead) {
        let met = self.is_met_by(head);
        let vouched_for = self.is_vouched_for(head);
        let covered = Covered { size: head.size(), time_us: self.base_time_us };
        self.result.checkpoints += 1;
        let Some(session) = self.sessions.last_mut() else { return };
        session.trusted |= vouched_for;
        let trusted = session.trusted;
        if trusted {
            self.vouch_for_all_before(covered.size);
        }
        if trusted || self.given.is_empty() {
            self.result.signed = Some(covered);
            self.result.witnessed = if met { Some(covered) } else { self.result.witnessed };
        }
    }

    /// A trusted signature over a tree covers every session that begins in it, whoever signed those.
    fn vouch_for_all_before(&mut self, size: u64) {
        for session in self.sessions.iter_mut().filter(|session| session.place.seq < size) {
            session.trusted |= session.key.is_some();
        }
    }

    /// Whether the policy asks for witnesses, and enough have cosigned. A cosignature that does not verify is none.
    fn is_met_by(&self, head: &SignedHead) -> bool {
        let Some(policy) = self.policy.as_ref().filter(|policy| policy.needs_witnesses()) else {
            return false;
        };
        let keys = policy.witnesses().iter().map(|witness| &witness.key);
        policy.is_met_by(keys.filter(|key| matches!(head.cosigned_by(key), Ok(Some(_)))))
    }

    /// Whether a key that was trusted before this session has signed the head as well, and with it the session's `genesis`.
    fn is_vouched_for(&self, head: &SignedHead) -> bool {
        let signed = |key: &VerifierKey| head.verified_by(key) == Signature::Verified;
        let earlier = self.sessions.iter().rev().skip(1).filter(|session| session.trusted);
        earlier.filter_map(|session| session.key.as_ref()).any(&signed)
            || self.given.iter().any(|key| signed(key) || signed(&key.for_stream(self.stream)))
    }

    /// Ends the stream: whatever is not trusted, though keys were given, is a finding. `end` is where the stream ends.
    pub(super) fn finish(
        mut self,
        heads: &mut Heads,
        end: Place,
        findings: &mut Vec<Finding>,
    ) -> Signed {
        self.result.unusable_heads = heads.check_signatures(&self.own_keys(), &self.given_keys());
        if !self.given.is_empty() {
            let doubtful =
                self.sessions.iter().filter(|session| session.names_key && !session.trusted);
            findings.extend(doubtful.map(|session| stranger(session.place)));
        }
        let has_entries = end.seq > 0;
        if has_entries && !self.given.is_empty() && self.result.signed.is_none() {
            let detail = "no checkpoint is signed by a key that was given".to_owned();
            findings.push(Finding { verdict: Verdict::SignatureWrong, place: end, detail });
        }
        let needs = self.policy.as_ref().is_some_and(Policy::needs_witnesses);
        if has_entries && needs && self.result.witnessed.is_none() {
            let detail =
                "no checkpoint has been cosigned by as many witnesses as the policy asks for";
            let (verdict, detail) = (Verdict::NotWitnessed, detail.to_owned());
            findings.push(Finding { verdict, place: end, detail });
        }
        self.result
    }

    fn own_keys(&self) -> Vec<VerifierKey> {
        self.sessions.iter().filter_map(|session| session.key.clone()).collect()
    }

    /// The given keys, under each name in which they may sign.
    fn given_keys(&self) -> Vec<VerifierKey> {
        let named = self.given.iter().map(|key| key.for_stream(self.stream));
        named.chain(self.given.iter().cloned()).collect()
    }
}

fn stranger(place: Place) -> Finding {
    let detail = "the session signs with a key that is none of those given, and that no trusted key vouches for";
    Finding { verdict: Verdict::SignatureWrong, place, detail: detail.to_owned() }
}

fn wrong(why: &str) -> Fault {
    (Verdict::SignatureWrong, format!("a checkpoint does not stand: {why}"))
}

fn other_head() -> Fault {
    let detail = "a checkpoint on record is not a head of the entries before it";
    (Verdict::Rewritten, detail.to_owned())
}
