//! One witness: what it cosigned last, what it is asked, and what its answer is worth.

use std::path::PathBuf;
use std::time::Duration;

use testimony_record::Uuid;
use testimony_record::tlog::{
    AddCheckpoint, SignatureLine, SignedHead, WitnessKey, conflict, cosignatures,
};

use crate::endpoint::Endpoint;
use crate::post::{Post, Reply};
use crate::track::Track;
use crate::trouble::Trouble;

/// A cosignature that verifies over the head that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Cosigned {
    pub(crate) line: SignatureLine,
    /// By the witness's clock, in seconds since the Unix epoch.
    pub(crate) time_s: u64,
}

/// What a witness says when the request was in order.
enum Said {
    Cosigned(Cosigned),
    /// The size that it remembers is another.
    Remembers(u64),
}

/// The witness of one stream.
#[derive(Debug)]
pub(crate) struct Client {
    ledger: PathBuf,
    stream: Uuid,
    key: WitnessKey,
    post: Post,
    /// `None` as long as it has told us of no size but 0.
    track: Option<Track>,
}

impl Client {
    pub(crate) fn new(
        ledger: PathBuf,
        stream: Uuid,
        endpoint: &Endpoint,
        timeout: Duration,
    ) -> Self {
        let (key, post) = (endpoint.key().clone(), Post::to(endpoint, timeout));
        Self { ledger, stream, key, post, track: None }
    }

    pub(crate) fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Asks for a cosignature of `head`, twice at most: the first answer may be which size the witness remembers.
    pub(crate) fn ask(&mut self, head: &SignedHead) -> Result<Cosigned, Trouble> {
        let cosigned = self.ask_from_what_it_remembers(head);
        match &cosigned {
            // Another reading of the files may find them whole again.
            Err(Trouble::NotOnDisk { .. } | Trouble::Ledger(_)) => self.track = None,
            Err(_) => {}
            Ok(_) => match &mut self.track {
                Some(track) => track.cosigned(),
                // Where the files cannot be read now, the witness is asked again what it remembers.
                None => self.track = Track::at(&self.ledger, self.stream, head.size()).ok(),
            },
        }
        cosigned
    }

    fn ask_from_what_it_remembers(&mut self, head: &SignedHead) -> Result<Cosigned, Trouble> {
        let theirs = match self.send(head)? {
            Said::Cosigned(cosigned) => return Ok(cosigned),
            Said::Remembers(size) => size,
        };
        if theirs > head.size() {
            return Err(Trouble::Ahead { theirs, ours: head.size() });
        }
        let track = (theirs > 0).then(|| Track::at(&self.ledger, self.stream, theirs));
        self.track = track.transpose()?;
        match self.send(head)? {
            Said::Cosigned(cosigned) => Ok(cosigned),
            Said::Remembers(_) => Err(Trouble::Unsteady),
        }
    }

    fn send(&mut self, head: &SignedHead) -> Result<Said, Trouble> {
        let (old_size, proof) = match &mut self.track {
            Some(track) => (track.old_size(), track.proof_to(head)?),
            None => (0, Vec::new()),
        };
        let request = AddCheckpoint { old_size, proof, head: head.clone() };
        let reply = self.post.send(&request.to_string())?;
        match reply.status {
            200 => Ok(Said::Cosigned(self.cosignature(head, &reply.text)?)),
            409 => remembered(&reply).map(Said::Remembers),
            403 => Err(Trouble::UnknownKey { said: reply.said() }),
            404 => Err(Trouble::UnknownLog { origin: head.origin().to_owned() }),
            422 if old_size > 0 => {
                Err(Trouble::OtherHistory { size: old_size, said: reply.said() })
            }
            status => Err(Trouble::Refused { status, said: reply.said() }),
        }
    }

    /// The first line by this witness; lines by others are ignored.
    fn cosignature(&self, head: &SignedHead, answer: &str) -> Result<Cosigned, Trouble> {
        let mut lines = cosignatures(answer)?.into_iter();
        let own =
            |line: &SignatureLine| line.name() == self.key.name() && line.key_id() == self.key.id();
        let line = lines.find(own).ok_or(Trouble::NoCosignature)?;
        let with_it = head.clone().with_signatures([line.clone()]);
        let with_it = with_it.map_err(|_| Trouble::NoCosignature)?;
        let time_s = with_it.cosigned_by(&self.key)?.filter(|&time_s| time_s > 0);
        Ok(Cosigned { line, time_s: time_s.ok_or(Trouble::NoCosignature)? })
    }
}

/// The size in a 409, which other servers send too.
fn remembered(reply: &Reply) -> Result<u64, Trouble> {
    if reply.media.as_deref() != Some("text/x.tlog.size") {
        return Err(Trouble::Refused { status: reply.status, said: reply.said() });
    }
    Ok(conflict(&reply.text)?)
}
