//! Many threads, the allocator, and libraries that come and go.

use std::ffi::CStr;
use std::hint::black_box;

use crate::support::{TRIGGERS, compute, my_turn, repeat, start};

#[test]
fn threads_come_and_go_by_thousands() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        let expected = compute(3);
        let mut n_threads = 0;
        repeat(|| {
            let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| compute(3))).collect();
            for thread in threads {
                assert_eq!(thread.join().unwrap(), expected);
            }
            n_threads += 4;
        });
        let profile = session.stop().unwrap();
        let quality = profile.quality();
        println!("{n_threads} threads, {quality}");
        assert!(quality.taken.as_samples() > n_threads / 10, "{quality:?}");
    }
}

#[test]
fn a_storm_of_allocations_on_several_threads_goes_on() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        repeat(|| {
            let session = start(trigger);
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        for round in 0..200_usize {
                            let kept: Vec<Vec<usize>> =
                                (1..100).map(|n| vec![round; n * 13]).collect();
                            black_box(kept);
                        }
                    });
                }
            });
            session.stop().unwrap();
        });
    }
}

#[test]
fn libraries_come_and_go() {
    /// Part of the C library, but not loaded by this program.
    const LIBRARY: &CStr = c"libanl.so.1";
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = start(trigger);
        repeat(|| {
            // SAFETY: its initialisers do nothing that matters here.
            let library = unsafe { libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_NOW) };
            assert!(!library.is_null());
            compute(1);
            // SAFETY: it was opened above, and nothing of it is used.
            assert_eq!(unsafe { libc::dlclose(library) }, 0);
        });
        session.stop().unwrap();
    }
}
