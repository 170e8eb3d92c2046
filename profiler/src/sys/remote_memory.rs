//! Reading the memory of another process, which goes on running meanwhile.

use std::ffi::c_void;
use std::ptr;

const PAGE: usize = 4096;

/// At most so many pages are read at once.
const MAX_PAGES: usize = 8;

/// Copies memory of a process from `address` on, the beginning of a page, and returns how
/// much could be read: all pages up to the first that is not there.
pub(crate) fn read_remote_pages(pid: u32, address: u64, to: &mut [u8]) -> usize {
    let n_pages = (to.len() / PAGE).min(MAX_PAGES);
    let local = libc::iovec {
        iov_base: to.as_mut_ptr().cast::<c_void>(),
        iov_len: n_pages * PAGE,
    };
    // A page each, since a piece that ends in a hole may not be copied at all.
    let remote: [libc::iovec; MAX_PAGES] = std::array::from_fn(|page| {
        let start = address.wrapping_add((page * PAGE) as u64);
        libc::iovec {
            iov_base: ptr::without_provenance_mut(usize::try_from(start).unwrap_or(0)),
            iov_len: PAGE,
        }
    });
    // SAFETY: the kernel writes to `local` only, which is no longer than `to`. It checks
    // the other side itself.
    let n = unsafe {
        libc::process_vm_readv(
            pid.cast_signed(),
            &raw const local,
            1,
            remote.as_ptr(),
            n_pages as libc::c_ulong,
            0,
        )
    };
    usize::try_from(n).unwrap_or(0)
}

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
