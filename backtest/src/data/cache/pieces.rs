//! Reading an import piece by piece.
//!
//! A piece is hashed and decoded while it lies in the processor's cache, and its memory
//! is used again for the next, so that a file is never in memory beside its bars.

use std::hash::Hasher as _;
use std::io::Read;

use twox_hash::XxHash3_64;

/// How many bytes are read at once.
const PIECE_BYTES: usize = 1 << 15;

/// What is left of a file, and the hash of what was taken of it.
pub struct Pieces<R> {
    source: R,
    n_left: usize,
    hasher: XxHash3_64,
    buffer: Vec<u8>,
}

impl<R: Read> Pieces<R> {
    /// The pieces of a source of so many bytes.
    pub fn new(source: R, n_bytes: usize) -> Self {
        Self {
            source,
            n_left: n_bytes,
            hasher: XxHash3_64::new(),
            buffer: vec![0; PIECE_BYTES.min(n_bytes)],
        }
    }

    /// The next few bytes, which are no part of the hash.
    pub fn unhashed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.n_left = self.n_left.checked_sub(N)?;
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The next `n_values` of `N` bytes each, or `None` where there are fewer.
    pub fn values<const N: usize, T>(
        &mut self,
        n_values: usize,
        value: impl Fn([u8; N]) -> T,
    ) -> Option<Vec<T>> {
        // Known before anything is reserved for a length that the file does not have.
        self.n_left = self.n_left.checked_sub(n_values.checked_mul(N)?)?;
        let mut values = Vec::with_capacity(n_values);
        while values.len() < n_values {
            let n_now = (n_values - values.len()).min(PIECE_BYTES / N);
            let piece = &mut self.buffer[..n_now * N];
            self.source.read_exact(piece).ok()?;
            self.hasher.write(piece);
            let (piece, _) = piece.as_chunks();
            values.extend(piece.iter().map(|bytes| value(*bytes)));
        }
        Some(values)
    }

    /// The next value of eight bytes.
    pub fn word<T>(&mut self, value: impl Fn([u8; 8]) -> T) -> Option<T> {
        self.values(1, value)?.pop()
    }

    /// The hash of all values, if there is nothing after them.
    pub fn finish(self) -> Option<u64> {
        (self.n_left == 0).then(|| self.hasher.finish())
    }
}
