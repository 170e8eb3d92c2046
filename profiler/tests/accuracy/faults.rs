//! Samplers that are wrong on purpose are caught, each by the workload made for it.

use std::path::PathBuf;

use bench_fixtures::catalogue::{self, Language};
use profiler::accuracy::{Fault, Grade, Journal, Plan, Subject, Suite, Verdict};

/// The command of our in-process sampler, with options.
fn in_process(options: &str) -> String {
    format!(
        "command = '{{self}} accuracy inside --library ours {options} --rate {{rate}} --out {{out}} \
         -- {{args}}'"
    )
}

/// The command of our recorder, whose profile is spoiled afterwards.
fn spoiled(fault: Fault) -> String {
    format!(
        "command = '{{self}} record --rate {{rate}} --format json --output {{out}} -- {{cmd}}'\n\
         after = '{{self}} accuracy spoil --fault {fault} {{out}}'"
    )
}

/// Grades a subject on one workload.
fn grade(command: &str, workload: &str, seconds: f64) -> Grade {
    let subject = format!("name = 'ours'\nversion = '{{self}} --version'\n{command}\n");
    let mut entries = catalogue::all();
    entries.retain(|entry| entry.language == Language::Rust && entry.name == workload);
    let suite = Suite {
        subjects: vec![Subject::parse(&subject).expect("it is well described")],
        entries,
        plan: Plan {
            rate_hz: 1_000,
            n_repeats: 2,
            seconds,
            seed: 1,
            // A sound sampler is refused once in 100,000 runs.
            level: 1e-5,
        },
        program: PathBuf::from(env!("CARGO_BIN_EXE_profiler")),
        rust: None,
        python: "python3".to_owned(),
    };
    let results = suite.run(&mut Journal::in_memory(), |_| true);
    let results = results
        .expect("it can be run")
        .expect("it is not interrupted");
    results.results[0].clone()
}

#[test]
fn the_sound_sampler_passes() {
    for workload in ["split", "lockstep-1000", "libc-callers", "recursion"] {
        let grade = grade(&in_process(""), workload, 1.0);
        assert_eq!(grade.verdict, Verdict::Pass, "{grade:#?}");
    }
}

#[test]
fn the_sound_recorder_passes() {
    let command = "command = '{self} record --rate {rate} -f folded -o {out} -- {cmd}'";
    for workload in ["split", "lockstep-1000", "libc-callers", "short-threads"] {
        let grade = grade(command, workload, 1.0);
        assert_eq!(grade.verdict, Verdict::Pass, "{grade:#?}");
    }
}

macro_rules! caught {
    ($($test:ident: $fault:expr,)*) => {
        $(
            #[test]
            fn $test() {
                is_caught($fault);
            }
        )*
    };
}

caught! {
    a_fixed_period_is_caught: Fault::FixedPeriod,
    a_dropped_leaf_is_caught: Fault::DroppedLeaf,
    a_cut_is_caught: Fault::Cut,
    torn_stacks_are_caught: Fault::TornStacks,
    call_boundaries_are_caught: Fault::CallBoundaries,
}

/// It takes a quarter of the samples, and is caught where the program stays in step.
#[test]
#[ignore = "needs a machine with nothing else to do"]
fn a_tick_bound_timer_is_caught() {
    is_caught(Fault::TickBound);
}

fn is_caught(fault: Fault) {
    let all = Fault::ALL.into_iter();
    let (_, _, workload) = all
        .clone()
        .find(|(one, ..)| *one == fault)
        .expect("it is listed");
    let command = match fault {
        Fault::FixedPeriod | Fault::TickBound => in_process(&format!("--fault {fault}")),
        _ => spoiled(fault),
    };
    // A quarter of the samples take longer to say as much.
    let seconds = if fault == Fault::TickBound { 3.0 } else { 1.0 };
    // On a busy machine a program falls out of step with its sampler, and there is
    // nothing to catch. A sound sampler is refused in one of these 10 with a probability
    // of 1 in 10,000.
    let is_refused = |grade: &Grade| match grade.verdict {
        Verdict::Fail => true,
        Verdict::Broken => grade.findings[0].text.starts_with("missing functions"),
        Verdict::Pass | Verdict::Skipped => false,
    };
    let grades: Vec<Grade> = (0..10)
        .map(|_| grade(&command, workload, seconds))
        .scan(false, |is_done, grade| {
            (!std::mem::replace(is_done, is_refused(&grade))).then_some(grade)
        })
        .collect();
    let last = &grades[grades.len() - 1];
    assert!(
        is_refused(last),
        "{fault} is not caught by {workload}: {grades:#?}"
    );
    println!(
        "{fault} on {workload}, try {}: {:?}",
        grades.len(),
        last.findings
    );
}
