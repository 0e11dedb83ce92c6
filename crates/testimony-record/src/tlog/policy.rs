//! [C2SP policies](https://c2sp.org/tlog-policy): whose checkpoints are accepted, and how many of which witnesses must have
//! cosigned one.
//!
//! A policy is read as octets, by lines; nothing in it is fetched, and its URLs are opaque here.

use std::collections::HashMap;

use super::checkpoint::SignedHead;
use super::cosignature::{WitnessKey, WrongCosignature};
use super::key::VerifierKey;
use super::vkey::BadKey;

/// The most logs, and the most witnesses, and the most groups that a policy may define.
const MAX_OF_EACH: usize = 256;

/// The logs, the witnesses and the quorum of a policy file.
///
/// ```
/// use testimony_record::tlog::{Policy, SigningKey};
///
/// let witness = SigningKey::from_seed("witness.example", [1; 32]).unwrap().witness_key();
/// let policy = Policy::parse(format!("witness w {witness}\nquorum w\n").as_bytes()).unwrap();
/// assert!(policy.needs_witnesses());
/// assert!(policy.is_met_by([&witness]));
/// assert!(!policy.is_met_by([]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    /// Witnesses and groups in the order of their lines, so that members stand before their group.
    voters: Vec<Voter>,
    quorum: Quorum,
}

/// A log whose checkpoints are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Its key.
    pub key: VerifierKey,
    /// Where it is, as the policy says it; not always UTF-8.
    pub url: Option<Vec<u8>>,
}

/// A witness whose cosignatures count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the policy calls it; not always UTF-8.
    pub name: Vec<u8>,
    /// Its key.
    pub key: WitnessKey,
    /// Where it takes heads to be cosigned, as the policy says it; not always UTF-8.
    pub url: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quorum {
    None,
    /// The index in `voters` of the one that must have witnessed a head.
    Voter(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Voter {
    /// An index in `witnesses`.
    Witness(usize),
    /// At least `least` of these, which are indexes in `voters`.
    Group { least: usize, members: Vec<usize> },
}

/// A policy cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy")]
pub struct BadPolicy {
    /// The line, from 1; for a missing `quorum`, the one behind the last.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub fault: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A byte that is neither tab nor printable.
    #[error("a control character")]
    Octet,
    /// The last line has no newline: perhaps the file was cut.
    #[error("the line has no end")]
    Unfinished,
    /// The first word is unknown, or has too few or too many after it.
    #[error("not a log, witness, group or quorum line")]
    Form,
    /// The key cannot be read or is of the wrong type.
    #[error("the key cannot be used")]
    Key(#[source] BadKey),
    /// Another line has the same public key.
    #[error("a public key that stands there already")]
    DuplicateKey,
    /// The name is defined already, or is `none`.
    #[error("a name that is taken")]
    NameTaken,
    /// The name is not defined before this line.
    #[error("a name that no line before this one defines")]
    NameUnknown,
    /// The name is a member of a group already.
    #[error("a name that is in a group already")]
    InTwoGroups,
    /// The threshold is no number from 1 to the number of members.
    #[error("a threshold that is neither any, all nor a number of members")]
    Threshold,
    /// There is a `quorum` line already.
    #[error("a second quorum")]
    SecondQuorum,
    /// There is no `quorum` line.
    #[error("no quorum")]
    NoQuorum,
    /// More of one kind than this reader takes.
    #[error("more than {MAX_OF_EACH} of a kind")]
    TooMany,
}

impl Policy {
    /// Reads a policy of at most 256 logs, 256 witnesses and 256 groups. Keys of logs must be plain Ed25519 (0x01), those of
    /// witnesses timestamped Ed25519 (0x04).
    ///
    /// # Errors
    /// At the first line that breaks a rule of the specification.
    pub fn parse(policy: &[u8]) -> Result<Self, BadPolicy> {
        let mut reader = Reader::default();
        let mut line = 0;
        for text in policy.split_inclusive(|&byte| byte == b'\n') {
            line += 1;
            reader.line(text).map_err(|fault| BadPolicy { line, fault })?;
        }
        let no_quorum = BadPolicy { line: line + 1, fault: PolicyFault::NoQuorum };
        let quorum = reader.quorum.ok_or(no_quorum)?;
        let Reader { logs, witnesses, voters, .. } = reader;
        Ok(Self { logs, witnesses, voters, quorum })
    }

    /// The logs, in the order of their lines.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of their lines.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether the quorum is another than `none`.
    #[must_use]
    pub fn needs_witnesses(&self) -> bool {
        self.quorum != Quorum::None
    }

    /// The witnesses that cosigned a head.
    ///
    /// # Errors
    /// When a line in the name and key id of one of them does not verify.
    pub fn cosigners(&self, head: &SignedHead) -> Result<Vec<&Witness>, WrongCosignature> {
        let cosigned = self
            .witnesses
            .iter()
            .map(|witness| Ok(head.cosigned_by(&witness.key)?.map(|_time_s| witness)));
        cosigned.filter_map(Result::transpose).collect()
    }

    /// Whether these witnesses are enough; always, where the quorum is `none`.
    #[must_use]
    pub fn is_met_by<'a>(&self, cosigners: impl IntoIterator<Item = &'a WitnessKey>) -> bool {
        let keys: Vec<&WitnessKey> = cosigners.into_iter().collect();
        let cosigned = |witness: &Witness| keys.contains(&&witness.key);
        let mut votes: Vec<bool> = Vec::with_capacity(self.voters.len());
        for voter in &self.voters {
            let vote = match voter {
                Voter::Witness(index) => self.witnesses.get(*index).is_some_and(cosigned),
                Voter::Group { least, members } => {
                    let has_voted = |member: &&usize| votes.get(**member) == Some(&true);
                    members.iter().filter(has_voted).count() >= *least
                }
            };
            votes.push(vote);
        }
        match self.quorum {
            Quorum::None => true,
            Quorum::Voter(index) => votes.get(index) == Some(&true),
        }
    }
}

/// What the lines so far have defined.
#[derive(Default)]
struct Reader<'a> {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    voters: Vec<Voter>,
    names: HashMap<&'a [u8], Name>,
    quorum: Option<Quorum>,
}

/// A name that a line has defined.
struct Name {
    voter: usize,
    in_group: bool,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a [u8]) -> Result<(), PolicyFault> {
        let line = line.strip_suffix(b"\n").ok_or(PolicyFault::Unfinished)?;
        if line.iter().any(|&byte| (byte < b' ' && byte != b'\t') || byte == 0x7f) {
            return Err(PolicyFault::Octet);
        }
        let words = line.split(|byte| matches!(byte, b' ' | b'\t'));
        let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
        match *words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None),
            [b"log", key, url] => self.log(key, Some(url)),
            [b"witness", name, key] => self.witness(name, key, None),
            [b"witness", name, key, url] => self.witness(name, key, Some(url)),
            [b"group", name, least, ref members @ ..] => self.group(name, least, members),
            [b"quorum", name] => self.quorum(name),
            _ => Err(PolicyFault::Form),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<&[u8]>) -> Result<(), PolicyFault> {
        let key: VerifierKey = parse_key(key)?;
        if self.logs.iter().any(|log| log.key.public_key() == key.public_key()) {
            return Err(PolicyFault::DuplicateKey);
        }
        within_limit(self.logs.len())?;
        self.logs.push(Log { key, url: url.map(<[u8]>::to_vec) });
        Ok(())
    }

    fn witness(
        &mut self,
        name: &'a [u8],
        key: &[u8],
        url: Option<&[u8]>,
    ) -> Result<(), PolicyFault> {
        let key: WitnessKey = parse_key(key)?;
        if self.witnesses.iter().any(|known| known.key.public_key() == key.public_key()) {
            return Err(PolicyFault::DuplicateKey);
        }
        within_limit(self.witnesses.len())?;
        self.define(name, Voter::Witness(self.witnesses.len()))?;
        let url = url.map(<[u8]>::to_vec);
        self.witnesses.push(Witness { name: name.to_vec(), key, url });
        Ok(())
    }

    fn group(
        &mut self,
        name: &'a [u8],
        least: &[u8],
        members: &[&[u8]],
    ) -> Result<(), PolicyFault> {
        within_limit(self.voters.len() - self.witnesses.len())?;
        let least = threshold(least, members.len())?;
        let members = members.iter().map(|member| self.join(member)).collect::<Result<_, _>>()?;
        self.define(name, Voter::Group { least, members })
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), PolicyFault> {
        if self.quorum.is_some() {
            return Err(PolicyFault::SecondQuorum);
        }
        let known = self.names.get(name).map(|known| known.voter);
        self.quorum = Some(match known {
            _ if name == b"none" => Quorum::None,
            Some(voter) => Quorum::Voter(voter),
            None => return Err(PolicyFault::NameUnknown),
        });
        Ok(())
    }

    fn define(&mut self, name: &'a [u8], voter: Voter) -> Result<(), PolicyFault> {
        if name == b"none" || self.names.contains_key(name) {
            return Err(PolicyFault::NameTaken);
        }
        self.names.insert(name, Name { voter: self.voters.len(), in_group: false });
        self.voters.push(voter);
        Ok(())
    }

    fn join(&mut self, member: &[u8]) -> Result<usize, PolicyFault> {
        let known = self.names.get_mut(member).ok_or(PolicyFault::NameUnknown)?;
        if std::mem::replace(&mut known.in_group, true) {
            return Err(PolicyFault::InTwoGroups);
        }
        Ok(known.voter)
    }
}

fn parse_key<K: std::str::FromStr<Err = BadKey>>(text: &[u8]) -> Result<K, PolicyFault> {
    let text = str::from_utf8(text).map_err(|_| PolicyFault::Key(BadKey::Form))?;
    text.parse().map_err(PolicyFault::Key)
}

fn within_limit(count: usize) -> Result<(), PolicyFault> {
    (count < MAX_OF_EACH).then_some(()).ok_or(PolicyFault::TooMany)
}

fn threshold(word: &[u8], members: usize) -> Result<usize, PolicyFault> {
    let least = match word {
        b"any" => 1,
        b"all" => members,
        digits if digits.iter().all(u8::is_ascii_digit) => str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or(PolicyFault::Threshold)?,
        _ => return Err(PolicyFault::Threshold),
    };
    (1..=members).contains(&least).then_some(least).ok_or(PolicyFault::Threshold)
}
