//! The deflated Sharpe ratio: the best of many tries looks good by chance alone.
//!
//! Bailey and López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection
//! Bias, Backtest Overfitting and Non-Normality", Journal of Portfolio Management 40
//! (2014).

use statrs::distribution::{ContinuousCDF, Normal};

use crate::metrics::HOURS_PER_YEAR;

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// What is left of the best Sharpe ratio of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeflatedSharpe {
    /// The best Sharpe ratio that was found, a year.
    pub best: f64,
    /// The best that so many tries without any skill would be expected to find, a
    /// year.
    pub expected_by_chance: f64,
    /// The probability that the true ratio of the best is above that.
    pub probability: f64,
}

/// Deflates the best of some yearly Sharpe ratios, all of hourly returns over
/// `n_hours`; `skew` and `kurtosis` (3 for a normal distribution) are those of the
/// best one's returns. `None` when there are fewer than two ratios.
pub fn deflated_sharpe(
    ratios: &[f64],
    n_hours: usize,
    skew: f64,
    kurtosis: f64,
) -> Option<DeflatedSharpe> {
    let n = ratios.len() as f64;
    if ratios.len() < 2 || n_hours < 2 {
        return None;
    }
    let per_year = HOURS_PER_YEAR.sqrt();
    let hourly: Vec<f64> = ratios.iter().map(|ratio| ratio / per_year).collect();
    let mean = hourly.iter().sum::<f64>() / n;
    let variance = hourly.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0);
    let normal = Normal::standard();
    let most = (1.0 - EULER) * normal.inverse_cdf(1.0 - 1.0 / n)
        + EULER * normal.inverse_cdf(1.0 - 1.0 / (n * std::f64::consts::E));
    let by_chance = variance.sqrt() * most;
    let best = hourly.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let spread = 1.0 - skew * best + (kurtosis - 1.0) / 4.0 * best * best;
    let z =
        (best - by_chance) * (n_hours as f64 - 1.0).sqrt() / spread.max(f64::MIN_POSITIVE).sqrt();
    Some(DeflatedSharpe {
        best: best * per_year,
        expected_by_chance: by_chance * per_year,
        probability: normal.cdf(z),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_example_comes_out() {
        // Bailey and López de Prado's own: 100 trials whose yearly ratios have a
        // variance of 1/2, five years of daily returns, a best ratio of 2.5 with a
        // skew of -3 and a kurtosis of 10. Ratios are rescaled from 250 days to the
        // hours of a year, which leaves the probability as it is.
        let to_hours = (HOURS_PER_YEAR / 250.0).sqrt();
        let n = 100;
        let spread = (0.5 * f64::from(n - 1) / f64::from(n)).sqrt();
        let mut ratios: Vec<f64> = (0..n)
            .map(|idx| if idx % 2 == 0 { spread } else { -spread })
            .collect();
        let found = |ratios: &[f64]| deflated_sharpe(ratios, 1_250, -3.0, 10.0).expect("ratios");
        let scaled: Vec<f64> = ratios.iter().map(|r| r * to_hours).collect();
        let by_chance = found(&scaled).expected_by_chance / to_hours;
        // 0.1132 a day in the paper.
        assert!(
            (by_chance / 250.0_f64.sqrt() - 0.1132).abs() < 5e-4,
            "{by_chance}"
        );
        ratios[0] = 2.5;
        let z = (2.5 / 250.0_f64.sqrt() - 0.1132) * 1_249.0_f64.sqrt()
            / (1.0 + 3.0 * 0.1581 + 9.0 / 4.0 * 0.025_f64).sqrt();
        assert!((Normal::standard().cdf(z) - 0.9004).abs() < 1e-3);
    }
}
