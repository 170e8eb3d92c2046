//! What system calls return, with and without a sampler.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::ptr;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use profiler::Trigger;

use crate::support::{TRIGGERS, compute, my_turn, repeat, start};

/// What each call has returned, errors as negative numbers.
type Outcomes = BTreeMap<&'static str, BTreeSet<i64>>;

static MILLISECOND: libc::timespec = libc::timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000,
};

/// More than a pipe holds, so that a write has to wait half-way.
const MANY_BYTES: usize = 200 << 10;

/// What the calls wait for.
struct Partner {
    /// Asks for a byte, which comes a little later.
    asking: Sender<()>,
    dripping: PipeReader,
    draining: PipeWriter,
    silent: UnixStream,
    _other_end: UnixStream,
    epoll: libc::c_int,
}

fn outcome(result: i64) -> i64 {
    if result >= 0 {
        return result;
    }
    let error = std::io::Error::last_os_error();
    -i64::from(error.raw_os_error().unwrap_or(0))
}

impl Partner {
    /// Calls everything once.
    fn call_all(&mut self, outcomes: &mut Outcomes) {
        let mut see = |name, result: i64| {
            outcomes.entry(name).or_default().insert(outcome(result));
            // The sampler's clock must run for it to come.
            compute(1);
        };
        // SAFETY: the time is valid, and the rest is not wanted.
        let slept = unsafe { libc::nanosleep(&raw const MILLISECOND, ptr::null_mut()) };
        see("nanosleep", slept.into());
        // SAFETY: no descriptors are passed.
        let polled = unsafe { libc::poll(ptr::null_mut(), 0, 1) };
        see("poll", polled.into());
        let files: *mut libc::fd_set = ptr::null_mut();
        // SAFETY: no descriptors are passed, and the time is valid.
        let selected =
            unsafe { libc::pselect(0, files, files, files, &raw const MILLISECOND, ptr::null()) };
        see("pselect", selected.into());
        let mut event = MaybeUninit::<libc::epoll_event>::uninit();
        // SAFETY: there is room for the one event.
        let waited = unsafe { libc::epoll_wait(self.epoll, event.as_mut_ptr(), 1, 1) };
        see("epoll_wait", waited.into());
        let mut signals = MaybeUninit::uninit();
        // SAFETY: it makes the set empty.
        unsafe { libc::sigemptyset(signals.as_mut_ptr()) };
        // SAFETY: the set is initialised, and the time valid.
        let waited = unsafe {
            libc::sigtimedwait(signals.as_ptr(), ptr::null_mut(), &raw const MILLISECOND)
        };
        see("sigtimedwait", waited.into());
        let mut byte = 0_u8;
        // SAFETY: there is room for the one byte.
        let received = unsafe { libc::recv(self.silent.as_raw_fd(), (&raw mut byte).cast(), 1, 0) };
        see("recv with a timeout", received as i64);
        let futex = 7_u32;
        // SAFETY: the word and the time are valid.
        let waited = unsafe {
            libc::syscall(
                libc::SYS_futex,
                &raw const futex,
                libc::FUTEX_WAIT,
                7,
                &raw const MILLISECOND,
            )
        };
        see("futex with a timeout", waited);
        self.asking.send(()).expect("the other thread waits");
        // SAFETY: there is room for the one byte.
        let read = unsafe { libc::read(self.dripping.as_raw_fd(), (&raw mut byte).cast(), 1) };
        see("read", read as i64);
        let bytes = vec![1_u8; MANY_BYTES];
        // SAFETY: so many bytes are there.
        let written =
            unsafe { libc::write(self.draining.as_raw_fd(), bytes.as_ptr().cast(), MANY_BYTES) };
        see("write", written as i64);
    }
}

/// Calls everything again and again beside two threads that give and take bytes.
fn outcomes() -> Outcomes {
    let (dripping, mut drip) = std::io::pipe().unwrap();
    let (mut drain, draining) = std::io::pipe().unwrap();
    let (silent, other_end) = UnixStream::pair().unwrap();
    silent
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    // SAFETY: it takes a flag alone.
    let epoll = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
    assert!(epoll >= 0);
    let (asking, asked) = channel();
    let mut outcomes = Outcomes::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for () in asked {
                std::thread::sleep(Duration::from_micros(300));
                drip.write_all(&[1]).unwrap();
            }
        });
        scope.spawn(move || {
            let mut bytes = [0; 16 << 10];
            while drain.read(&mut bytes).unwrap() > 0 {
                std::thread::sleep(Duration::from_micros(100));
            }
        });
        let mut partner = Partner {
            asking,
            dripping,
            draining,
            silent,
            _other_end: other_end,
            epoll,
        };
        repeat(|| partner.call_all(&mut outcomes));
    });
    // SAFETY: it was opened above, and nobody else has it.
    unsafe { libc::close(epoll) };
    outcomes
}

/// Calls that no signal lets go on, whatever its handler asks for; see signal(7).
const NEVER_RESTARTED: [&str; 7] = [
    "futex with a timeout",
    "nanosleep",
    "poll",
    "pselect",
    "epoll_wait",
    "sigtimedwait",
    "recv with a timeout",
];

#[test]
fn calls_return_what_they_return_alone() {
    let _turn = my_turn();
    let alone = outcomes();
    assert!(
        alone.values().all(|results| results.len() == 1),
        "{alone:?}"
    );
    for trigger in TRIGGERS {
        let session = start(trigger);
        let mut sampled = outcomes();
        let profile = session.stop().unwrap();
        assert!(
            profile.quality().taken.as_samples() > 20,
            "{:?}",
            profile.quality()
        );
        println!("{trigger:?}: {sampled:?}");
        if trigger != Trigger::PerfEvent {
            // What the documentation of the two says.
            for name in NEVER_RESTARTED {
                let results = sampled.get_mut(name).expect("it was called");
                results.remove(&-i64::from(libc::EINTR));
                results.extend(&alone[name]);
            }
            let all = i64::try_from(MANY_BYTES).expect("it is not so many");
            assert!(
                sampled["write"].iter().all(|n| (1..=all).contains(n)),
                "{sampled:?}"
            );
            sampled.insert("write", alone["write"].clone());
        }
        assert_eq!(sampled, alone, "{trigger:?}");
    }
}
