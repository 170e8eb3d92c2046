//! The study for a terminal.

use std::fmt::Write as _;

use profiler::Share;

use super::rounds::seconds;
use super::verdict::{TALK_HIGH, TALK_LOW};
use super::{CaseStudy, Estimate, Variant, Verdict};

/// What the real catalyst saved with both fixes, by held pairs, in per cent; measured
/// on its own code at the commit before its fix. The ends are the least and the
/// greatest of six rounds (five with 20 pairs).
pub const CATALYST: [(u32, Estimate); 3] = [
    (3, catalyst(18.9, 14.7, 19.7)),
    (10, catalyst(25.3, 23.9, 28.1)),
    (20, catalyst(28.5, 27.1, 34.5)),
];

const fn catalyst(median: f64, low: f64, high: f64) -> Estimate {
    Estimate { median, low, high }
}

/// Why a fix may save other than its share of the profile: system calls, and any
/// code, evict others' cache lines and predictions (L. Soares and M. Stumm, "FlexSC:
/// Flexible System Call Scheduling with Exception-Less System Calls", OSDI 2010).
pub(super) const UNSEEN: &str = "A profile counts the time of the code that a fix removes; \
    what its removal does to caches and to the code around it comes on top.";

/// Writes the tables and the verdict.
pub fn to_text(study: &CaseStudy) -> String {
    let mut text = String::new();
    let mut line =
        |content: String| writeln!(text, "{content}").expect("a string takes every write");
    let composition = &study.composition;
    line(format!(
        "{} ticks, {} held pairs, mean reversion over {} hours of history",
        composition.range.n_hours(),
        composition.n_pairs,
        composition.window.unwrap_or(0),
    ));
    line(bench_fixtures::market::SYNTHETIC_NOTICE.into());
    line(String::new());

    line(format!(
        "{:<18}{:<24}{:<26}{:<26}",
        "variant", "simulation loop, s", "saving measured, %", "predicted by profile, %"
    ));
    let savings = [study.savings.lazy, study.savings.cached, study.savings.both];
    let predicted = [
        study.prediction.lazy,
        study.prediction.cached,
        study.prediction.both,
    ];
    for (idx, (variant, seconds)) in Variant::ALL
        .iter()
        .zip(seconds(&study.rounds, study.seed))
        .enumerate()
    {
        let mut row = format!("{:<18}{:<24}", variant.label(), interval(&seconds, 2));
        if let Some(fix) = idx.checked_sub(1) {
            let agreement = if study.agreements()[fix] {
                "AGREES"
            } else {
                "DIFFERS"
            };
            write!(
                row,
                "{:<26}{:<26}{agreement}",
                interval(&savings[fix], 1),
                share(predicted[fix])
            )
            .expect("a string takes every write");
        }
        line(row.trim_end().into());
    }
    line(format!(
        "Processor time, medians of {} interleaved rounds, 95 % intervals. All variants give the same result.",
        study.rounds.len()
    ));
    if !study.agrees() {
        line(UNSEEN.into());
    }
    line(String::new());

    let [before, format, folder] = study.cost_per_lookup();
    let prepare: Vec<f64> = study
        .rounds
        .iter()
        .flat_map(|r| &r.runs)
        .map(|run| run.prepare_seconds)
        .collect();
    line(format!(
        "One price takes {before:.1} µs: {format:.1} µs format a message nobody reads, {folder:.1} µs look for a folder (three system calls)."
    ));
    line(format!(
        "Outside the loop: {} s a run to make the market and its bundle.",
        interval(&Estimate::of(&prepare, study.seed), 2)
    ));
    let profile = &study.prediction.profile;
    line(format!(
        "The profile: {} samples from {} runs, {:.0} a second asked for, {:.0} obtained, {} lost, {} incomplete.",
        profile.profile.total().as_samples(),
        profile.runs.len(),
        super::prediction::SAMPLE_RATE_HZ,
        profile.rate_obtained(),
        profile.n_lost(),
        profile.n_incomplete(),
    ));
    line(String::new());
    line(
        "The saving depends on what else a back-test does. For comparison, both fixes save".into(),
    );
    line(format!(
        "  {} % here with a strategy that buys once and then does nothing;",
        interval(&study.saving_doing_nothing(), 1)
    ));
    let [few, ten, many] = CATALYST;
    line(format!(
        "  {} / {} / {} % in the real catalyst with {} / {} / {} held pairs.",
        few.1.median, ten.1.median, many.1.median, few.0, ten.0, many.0
    ));
    line(String::new());
    line(conclusion(study));
    text
}

/// The verdict and its reason, in a sentence or two.
pub(super) fn conclusion(study: &CaseStudy) -> String {
    let both = interval(&study.savings.both, 1);
    let verdict = study.verdict().as_str();
    let talk = format!("{TALK_LOW:.0}-{TALK_HIGH:.0} %");
    match study.verdict() {
        Verdict::Reproduced => {
            format!("{verdict}: both fixes save {both} %; the talk says {talk}.")
        }
        Verdict::NotReproduced => {
            let [before, format, folder] = study.cost_per_lookup();
            let rest = before - format - folder;
            format!(
                "{verdict}: both fixes save {both} %; the talk says {talk}. Here a message costs {format:.1} µs, \
                 a folder check {folder:.1} µs ({:.1} µs a system call) and the rest of a price {rest:.1} µs; \
                 on another machine, or in a container, these stand in another proportion. \
                 --calibrate restores it.",
                folder / 3.0
            )
        }
    }
}

/// `10.5 (9.9 to 11.2)`
pub(super) fn interval(estimate: &Estimate, decimals: usize) -> String {
    let Estimate { median, low, high } = estimate;
    format!("{median:.decimals$} ({low:.decimals$} to {high:.decimals$})")
}

/// The same for a share, in per cent.
pub(super) fn share(share: Share) -> String {
    let percent = [share.value, share.low, share.high].map(|fraction| 100.0 * fraction);
    format!("{:.1} ({:.1} to {:.1})", percent[0], percent[1], percent[2])
}
