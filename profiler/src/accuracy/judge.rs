//! From the runs of one subject to its verdicts.
//!
//! Each workload is a chance to be fooled. Holm's method bounds the probability that a
//! correct profiler fails anywhere in the suite by the level, however many workloads
//! there are.

use super::bias;
use super::causal::{Causal, moved};
use super::distance::Distance;
use super::distortion::{distortion, least_distortion};
use super::grade::{CausalGrade, Finding, FunctionGrade, Grade, Verdict};
use super::observed::{Observed, Took};
use super::repeat::Repeat;
use super::runs::Runs;
use super::scatter::Scatter;
use super::sighting::Rate;
use super::slowdown::Ratio;
use crate::analysis::{Share, correct};

/// How much of a rate that should be zero is let pass: a few stacks at a program's first
/// and last instructions are nobody's fault.
const TOLERATED_RATE: f64 = 0.01;

/// How much more than the truth says may be in none of the functions: what a process
/// takes to start and to end.
const TOLERATED_OUTSIDE: f64 = 0.03;

/// By how many points a profiler may change the program that it looks at.
const TOLERATED_DISTORTION: f64 = 0.03;

/// The level at which the verdict of a whole suite is given, if none is asked for.
pub const LEVEL: f64 = 0.01;

/// Grades all runs of one subject.
///
/// `level` is the probability that a correct profiler fails anywhere.
pub fn grade(all: &[Runs], level: f64) -> Vec<Grade> {
    let mut grades: Vec<Grade> = all.iter().map(grade_one).collect();
    let mut p_values: Vec<f64> = grades.iter().filter_map(|grade| grade.p_value).collect();
    correct(&mut p_values);
    let tested = grades.iter_mut().filter(|grade| grade.p_value.is_some());
    for (grade, p_value) in tested.zip(p_values) {
        grade.p_value = Some(p_value);
        if p_value >= level {
            grade
                .findings
                .retain(|finding| !BY_CHANCE.contains(&finding.kind.as_str()));
        }
        let is_note = |finding: &Finding| NOTES.contains(&finding.kind.as_str());
        if grade.verdict == Verdict::Pass && !grade.findings.iter().all(is_note) {
            grade.verdict = Verdict::Fail;
        }
    }
    grades
}

/// Kinds of findings that chance could make, and that count only beyond it.
const BY_CHANCE: [&str; 3] = ["bias", "scatter", "causal"];

/// Kinds of findings that are no fault of the profile.
const NOTES: [&str; 2] = ["rate", "version"];

fn grade_one(all: &Runs) -> Grade {
    let mut grade = Grade::new(all);
    let runs = match &all.runs {
        Err(reason) => {
            grade.verdict = Verdict::Skipped;
            grade.find("skipped", reason.clone());
            return grade;
        }
        Ok(runs) => runs,
    };
    if let Some(broken) = runs.iter().find_map(|run| run.as_ref().err()) {
        grade.verdict = Verdict::Broken;
        grade.find("broken", broken.to_string());
    }
    let runs: Vec<&Observed> = runs.iter().filter_map(|run| run.as_ref().ok()).collect();
    let repeats: Vec<Repeat> = runs.iter().map(|run| run.repeat()).collect();
    let Some(pooled) = Repeat::pooled(&repeats) else {
        return grade;
    };
    grade.shares(&runs, &repeats, &pooled);
    grade.rates(&runs, all.is_by_cpu && all.is_sampling);
    grade.costs(&runs, all);
    let causal = grade.causal(&runs, all);
    if grade.verdict != Verdict::Broken {
        let scatter = Scatter::of(&repeats);
        let tests = [
            bias::p_value_of_worst(&pooled),
            scatter.p_value,
            causal.unwrap_or(1.0),
        ];
        let n_tests = 2.0 + f64::from(u8::from(causal.is_some()));
        let least = tests.iter().copied().fold(1.0, f64::min);
        grade.p_value = Some((n_tests * least).min(1.0));
        grade.explain(&tests);
    }
    grade
}

impl Grade {
    fn new(all: &Runs) -> Self {
        Self {
            subject: all.subject.clone(),
            workload: all.workload.clone(),
            language: all.language.clone(),
            verdict: Verdict::Pass,
            findings: Vec::new(),
            max_error_pp: None,
            z: None,
            bias_pp: None,
            p_value: None,
            variance_ratio: None,
            total_variation: None,
            total_variation_floor: None,
            samples: 0.0,
            samples_lost: None,
            rate_asked: all.rate_asked,
            rate_obtained: None,
            unattributed: None,
            lost_callers: None,
            wrong_callers: None,
            complete_stacks: None,
            impossible_stacks: None,
            distortion_pp: None,
            slowdown: None,
            slowdown_wall: None,
            own_cpu: None,
            max_rss: None,
            causal: None,
            functions: Vec::new(),
        }
    }

    fn find(&mut self, kind: &str, text: String) {
        self.findings.push(Finding {
            kind: kind.to_owned(),
            text,
        });
    }

    fn shares(&mut self, runs: &[&Observed], repeats: &[Repeat], pooled: &Repeat) {
        let errors = repeats.iter().flat_map(|repeat| {
            let functions = repeat.functions.iter();
            functions.map(|function| (function.error().abs(), function.z(repeat.n).abs()))
        });
        let (error, z) = errors.fold((0.0_f64, 0.0_f64), |worst, one| {
            (worst.0.max(one.0), worst.1.max(one.1))
        });
        let bias = pooled
            .functions
            .iter()
            .map(|function| function.error().abs());
        self.max_error_pp = Some(100.0 * error);
        self.z = Some(z);
        self.bias_pp = Some(100.0 * bias.fold(0.0, f64::max));
        self.variance_ratio = Scatter::of(repeats).variance_ratio;
        let distances: Vec<Distance> = repeats.iter().map(Distance::of).collect();
        let mean = |of: fn(&Distance) -> f64| {
            distances.iter().map(of).sum::<f64>() / distances.len() as f64
        };
        self.total_variation = Some(mean(|distance| distance.value));
        self.total_variation_floor = Some(mean(|distance| distance.floor));
        let functions = pooled.functions.iter().zip(&runs[0].functions);
        self.functions = functions
            .map(|(pool, one)| {
                let share = Share::of_fraction(pool.reported, pooled.n);
                FunctionGrade {
                    name: one.name.clone(),
                    truth: pool.truth,
                    uncertainty: pool.uncertainty,
                    reported: pool.reported,
                    low: share.low,
                    high: share.high,
                    z: pool.z(pooled.n),
                }
            })
            .collect();
    }

    fn rates(&mut self, runs: &[&Observed], knows_outside: bool) {
        let sum = |of: fn(&Observed) -> Rate| {
            let mut sum = Rate::default();
            for run in runs {
                sum.add(of(run));
            }
            sum
        };
        let known = |rate: Rate| (rate.n > 0.0).then(|| rate.value());
        let lost = sum(|run| run.lost_callers);
        let wrong = sum(|run| run.wrong_callers);
        let cut = sum(|run| run.cut);
        let impossible = sum(|run| run.impossible);
        self.lost_callers = known(lost);
        self.wrong_callers = known(wrong);
        self.complete_stacks = known(cut).map(|cut| 1.0 - cut);
        self.impossible_stacks = known(impossible);
        for (kind, rate, what) in [
            ("lost-caller", lost, "of the calls have lost their caller"),
            (
                "wrong-caller",
                wrong,
                "of the calls are under a wrong caller",
            ),
            ("cut", cut, "of the deep stacks lack some of their frames"),
            (
                "impossible",
                impossible,
                "of the stacks have functions that are never there together",
            ),
        ] {
            if least(rate) > TOLERATED_RATE {
                self.find(kind, format!("{:.1} % {what}", 100.0 * rate.value()));
            }
        }
        let n = runs.iter().map(|run| run.n_all).sum::<f64>();
        let mean = |of: fn(&Observed) -> f64| {
            runs.iter().map(|run| run.n_all * of(run)).sum::<f64>() / n.max(1.0)
        };
        let (outside, outside_true) = (mean(|run| run.outside), mean(|run| run.outside_true));
        let unattributed = (outside - outside_true).max(0.0);
        self.unattributed = Some(unattributed);
        // By the wall, waiting threads are outside, and rightly so; and where every call is
        // noted, a caller's time holds that of its callees.
        let outside = Rate {
            hits: outside * n,
            n,
        };
        if knows_outside && least(outside) > outside_true + TOLERATED_OUTSIDE {
            let text = format!(
                "{:.1} % of the samples have none of the functions, where {:.1} % is true",
                100.0 * outside.value(),
                100.0 * outside_true
            );
            self.find("unattributed", text);
        }
    }

    fn costs(&mut self, runs: &[&Observed], all: &Runs) {
        let n_runs = runs.len() as f64;
        self.samples = runs.iter().map(|run| run.n_all).sum();
        let lost: Vec<f64> = runs.iter().filter_map(|run| run.lost).collect();
        self.samples_lost = (!lost.is_empty()).then(|| lost.iter().sum());
        if all.is_sampling {
            self.rate(runs, all.rate_asked);
        }
        self.own_cpu = Some(runs.iter().map(|run| run.own_cpu).sum::<f64>() / n_runs);
        self.max_rss = runs.iter().map(|run| run.max_rss).max();
        if !all.is_fixed_work {
            return;
        }
        self.slowdown = Ratio::of_logs(&all.pairs(|took| took.cpu_seconds));
        self.slowdown_wall = Ratio::of_logs(&all.pairs(|took| took.wall_seconds));
        let with = all.base();
        let without: Vec<&Took> = all.bare.values().collect();
        self.distortion_pp = distortion(&with, &without).map(|part| 100.0 * part);
        let is_clear = least_distortion(&with, &without) > TOLERATED_DISTORTION;
        if let Some(distortion) = self.distortion_pp.filter(|_| is_clear) {
            let text = format!("under it, the true shares are other by {distortion:.1} points");
            self.find("distortion", text);
        }
    }

    fn rate(&mut self, runs: &[&Observed], rate_asked: f64) {
        let obtained = runs.iter().map(|run| run.obtained).sum::<f64>() / runs.len() as f64;
        self.rate_obtained = Some(obtained * rate_asked);
        if !(0.9..=1.1).contains(&obtained) {
            let text = format!(
                "asked for {rate_asked:.0} samples a second, it took {:.0}",
                obtained * rate_asked
            );
            self.find("rate", text);
        }
    }

    /// Judges the slowed runs against the others, and returns how often chance does as
    /// badly.
    fn causal(&mut self, runs: &[&Observed], all: &Runs) -> Option<f64> {
        let (at, factor) = all.slow?;
        let part = |is_slowed: bool| {
            let runs = runs.iter().filter(|run| run.is_slowed == is_slowed);
            Repeat::pooled(&runs.map(|run| run.repeat()).collect::<Vec<_>>())
        };
        let (before, after) = (part(false)?, part(true)?);
        let truth = |repeat: &Repeat| repeat.functions[at].truth;
        let causal = Causal {
            before: before.functions[at].reported,
            n_before: before.n,
            after: after.functions[at].reported,
            n_after: after.n,
            factor,
            allowance: (truth(&after) - moved(truth(&before), factor)).abs(),
        };
        self.causal = Some(CausalGrade {
            function: self.functions[at].name.clone(),
            factor,
            before: causal.before,
            expected: causal.expected(),
            reported: causal.after,
            z: causal.z(),
        });
        Some(causal.p_value())
    }

    /// Puts the tests into words; those that chance explains are taken out later.
    fn explain(&mut self, p_values: &[f64; 3]) {
        let least = p_values.iter().copied().fold(1.0, f64::min);
        let is_telling = |p: f64| p <= least.max(1e-6);
        let worst = self
            .functions
            .iter()
            .max_by(|a, b| a.z.abs().total_cmp(&b.z.abs()));
        let mut texts = Vec::new();
        if let Some(worst) = worst.filter(|_| is_telling(p_values[0])) {
            let text = format!(
                "`{}` takes {:.1} %, and {:.1} % is reported ({:+.1} points)",
                worst.name,
                100.0 * worst.truth,
                100.0 * worst.reported,
                100.0 * (worst.reported - worst.truth)
            );
            texts.push((BY_CHANCE[0], text));
        }
        if is_telling(p_values[1]) {
            let error = self.max_error_pp.unwrap_or_default();
            let z = self.z.unwrap_or_default();
            let text =
                format!("single runs are off by up to {error:.1} points ({z:.1} standard errors)");
            texts.push((BY_CHANCE[1], text));
        }
        if let Some(causal) = self.causal.as_ref().filter(|_| is_telling(p_values[2])) {
            let text = format!(
                "`{}` was slowed {} times, its share should go from {:.1} to {:.1} %, and {:.1} % is reported",
                causal.function,
                causal.factor,
                100.0 * causal.before,
                100.0 * causal.expected,
                100.0 * causal.reported
            );
            texts.push((BY_CHANCE[2], text));
        }
        for (kind, text) in texts {
            self.find(kind, text);
        }
    }
}

/// The least that a rate is, beyond reasonable doubt: the lower end of its interval.
fn least(rate: Rate) -> f64 {
    Share::of_fraction(rate.value(), rate.n).low
}
