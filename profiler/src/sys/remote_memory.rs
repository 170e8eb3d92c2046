//! Reading the memory of another process, which goes on running meanwhile.

use std::ffi::c_void;
use std::ptr;

/// Copies memory of a process from `address` on and returns how much could be read:
/// less than asked for where something is not mapped, nothing where it is forbidden.
pub(crate) fn read_remote(pid: u32, address: u64, to: &mut [u8]) -> usize {
    let Ok(start) = usize::try_from(address) else {
        return 0;
    };
    let local = libc::iovec {
        iov_base: to.as_mut_ptr().cast::<c_void>(),
        iov_len: to.len(),
    };
    let remote = libc::iovec {
        iov_base: ptr::without_provenance_mut(start),
        iov_len: to.len(),
    };
    // SAFETY: the kernel writes to `local` only, which is as long as it says. It checks
    // the other side itself.
    let n = unsafe {
        libc::process_vm_readv(
            pid.cast_signed(),
            &raw const local,
            1,
            &raw const remote,
            1,
            0,
        )
    };
    usize::try_from(n).unwrap_or(0)
}
