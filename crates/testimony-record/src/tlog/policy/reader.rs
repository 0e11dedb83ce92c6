//! The reader of policy files: octets, line by line, and every rule of the specification.

use std::collections::HashMap;
use std::str::FromStr;

use super::fault::{BadPolicy, MAX_OF_EACH, PolicyFault};
use super::members::{Log, Witness};
use super::quorum::{Needed, Quorum, Voter};
use crate::tlog::cosignature::WitnessKey;
use crate::tlog::key::VerifierKey;
use crate::tlog::vkey::BadKey;

/// What the lines so far have defined.
#[derive(Default)]
pub(super) struct Reader<'a> {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    voters: Vec<Voter>,
    names: HashMap<&'a [u8], Name>,
    needed: Option<Needed>,
}

/// A name that a line has defined.
struct Name {
    voter: usize,
    in_group: bool,
}

/// A policy's logs, witnesses and quorum.
pub(super) type Parsed = (Vec<Log>, Vec<Witness>, Quorum);

impl<'a> Reader<'a> {
    pub(super) fn read(policy: &'a [u8]) -> Result<Parsed, BadPolicy> {
        let mut reader = Self::default();
        let mut line = 0;
        for text in policy.split_inclusive(|&byte| byte == b'\n') {
            line += 1;
            reader.line(text).map_err(|fault| BadPolicy { line, fault })?;
        }
        let no_quorum = BadPolicy { line: line + 1, fault: PolicyFault::NoQuorum };
        let needed = reader.needed.ok_or(no_quorum)?;
        Ok((reader.logs, reader.witnesses, Quorum { voters: reader.voters, needed }))
    }

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
        if self.needed.is_some() {
            return Err(PolicyFault::SecondQuorum);
        }
        let known = self.names.get(name).map(|known| known.voter);
        self.needed = Some(match known {
            _ if name == b"none" => Needed::Nobody,
            Some(voter) => Needed::Voter(voter),
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

fn parse_key<K: FromStr<Err = BadKey>>(text: &[u8]) -> Result<K, PolicyFault> {
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
