//! A bounded queue of stacks from one handler to one reader.
//!
//! The handler writes words, the collector reads them, and neither waits for the
//! other. Each record is a header, a count and addresses. The words are atomics, so
//! no unsafe code is needed: the positions alone order the two sides.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::unwind::Walk;

/// What the words of a record are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The addresses of a stack, leaf first.
    Walked(Walk),
    /// Three registers and a copy of the stack, to be walked later.
    Copied,
}

/// What is known of a record beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) kind: Kind,
    pub(crate) weight: u64,
    /// How often the rate had been halved when it was taken.
    pub(crate) n_halvings: u32,
}

/// The queue. There may be one writer and one reader at a time.
pub(crate) struct Ring {
    words: Box<[AtomicU64]>,
    // Both only grow; the place of a word is its position modulo the length.
    written: AtomicUsize,
    read: AtomicUsize,
}

/// The words of a record before its addresses: how it was walked, the halvings and how
/// many addresses there are; what it weighs.
const HEADER_WORDS: usize = 2;

impl Ring {
    /// Makes a ring of at least so many bytes and touches all its memory, so that the
    /// handler never has to.
    pub(crate) fn with_bytes(bytes: usize) -> Self {
        // A power of two, because a division takes longer than all else about a word.
        let n_words = (bytes / 8).next_power_of_two();
        // Ones, because memory full of zeroes would be the kernel's untouched zero page.
        let words = (0..n_words).map(|_| AtomicU64::new(u64::MAX)).collect();
        Self {
            words,
            written: AtomicUsize::new(0),
            read: AtomicUsize::new(0),
        }
    }

    /// Starts a record; nothing is visible to the reader until it is committed.
    pub(crate) fn begin(&self) -> Record<'_> {
        let start = self.written.load(Ordering::Relaxed);
        let free_until = self
            .read
            .load(Ordering::Acquire)
            .wrapping_add(self.words.len());
        Record {
            ring: self,
            start,
            at: start.wrapping_add(HEADER_WORDS),
            free_until,
        }
    }

    /// Takes out every record.
    pub(crate) fn drain(&self, mut each: impl FnMut(Header, &[u64])) {
        let until = self.written.load(Ordering::Acquire);
        let mut at = self.read.load(Ordering::Relaxed);
        let mut addresses = Vec::new();
        while at != until {
            let header = self.load(at);
            let weight = self.load(at.wrapping_add(1));
            at = at.wrapping_add(HEADER_WORDS);
            let kind = match header >> 32 & 0xff {
                0 => Kind::Walked(Walk::Complete),
                1 => Kind::Walked(Walk::Truncated),
                2 => Kind::Walked(Walk::Unreadable),
                _ => Kind::Copied,
            };
            let n_addresses = usize::try_from(header & u64::from(u32::MAX)).unwrap_or(usize::MAX);
            addresses.clear();
            addresses.extend((0..n_addresses).map(|i| self.load(at.wrapping_add(i))));
            at = at.wrapping_add(n_addresses);
            self.read.store(at, Ordering::Release);
            let header = Header {
                kind,
                weight,
                n_halvings: u32::try_from(header >> 40).unwrap_or(u32::MAX),
            };
            each(header, &addresses);
        }
    }

    /// Tells whether more than half of the ring is waiting for the reader.
    pub(crate) fn is_filling(&self) -> bool {
        let waiting = self
            .written
            .load(Ordering::Relaxed)
            .wrapping_sub(self.read.load(Ordering::Relaxed));
        waiting > self.words.len() / 2
    }

    fn load(&self, position: usize) -> u64 {
        self.word(position).load(Ordering::Relaxed)
    }

    fn store(&self, position: usize, word: u64) {
        self.word(position).store(word, Ordering::Relaxed);
    }

    fn word(&self, position: usize) -> &AtomicU64 {
        &self.words[position & (self.words.len() - 1)]
    }
}

/// A record in the making.
pub(crate) struct Record<'a> {
    ring: &'a Ring,
    start: usize,
    at: usize,
    free_until: usize,
}

impl Record<'_> {
    /// Adds an address. One that no longer fits makes the commit fail.
    pub(crate) fn push(&mut self, address: u64) {
        if self.has_room(1) {
            self.ring.store(self.at, address);
        }
        self.at = self.at.wrapping_add(1);
    }

    /// Returns how many words were added.
    pub(crate) fn len(&self) -> usize {
        self.at.wrapping_sub(self.start) - HEADER_WORDS
    }

    /// Changes a word that was added.
    pub(crate) fn set(&mut self, at: usize, word: u64) {
        if self.has_room(0) {
            let position = self.start.wrapping_add(HEADER_WORDS + at);
            self.ring.store(position, word);
        }
    }

    /// Takes back all but the first words that were added.
    pub(crate) fn truncate(&mut self, n_words: usize) {
        self.at = self.start.wrapping_add(HEADER_WORDS + n_words);
    }

    /// Hands the record to the reader; returns whether it fitted.
    pub(crate) fn commit(self, header: Header) -> bool {
        if !self.has_room(0) {
            return false;
        }
        let n_addresses = self.len();
        let kind: u64 = match header.kind {
            Kind::Walked(Walk::Complete) => 0,
            Kind::Walked(Walk::Truncated) => 1,
            Kind::Walked(Walk::Unreadable) => 2,
            Kind::Copied => 3,
        };
        let halvings = u64::from(header.n_halvings) << 40;
        self.ring
            .store(self.start, halvings | kind << 32 | n_addresses as u64);
        self.ring.store(self.start.wrapping_add(1), header.weight);
        self.ring.written.store(self.at, Ordering::Release);
        true
    }

    fn has_room(&self, n_words: usize) -> bool {
        let used = self.at.wrapping_sub(self.start).saturating_add(n_words);
        used <= self.free_until.wrapping_sub(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(ring: &Ring, walk: Walk, weight: u64, addresses: &[u64]) -> bool {
        let mut record = ring.begin();
        for &address in addresses {
            record.push(address);
        }
        record.commit(Header {
            kind: Kind::Walked(walk),
            weight,
            n_halvings: 3,
        })
    }

    fn drain(ring: &Ring) -> Vec<(Walk, u64, Vec<u64>)> {
        let mut records = Vec::new();
        ring.drain(|header, addresses| {
            assert_eq!(header.n_halvings, 3);
            match header.kind {
                Kind::Walked(walk) => records.push((walk, header.weight, addresses.to_vec())),
                Kind::Copied => unreachable!("none was pushed"),
            }
        });
        records
    }

    #[test]
    fn records_come_out_as_they_went_in_across_the_seam() {
        let ring = Ring::with_bytes(8 * 16);
        for round in 0..50 {
            assert!(push(&ring, Walk::Complete, round, &[round, 2, 3]));
            assert!(push(&ring, Walk::Unreadable, 1, &[]));
            let expected = vec![
                (Walk::Complete, round, vec![round, 2, 3]),
                (Walk::Unreadable, 1, vec![]),
            ];
            assert_eq!(drain(&ring), expected);
        }
    }

    #[test]
    fn a_full_ring_refuses_and_keeps_what_it_has() {
        let ring = Ring::with_bytes(8 * 8);
        assert!(push(&ring, Walk::Complete, 1, &[1, 2, 3]));
        assert!(!push(&ring, Walk::Complete, 1, &[4, 5]));
        assert!(push(&ring, Walk::Truncated, 2, &[6]));
        assert!(!push(&ring, Walk::Complete, 1, &[]));
        assert_eq!(
            drain(&ring),
            [
                (Walk::Complete, 1, vec![1, 2, 3]),
                (Walk::Truncated, 2, vec![6])
            ]
        );
        assert!(push(&ring, Walk::Complete, 1, &[1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn a_reader_beside_the_writer_sees_whole_records_in_order() {
        let ring = Ring::with_bytes(8 * 64);
        let n_records = 20_000_u64;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for i in 0..n_records {
                    let addresses: Vec<u64> = (0..i % 7).map(|k| i + k).collect();
                    while !push(&ring, Walk::Complete, i, &addresses) {
                        std::thread::yield_now();
                    }
                }
            });
            let mut next = 0;
            while next < n_records {
                ring.drain(|header, addresses| {
                    assert_eq!(header.weight, next);
                    let expected: Vec<u64> = (0..next % 7).map(|k| next + k).collect();
                    assert_eq!(addresses, expected);
                    next += 1;
                });
                std::thread::yield_now();
            }
        });
    }
}
