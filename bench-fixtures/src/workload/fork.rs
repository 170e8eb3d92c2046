//! Three fifths of the time in children that the process forks.
//!
//! A profiler that follows threads but not processes sees none of it; one that finds new
//! processes by looking for them misses the beginning of each.

use super::foreign::in_a_child;
use super::function::Function;
use super::pace::{Now, Pace, nanos};
use super::{FunctionTime, Task, ThreadTime, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use crate::rng::Rng;
use rustix::time::ClockId;
use std::hint::black_box;

/// Mean CPU time of one round: what the parent does, and then a child.
const ROUND_NANOS: f64 = 50e6;

/// Spends 40 % in the parent and 60 % in children of about 30 ms each.
pub struct Fork;

static FUNCTIONS: [Function<'static>; 2] = [
    Function {
        name: concat!(module_path!(), "::work_as_parent"),
        share: 0.40,
        unit_nanos: 980.0,
        run: &work_as_parent,
    },
    Function {
        name: concat!(module_path!(), "::work_as_child"),
        share: 0.60,
        unit_nanos: 1_300.0,
        run: &work_as_child,
    },
];

impl Workload for Fork {
    fn entry(&self) -> Entry {
        Entry {
            name: "fork",
            summary: "40 % in the parent, 60 % in forked children that live about 30 ms",
            catches: "a profiler that does not follow children, or finds them late",
            functions: const {
                &[
                    Scored::new("work_as_parent", 0.40),
                    Scored::new("work_as_child", 0.60),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let [parent, child] = [0, 1];
        let mut rng = Rng::new(task.seed);
        let mut pace = Pace::new(&FUNCTIONS, task);
        // What both take while the pace learns is this process's.
        let learned = pace.times()[child].clone();
        let (mut n_children, mut others_cpu_nanos) = (0, 0);
        while task.amount.has_more(n_children, ROUND_NANOS, pace.total()) {
            // Rounds are few, so that both draw the same length, or shares would vary.
            let length = ROUND_NANOS * (0.5 + rng.uniform());
            pace.phase(parent, FUNCTIONS[parent].share * length);
            pace.elsewhere(child, FUNCTIONS[child].share * length, |n_units| {
                let (time, process_nanos) = fork_once(n_units);
                others_cpu_nanos += process_nanos;
                time
            });
            n_children += 1;
        }
        let times = pace.into_times();
        let mut in_children = times[child].clone();
        in_children.subtract(&learned);
        let threads = vec![
            ThreadTime {
                name: "parent".into(),
                n_threads: 1,
                functions: vec![times[parent].clone(), learned],
            },
            ThreadTime {
                name: "child".into(),
                n_threads: n_children,
                functions: vec![in_children],
            },
        ];
        Truth::of_threads(threads).with_others(others_cpu_nanos)
    }
}

/// Has a child do so many units; returns what its function took, and what the whole child
/// took until then, by its CPU clock.
fn fork_once(n_units: u64) -> (FunctionTime, u64) {
    let name = FUNCTIONS[1].name;
    let words = in_a_child(|| {
        let start = Now::read();
        work_as_child(n_units);
        let time = Now::read().since(&start, name, n_units);
        let process = nanos(ClockId::ProcessCPUTime);
        [time.cpu_nanos, time.wall_nanos, time.ticks, process]
    });
    let [cpu_nanos, wall_nanos, ticks, process] = words.expect("one more process can be started");
    let time = FunctionTime {
        name,
        cpu_nanos,
        wall_nanos,
        ticks,
        n_units,
        n_phases: 1,
    };
    (time, process)
}

/// Mixes four lanes of numbers (xoshiro's step), in the parent.
#[inline(never)]
fn work_as_parent(n_units: u64) {
    let mut lanes = black_box([1_u64, 2, 3, 4]);
    for _ in 0..1_536 * n_units {
        let shifted = lanes[1] << 17;
        lanes[2] ^= lanes[0];
        lanes[3] ^= lanes[1];
        lanes[1] ^= lanes[2];
        lanes[0] ^= lanes[3];
        lanes[2] ^= shifted;
        lanes[3] = lanes[3].rotate_left(45);
    }
    black_box(lanes);
}

/// Finds integer square roots by Newton's method, in a child.
#[inline(never)]
fn work_as_child(n_units: u64) {
    let mut sum = 0_u64;
    for unit in 0..64 * n_units {
        let square = black_box(unit % 61 + 40_000);
        let mut root = square;
        while root > square / root {
            root = u64::midpoint(root, square / root);
        }
        sum += root;
    }
    black_box(sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&work_as_parent));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&work_as_child));
    }

    #[test]
    fn what_children_did_is_counted() {
        let truth = Fork.run_task(&Task::new(Amount::Work(20), 1));
        let children = &truth.threads()[1];
        assert_eq!(children.n_threads, 4);
        assert_eq!(children.functions[0].n_phases, 4);
        let in_function = children.functions[0].cpu_nanos;
        assert!(in_function > 0 && truth.others_cpu_nanos() > in_function);
    }
}
