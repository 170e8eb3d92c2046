//! Reading Python's frames from outside.

use std::path::Path;
use std::time::Duration;

use profiler::{Backend, Error, Mode, Profile, PythonFrames, RecordOptions, Recording, State};

use crate::interpreters::{self, layouts, minors};
use crate::workload::{Scripts, Waiting, assert_true, bare};

fn options() -> RecordOptions {
    let mut options = RecordOptions::new();
    options.rate_hz = 500.0;
    options
}

/// Records a workload from before it is let go to its end.
fn record(
    scripts: &Scripts,
    python: &Path,
    workload: &str,
    options: RecordOptions,
) -> Option<(Profile, profiler::accuracy::Truth)> {
    let mut waiting = Waiting::start(scripts.command(python, workload, "1.5"));
    let mut recording = match Recording::attach(waiting.pid(), options) {
        Err(error @ Error::Forbidden { .. }) => {
            eprintln!("skipped: {error}");
            return None;
        }
        recording => recording.expect("it can be recorded"),
    };
    waiting.go();
    let step = Duration::from_millis(50);
    while recording.advance(step).expect("it goes on") == State::Running {}
    let profile = recording.finish().expect("it has ended");
    Some((profile, waiting.truth()))
}

#[test]
fn shares_are_true_in_every_version() {
    let scripts = Scripts::new();
    interpreters::each(layouts(), |minor, python| {
        for workload in ["split", "generators", "exceptions"] {
            if let Some((profile, truth)) = record(&scripts, python, workload, options()) {
                assert_true(&profile, &truth, &format!("{workload} in 3.{minor}"));
            }
        }
    });
}

#[test]
fn shares_are_true_with_native_frames_and_threads() {
    let scripts = Scripts::new();
    let mut options = options();
    options.python = PythonFrames::Joined;
    interpreters::each(minors(), |minor, python| {
        for workload in ["threads", "asyncio", "c-drops-gil"] {
            if let Some((profile, truth)) = record(&scripts, python, workload, options.clone()) {
                assert_true(&profile, &truth, &format!("{workload} in 3.{minor}"));
            }
        }
    });
}

#[test]
fn a_recursion_has_all_its_frames_in_their_order() {
    let scripts = Scripts::new();
    interpreters::each(minors(), |minor, python| {
        for frames in [PythonFrames::Only, PythonFrames::Joined] {
            let mut options = options();
            options.python = frames;
            let Some((profile, truth)) = record(&scripts, python, "recursion", options) else {
                continue;
            };
            assert_true(&profile, &truth, &format!("recursion in 3.{minor}"));
            let mut n_at_bottom = 0;
            for (stack, weight) in profile.stacks() {
                let names: Vec<&str> = stack.iter().map(|frame| bare(frame)).collect();
                if names.contains(&"hash_at_the_bottom") {
                    let n = names.iter().filter(|name| **name == "descend").count();
                    assert_eq!(n, 250, "3.{minor}: {names:?}");
                    let at = |wanted| names.iter().position(|name| *name == wanted);
                    assert!(at("<module>") < at("deep"), "{names:?}");
                    assert!(at("deep") < at("descend"), "{names:?}");
                    n_at_bottom += weight.as_samples();
                }
            }
            assert!(n_at_bottom > 100, "3.{minor}: {n_at_bottom}");
        }
    });
}

#[test]
fn native_frames_stand_where_the_evaluator_called_them() {
    let scripts = Scripts::new();
    let mut options = options();
    options.python = PythonFrames::Joined;
    interpreters::each(minors(), |minor, python| {
        let Some((profile, _)) = record(&scripts, python, "c-keeps-gil", options.clone()) else {
            return;
        };
        let (mut n_sorts, mut n_bare) = (0, 0);
        for (stack, weight) in profile.stacks() {
            let at = |wanted: &str| stack.iter().position(|frame| bare(frame).contains(wanted));
            if let Some(sort) = at("list_sort") {
                assert!(at("sort_records") < Some(sort), "3.{minor}: {stack:?}");
                n_sorts += weight.as_samples();
            }
            if at("_PyEval_EvalFrameDefault").is_some() {
                n_bare += weight.as_samples();
            }
        }
        assert!(n_sorts > 50, "3.{minor}: {n_sorts} samples in a sort");
        let part = n_bare as f64 / profile.total().as_samples() as f64;
        assert!(
            part < 0.05,
            "3.{minor}: {part} of the samples have the evaluator itself"
        );
    });
}

#[test]
fn where_events_are_forbidden_threads_are_stopped_one_at_a_time() {
    let scripts = Scripts::new();
    let mut options = options();
    options.backend = Backend::Ptrace;
    interpreters::each(minors(), |minor, python| {
        let recorded = record(&scripts, python, "split", options.clone());
        if let Some((profile, truth)) = recorded {
            assert_true(&profile, &truth, &format!("split in 3.{minor} by ptrace"));
        }
    });
}

#[test]
fn the_thread_with_the_lock_is_told_from_others() {
    let scripts = Scripts::new();
    let mut options = options();
    options.gil = true;
    interpreters::each(minors(), |minor, python| {
        let recorded = record(&scripts, python, "c-drops-gil", options.clone());
        if let Some((profile, _)) = recorded {
            let share = |wanted: &str| {
                let share = profile.share_of(|function| bare(function) == wanted);
                share.value
            };
            // A quarter of the time each; the one gives the lock away, the other never does.
            assert!(share("hash_blocks") < 0.12, "3.{minor}");
            assert!(share("count_in_python") > 0.33, "3.{minor}");
        }
    });
}

#[test]
fn idle_threads_are_seen_where_they_wait() {
    let scripts = Scripts::new();
    let mut options = options();
    options.mode = Mode::Wall;
    interpreters::each(minors(), |minor, python| {
        if let Some((profile, _)) = record(&scripts, python, "sleep", options.clone()) {
            let nap = profile.share_of(|function| bare(function) == "nap");
            assert!(nap.value > 0.3, "3.{minor}: {nap}");
        }
    });
}
