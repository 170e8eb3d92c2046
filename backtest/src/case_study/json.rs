//! The study for programs: one object whose shape carries a version.

use serde_json::{Value, json};

use super::process::{folder_check, logging};
use super::rounds::seconds;
use super::{CaseStudy, Estimate, Variant, VariantRun};
use profiler::Share;

/// The name and version of the shape below.
const SCHEMA: &str = "backdraft.case-study/1";

/// The study as one JSON object; savings and shares in per cent.
pub fn to_json(study: &CaseStudy) -> Value {
    let seconds = seconds(&study.rounds, study.seed);
    let variants: Vec<_> = Variant::ALL
        .iter()
        .zip(seconds)
        .map(|(variant, seconds)| {
            json!({
                "logging": logging(variant.logging),
                "folder_check": folder_check(variant.folder_check),
                "seconds": seconds.median,
                "seconds_low": seconds.low,
                "seconds_high": seconds.high,
            })
        })
        .collect();
    let each_run = |seconds: fn(&VariantRun) -> f64| -> Vec<Vec<f64>> {
        let rounds = study.rounds.iter();
        rounds
            .map(|round| round.runs.iter().map(seconds).collect())
            .collect()
    };
    let prediction = &study.prediction;
    let [before, format, folder] = study.cost_per_lookup();
    json!({
        "schema": SCHEMA,
        "ticks": study.composition.range.n_hours(),
        "pairs": study.composition.n_pairs,
        "seed": study.composition.seed,
        "window": study.composition.window,
        "variants": variants,
        "rounds": each_run(|run| run.loop_seconds),
        "wall_rounds": each_run(|run| run.wall_seconds),
        "savings": {
            "lazy": estimate(&study.savings.lazy),
            "cached": estimate(&study.savings.cached),
            "both": estimate(&study.savings.both),
        },
        "predicted": {
            "lazy": share(prediction.lazy),
            "cached": share(prediction.cached),
            "both": share(prediction.both),
        },
        "agrees": study.agrees(),
        "verdict": study.verdict().as_str(),
        "doing_nothing": estimate(&study.saving_doing_nothing()),
        "microseconds_per_lookup": { "before": before, "format": format, "folder_check": folder },
        "profile": {
            "samples": prediction.profile.profile.total().as_samples(),
            "runs": prediction.profile.runs.len(),
            "rate_asked": super::prediction::SAMPLE_RATE_HZ,
            "rate_obtained": prediction.profile.rate_obtained(),
            "lost": prediction.profile.n_lost(),
            "incomplete": prediction.profile.n_incomplete(),
        },
        "environment": study.environment,
    })
}

fn estimate(estimate: &Estimate) -> Value {
    json!({ "median": estimate.median, "low": estimate.low, "high": estimate.high })
}

fn share(share: Share) -> Value {
    json!({ "share": 100.0 * share.value, "low": 100.0 * share.low, "high": 100.0 * share.high })
}
