//! What a story has told so far, so that it tells nothing twice. The fifteenth call of an agent repeats the fourteen
//! before it; its chapter names the earlier one and goes on from there.
//!
//! Only what was asked and given is shortened; a decision, a reason and a rule are always told in full.

use std::collections::HashMap;

use testimony_record::Uuid;
use testimony_record::digest::Digest;
use testimony_record::part::{Content as Sealed, Part as SealedPart, Role};

use crate::account::Account;
use crate::content::{Content, Continues, Messages, unreadable};
use crate::lists::Lists;
use crate::reader::Reader;

/// Shorter text is told again: a reference to it would be no shorter.
const SHORTEST_REFERENCE: usize = 200;

/// What earlier chapters have told.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    /// The chapter that told a blob.
    blobs: HashMap<Digest, Uuid>,
    lists: Vec<List>,
    nodes: Lists,
    /// From the hash of a list's beginning to the newest list that begins so.
    beginnings: HashMap<Digest, usize>,
    /// The lists of the chapter that is being told: a chapter is shortened against earlier ones only, never against itself.
    current: Vec<Vec<Digest>>,
}

/// A list of messages that has been told, and the decision it led to.
#[derive(Debug)]
struct List {
    decision: Uuid,
    length: usize,
    answer: Vec<Digest>,
}

impl Telling {
    /// Reads a part, as far as it has not been told.
    pub(crate) fn content(&mut self, reader: &Reader, part: &SealedPart) -> Content {
        let input = matches!(part.role, Role::Prompt | Role::Context | Role::Config);
        match &part.content {
            Sealed::Node(list) if input => match self.nodes.read(reader, list) {
                Ok(digests) => Content::Messages(self.list(reader, digests)),
                Err(error) => unreadable(&error),
            },
            Sealed::Blob(digest) if input => self.unless_told(digest, reader.blob(digest)),
            content => reader.content(content),
        }
    }

    fn list(&mut self, reader: &Reader, digests: Vec<Digest>) -> Messages {
        let continues = self.continues(&digests);
        let told = continues.map_or(0, |told| told.messages + told.answer);
        let messages = reader.messages(digests.get(told..).unwrap_or_default());
        self.current.push(digests);
        Messages { continues, ..messages }
    }

    fn continues(&self, digests: &[Digest]) -> Option<Continues> {
        let (messages, earlier) = self.longest_beginning(digests)?;
        let left_out = earlier.length - messages;
        let answered = left_out == 0
            && digests.get(messages..).unwrap_or_default().starts_with(&earlier.answer);
        let answer = if answered { earlier.answer.len() } else { 0 };
        Some(Continues { decision: earlier.decision, messages, left_out, answer })
    }

    fn longest_beginning(&self, digests: &[Digest]) -> Option<(usize, &List)> {
        let beginnings: Vec<Digest> = beginnings(digests).collect();
        let longest = beginnings.iter().rposition(|hash| self.beginnings.contains_key(hash))?;
        let list = self.beginnings.get(beginnings.get(longest)?)?;
        Some((longest + 1, self.lists.get(*list)?))
    }

    fn unless_told(&self, digest: &Digest, content: Content) -> Content {
        let bytes = match &content {
            Content::Text { text, .. } => text.len(),
            Content::Binary { bytes, .. } => bytes.len(),
            _ => return content,
        };
        match self.blobs.get(digest) {
            Some(&decision) if bytes >= SHORTEST_REFERENCE => Content::Told { decision, bytes },
            _ => content,
        }
    }

    /// From here on, what the account says counts as told.
    pub(crate) fn end_chapter(&mut self, account: &Account) {
        for part in &account.parts {
            if let (Some(digest), Content::Text { .. } | Content::Binary { .. }) =
                (part.digest, &part.content)
            {
                self.blobs.entry(digest).or_insert(account.id);
            }
        }
        let answer = answer(account);
        for digests in std::mem::take(&mut self.current) {
            let number = self.lists.len();
            self.beginnings.extend(beginnings(&digests).map(|hash| (hash, number)));
            let (decision, length) = (account.id, digests.len());
            self.lists.push(List { decision, length, answer: answer.clone() });
        }
    }
}

/// The messages that the model answered with: they stand in the next call's list, after what it was asked.
fn answer(account: &Account) -> Vec<Digest> {
    let decided = account.parts.iter().filter(|part| part.role == Role::Decision);
    let messages = decided.filter_map(|part| match &part.content {
        Content::Messages(messages) => Some(&messages.messages),
        _ => None,
    });
    messages.flatten().map(|message| message.digest).collect()
}

/// For each beginning of a list, the shortest first, a hash that stands for it.
fn beginnings(digests: &[Digest]) -> impl Iterator<Item = Digest> {
    digests.iter().scan(Digest::ZERO, |before, next| {
        let both = [before.as_bytes().as_slice(), next.as_bytes()].concat();
        *before = Digest::plain(&both);
        Some(*before)
    })
}
