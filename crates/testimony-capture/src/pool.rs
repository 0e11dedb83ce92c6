//! Buffers that are used again. Fresh memory costs more than copying into it: the first touch of each page is a fault.
//!
//! The pool holds a bounded number of small buffers; whatever grew large is given back to the system.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many buffers wait to be used again, and how large each may be: 8 MiB in all for usual decisions.
const MOST_BUFFERS: usize = 1024;
const MOST_BYTES: usize = 64 << 10;

/// Room for a usual decision, so that its buffer need not grow.
const USUAL_BYTES: usize = 8 << 10;

/// Buffers that wait.
#[derive(Debug, Default)]
pub(crate) struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    /// An empty buffer, which comes back when it is dropped.
    pub(crate) fn buffer(self: &Arc<Self>) -> Buffer {
        let waiting = self.waiting().pop();
        let bytes = waiting.unwrap_or_else(|| Vec::with_capacity(USUAL_BYTES));
        Buffer { bytes, pool: Arc::clone(self) }
    }

    fn take_back(&self, mut bytes: Vec<u8>) {
        if bytes.capacity() > MOST_BYTES {
            return;
        }
        bytes.clear();
        let mut waiting = self.waiting();
        if waiting.len() < MOST_BUFFERS {
            waiting.push(bytes);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer on loan.
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    pool: Arc<Pool>,
}

impl Buffer {
    /// Another buffer with the same bytes.
    pub(crate) fn copy(&self) -> Self {
        let mut copy = self.pool.buffer();
        copy.bytes.extend_from_slice(&self.bytes);
        copy
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.pool.take_back(std::mem::take(&mut self.bytes));
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_buffer_comes_back_empty_and_a_large_one_does_not() {
        let pool = Arc::new(Pool::default());
        let mut small = pool.buffer();
        small.bytes.extend_from_slice(b"secret");
        drop(small);
        assert_eq!(pool.waiting().len(), 1);
        assert!(pool.buffer().bytes.is_empty());
        let mut large = pool.buffer();
        large.bytes.reserve(MOST_BYTES + 1);
        drop(large);
        assert_eq!(pool.waiting().len(), 0);
    }
}
