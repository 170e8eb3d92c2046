//! What was seen, as a profile.

use std::collections::HashMap;
use std::time::Duration;

use super::means::Means;
use super::stacks::{MEMORY_LIMIT, StackKey};
use super::threads::{Seen, Threads};
use crate::profile::{Profile, Quality, Source, Thread, Weight};
use crate::symbolize::{Symbol, Symbolizer};
use crate::sys;
use crate::unwind::Walk;

/// Names what was seen.
pub(super) fn profile(mut seen: Seen, threads: &Threads, wall_time: Duration) -> Profile {
    let modules = threads.code.modules_by_place();
    let mut symbolizer = Symbolizer::new(&modules, false);
    let stacks = seen.stacks.by_number();
    let mut names: HashMap<StackKey, Vec<Symbol>> = HashMap::new();
    let mut profile = Profile::new();
    let mut quality = Quality {
        wall_time,
        recorder_time: Duration::from_nanos(seen.collector_nanos),
        rate_asked: threads.options.rate_hz,
        rate_lowered_to_hz: threads.rate.lowered_to_hz(),
        source: Some(match threads.means {
            Means::Trap | Means::EventSignal(_) => Source::PerfEvent,
            Means::TimerSignal(_) => Source::Timer,
        }),
        ..Quality::default()
    };
    let (mut lost, mut late) = (0, 0);
    let pid = u32::try_from(sys::current_pid()).ok();
    seen.tallies
        .sort_by(|a, b| (&a.name, a.tid).cmp(&(&b.name, b.tid)));
    for tally in &seen.tallies {
        let thread = profile.thread_id(Thread {
            name: &tally.name,
            pid,
            tid: tally.tid.and_then(|tid| u32::try_from(tid).ok()),
        });
        let mut weights = Vec::new();
        for (&stack, &n) in &tally.counts {
            let weight = Weight::from_samples(n);
            let (walk, places) = stacks[stack as usize];
            match walk {
                Walk::Complete => {}
                Walk::Truncated => quality.truncated += weight,
                Walk::Unreadable => quality.unreadable += weight,
            }
            names.entry(stack).or_insert_with(|| {
                let mut symbols = Vec::new();
                match walk {
                    _ if stack == MEMORY_LIMIT => {
                        symbols.push(Symbol::unknown("[memory limit]"));
                    }
                    Walk::Complete => {}
                    Walk::Truncated => symbols.push(Symbol::unknown("[truncated]")),
                    Walk::Unreadable => symbols.push(Symbol::unknown("[unreadable]")),
                }
                for &place in places.iter().rev() {
                    let python = threads.python.as_ref();
                    match python.and_then(|python| python.frame(place)) {
                        Some(frame) => symbols.push(frame),
                        None => symbols.extend_from_slice(symbolizer.functions(place)),
                    }
                }
                symbols
            });
            weights.push((stack, weight));
        }
        // Numbers and addresses differ from run to run, the names do not.
        weights.sort_by(|(a, _), (b, _)| names[a].cmp(&names[b]));
        for (stack, weight) in weights {
            let mut id = None;
            for symbol in &names[&stack] {
                id = Some(profile.stack_id(id, symbol.as_frame()));
            }
            if let Some(id) = id {
                profile.observe(thread, id, weight);
            }
        }
        lost += tally.lost_nanos;
        late += tally.late_nanos;
        quality.overhead += Duration::from_nanos(tally.overhead);
        quality.cpu_time += Duration::from_nanos(tally.cpu_time);
    }
    let mean = threads.rate.mean_interval(threads.rate.n_halvings());
    let samples = |nanos| {
        let n = Duration::from_nanos(nanos).div_duration_f64(mean);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of samples is positive and far below 2^63"
        )]
        Weight::from_samples(n.round() as u64)
    };
    (quality.lost, quality.late) = (samples(lost), samples(late));
    quality.taken = profile.total();
    profile.set_quality(quality);
    profile
}
