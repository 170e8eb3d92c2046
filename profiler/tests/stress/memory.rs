//! The limit on memory, by counting what is allocated.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use profiler::{Options, Sampler};

use crate::support::{TRIGGERS, compute, my_turn, repeat};

/// The system's allocator, and how much of it is in use, and was at most.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static AT_MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: it only counts what the system's allocator does.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        AT_MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.dealloc(place, layout) };
    }
}

/// Goes down one of 2^20 ways and computes.
#[inline(never)]
fn left(way: u32, depth: u32) -> u64 {
    descend(way, depth).rotate_left(1)
}

#[inline(never)]
fn right(way: u32, depth: u32) -> u64 {
    descend(way, depth).rotate_right(1)
}

fn descend(way: u32, depth: u32) -> u64 {
    if depth == 0 {
        return compute(u64::from(way));
    }
    if way & 1 == 0 {
        left(way >> 1, depth - 1)
    } else {
        right(way >> 1, depth - 1)
    }
}

/// More threads than there is memory for, each with a name of its own and with stacks that
/// are hardly ever the same.
#[test]
fn memory_stays_within_its_limit() {
    const LIMIT: usize = 4 << 20;
    const N_THREADS: u32 = 40;
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut options = Options::new();
        options.rate_hz = 5000.0;
        options.max_memory = LIMIT;
        options.trigger = trigger;
        let session = Sampler::start(options).unwrap();
        let before = IN_USE.load(Ordering::Relaxed);
        AT_MOST.store(before, Ordering::Relaxed);
        let mut round = 0;
        repeat(|| {
            round += 1;
            let together = Barrier::new(N_THREADS as usize);
            std::thread::scope(|scope| {
                for thread in 0..N_THREADS {
                    let name = std::thread::Builder::new().name(format!("{round} {thread}"));
                    let together = &together;
                    let work = move || {
                        together.wait();
                        for step in 0..20_u32 {
                            let way = (round * 1000 + thread * 20 + step).wrapping_mul(0x9e37_79b9);
                            black_box(descend(way, 20));
                        }
                    };
                    name.spawn_scoped(scope, work).unwrap();
                }
            });
        });
        let taken = AT_MOST.load(Ordering::Relaxed) - before;
        let profile = session.stop().unwrap();
        println!(
            "{trigger:?}: {taken} bytes, {round} rounds, {}",
            profile.quality()
        );
        // The threads' own handles and names are small.
        assert!(taken < LIMIT + LIMIT / 20, "{trigger:?}: {taken} bytes");
        assert!(
            profile.quality().taken.as_samples() > 100,
            "{:?}",
            profile.quality()
        );
    }
}
