//! The rule that says which witnesses are enough.
//!
//! Witnesses are numbers here, in the order of their lines; who they are, and whether they cosigned, is asked elsewhere.

/// Witnesses, groups of them, groups of groups, and the one among them that must have witnessed a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quorum {
    /// In the order of their lines, so that members stand before their group.
    pub(super) voters: Vec<Voter>,
    pub(super) needed: Needed,
}

/// Who must have witnessed a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    Nobody,
    /// An index in `voters`.
    Voter(usize),
}

/// A witness, or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Voter {
    /// The number of the witness.
    Witness(usize),
    /// At least `least` of these, which are indexes in `voters`.
    Group { least: usize, members: Vec<usize> },
}

impl Quorum {
    pub(super) fn is_met(&self, cosigned: impl Fn(usize) -> bool) -> bool {
        let mut votes: Vec<bool> = Vec::with_capacity(self.voters.len());
        for voter in &self.voters {
            let vote = match voter {
                Voter::Witness(number) => cosigned(*number),
                Voter::Group { least, members } => {
                    let has_voted = |member: &&usize| votes.get(**member) == Some(&true);
                    members.iter().filter(has_voted).count() >= *least
                }
            };
            votes.push(vote);
        }
        match self.needed {
            Needed::Nobody => true,
            Needed::Voter(index) => votes.get(index) == Some(&true),
        }
    }
}
