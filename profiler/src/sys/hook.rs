//! Calling something of ours in the place of a library function.
//!
//! A call from one module to another goes through a table of addresses in the caller,
//! its global offset table. Changing the entries for one function reaches every module,
//! however the program was linked and whether this crate is in it or in a library that
//! was loaded late; and once they are put back, nothing is left. A symbol of the same
//! name would do for ordinary programs, but not for a Python module, and would collide
//! in a static program. What calls the function in another way (statically, or from
//! within the C library) is not reached.

use std::ffi::{CStr, c_int, c_void};
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Entries that were changed, with what they held.
#[derive(Default)]
pub(super) struct Entries(Vec<(usize, *mut c_void)>);

// SAFETY: the pointers are addresses of code, which any thread may hold.
unsafe impl Send for Entries {}

const R_X86_64_GLOB_DAT: u64 = 6;
const R_X86_64_JUMP_SLOT: u64 = 7;
const DT_JMPREL: u64 = 23;
const DT_PLTRELSZ: u64 = 2;
const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;
const DT_SYMTAB: u64 = 6;
const DT_STRTAB: u64 = 5;
const PT_GNU_RELRO: u32 = 0x6474_e552;
const PAGE: usize = 4096;

#[repr(C)]
struct Relocation {
    offset: u64,
    info: u64,
    addend: i64,
}

impl Entries {
    /// Lets every module call `ours` instead of `function`; may be called again for
    /// modules that have come since.
    pub(super) fn redirect(&mut self, function: &CStr, ours: *mut c_void) {
        for_each_module(|module| {
            module.for_each_entry(function, |entry| {
                let held = entry.load(Ordering::Relaxed);
                if held != ours {
                    module.write(entry, ours);
                    let address = ptr::from_ref(entry).addr();
                    self.0.retain(|(known, _)| *known != address);
                    self.0.push((address, held));
                }
            });
        });
    }

    /// Puts back what is still there and still ours.
    pub(super) fn restore(&self, function: &CStr, ours: *mut c_void) {
        for_each_module(|module| {
            module.for_each_entry(function, |entry| {
                let address = ptr::from_ref(entry).addr();
                let held = self.0.iter().find(|(known, _)| *known == address);
                if let Some(&(_, held)) = held
                    && entry.load(Ordering::Relaxed) == ours
                {
                    module.write(entry, held);
                }
            });
        });
    }
}

/// Returns how many modules were loaded and unloaded since the program started; it
/// changes whenever something was.
pub(crate) fn loader_changes() -> (u64, u64) {
    let mut changes = (0, 0);
    for_each_info(|info| changes = (info.dlpi_adds, info.dlpi_subs));
    changes
}

/// A loaded module, while the loader is kept from unloading it.
struct Module {
    base: u64,
    relocations: [Range<u64>; 2],
    symbols: u64,
    names: u64,
    read_only: Range<usize>,
}

fn for_each_module(mut each: impl FnMut(&Module)) {
    for_each_info(|info| {
        if let Some(module) = Module::of(info) {
            each(&module);
        }
    });
}

fn for_each_info(mut each: impl FnMut(&libc::dl_phdr_info)) {
    extern "C" fn call<F: FnMut(&libc::dl_phdr_info)>(
        info: *mut libc::dl_phdr_info,
        _size: usize,
        each: *mut c_void,
    ) -> c_int {
        // SAFETY: it is the closure below, which outlives the walk.
        let each = unsafe { &mut *each.cast::<F>() };
        // SAFETY: the loader passes a valid description.
        each(unsafe { &*info });
        0
    }
    fn callback<F: FnMut(&libc::dl_phdr_info)>(
        _each: &F,
    ) -> unsafe extern "C" fn(*mut libc::dl_phdr_info, usize, *mut c_void) -> c_int {
        call::<F>
    }
    let callback = callback(&each);
    // SAFETY: the callback takes what the loader passes, and the closure.
    unsafe { libc::dl_iterate_phdr(Some(callback), (&raw mut each).cast()) };
}

impl Module {
    fn of(info: &libc::dl_phdr_info) -> Option<Self> {
        let base = info.dlpi_addr;
        // SAFETY: the loader says where the headers are and how many.
        let headers =
            unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
        let find = |kind: u32| headers.iter().find(|header| header.p_type == kind);
        let dynamic = base.wrapping_add(find(libc::PT_DYNAMIC)?.p_vaddr);
        let (mut calls, mut calls_size, mut data, mut data_size) = (0, 0, 0, 0);
        let (mut symbols, mut names) = (0, 0);
        let mut at = pointer::<[u64; 2]>(dynamic);
        loop {
            // SAFETY: the table ends with a zero, at which the loop ends.
            let [tag, value] = unsafe { at.read() };
            // The C library turns offsets into addresses in place; the vDSO's stay.
            let address = if value < base {
                base.wrapping_add(value)
            } else {
                value
            };
            match tag {
                0 => break,
                DT_JMPREL => calls = address,
                DT_PLTRELSZ => calls_size = value,
                DT_RELA => data = address,
                DT_RELASZ => data_size = value,
                DT_SYMTAB => symbols = address,
                DT_STRTAB => names = address,
                _ => {}
            }
            // SAFETY: the end was not reached yet.
            at = unsafe { at.add(1) };
        }
        let read_only = find(PT_GNU_RELRO).map_or(0..0, |header| {
            let start = usize::try_from(base.wrapping_add(header.p_vaddr)).unwrap_or(0);
            start..start + usize::try_from(header.p_memsz).unwrap_or(0)
        });
        (symbols != 0 && names != 0).then_some(Self {
            base,
            relocations: [calls..calls + calls_size, data..data + data_size],
            symbols,
            names,
            read_only,
        })
    }

    /// Walks the entries for a function that this module calls.
    fn for_each_entry(&self, function: &CStr, mut each: impl FnMut(&AtomicPtr<c_void>)) {
        for range in &self.relocations {
            let n = (range.end - range.start) / size_of::<Relocation>() as u64;
            let first = pointer::<Relocation>(range.start);
            for at in 0..usize::try_from(n).unwrap_or(0) {
                // SAFETY: the module says that so many relocations are there.
                let relocation = unsafe { first.add(at) };
                // SAFETY: as above; nobody writes them any more.
                let relocation = unsafe { &*relocation };
                let kind = relocation.info & 0xffff_ffff;
                if (kind == R_X86_64_GLOB_DAT || kind == R_X86_64_JUMP_SLOT)
                    && self.name(relocation.info >> 32) == function
                {
                    let entry = pointer(self.base.wrapping_add(relocation.offset));
                    // SAFETY: the loader has written an address there, aligned; the
                    // module stays while the loader is walking.
                    each(unsafe { &*entry });
                }
            }
        }
    }

    fn name(&self, symbol: u64) -> &CStr {
        const SYMBOL_BYTES: u64 = 24;
        let entry = pointer::<u32>(self.symbols + symbol * SYMBOL_BYTES);
        // SAFETY: the relocation names a symbol of this module; its name comes first.
        let name = unsafe { entry.read() };
        // SAFETY: the module's names end with zeroes.
        unsafe { CStr::from_ptr(pointer(self.names + u64::from(name))) }
    }

    fn write(&self, entry: &AtomicPtr<c_void>, value: *mut c_void) {
        let address = ptr::from_ref(entry).addr();
        let page = ptr::without_provenance_mut(address & !(PAGE - 1));
        let is_read_only = self.read_only.contains(&address);
        if is_read_only {
            let writable = libc::PROT_READ | libc::PROT_WRITE;
            // SAFETY: the page is the module's data; others may read it meanwhile.
            if unsafe { libc::mprotect(page, PAGE, writable) } != 0 {
                return;
            }
        }
        entry.store(value, Ordering::Release);
        if is_read_only {
            // SAFETY: as the loader had it.
            unsafe { libc::mprotect(page, PAGE, libc::PROT_READ) };
        }
    }
}

fn pointer<T>(address: u64) -> *const T {
    ptr::with_exposed_provenance(usize::try_from(address).unwrap_or(0))
}
