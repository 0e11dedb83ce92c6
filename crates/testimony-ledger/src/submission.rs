//! What can be handed to the ledger: anything that the recorder thread can turn into an [`Unsealed`].

use testimony_record::unsealed::{Unsealed, UnsealedContent};

/// Something that can be recorded once the recorder thread has turned it into an [`Unsealed`].
///
/// Everything slow (serialising, masking, taking messages apart) belongs into [`Submission::unseal`].
pub trait Submission: Send {
    /// About how many bytes it holds, for the queue's bound.
    fn size(&self) -> usize;

    /// Called on the recorder thread. A panic loses this decision, on record, and nothing else.
    fn unseal(self: Box<Self>) -> Unsealed;
}

impl Submission for Unsealed {
    fn size(&self) -> usize {
        let parts = self.parts.iter().map(|part| match &part.content {
            UnsealedContent::Blob(blob) => blob.bytes.len(),
            UnsealedContent::Messages(messages) => messages
                .iter()
                .flat_map(|message| &message.parts)
                .map(|part| 64 + part.blob.bytes.len())
                .sum(),
            UnsealedContent::Absent(_) => 0,
        });
        1024 + parts.map(|bytes| 64 + bytes).sum::<usize>()
    }

    fn unseal(self: Box<Self>) -> Unsealed {
        *self
    }
}
