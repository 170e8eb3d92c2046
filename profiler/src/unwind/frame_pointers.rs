//! Which return addresses are in functions that keep a frame pointer.
//!
//! Such a frame is left by two reads, without looking up how. That holds for an address
//! for as long as its code is there: unwind tables say of every address how to leave its
//! frame, and it has been seen that this one does it by the frame pointer. (A frame of
//! fixed size that is left by the stack pointer, but does keep one, comes to the same.)

use framehop::x86_64::UnwindRegsX86_64;

/// A power of two. Twice as many as in the deepest stacks that are common.
const N_ADDRESSES: usize = 2048;

/// Return addresses, as they are looked up, of one set of modules; newer ones take the
/// places of older ones.
pub(super) struct FramePointers {
    addresses: Box<[u64; N_ADDRESSES]>,
    /// Which modules they are of.
    modules: u64,
}

/// The frame that an unwinding starts from, and what was read to leave it.
pub(super) struct Leaving {
    stack_pointer: u64,
    frame_pointer: u64,
    n_reads: u64,
    is_by_frame_pointer: bool,
}

impl FramePointers {
    pub(super) fn new() -> Self {
        Self {
            addresses: Box::new([0; N_ADDRESSES]),
            modules: 0,
        }
    }

    /// Forgets what was known of other modules.
    pub(super) fn keep_of(&mut self, modules: u64) {
        if self.modules != modules {
            self.addresses.fill(0);
            self.modules = modules;
        }
    }

    pub(super) fn contains(&self, address: u64) -> bool {
        self.addresses[place(address)] == address
    }

    pub(super) fn insert(&mut self, address: u64) {
        self.addresses[place(address)] = address;
    }
}

/// Fibonacci hashing: near addresses go to far places.
fn place(address: u64) -> usize {
    let hash = address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - N_ADDRESSES.ilog2());
    usize::try_from(hash).unwrap_or(0)
}

/// Leaves a frame by its frame pointer and returns the return address; `None` where that
/// leads nowhere, with the registers as they were.
pub(super) fn leave(
    registers: &mut UnwindRegsX86_64,
    mut read_stack: impl FnMut(u64) -> Result<u64, ()>,
) -> Option<u64> {
    let link = registers.bp();
    let stack_pointer = link.checked_add(16)?;
    if stack_pointer <= registers.sp() {
        return None;
    }
    let frame_pointer = read_stack(link).ok()?;
    let return_address = read_stack(link + 8).ok()?;
    if return_address == 0 {
        return None;
    }
    registers.set_ip(return_address);
    registers.set_sp(stack_pointer);
    registers.set_bp(frame_pointer);
    Some(return_address)
}

impl Leaving {
    pub(super) fn of(registers: &UnwindRegsX86_64) -> Self {
        Self {
            stack_pointer: registers.sp(),
            frame_pointer: registers.bp(),
            n_reads: 0,
            is_by_frame_pointer: true,
        }
    }

    pub(super) fn note_read(&mut self, address: u64) {
        // The caller's frame pointer, then the return address.
        let expected = self.frame_pointer.wrapping_add(8 * self.n_reads);
        self.is_by_frame_pointer &= address == expected;
        self.n_reads += 1;
    }

    /// Tells whether [`leave`] would have done the same.
    pub(super) fn is_by_frame_pointer(&self, after: &UnwindRegsX86_64) -> bool {
        let stack_pointer = self.frame_pointer.wrapping_add(16);
        self.is_by_frame_pointer
            && self.n_reads == 2
            && after.sp() == stack_pointer
            && stack_pointer > self.stack_pointer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_until_the_modules_change() {
        let mut known = FramePointers::new();
        known.keep_of(1);
        known.insert(0x1234);
        known.keep_of(1);
        assert!(known.contains(0x1234) && !known.contains(0x1235));
        known.keep_of(2);
        assert!(!known.contains(0x1234));
    }

    #[test]
    fn only_the_two_reads_of_a_frame_pointer_make_one() {
        let before = UnwindRegsX86_64::new(0x1000, 0x100, 0x140);
        let by = |reads: &[u64], stack_pointer| {
            let mut leaving = Leaving::of(&before);
            for &read in reads {
                leaving.note_read(read);
            }
            let after = UnwindRegsX86_64::new(0x2000, stack_pointer, 0x180);
            leaving.is_by_frame_pointer(&after)
        };
        assert!(by(&[0x140, 0x148], 0x150));
        // By the stack pointer, with and without restoring a register.
        assert!(!by(&[0x148], 0x150));
        assert!(!by(&[0x130, 0x148], 0x150));
        assert!(!by(&[0x140, 0x148], 0x158));
        assert!(!by(&[0x140, 0x148, 0x150], 0x150));
    }
}
