//! A profile in which every stack begins with its thread.

use std::collections::HashMap;

use profiler::{Frame, Profile, StackId, Thread, ThreadId};

/// Returns the same samples with the thread as the outermost frame of each stack, for
/// formats that add threads up.
pub fn by_thread(profile: &Profile) -> Profile {
    let mut apart = Profile::with_unit(profile.unit());
    let mut stacks = HashMap::new();
    let mut timed = false;
    for moment in profile.timeline() {
        let stack = copy(
            profile,
            &mut apart,
            &mut stacks,
            moment.thread,
            moment.stack,
        );
        let thread = apart.thread_id(profile.thread(moment.thread));
        apart.observe_at(moment.at, thread, stack, moment.weight);
        timed = true;
    }
    if !timed {
        for sample in profile.samples() {
            let stack = copy(
                profile,
                &mut apart,
                &mut stacks,
                sample.thread,
                sample.stack,
            );
            let thread = apart.thread_id(profile.thread(sample.thread));
            apart.observe(thread, stack, sample.weight);
        }
    }
    apart.set_quality(profile.quality().clone());
    apart
}

/// The name of a thread, with its number where it is known.
pub fn label(thread: Thread<'_>) -> String {
    match thread.tid {
        Some(tid) if thread.name.is_empty() => format!("thread {tid}"),
        Some(tid) => format!("{} ({tid})", thread.name),
        None => thread.name.to_owned(),
    }
}

/// Makes the stack below its thread; callers come before what they call, so each is
/// made once.
fn copy(
    profile: &Profile,
    apart: &mut Profile,
    stacks: &mut HashMap<(ThreadId, StackId), StackId>,
    thread: ThreadId,
    stack: StackId,
) -> StackId {
    if let Some(&known) = stacks.get(&(thread, stack)) {
        return known;
    }
    let mut path = vec![stack];
    path.extend(std::iter::successors(profile.caller(stack), |id| {
        profile.caller(*id)
    }));
    let root = label(profile.thread(thread));
    let mut below = apart.stack_id(None, Frame::function(&root));
    for id in path.into_iter().rev() {
        below = apart.stack_id(Some(below), profile.frame(profile.leaf(id)));
        stacks.insert((thread, id), below);
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;
    use profiler::Weight;
    use std::time::Duration;

    #[test]
    fn each_thread_is_a_root_and_no_sample_is_lost() {
        let mut profile = Profile::new();
        for (name, tid, n) in [
            ("worker", Some(7), 2),
            ("worker", Some(8), 3),
            ("", Some(9), 1),
        ] {
            let thread = profile.thread_id(Thread {
                name,
                pid: Some(7),
                tid,
            });
            let main = profile.stack_id(None, Frame::function("main"));
            let work = profile.stack_id(Some(main), Frame::function("work"));
            profile.observe(thread, work, Weight::from_samples(n));
            profile.observe(thread, main, Weight::from_samples(1));
        }
        let apart = by_thread(&profile);
        let stacks: Vec<String> = apart
            .stacks()
            .map(|(stack, weight)| format!("{} {}", stack.join(";"), weight.as_samples()))
            .collect();
        assert_eq!(
            stacks,
            [
                "thread 9;main 1",
                "thread 9;main;work 1",
                "worker (7);main 1",
                "worker (7);main;work 2",
                "worker (8);main 1",
                "worker (8);main;work 3",
            ]
        );
    }

    #[test]
    fn times_are_kept() {
        let mut profile = Profile::new();
        let thread = profile.thread_id(Thread::named("main"));
        let work = profile.stack_id(None, Frame::function("work"));
        for second in [3, 5] {
            profile.observe_at(
                Duration::from_secs(second),
                thread,
                work,
                Weight::from_samples(2),
            );
        }
        let apart = by_thread(&profile);
        let times: Vec<u64> = apart.timeline().map(|moment| moment.at.as_secs()).collect();
        assert_eq!(times, [3, 5]);
        assert_eq!(apart.total().as_samples(), 4);
        assert_eq!(apart.stacks().count(), 1);
    }
}
