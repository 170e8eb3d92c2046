//! What the measuring of a phase costs, and how uncertain that leaves a share.
//!
//! The clocks are read between phases, and the end of one begins the next. A read takes
//! time itself: part of it counts to the phase before, the rest to the one after. So each
//! phase is measured too long, by an unknown time between nothing and the cost `c` of one
//! bracket, and by the resolution `r` of the clock either way.
//!
//! Let function `i` have `n_i` phases and the share `p_i` of the total `T`, and let all
//! have `n` phases. If its own time is too long by `e_i` and that of the others by `e_o`,
//! its share is off by `((1 - p_i) e_i - p_i e_o) / T` to first order. With
//! `0 <= e_i <= n_i c` and `0 <= e_o <= (n - n_i) c`, independently, the extremes are
//! `(1 - p_i) n_i c / T` and `-p_i (n - n_i) c / T`. The larger of the two, and the same
//! for the resolution, with both signs at once, is the half-width: a bound, no standard
//! error. It is wide, because it allows that brackets of one function cost nothing while
//! those of another cost the whole.
//!
//! The cost is measured in the run's own process just before it, 256 times, each time
//! after 32 KiB of other memory were read: between phases the caches are as cold. It is
//! what nine in ten stay under; of the rest, most waited for the processor, which happens
//! to a phase as well as to a bracket.

use super::pace::Now;
use rustix::time::{ClockId, clock_getres};
use std::hint::black_box;

/// The cost of one bracket, by both clocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bracket {
    /// CPU time of reading the clocks once, in nanoseconds, at most in nine of ten.
    pub cpu_nanos: f64,
    /// The same by the wall's clock.
    pub wall_nanos: f64,
}

impl Bracket {
    /// Measures it on the calling thread.
    pub(super) fn measure() -> Self {
        let other = vec![1_u8; 32 << 10];
        let empty = (0..256).map(|_| {
            black_box(
                black_box(&other)
                    .iter()
                    .map(|byte| u64::from(*byte))
                    .sum::<u64>(),
            );
            let start = Now::read();
            let nothing = Now::read().since(&start, "", 0);
            (nothing.cpu_nanos, nothing.wall_nanos)
        });
        let (mut cpu, mut wall): (Vec<u64>, Vec<u64>) = empty.unzip();
        let ninth_tenth = |costs: &mut Vec<u64>| {
            costs.sort_unstable();
            costs[costs.len() * 9 / 10] as f64
        };
        Self {
            cpu_nanos: ninth_tenth(&mut cpu),
            wall_nanos: ninth_tenth(&mut wall),
        }
    }
}

/// Bounds how far each share may be off, given what each function took and in how many
/// phases; see the head of this file.
pub(super) fn half_widths(times: &[(u64, u64)], cost_nanos: f64) -> Vec<f64> {
    let total = times.iter().map(|(nanos, _)| nanos).sum::<u64>().max(1) as f64;
    let n_phases: u64 = times.iter().map(|(_, n_phases)| n_phases).sum();
    let widths = times.iter().map(|&(nanos, n_own)| {
        let share = nanos as f64 / total;
        let own = (1.0 - share) * n_own as f64;
        let others = share * (n_phases - n_own) as f64;
        (cost_nanos * own.max(others) + resolution_nanos() * (own + others)) / total
    });
    widths.collect()
}

/// The coarser of the two clocks' resolutions.
fn resolution_nanos() -> f64 {
    let of = |clock| {
        let step = clock_getres(clock);
        step.tv_sec as f64 * 1e9 + step.tv_nsec as f64
    };
    f64::max(of(ClockId::ThreadCPUTime), of(ClockId::Monotonic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_costs_something() {
        let bracket = Bracket::measure();
        assert!(
            bracket.cpu_nanos > 0.0 && bracket.wall_nanos > 0.0,
            "{bracket:?}"
        );
    }

    /// Every way to spread the brackets' cost stays within the bound, and one reaches it.
    #[test]
    fn no_error_of_the_brackets_exceeds_the_bound() {
        let times = [(600_000, 3), (300_000, 5), (100_000, 40)];
        let cost = 100.0;
        let bounds = half_widths(&times, cost);
        let total: f64 = times.iter().map(|(nanos, _)| *nanos as f64).sum();
        for (idx, bound) in bounds.iter().enumerate() {
            let mut worst = 0.0_f64;
            for which in 0..8 {
                let left_out = |at: usize| {
                    let (nanos, n_phases) = times[at];
                    let costs = f64::from(which >> at & 1) * cost * n_phases as f64;
                    nanos as f64 - costs
                };
                let true_total: f64 = (0..3).map(left_out).sum();
                let off = left_out(idx) / true_total - times[idx].0 as f64 / total;
                worst = worst.max(off.abs());
            }
            assert!(
                worst < 1.02 * bound && worst > 0.9 * bound,
                "{worst} {bound}"
            );
        }
    }
}
