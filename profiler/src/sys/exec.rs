//! Going quiet before another program takes this one's place.
//!
//! A signal that is raised while `exec` is at work meets the new program, which has no
//! handler for it and ends. So the functions of the `exec` family are redirected to
//! ours, which stop the calling thread's alarm, call the library's, and if that comes
//! back, since it has failed, start the alarm again. Those that take any number of
//! arguments cannot be called, only jumped to: after one of them has failed, its
//! thread is no longer sampled. Children made by `fork` or `posix_spawn` have no
//! alarms, and nothing is done there.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::{birth, slots};

/// A function to redirect: its name, ours, and the library's.
pub(super) struct Exec {
    pub(super) name: &'static CStr,
    ours: unsafe extern "C" fn(),
    real: &'static AtomicPtr<c_void>,
}

macro_rules! execs {
    ($($name:ident: $go_on:tt)*) => {
        pub(super) static EXECS: &[Exec] = &[$({
            static REAL: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

            /// Saves what may hold arguments, and `al`, which counts some of them.
            #[unsafe(naked)]
            unsafe extern "C" fn $name() {
                std::arch::naked_asm!(
                    "push rdi", "push rsi", "push rdx", "push rcx", "push r8", "push r9",
                    "push rax",
                    "call {before}",
                    "pop rax",
                    "pop r9", "pop r8", "pop rcx", "pop rdx", "pop rsi", "pop rdi",
                    execs!(@ $go_on),
                    before = sym before,
                    real = sym REAL,
                    after = sym after,
                )
            }

            let name = concat!(stringify!($name), "\0").as_bytes();
            Exec {
                name: match CStr::from_bytes_with_nul(name) {
                    Ok(name) => name,
                    Err(_) => panic!("the name ends with the only zero"),
                },
                ours: $name,
                real: &REAL,
            }
        }),*];
    };
    (@ call) => {
        "sub rsp, 8\n call [rip + {real}]\n mov [rsp], rax\n call {after}\n \
         mov rax, [rsp]\n add rsp, 8\n ret"
    };
    // The name keeps its place among the operands.
    (@ jump) => { "jmp [rip + {real}]\n call {after}" };
}

execs!(
    execve: call
    execv: call
    execvp: call
    execvpe: call
    fexecve: call
    execveat: call
    execl: jump
    execlp: jump
    execle: jump
);

impl Exec {
    /// Finds the library's function; returns whether there is one.
    pub(super) fn find(&self) -> bool {
        // SAFETY: the name is a string; the handle means what comes after this module.
        let real = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        self.real.store(real, Ordering::Release);
        !real.is_null()
    }

    pub(super) fn ours(&self) -> *mut c_void {
        self.ours as *mut c_void
    }
}

extern "C" fn before() {
    if birth::is_listening() {
        slots::pause_own();
    }
}

extern "C" fn after() {
    if birth::is_listening() {
        slots::resume_own();
    }
}
