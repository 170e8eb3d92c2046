//! Safe faces of the C functions that the workloads call.
//!
//! It is the only place in this crate that may use `unsafe`: what a profiler makes of
//! the C library's own code, of code without frame pointers and of a library that
//! comes and goes can only be seen by calling such code, and every call into C is
//! unsafe. So are starting a child without starting a program, and reading the time stamp counter. Nothing else is declared here.
#![expect(
    unsafe_code,
    reason = "calls into C, and one instruction, each with its argument"
)]

use rustix::process::{Pid, WaitOptions};
use std::cmp::Ordering;
use std::ffi::{c_int, c_void};
use std::io::{self, Read};

#[cfg(has_c_compiler)]
unsafe extern "C" {
    // SAFETY: the definition in `src/c/no_frame_pointer.c` has this signature, takes
    // and returns plain numbers, is total, and touches no memory but its own stack.
    pub(super) safe fn bundle_without_frame_pointer(seed: u64, n_units: u64) -> u64;

    // SAFETY: the definitions in `src/c/tail_calls.c` have these signatures; otherwise as
    // above.
    pub(super) safe fn leave_left(seed: u64, n_units: u64) -> u64;
    pub(super) safe fn leave_right(seed: u64, n_units: u64) -> u64;
    #[cfg(test)]
    pub(super) safe fn hop_one(value: u64, n_left: u64) -> u64;
}

/// Runs `child` in a copy of this process, which then ends, and returns what it returned.
///
/// It must neither allocate nor take a lock nor panic: another thread may have held a
/// lock in the moment of the copy, and nobody is there to release it.
///
/// # Errors
///
/// When there can be no further process or pipe, or the child is killed.
pub(super) fn in_a_child<const N: usize>(child: impl FnOnce() -> [u64; N]) -> io::Result<[u64; N]> {
    let (mut from_child, to_parent) = io::pipe()?;
    // SAFETY: the child does what `child` does, whose callers keep to the above, writes a
    // few bytes, and ends without running anything else of this process.
    let pid = unsafe { libc::fork() };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    if pid == 0 {
        let words = child();
        let is_written = words.iter().all(|word| {
            // Fewer than the 4,096 bytes that a pipe takes at once or not at all.
            rustix::io::write(&to_parent, &word.to_ne_bytes()) == Ok(size_of::<u64>())
        });
        // SAFETY: it ends the process and runs no handlers.
        unsafe { libc::_exit(i32::from(!is_written)) }
    }
    drop(to_parent);
    let mut words = [0; N];
    let read = words.iter_mut().try_for_each(|word| {
        let mut bytes = [0; size_of::<u64>()];
        from_child.read_exact(&mut bytes)?;
        *word = u64::from_ne_bytes(bytes);
        Ok(())
    });
    rustix::process::waitpid(Pid::from_raw(pid), WaitOptions::empty())?;
    read.map(|()| words)
}

/// Reads the processor's time stamp counter; 0 where there is none.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn time_stamp() -> u64 {
    // SAFETY: every processor of this architecture has the instruction, and Linux lets
    // all programs use it.
    unsafe { std::arch::x86_64::_rdtsc() }
}

/// Reads the processor's time stamp counter; 0 where there is none.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn time_stamp() -> u64 {
    0
}

/// Sorts numbers with the C library's `qsort`.
pub(super) fn qsort(numbers: &mut [u32]) {
    // SAFETY: pointer, count and size are those of one exclusively borrowed slice, and
    // the comparison is a total order on its elements that does not unwind.
    unsafe {
        libc::qsort(
            numbers.as_mut_ptr().cast(),
            numbers.len(),
            size_of::<u32>(),
            Some(compare_numbers),
        );
    }
}

extern "C" fn compare_numbers(left: *const c_void, right: *const c_void) -> c_int {
    // SAFETY: `qsort` passes pointers to two elements of the slice that it was given.
    let left = unsafe { *left.cast::<u32>() };
    // SAFETY: as above.
    let right = unsafe { *right.cast::<u32>() };
    match left.cmp(&right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// The shared library of `src/c/loaded.c`, mapped from opening to dropping.
#[cfg(has_c_compiler)]
pub(super) struct LoadedLibrary(libloading::Library);

#[cfg(has_c_compiler)]
impl LoadedLibrary {
    /// Loads the library that the build has made.
    ///
    /// # Errors
    ///
    /// It is where the build put it, or this fails.
    pub fn open() -> Result<Self, libloading::Error> {
        let path = concat!(env!("OUT_DIR"), "/libloaded.so");
        // SAFETY: the build script made this file of `src/c/loaded.c`, which has no
        // initialisers and no finalisers.
        unsafe { libloading::Library::new(path) }.map(Self)
    }

    /// Calls into the library for so many units of work.
    pub fn call(&self, seed: u64, n_units: u64) -> u64 {
        type Entry = unsafe extern "C" fn(u64, u64) -> u64;
        // SAFETY: the definition in `src/c/loaded.c` has this signature.
        let entry = unsafe { self.0.get::<Entry>(b"loaded_entry\0") };
        let entry = entry.expect("the library of this build exports its entry");
        // SAFETY: the function is total, touches no memory but its own stack, and its
        // code stays mapped while `self` is borrowed.
        unsafe { entry(seed, n_units) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qsort_sorts() {
        let mut numbers = [3, u32::MAX, 0, 7, 7];
        qsort(&mut numbers);
        assert_eq!(numbers, [0, 3, 7, 7, u32::MAX]);
    }

    #[cfg(has_c_compiler)]
    #[test]
    fn the_library_loads_again_and_computes_the_same() {
        let first = LoadedLibrary::open().expect("it was built").call(1, 2);
        let again = LoadedLibrary::open().expect("it was built").call(1, 2);
        assert_eq!(first, again);
        assert_ne!(first, 1);
    }
}
