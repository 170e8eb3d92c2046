//! What got worse from one result to the next.
//!
//! Two results of one profiler always differ. A cell is worse if its errors grew by more
//! than both results' samples explain, or if something that is never to happen happens
//! more often; all comparisons together are corrected by Holm's method.

use statrs::distribution::{ContinuousCDF, Normal};

use super::grade::{FunctionGrade, Grade, Verdict};
use super::results::Results;
use crate::analysis::{Counted, correct, p_value_of_difference};

/// One thing that got worse.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The subject.
    pub subject: String,
    /// The workload, with its language.
    pub workload: String,
    /// What got worse, in a sentence.
    pub text: String,
    /// How often chance makes it look as bad, corrected; `None` where chance is not the
    /// question.
    pub p_value: Option<f64>,
}

/// A comparison before it is known what chance makes of all of them.
struct Suspect {
    regression: Regression,
    p_value: f64,
}

/// Lists what is worse in `new` than in `baseline`, at a level of significance for all
/// comparisons together.
///
/// Only what both have is compared, but a cell that is no longer there, or broken now, is
/// worse whatever it was.
pub fn regressions(baseline: &Results, new: &Results, level: f64) -> Vec<Regression> {
    let mut found = Vec::new();
    let mut suspects = Vec::new();
    for before in &baseline.results {
        if !matches!(before.verdict, Verdict::Pass | Verdict::Fail) {
            continue;
        }
        match new.find(&before.subject, &before.language, &before.workload) {
            None => found.push(plain(before, "it is no longer run".to_owned())),
            Some(after) if after.verdict == Verdict::Skipped => {
                found.push(plain(before, "it is skipped now".to_owned()));
            }
            Some(after) if after.verdict == Verdict::Broken => {
                let why = after
                    .findings
                    .first()
                    .map_or("broken", |finding| &finding.text);
                found.push(plain(before, format!("it is broken now: {why}")));
            }
            Some(after) => suspects.extend(compare(before, after)),
        }
    }
    let mut p_values: Vec<f64> = suspects.iter().map(|suspect| suspect.p_value).collect();
    correct(&mut p_values);
    for (suspect, p_value) in suspects.into_iter().zip(p_values) {
        if p_value < level {
            found.push(Regression {
                p_value: Some(p_value),
                ..suspect.regression
            });
        }
    }
    found
}

fn plain(grade: &Grade, text: String) -> Regression {
    Regression {
        subject: grade.subject.clone(),
        workload: format!("{} ({})", grade.workload, grade.language),
        text,
        p_value: None,
    }
}

fn compare(before: &Grade, after: &Grade) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    for new in &after.functions {
        let Some(old) = before.functions.iter().find(|old| old.name == new.name) else {
            continue;
        };
        let points = |function: &FunctionGrade| 100.0 * (function.reported - function.truth);
        let text = format!(
            "`{}` is off by {:+.1} points, and was by {:+.1}",
            new.name,
            points(new),
            points(old)
        );
        suspects.push(Suspect {
            regression: plain(after, text),
            p_value: p_value_of_growth(old, before.samples, new, after.samples),
        });
    }
    // A share of something good is turned round: what is counted should not happen.
    let bad = |grade: &Grade| {
        [
            ("lost callers", grade.lost_callers),
            ("wrong callers", grade.wrong_callers),
            (
                "cut stacks",
                grade.complete_stacks.map(|complete| 1.0 - complete),
            ),
            ("impossible stacks", grade.impossible_stacks),
            ("samples without any function", grade.unattributed),
        ]
    };
    for ((what, old), (_, new)) in bad(before).into_iter().zip(bad(after)) {
        let (Some(old), Some(new)) = (old, new) else {
            continue;
        };
        let is_worse = new > old;
        let text = format!(
            "{what}: {:.1} %, and were {:.1} %",
            100.0 * new,
            100.0 * old
        );
        let p_value = p_value_of_difference(
            Counted::of_share(old, before.samples),
            Counted::of_share(new, after.samples),
        );
        suspects.push(Suspect {
            regression: plain(after, text),
            p_value: if is_worse { p_value } else { 1.0 },
        });
    }
    suspects
}

/// How often chance makes an error grow as much: one-sided, for the difference of two
/// absolute errors.
fn p_value_of_growth(old: &FunctionGrade, n_old: f64, new: &FunctionGrade, n_new: f64) -> f64 {
    let variance = |function: &FunctionGrade, n: f64| {
        // What is reported wrongly scatters around what is reported. Laplace's share is
        // never 0 or 1, where the variance would vanish.
        let share = (function.reported * n + 1.0) / (n + 2.0);
        share * (1.0 - share) / n.max(1.0) + function.uncertainty.powi(2)
    };
    let error = |function: &FunctionGrade| (function.reported - function.truth).abs();
    let sigma = (variance(old, n_old) + variance(new, n_new)).sqrt();
    let z = (error(new) - error(old)) / sigma.max(f64::MIN_POSITIVE);
    Normal::standard().sf(z)
}
