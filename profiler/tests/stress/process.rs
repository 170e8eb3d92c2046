//! System calls, signals, and processes.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use profiler::Trigger;

use crate::support::{TRIGGERS, compute, my_turn, repeat, start};

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Returns how many of the calls were interrupted, and how many there were.
fn interrupted_calls() -> (u32, u32) {
    let (mut interrupted, mut n) = (0, 0);
    repeat(|| {
        compute(1);
        let short = libc::timespec {
            tv_sec: 0,
            tv_nsec: 20_000,
        };
        // SAFETY: the time is valid, and the rest is not wanted.
        let slept = unsafe { libc::nanosleep(&raw const short, ptr::null_mut()) };
        interrupted += u32::from(slept != 0 && errno() == libc::EINTR);
        // SAFETY: no descriptors are passed.
        let polled = unsafe { libc::poll(ptr::null_mut(), 0, 1) };
        interrupted += u32::from(polled < 0 && errno() == libc::EINTR);
        n += 2;
    });
    (interrupted, n)
}

#[test]
fn no_system_call_is_interrupted() {
    let _turn = my_turn();
    let session = start(Trigger::PerfEvent);
    let (interrupted, n) = interrupted_calls();
    let profile = session.stop().unwrap();
    assert!(profile.quality().taken.as_samples() > 100);
    assert_eq!(interrupted, 0, "of {n}");
}

#[test]
fn errno_is_kept() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        repeat(|| {
            // SAFETY: a bad descriptor is what is wanted.
            assert_eq!(unsafe { libc::close(-1) }, -1);
            compute(1);
            assert_eq!(errno(), libc::EBADF);
        });
        session.stop().unwrap();
    }
}

static N_TRAPS: AtomicU32 = AtomicU32::new(0);
static N_OWN: AtomicU32 = AtomicU32::new(0);

extern "C" fn on_trap(_signal: libc::c_int) {
    N_TRAPS.fetch_add(1, Ordering::Relaxed);
}

extern "C" fn on_own(_signal: libc::c_int) {
    N_OWN.fetch_add(1, Ordering::Relaxed);
}

fn handle(signal: i32, handler: extern "C" fn(libc::c_int)) -> libc::sighandler_t {
    // SAFETY: the handler only counts.
    unsafe { libc::signal(signal, handler as libc::sighandler_t) }
}

#[test]
fn the_programs_own_signals_arrive_and_no_others() {
    let _turn = my_turn();
    let before = handle(libc::SIGTRAP, on_trap);
    handle(libc::SIGPROF, on_own);
    handle(libc::SIGRTMAX(), on_own);
    for trigger in TRIGGERS {
        let session = start(trigger);
        N_TRAPS.store(0, Ordering::Relaxed);
        N_OWN.store(0, Ordering::Relaxed);
        let mut n = 0;
        repeat(|| {
            for signal in [libc::SIGTRAP, libc::SIGPROF, libc::SIGRTMAX()] {
                // SAFETY: each has a handler.
                unsafe { libc::raise(signal) };
            }
            // A breakpoint, too.
            // SAFETY: it raises SIGTRAP, which has a handler.
            unsafe { std::arch::asm!("int3") };
            compute(1);
            n += 1;
        });
        session.stop().unwrap();
        assert_eq!(N_TRAPS.load(Ordering::Relaxed), 2 * n);
        assert_eq!(N_OWN.load(Ordering::Relaxed), 2 * n);
        // The handler is in its place again.
        assert_eq!(
            handle(libc::SIGTRAP, on_trap),
            on_trap as extern "C" fn(_) as usize
        );
    }
    // SAFETY: as it was found.
    unsafe { libc::signal(libc::SIGTRAP, before) };
}

#[test]
fn a_child_goes_on_without_being_sampled() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        let expected = compute(7);
        repeat(|| {
            // SAFETY: the child only computes and leaves; it takes no locks.
            let child = unsafe { libc::fork() };
            assert!(child >= 0);
            if child == 0 {
                let is_right = (0..20).all(|_| compute(7) == expected);
                // SAFETY: it ends the child.
                unsafe { libc::_exit(if is_right { 42 } else { 1 }) };
            }
            let mut status = 0;
            // SAFETY: `status` is a valid place.
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            assert_eq!(libc::WEXITSTATUS(status), 42, "{status:x}");
        });
        session.stop().unwrap();
    }
}

/// A program that samples itself replaces itself by itself, again and again.
#[test]
fn exec_is_survived() {
    const LEFT: &str = "STRESS_EXEC_LEFT";
    let again = |left: u32| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "process::exec_is_survived"])
            .env(LEFT, left.to_string());
        command
    };
    let Ok(left) = std::env::var(LEFT) else {
        let _turn = my_turn();
        let output = again(20).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        return;
    };
    let left: u32 = left.parse().unwrap();
    if left == 0 {
        return;
    }
    let session = start(Trigger::PerfEvent);
    // An exec that fails changes nothing.
    let error = Command::new("/no/such/program").exec();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    compute(u64::from(left));
    let error = again(left - 1).exec();
    drop(session);
    panic!("{error}");
}

/// A signal that waits for a thread to return from the kernel outlives its event.
#[test]
fn a_thread_that_sleeps_through_the_end_of_the_session_wakes_unharmed() {
    let _turn = my_turn();
    repeat(|| {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        // As much as it may hold, so that filling it is interrupted for certain; then the
        // thread sleeps, until somebody reads.
        // SAFETY: the descriptor is a pipe's.
        let held = unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20) };
        assert_eq!(held, 1 << 20);
        let n_bytes = 1 << 21;
        let all = vec![1; n_bytes];
        let session = start(Trigger::PerfEvent);
        let thread = std::thread::spawn(move || writer.write_all(&all).unwrap());
        std::thread::sleep(Duration::from_millis(20));
        session.stop().unwrap();
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), n_bytes);
        thread.join().unwrap();
    });
}
