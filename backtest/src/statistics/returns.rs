//! Statistics of the returns, alone and against the benchmark's.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{Statistic, Unit};
use crate::metrics::{HOURS_PER_YEAR, Metrics, sharpe_ratio, simple_returns, sum, sum_of_pairs};

/// Of a curve that begins before the first tick, and of the benchmark's.
///
/// Value at risk is the 5 % quantile of the returns (Jorion, "Value at Risk", 2007);
/// downside risk is Sortino's deviation, annualised; and the batting average is the
/// share of hours that beat the benchmark (Bacon, "Practical Portfolio Performance
/// Measurement and Attribution", 2008).
pub(super) fn statistics(curve: &[f64], benchmark: &[f64], metrics: &Metrics) -> Vec<Statistic> {
    let returns = simple_returns(curve);
    let market = simple_returns(benchmark);
    let n = returns.len() as f64;
    let years = n / HOURS_PER_YEAR;
    let mut sorted = returns.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let moments = Moments::of(&returns);
    let excess: Vec<f64> = returns.iter().zip(&market).map(|(r, b)| r - b).collect();
    let against = Moments::of(&excess);
    let growth = growth(metrics.total_return, years);
    let downside = (sum(&returns, |r| r.min(0.0) * r.min(0.0)) / n).sqrt();
    let share = |name, value: Option<f64>| Statistic::new(name, Unit::Share, value);
    let number = |name, value: Option<f64>| Statistic::new(name, Unit::Number, value);
    vec![
        share("total_return", Some(metrics.total_return)),
        share("annual_return", growth),
        share("benchmark_return", Some(metrics.benchmark_return)),
        share("annual_volatility", metrics.volatility),
        share("downside_risk", Some(downside * HOURS_PER_YEAR.sqrt())),
        number("sharpe", metrics.sharpe),
        number("sharpe_t", moments.sharpe_t()),
        number("sharpe_p", moments.sharpe_p()),
        number("sortino", metrics.sortino),
        number("calmar", calmar(growth, metrics.max_drawdown.fraction)),
        number("omega", omega(&returns)),
        number("skew", moments.skew()),
        number("kurtosis", moments.kurtosis()),
        number("tail_ratio", tail_ratio(&sorted)),
        share("value_at_risk", Some(quantile(&sorted, 0.05))),
        share(
            "conditional_value_at_risk",
            Some(expected_shortfall(&sorted, 0.05)),
        ),
        share("best_hour", sorted.last().copied()),
        share("worst_hour", sorted.first().copied()),
        number("stability", stability(&curve[1..])),
        share("alpha", metrics.alpha),
        number("beta", metrics.beta),
        number("correlation", correlation(&returns, &market)),
        number(
            "information_ratio",
            sharpe_ratio(against.mean, against.deviation()),
        ),
        share("tracking_error", tracking_error(&against)),
        number("up_capture", capture(&returns, &market, |b| b > 0.0)),
        number("down_capture", capture(&returns, &market, |b| b < 0.0)),
        share(
            "batting_average",
            Some(sum(&excess, |e| f64::from(e > 0.0)) / n),
        ),
    ]
}

/// The yearly rate that compounds to a total return (the compound annual growth rate
/// of the CFA Institute's GIPS), or `None` when all was lost.
fn growth(total_return: f64, years: f64) -> Option<f64> {
    (total_return > -1.0).then(|| libm::pow(1.0 + total_return, 1.0 / years) - 1.0)
}

/// Growth over the worst drawdown (Young, "Calmar Ratio: A Smoother Tool", Futures
/// 20, 1991).
fn calmar(growth: Option<f64>, drawdown: f64) -> Option<f64> {
    growth
        .filter(|_| drawdown > 0.0)
        .map(|growth| growth / drawdown)
}

/// Gains over losses (Keating and Shadwick, "A Universal Performance Measure", 2002),
/// with a threshold of zero.
fn omega(returns: &[f64]) -> Option<f64> {
    let losses = -sum(returns, |r| r.min(0.0));
    (losses > 0.0).then(|| sum(returns, |r| r.max(0.0)) / losses)
}

/// The 95th percentile over the size of the 5th, as empyrical has it.
fn tail_ratio(sorted: &[f64]) -> Option<f64> {
    let low = quantile(sorted, 0.05).abs();
    (low > 0.0).then(|| quantile(sorted, 0.95).abs() / low)
}

/// The quantile of sorted values, linear between two of them (type 7 of Hyndman and
/// Fan, "Sample Quantiles in Statistical Packages", American Statistician 50, 1996).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between the first value and the last"
)]
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (at - at.floor()) * (sorted[high] - sorted[low])
}

/// The mean of the returns up to the quantile (Rockafellar and Uryasev, "Optimization
/// of Conditional Value-at-Risk", Journal of Risk 2, 2000), counted as empyrical does.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between the first value and the last"
)]
fn expected_shortfall(sorted: &[f64], share: f64) -> f64 {
    let n = (share * (sorted.len() - 1) as f64) as usize + 1;
    sum(&sorted[..n], |r| r) / n as f64
}

/// How straight the logarithm of the curve is from the first tick on: R squared against
/// time, as in empyrical's `stability_of_timeseries`.
fn stability(curve: &[f64]) -> Option<f64> {
    if curve.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = curve
        .iter()
        .map(|value| libm::log(value / curve[0]))
        .collect();
    let hours: Vec<f64> = (0..curve.len()).map(|hour| hour as f64).collect();
    correlation(&logs, &hours).map(|r| r * r)
}

/// Pearson's correlation, or `None` where one side does not vary.
fn correlation(left: &[f64], right: &[f64]) -> Option<f64> {
    let n = left.len() as f64;
    let (l, r) = (sum(left, |v| v) / n, sum(right, |v| v) / n);
    let products = sum_of_pairs(left, right, |x, y| (x - l) * (y - r));
    let scale = (sum(left, |x| (x - l) * (x - l)) * sum(right, |y| (y - r) * (y - r))).sqrt();
    (scale > 0.0).then(|| products / scale)
}

/// The mean growth of an hour over the benchmark's, both geometric, in the hours that
/// are chosen by what the benchmark did (Morningstar's upside and downside capture
/// ratios, of hours rather than of years: a good hour, compounded for a year, is absurd).
fn capture(returns: &[f64], market: &[f64], is_chosen: impl Fn(f64) -> bool) -> Option<f64> {
    let chosen = || returns.iter().zip(market).filter(|(_, b)| is_chosen(**b));
    let n = chosen().count() as f64;
    if n == 0.0 {
        return None;
    }
    let compound = |sum: f64| libm::expm1(sum / n);
    let own = compound(chosen().map(|(r, _)| libm::log1p(*r)).sum());
    let other = compound(chosen().map(|(_, b)| libm::log1p(*b)).sum());
    (other != 0.0).then(|| own / other)
}

/// The deviation of the excess returns, annualised (Grinold and Kahn, "Active Portfolio
/// Management", 2000), whose mean over it is the information ratio; of two hours at least.
fn tracking_error(excess: &Moments) -> Option<f64> {
    (excess.n >= 2.0).then(|| excess.deviation() * HOURS_PER_YEAR.sqrt())
}

/// Central moments of values, in two passes.
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
    cubes: f64,
    fourths: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = sum(values, |v| v) / n;
        let power = |exponent: i32| {
            sum(values, |v| {
                let d = v - mean;
                let square = d * d;
                match exponent {
                    2 => square,
                    3 => square * d,
                    _ => square * square,
                }
            })
        };
        Self {
            n,
            mean,
            squares: power(2),
            cubes: power(3),
            fourths: power(4),
        }
    }

    fn deviation(&self) -> f64 {
        if self.n < 2.0 {
            0.0
        } else {
            (self.squares / (self.n - 1.0)).sqrt()
        }
    }

    /// The third standardised moment.
    fn skew(&self) -> Option<f64> {
        let variance = self.squares / self.n;
        (variance > 0.0).then(|| self.cubes / self.n / (variance * variance.sqrt()))
    }

    /// The fourth standardised moment less 3, its value for a normal distribution.
    fn kurtosis(&self) -> Option<f64> {
        let variance = self.squares / self.n;
        (variance > 0.0).then(|| self.fourths / self.n / (variance * variance) - 3.0)
    }

    /// The Sharpe ratio of one hour over its standard error, which skew and fat
    /// tails widen (Mertens, "Comments on Variance of the IID Estimator in Lo", 2002);
    /// of three hours at least.
    fn sharpe_t(&self) -> Option<f64> {
        let deviation = self.deviation();
        if deviation == 0.0 || self.n < 3.0 {
            return None;
        }
        let sharpe = self.mean / deviation;
        let (skew, kurtosis) = (self.skew()?, self.kurtosis()?);
        let variance = 1.0 - skew * sharpe + (kurtosis + 2.0) / 4.0 * sharpe * sharpe;
        (variance > 0.0).then(|| sharpe / (variance / (self.n - 1.0)).sqrt())
    }

    /// The chance of so large a Sharpe ratio, or a larger one, when the true one is
    /// zero.
    fn sharpe_p(&self) -> Option<f64> {
        let t = self.sharpe_t()?;
        let student = StudentsT::new(0.0, 1.0, self.n - 1.0).ok()?;
        Some(student.sf(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_numpy() {
        let quantile = |share| quantile(&[1.0, 2.0, 3.0, 4.0], share).to_string();
        assert_eq!([0.0, 0.25, 1.0].map(quantile), ["1", "1.75", "4"]);
    }

    #[test]
    fn the_expected_shortfall_is_the_mean_of_what_is_up_to_the_quantile() {
        // empyrical's conditional_value_at_risk of 21 and of 20 returns: of two, and of one.
        let sorted: Vec<f64> = (0..21).map(|n| f64::from(n) - 10.0).collect();
        let shortfall = |n: usize| expected_shortfall(&sorted[..n], 0.05).to_string();
        assert_eq!([21, 20, 1].map(shortfall), ["-9.5", "-10", "-10"]);
    }

    #[test]
    fn moments_are_those_of_scipy() {
        // scipy.stats.skew and kurtosis of [1, 2, 3, 10].
        let moments = Moments::of(&[1.0, 2.0, 3.0, 10.0]);
        assert!((moments.skew().expect("it varies") - 1.018_233_765).abs() < 1e-8);
        assert!((moments.kurtosis().expect("it varies") + 0.7696).abs() < 1e-8);
    }

    #[test]
    fn a_straight_line_of_logarithms_is_stable() {
        let curve: Vec<f64> = (0..50).map(|hour| 100.0 * 1.01_f64.powi(hour)).collect();
        assert!((stability(&curve).expect("it grows") - 1.0).abs() < 1e-12);
    }
}
