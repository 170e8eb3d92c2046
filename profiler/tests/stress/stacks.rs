//! Stacks that are not what they seem.

use std::mem::MaybeUninit;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use profiler::Trigger;

use crate::support::{TRIGGERS, compute, my_turn, repeat, start};

static SUM: AtomicU64 = AtomicU64::new(0);

extern "C" fn coroutine() {
    SUM.fetch_add(compute(5), Ordering::Relaxed);
}

/// Runs [`coroutine`] on a stack of its own, from which it jumps back.
fn run_on(stack: &mut [u8]) {
    let mut back = MaybeUninit::<libc::ucontext_t>::uninit();
    let mut there = MaybeUninit::<libc::ucontext_t>::uninit();
    // SAFETY: it fills the context.
    assert_eq!(unsafe { libc::getcontext(there.as_mut_ptr()) }, 0);
    // SAFETY: filled above.
    let there = unsafe { there.assume_init_mut() };
    there.uc_stack.ss_sp = stack.as_mut_ptr().cast();
    there.uc_stack.ss_size = stack.len();
    there.uc_link = back.as_mut_ptr();
    // SAFETY: the function takes nothing, and the stack is ours while it runs.
    unsafe { libc::makecontext(there, coroutine, 0) };
    // SAFETY: `there` was made above; `back` is filled, and returned to at its end.
    assert_eq!(unsafe { libc::swapcontext(back.as_mut_ptr(), there) }, 0);
}

#[test]
fn small_stacks_of_coroutines_are_walked() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        // Less than a walk needs, enough for the signal itself.
        let mut stack = vec![0; 16 << 10];
        let expected = compute(5);
        repeat(|| {
            SUM.store(0, Ordering::Relaxed);
            run_on(&mut stack);
            assert_eq!(SUM.load(Ordering::Relaxed), expected);
        });
        let profile = session.stop().unwrap();
        let seen = profile.share_of(|name| name.ends_with("stacks::coroutine"));
        assert!(seen.value > 0.3, "{seen}, {:?}", profile.quality());
    }
}

/// As many words as the C library's `jmp_buf` has on x86-64.
type JumpBuffer = [u64; 25];

unsafe extern "C" {
    fn _setjmp(buffer: *mut JumpBuffer) -> libc::c_int;
    fn longjmp(buffer: *mut JumpBuffer, value: libc::c_int) -> !;
}

/// Calls `run` and returns when it does, or when it jumps to `buffer`.
///
/// In assembly, because a function that returns twice is not for a compiler that does not
/// know of it. Both registers are among those that the jump restores.
#[unsafe(naked)]
unsafe extern "C" fn run_until_jump(
    _buffer: *mut JumpBuffer,
    _run: unsafe extern "C" fn(*mut JumpBuffer),
) {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "push rbx",
        "push r12",
        "mov rbx, rdi",
        "mov r12, rsi",
        "call {setjmp}",
        "test eax, eax",
        "jnz 2f",
        "mov rdi, rbx",
        "call r12",
        "2:",
        "pop r12",
        "pop rbx",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
        setjmp = sym _setjmp,
    )
}

/// Computes at some depth, and jumps over all the frames in between.
unsafe extern "C" fn compute_and_jump(buffer: *mut JumpBuffer) {
    #[inline(never)]
    fn descend(depth: u64, buffer: *mut JumpBuffer) -> u64 {
        if depth == 0 {
            SUM.fetch_add(compute(5), Ordering::Relaxed);
            // SAFETY: the buffer was filled by a frame below, and no frame in between has
            // anything to drop.
            unsafe { longjmp(buffer, 1) };
        }
        descend(depth - 1, buffer) + std::hint::black_box(depth)
    }
    std::hint::black_box(descend(20, buffer));
}

#[test]
fn jumps_over_many_frames_arrive() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        let expected = compute(5);
        let mut buffer = [0; 25];
        repeat(|| {
            SUM.store(0, Ordering::Relaxed);
            // SAFETY: it jumps while this call lasts.
            unsafe { run_until_jump(&raw mut buffer, compute_and_jump) };
            assert_eq!(SUM.load(Ordering::Relaxed), expected);
        });
        let profile = session.stop().unwrap();
        let seen = profile.share_of(|name| name.ends_with("descend"));
        assert!(seen.value > 0.3, "{seen}, {:?}", profile.quality());
    }
}

extern "C" fn on_overflow(_signal: libc::c_int) {
    // SAFETY: it ends the process, from its own signal handler.
    unsafe { libc::_exit(42) };
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    let padding = std::hint::black_box([depth; 16]);
    if padding[3] == u64::MAX {
        return 0;
    }
    padding[4] + recurse(depth + 1)
}

/// The program's own handler hears of the guard page, and not the sampler's.
#[test]
fn an_overflow_of_the_stack_meets_the_programs_handler() {
    const IS_CHILD: &str = "STRESS_OVERFLOW";
    if std::env::var_os(IS_CHILD).is_none() {
        let _turn = my_turn();
        repeat(|| {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .args([
                    "--exact",
                    "stacks::an_overflow_of_the_stack_meets_the_programs_handler",
                ])
                .env(IS_CHILD, "1");
            assert_eq!(child.output().unwrap().status.code(), Some(42));
        });
        return;
    }
    // SAFETY: zeroes are a valid action with an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = on_overflow as extern "C" fn(_) as usize;
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: the action is initialised, and Rust's threads have an alternate stack.
    unsafe { libc::sigaction(libc::SIGSEGV, &raw const action, ptr::null_mut()) };
    let _session = start(Trigger::PerfEvent);
    recurse(0);
}
