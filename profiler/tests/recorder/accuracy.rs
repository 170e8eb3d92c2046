//! Shares and numbers of samples against what the jobs measure themselves.

use profiler::{Mode, Source};

use crate::support::{MAX_Z, assert_complete, assert_rate, assert_shares, is, options, record};

#[test]
fn a_split_is_recorded_as_measured() {
    let Some((profile, truth)) = record("split", options()) else {
        return;
    };
    assert_eq!(profile.quality().source, Some(Source::Processors));
    assert_shares(&profile, &truth);
    assert_rate(&profile);
    assert_complete(&profile);
}

#[test]
fn a_program_in_step_with_the_rate_is_recorded_as_measured() {
    let Some((profile, truth)) = record("lockstep", options()) else {
        return;
    };
    assert_shares(&profile, &truth);
}

#[test]
fn threads_of_two_milliseconds_count_in_full() {
    let Some((profile, truth)) = record("short_threads", options()) else {
        return;
    };
    assert_shares(&profile, &truth);
    assert_rate(&profile);
}

#[test]
fn a_thousand_frames_of_recursion_are_whole() {
    let Some((profile, _)) = record("deep", options()) else {
        return;
    };
    // The stack may be larger than what the kernel copies; then the rest is read a little
    // later, which may be too late at the end of a descent.
    let quality = profile.quality();
    assert!(
        quality.truncated.as_samples() * 5 < quality.taken.as_samples(),
        "{quality:?}"
    );
    let mut n_at_the_bottom = 0;
    for (stack, weight) in profile.stacks() {
        let is_at_the_bottom = stack.iter().any(|frame| is(frame, "at_the_bottom"));
        if stack[0] != "[truncated]" && is_at_the_bottom {
            let depth = stack.iter().filter(|frame| is(frame, "descend")).count();
            assert_eq!(depth, 1000);
            n_at_the_bottom += weight.as_samples();
        }
    }
    assert!(n_at_the_bottom > 20, "{n_at_the_bottom}");
}

#[test]
fn wall_mode_counts_sleep() {
    let mut options = options();
    options.mode = Mode::Wall;
    let Some((profile, truth)) = record("sleep", options) else {
        return;
    };
    // The main thread waits for the one that the harness runs the test on; the two
    // functions share the time of the latter.
    let inside = profile.root_at(|name| is(name, "job_sleep"));
    let share = inside.share_of(|name| is(name, "nap"));
    let total: f64 = truth.iter().map(|(_, nanos)| nanos).sum();
    let expected = truth[1].1 / total;
    let n = inside.total().as_samples() as f64;
    let z = (share.value - expected) / (expected * (1.0 - expected) / n).sqrt();
    assert!(
        z.abs() < MAX_Z,
        "z = {z:.1}: {share}, slept {expected:.3} of {n}"
    );
    // And in number, as the rate calls for.
    let due = total / 1e9 * 1000.0;
    assert!((n - due).abs() < MAX_Z * due.sqrt(), "{n} of {due}");
}

#[test]
fn cpu_mode_does_not_count_sleep() {
    let Some((profile, _)) = record("sleep", options()) else {
        return;
    };
    let inside = profile.root_at(|name| is(name, "job_sleep"));
    let share = inside.share_of(|name| is(name, "nap"));
    assert!(share.value < 0.05, "{share}");
    assert_rate(&profile);
}
