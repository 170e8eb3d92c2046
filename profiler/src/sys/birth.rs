//! Hearing of every thread at its birth, on the thread itself, and again at its death.
//!
//! While somebody listens, calls of `pthread_create` are redirected to ours, which
//! starts the thread in [`begin`]. It leaves no frame on the thread's stack. The death
//! is told by the destructor of a thread-specific key, which runs however the thread
//! ends: by returning, `pthread_exit` or cancellation.

use std::ffi::{CStr, c_int, c_void};
use std::mem::{self, MaybeUninit};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::exec::EXECS;
use super::hook::Entries;
use super::{Tid, current_pid};

/// Who is told of threads, on these threads.
pub(crate) trait Births: Send + Sync {
    /// Is told that the calling thread is about to run the program's code.
    fn born(&self);

    /// Is told that the calling thread has run all of it.
    fn dying(&self);
}

/// Listens until this is dropped.
pub(crate) struct Hooked {
    entries: Mutex<Entries>,
}

type Start = unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_void;
type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    Start,
    *mut c_void,
) -> c_int;

const FUNCTION: &CStr = c"pthread_create";

static LISTENER: RwLock<Option<Arc<dyn Births>>> = RwLock::new(None);

/// The process that listens, zero if none does. A child process has a copy of all this,
/// but nobody who samples.
static LISTENING: AtomicI32 = AtomicI32::new(0);

/// The library's own function.
static CREATE: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The key that tells of deaths, plus one; zero before there is one.
static KEY: AtomicU32 = AtomicU32::new(0);

struct Birth {
    start: Start,
    argument: *mut c_void,
}

/// What [`begin`] is to call, in the two registers in which it is returned.
#[repr(C)]
struct Call {
    start: Start,
    argument: *mut c_void,
}

impl Hooked {
    /// Starts to tell `listener` of threads; `None` if this program offers no way.
    pub(crate) fn new(listener: Arc<dyn Births>) -> Option<Self> {
        // SAFETY: the name is a string; the handle means what comes after this module.
        let create = unsafe { libc::dlsym(libc::RTLD_NEXT, FUNCTION.as_ptr()) };
        if create.is_null() || !make_key() {
            return None;
        }
        CREATE.store(create, Ordering::Release);
        *LISTENER.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
        LISTENING.store(current_pid(), Ordering::Release);
        let hooked = Self {
            entries: Mutex::default(),
        };
        hooked.renew();
        Some(hooked)
    }

    /// Reaches modules that have been loaded since.
    pub(crate) fn renew(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.redirect(FUNCTION, ours());
        for exec in EXECS.iter().filter(|exec| exec.find()) {
            entries.redirect(exec.name, exec.ours());
        }
    }
}

impl Drop for Hooked {
    fn drop(&mut self) {
        LISTENING.store(0, Ordering::Release);
        let entries = self.entries.get_mut();
        let entries = entries.unwrap_or_else(PoisonError::into_inner);
        entries.restore(FUNCTION, ours());
        for exec in EXECS {
            entries.restore(exec.name, exec.ours());
        }
        *entries = Entries::default();
        // Waits for those who are telling.
        *LISTENER.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn ours() -> *mut c_void {
    let ours: Create = create;
    ours as *mut c_void
}

pub(super) fn is_listening() -> bool {
    let pid: Tid = LISTENING.load(Ordering::Acquire);
    pid != 0 && pid == current_pid()
}

fn tell(what: impl FnOnce(&dyn Births)) {
    if is_listening() {
        let listener = LISTENER.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(listener) = &*listener {
            what(&**listener);
        }
    }
}

/// Stands in for `pthread_create`.
unsafe extern "C" fn create(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: it was found under this name, before anybody could call this.
    let real: Create = unsafe { mem::transmute(CREATE.load(Ordering::Acquire)) };
    if !is_listening() {
        // SAFETY: the caller's own arguments.
        return unsafe { real(thread, attributes, start, argument) };
    }
    let birth = Box::into_raw(Box::new(Birth { start, argument }));
    // SAFETY: `begin` takes the box, which is nobody else's.
    let error = unsafe { real(thread, attributes, begin, birth.cast()) };
    if error != 0 {
        // SAFETY: no thread has been started that would take it.
        drop(unsafe { Box::from_raw(birth) });
    }
    error
}

/// Tells of the birth and then becomes the thread's own start routine, by a jump, so
/// that no stack shows it and nothing unwinds through it.
#[unsafe(naked)]
unsafe extern "C-unwind" fn begin(_birth: *mut c_void) -> *mut c_void {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "sub rsp, 8",
        ".cfi_adjust_cfa_offset 8",
        "call {tell_of_birth}",
        "add rsp, 8",
        ".cfi_adjust_cfa_offset -8",
        "mov rdi, rdx",
        "jmp rax",
        ".cfi_endproc",
        tell_of_birth = sym tell_of_birth,
    )
}

extern "C" fn tell_of_birth(birth: *mut c_void) -> Call {
    // SAFETY: it is the box that `create` has made for this thread.
    let birth = unsafe { Box::from_raw(birth.cast::<Birth>()) };
    let key = KEY.load(Ordering::Acquire);
    if key > 0 {
        // Any value but null has the destructor called.
        // SAFETY: the key exists as long as the program.
        unsafe { libc::pthread_setspecific(key - 1, ptr::without_provenance(1)) };
    }
    tell(|listener| listener.born());
    Call {
        start: birth.start,
        argument: birth.argument,
    }
}

extern "C" fn tell_of_death(_value: *mut c_void) {
    tell(|listener| listener.dying());
}

fn make_key() -> bool {
    if KEY.load(Ordering::Acquire) > 0 {
        return true;
    }
    let mut key = MaybeUninit::uninit();
    // SAFETY: `key` is a valid place, and the destructor takes what the key holds.
    if unsafe { libc::pthread_key_create(key.as_mut_ptr(), Some(tell_of_death)) } != 0 {
        return false;
    }
    // SAFETY: a successful call has written the key.
    let key: libc::pthread_key_t = unsafe { key.assume_init() };
    // Only one session runs at a time, so nobody else makes one.
    KEY.store(key + 1, Ordering::Release);
    true
}
