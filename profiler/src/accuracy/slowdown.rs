//! How much longer the same work takes under a profiler.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::family::Family;
use super::observed::Took;
use super::runs::Runs;

/// What the same work takes under a profiler, over what it takes without.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Slowdown {
    /// CPU time.
    pub cpu: Ratio,
    /// Time on the wall.
    pub wall: Ratio,
}

/// The slow-down over all workloads of each family that have a fixed work, where there are
/// two pairs of runs to compare.
pub(super) fn slowdowns(all: &[Runs]) -> BTreeMap<Family, Slowdown> {
    let slowdown = |family| {
        let ratio = |of: fn(&Took) -> f64| {
            let mine = all
                .iter()
                .filter(|runs| runs.is_fixed_work && Family::of(&runs.language) == family);
            Ratio::of_logs(&mine.flat_map(|runs| runs.pairs(of)).collect::<Vec<f64>>())
        };
        let slowdown = Slowdown {
            cpu: ratio(|took| took.cpu_seconds)?,
            wall: ratio(|took| took.wall_seconds)?,
        };
        Some((family, slowdown))
    };
    Family::ALL.into_iter().filter_map(slowdown).collect()
}

/// The geometric mean of ratios, and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The mean.
    #[serde(rename = "ratio")]
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ratio {
    /// Student's interval of the mean of logarithms, which are nearer to normal than
    /// ratios are and treat twice and half alike.
    ///
    /// `None` for fewer than two: one ratio has no interval.
    pub fn of_logs(logs: &[f64]) -> Option<Self> {
        let n = logs.len() as f64;
        if n < 2.0 {
            return None;
        }
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let quantile = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(0.975);
        let half = quantile * (variance / n).sqrt();
        Some(Self {
            mean: mean.exp(),
            low: (mean - half).exp(),
            high: (mean + half).exp(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::broken::{Broken, BrokenKind};
    use super::super::observed::Observed;
    use super::super::sighting::Rate;
    use super::*;

    /// For 1 and 3, the mean is 2, its standard error 1, and the quantile of Student's t
    /// with one degree of freedom 12.706.
    #[test]
    fn the_interval_is_students() {
        let ratio = Ratio::of_logs(&[1.0, 3.0]).expect("two are enough");
        assert!((ratio.mean.ln() - 2.0).abs() < 1e-9);
        assert!((ratio.high.ln() - 14.706).abs() < 1e-3);
        assert!((ratio.low.ln() + 10.706).abs() < 1e-3);
        assert!(Ratio::of_logs(&[1.0]).is_none());
    }

    /// Runs of fixed work, each `factor` times as long with the subject as without.
    fn runs(language: &str, factor: f64) -> Runs {
        let took = |seconds| Took {
            cpu_seconds: seconds,
            wall_seconds: 2.0 * seconds,
            shares: vec![1.0],
        };
        let rate = || Rate { hits: 0.0, n: 0.0 };
        let observed = Observed {
            functions: Vec::new(),
            n: 0.0,
            n_all: 0.0,
            outside: 0.0,
            outside_true: 0.0,
            is_slowed: false,
            impossible: rate(),
            lost_callers: rate(),
            wrong_callers: rate(),
            cut: rate(),
            obtained: 1.0,
            took: took(factor),
            own_cpu: 0.0,
            max_rss: 0,
            lost: None,
        };
        Runs {
            subject: "subject".to_owned(),
            workload: "workload".to_owned(),
            language: language.to_owned(),
            rate_asked: 1_000.0,
            is_by_cpu: true,
            is_sampling: true,
            runs: Ok(vec![Ok(observed.clone()), Ok(observed)]),
            bare: BTreeMap::from([(0, took(1.0)), (1, took(1.0))]),
            slow: None,
            is_fixed_work: true,
        }
    }

    /// The machine is ten times slower in the second repeat, for both alike.
    #[test]
    fn a_broken_run_leaves_the_pairs_of_the_others_as_they_are() {
        let whole = runs("rust", 1.01);
        let cpu = |runs: &Runs| runs.pairs(|took| took.cpu_seconds);
        let took = |runs: &Runs, seconds| Took {
            cpu_seconds: seconds,
            ..runs.bare[&0].clone()
        };
        let broken = Broken::new(BrokenKind::Crashed, "why");

        let mut lost = whole.clone();
        let kept = lost.runs.as_mut().expect("they are runs");
        kept[0] = Err(broken);
        let second = kept[1].as_mut().expect("it is whole");
        second.took = took(&whole, 10.1);
        lost.bare.insert(1, took(&whole, 10.0));
        let pairs = cpu(&lost);
        assert_eq!(pairs.len(), 1);
        assert!((pairs[0].exp() - 1.01).abs() < 1e-9, "{pairs:?}");

        lost.runs = whole.runs;
        lost.bare.remove(&1);
        let pairs = cpu(&lost);
        assert_eq!(pairs.len(), 1);
        assert!((pairs[0].exp() - 1.01).abs() < 1e-9, "{pairs:?}");
    }

    #[test]
    fn python_does_not_count_against_native_code() {
        let all = [runs("rust", 1.01), runs("c", 1.01), runs("python", 3.0)];
        let found = slowdowns(&all);
        for (family, factor) in [(Family::Native, 1.01), (Family::Python, 3.0)] {
            let slowdown = found.get(&family).expect("there are pairs");
            assert!((slowdown.cpu.mean - factor).abs() < 1e-9, "{slowdown:?}");
            assert!((slowdown.wall.mean - factor).abs() < 1e-9, "{slowdown:?}");
        }
        assert!(!slowdowns(&all[..2]).contains_key(&Family::Python));
    }
}
