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
#[derive(Debug)]
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
#[derive(Debug)]
struct Session {
    place: Place,
    /// The key that it names, where that is one of this stream.
    key: Option<VerifierKey>,
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
        let named = key.and_then(|key| key.as_str().parse::<VerifierKey>().ok());
        let key = named.filter(|key| key.vouches_for(key, self.stream));
        let given =
            |key: &VerifierKey| self.given.iter().any(|given| given.vouches_for(key, self.stream));
        let trusted = key.as_ref().is_some_and(given);
        self.sessions.push(Session { place, key, trusted });
    }

    pub(super) fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint,
        place: Place,
        findings: &mut Vec<Finding>,
    ) {
        let judged = self.judge(checkpoint, place.seq).and_then(|head| self.count(&head));
        if let Err((verdict, detail)) = judged {
            findings.push(Finding { verdict, place, detail });
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
        self.advance(head.size());
        self.last_size = head.size();
        let same = self.base.root() == *head.root() && self.base.peaks() == checkpoint.peaks;
        if same { Ok(head) } else { Err(other_head()) }
    }

    /// A good checkpoint: does it count for those who trust only what they were given?
    fn count(&mut self, head: &SignedHead) -> Result<(), Fault> {
        let cosigners = match &self.policy {
            Some(policy) => policy.cosigners(head).map_err(|error| wrong(&error.to_string()))?,
            None => Vec::new(),
        };
        let met = self.policy.as_ref().is_some_and(|policy| {
            policy.needs_witnesses() && policy.is_met_by(cosigners.iter().map(|one| &one.key))
        });
        let vouched_for = self.is_vouched_for(head);
        let covered = Covered { size: head.size(), time_us: self.base_time_us };
        self.result.checkpoints += 1;
        let Some(session) = self.sessions.last_mut() else { return Ok(()) };
        session.trusted |= vouched_for;
        if session.trusted || self.given.is_empty() {
            self.result.signed = Some(covered);
            self.result.witnessed = if met { Some(covered) } else { self.result.witnessed };
        }
        Ok(())
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
        self.result.unusable_heads = heads.check_signatures(&self.known_keys());
        let find =
            |place, verdict, detail: &str| Finding { verdict, place, detail: detail.to_owned() };
        if !self.given.is_empty() {
            let doubtful =
                self.sessions.iter().filter(|session| session.key.is_some() && !session.trusted);
            let detail = "the session signs with a key that is not the one given, and that no trusted key vouches for";
            findings.extend(
                doubtful.map(|session| find(session.place, Verdict::SignatureWrong, detail)),
            );
            if self.result.signed.is_none() {
                let detail = "no checkpoint is signed by a key that was given";
                findings.push(find(end, Verdict::SignatureWrong, detail));
            }
        }
        let needs = self.policy.as_ref().is_some_and(Policy::needs_witnesses);
        if needs && self.result.witnessed.is_none() {
            let detail =
                "no checkpoint has been cosigned by as many witnesses as the policy asks for";
            findings.push(find(end, Verdict::NotWitnessed, detail));
        }
        self.result
    }

    /// Keys in whose name a remembered head may be signed.
    fn known_keys(&self) -> Vec<VerifierKey> {
        let sessions = self.sessions.iter().filter_map(|session| session.key.clone());
        let given = self.given.iter().map(|key| key.for_stream(self.stream));
        sessions.chain(given).chain(self.given.iter().cloned()).collect()
    }
}

fn wrong(why: &str) -> Fault {
    (Verdict::SignatureWrong, format!("a checkpoint does not stand: {why}"))
}

fn other_head() -> Fault {
    let detail = "a checkpoint on record is not a head of the entries before it";
    (Verdict::Rewritten, detail.to_owned())
}
