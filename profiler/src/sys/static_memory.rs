//! A variable of the program, or of a library that is kept from being unloaded.
//!
//! To ask the kernel for a page of it takes two microseconds, and in a handler that looks
//! at several that is most of the cost of a sample.

use std::ffi::CString;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use super::{current_pid, read_remote};

/// Memory that is mapped for as long as the process lives.
pub(crate) struct StaticMemory(Range<u64>);

impl StaticMemory {
    /// Keeps a variable of the program, or of a library, in memory; `None` where the library
    /// cannot be kept, or not all of the variable is there.
    ///
    /// The caller says where the variable lies, as the symbol table of its file has it.
    pub(crate) fn keep(variable: Range<u64>, library: Option<&Path>) -> Option<Self> {
        if let Some(library) = library {
            let path = CString::new(library.as_os_str().as_bytes()).ok()?;
            let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
            // SAFETY: the path ends in a zero. With RTLD_NOLOAD nothing is loaded, so no
            // code of a library runs; RTLD_NODELETE holds without the handle.
            let handle = unsafe { libc::dlopen(path.as_ptr(), flags) };
            if handle.is_null() {
                return None;
            }
        }
        // Whatever the symbol table says, all of it must be there.
        let n = usize::try_from(variable.end.checked_sub(variable.start)?).ok()?;
        let n_read = read_remote(
            current_pid().cast_unsigned(),
            variable.start,
            &mut vec![0; n],
        );
        (n_read == n).then_some(Self(variable))
    }

    /// Reads the word at an address, if it is aligned and here.
    #[inline]
    pub(crate) fn read(&self, address: u64) -> Option<u64> {
        let is_here = address >= self.0.start && address.checked_add(8)? <= self.0.end;
        if !is_here || !address.is_multiple_of(8) {
            return None;
        }
        let word = ptr::with_exposed_provenance::<u64>(usize::try_from(address).ok()?);
        // SAFETY: the word is aligned and part of a variable whose library stays. It is read
        // volatile because other threads may be writing it.
        Some(unsafe { ptr::read_volatile(word) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WORDS: [u64; 3] = [11, 22, 33];

    #[test]
    fn the_words_of_a_variable_are_read_and_no_others() {
        let start = WORDS.as_ptr().expose_provenance() as u64;
        let memory = StaticMemory::keep(start..start + 20, None).expect("it is the program's");
        assert_eq!(memory.read(start), Some(11));
        assert_eq!(memory.read(start + 8), Some(22));
        // Only half of it is here, it is not aligned, it lies before.
        for elsewhere in [start + 16, start + 4, start - 8, 0, u64::MAX - 7] {
            assert_eq!(memory.read(elsewhere), None);
        }
    }

    #[test]
    fn only_a_library_that_is_loaded_can_be_kept() {
        let modules = crate::modules::of_this_process().expect("it has some");
        let libc = modules
            .iter()
            .find(|module| module.name().contains("libc.so"));
        let libc = libc.expect("it is linked");
        let there = libc.range.start..libc.range.start + 8;
        let keep = |variable: &Range<u64>, path| StaticMemory::keep(variable.clone(), Some(path));
        assert!(keep(&there, &libc.path).is_some());
        assert!(keep(&there, Path::new("/no/such/library.so")).is_none());
        assert!(keep(&(0..8), &libc.path).is_none());
    }
}
