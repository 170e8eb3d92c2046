//! How far the past of a run can be trusted: it is one sample of what could have
//! been.
//!
//! Returns of neighbouring days hang together, so days are drawn in blocks of random
//! length (Politis and Romano, "The Stationary Bootstrap", Journal of the American
//! Statistical Association 89, 1994), with a mean length of the cube root of their
//! number.

use bench_fixtures::rng::Rng;

use super::returns::quantile;
use crate::metrics::HOURS_PER_YEAR;

/// Resamples; enough that the ends move by less than what is printed.
const N_RESAMPLES: usize = 1_000;

/// The least number of days that an interval is made of.
const MIN_DAYS: usize = 10;

const HOURS_PER_DAY: usize = 24;

/// The ends of a 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What the run's past leaves open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Of the yearly return, as a share.
    pub annual_return: Interval,
    /// Of the Sharpe ratio of daily returns, a year; `None` when they do not vary.
    pub sharpe: Option<Interval>,
}

/// The intervals of a curve that begins before the first tick, or `None` when it has
/// too few whole days.
pub(super) fn intervals(curve: &[f64], seed: u64) -> Option<Intervals> {
    let points: Vec<f64> = curve.iter().copied().step_by(HOURS_PER_DAY).collect();
    let logs: Vec<f64> = points.windows(2).map(|w| libm::log(w[1] / w[0])).collect();
    let n = logs.len();
    if n < MIN_DAYS || logs.iter().any(|log| !log.is_finite()) {
        return None;
    }
    let days_per_year = HOURS_PER_YEAR / HOURS_PER_DAY as f64;
    let keeps_going = 1.0 - 1.0 / (n as f64).cbrt();
    let mut dice = Rng::new(seed);
    let mut growth = Vec::with_capacity(N_RESAMPLES);
    let mut sharpe = Vec::with_capacity(N_RESAMPLES);
    let simple: Vec<f64> = logs.iter().map(|log| libm::expm1(*log)).collect();
    for _ in 0..N_RESAMPLES {
        let (mut log_sum, mut sum, mut squares) = (0.0, 0.0, 0.0);
        let mut day = dice.index(n);
        for _ in 0..n {
            log_sum += logs[day];
            sum += simple[day];
            squares += simple[day] * simple[day];
            day = if dice.uniform() >= keeps_going {
                dice.index(n)
            } else if day + 1 < n {
                day + 1
            } else {
                0
            };
        }
        growth.push(libm::expm1(log_sum / n as f64 * days_per_year));
        let mean = sum / n as f64;
        let variance = (squares - sum * mean) / (n as f64 - 1.0);
        if variance > 0.0 {
            sharpe.push(mean / variance.sqrt() * days_per_year.sqrt());
        }
    }
    Some(Intervals {
        annual_return: interval(growth),
        sharpe: (sharpe.len() == N_RESAMPLES).then(|| interval(sharpe)),
    })
}

fn interval(mut values: Vec<f64>) -> Interval {
    values.sort_unstable_by(f64::total_cmp);
    Interval {
        low: quantile(&values, 0.025),
        high: quantile(&values, 0.975),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A curve of normal daily returns, hour by hour.
    fn curve(seed: u64, n_days: usize, drift: f64) -> Vec<f64> {
        let mut dice = Rng::new(seed);
        let mut value = 100.0;
        let mut curve = vec![value];
        for _ in 0..n_days {
            let factor = libm::exp((drift + 0.02 * dice.normal()) / HOURS_PER_DAY as f64);
            for _ in 0..HOURS_PER_DAY {
                value *= factor;
                curve.push(value);
            }
        }
        curve
    }

    #[test]
    fn the_interval_covers_the_truth_nearly_as_often_as_it_says() {
        let drift = 0.001;
        let truth = libm::expm1(drift * HOURS_PER_YEAR / HOURS_PER_DAY as f64);
        let covered = (0..400).filter(|seed| {
            let found = intervals(&curve(*seed, 365, drift), 1).expect("a year");
            found.annual_return.low <= truth && truth <= found.annual_return.high
        });
        // 95 % less what a percentile bootstrap of a year is known to miss.
        let covered = covered.count();
        assert!((364..=396).contains(&covered), "{covered} of 400");
    }

    #[test]
    fn a_few_days_have_no_interval_and_idle_ones_no_sharpe_ratio() {
        assert_eq!(intervals(&[1.0; 24 * 9], 1), None);
        let idle = intervals(&[1.0; 24 * 30], 1).expect("enough days");
        assert_eq!(idle.sharpe, None);
        assert_eq!(
            (idle.annual_return.low, idle.annual_return.high),
            (0.0, 0.0)
        );
    }
}
