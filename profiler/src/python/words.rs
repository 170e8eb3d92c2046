//! Reading the memory of an interpreter, a word at a time.

use crate::sys::{self, StackMemory, StaticMemory};

/// Memory that can be read.
pub(crate) trait Words {
    /// Reads the word at an address, which must be a multiple of 8.
    fn word(&mut self, address: u64) -> Result<u64, ()>;

    /// Reads a number of four bytes, which must be aligned.
    fn half(&mut self, address: u64) -> Result<u32, ()> {
        let word = self.word(address & !7)?;
        let half = word >> (address % 8 * 8) & u64::from(u32::MAX);
        u32::try_from(half).map_err(|_| ())
    }

    /// Reads one byte.
    fn byte(&mut self, address: u64) -> Result<u8, ()> {
        let word = self.word(address & !7)?;
        u8::try_from(word >> (address % 8 * 8) & 0xff).map_err(|_| ())
    }

    /// Reads some bytes.
    fn bytes(&mut self, address: u64, n: usize) -> Result<Vec<u8>, ()> {
        (0..n as u64)
            .map(|at| self.byte(address.wrapping_add(at)))
            .collect()
    }
}

/// The memory of this process, for a handler: of its interpreter's runtime, by itself where
/// it may, and of anything else.
pub(crate) struct OwnWords<'a, 'b> {
    pub(crate) runtime: Option<&'a StaticMemory>,
    pub(crate) memory: &'a mut StackMemory<'b>,
}

impl Words for OwnWords<'_, '_> {
    #[inline]
    fn word(&mut self, address: u64) -> Result<u64, ()> {
        match self.runtime.and_then(|runtime| runtime.read(address)) {
            Some(word) => Ok(word),
            None => self.memory.read(address),
        }
    }
}

/// The memory of a process, read through the kernel in blocks of some pages, each once
/// until it is told to look afresh.
pub(crate) struct RemoteWords {
    pid: u32,
    /// Where each block begins, and how many bytes of it could be read.
    blocks: Vec<(u64, usize)>,
    memory: Vec<u8>,
    last: usize,
}

const BLOCK: usize = 4 * 4096;

/// To look through more would take longer than to read them again.
const MAX_BLOCKS: usize = 64;

impl RemoteWords {
    pub(crate) fn new(pid: u32) -> Self {
        Self {
            pid,
            blocks: Vec::new(),
            memory: Vec::new(),
            last: 0,
        }
    }

    /// Forgets what was read, and goes on with a process, the same or another.
    pub(crate) fn look_at(&mut self, pid: u32) {
        self.pid = pid;
        self.blocks.clear();
        self.last = 0;
    }

    /// Returns the number of the block that begins at an address.
    fn block(&mut self, start: u64) -> usize {
        let known = self.blocks.iter().position(|block| block.0 == start);
        known.unwrap_or_else(|| {
            if self.blocks.len() == MAX_BLOCKS {
                self.blocks.clear();
            }
            let number = self.blocks.len();
            let end = (number + 1) * BLOCK;
            if self.memory.len() < end {
                self.memory.resize(end, 0);
            }
            let n = sys::read_remote_pages(self.pid, start, &mut self.memory[end - BLOCK..end]);
            self.blocks.push((start, n));
            number
        })
    }
}

impl Words for RemoteWords {
    fn word(&mut self, address: u64) -> Result<u64, ()> {
        if !address.is_multiple_of(8) {
            return Err(());
        }
        // From the page on: what lies before may not be there.
        let page = address & !0xfff;
        let holds =
            |&(start, n): &(u64, usize)| address.checked_sub(start).is_some_and(|at| at < n as u64);
        if !self.blocks.get(self.last).is_some_and(holds) {
            self.last = match self.blocks.iter().rposition(holds) {
                Some(number) => number,
                None => self.block(page),
            };
        }
        let number = self.last;
        let (start, n) = self.blocks[number];
        let at = usize::try_from(address - start).map_err(|_| ())?;
        if at + 8 > n {
            return Err(());
        }
        let bytes = &self.memory[number * BLOCK + at..][..8];
        Ok(u64::from_ne_bytes(bytes.try_into().map_err(|_| ())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_halves_and_bytes_of_this_process_are_what_they_are() {
        let numbers = [0x1122_3344_5566_7788_u64, 2];
        let address = numbers.as_ptr().expose_provenance() as u64;
        let mut words = RemoteWords::new(std::process::id());
        assert_eq!(words.word(address), Ok(numbers[0]));
        assert_eq!(words.half(address + 4), Ok(0x1122_3344));
        assert_eq!(words.byte(address + 1), Ok(0x77));
        assert_eq!(words.bytes(address + 6, 3), Ok(vec![0x22, 0x11, 2]));
        assert_eq!(words.word(address + 1), Err(()));
        assert_eq!(words.word(8), Err(()));
        assert_eq!(words.word(u64::MAX - 7), Err(()));
    }
}
