//! The half-life of mean reversion: how long a deviation takes to halve.
//!
//! The log price is taken for an Ornstein-Uhlenbeck process, as in E. Schwartz,
//! "The Stochastic Behavior of Commodity Prices", Journal of Finance 52(3), 1997.
//! Regressing its hourly changes on its level gives the slope `b`, and a deviation
//! shrinks by the factor `1 + b` an hour, so that it halves in
//! `ln(1/2) / ln(1 + b)` hours (E. Chan, "Algorithmic Trading", 2013, chapter 2).

use crate::money::Price;

/// The half-life in hours, or `None` when the window has fewer than three closes,
/// never moves, or does not revert to any mean.
pub fn half_life(closes: &[Price]) -> Option<f64> {
    let (first, rest) = closes.split_first()?;
    let origin = first.as_units() as f64;
    let (mut n, mut sums) = (0.0, Sums::default());
    let mut level = 0.0;
    for close in rest {
        // Levels are counted from the first close, so that the scale of prices
        // falls out, and by a logarithm from a library of its own, since the last
        // bit of the platform's differs from system to system.
        let next = libm::log(close.as_units() as f64 / origin);
        sums.add(level, next - level);
        level = next;
        n += 1.0;
    }
    let slope = sums.slope(n)?;
    (-1.0 < slope && slope < 0.0).then(|| libm::log(0.5) / libm::log1p(slope))
}

/// What a regression of changes on levels needs to remember.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    level: f64,
    change: f64,
    level_squared: f64,
    level_times_change: f64,
}

impl Sums {
    fn add(&mut self, level: f64, change: f64) {
        self.level += level;
        self.change += change;
        self.level_squared += level * level;
        self.level_times_change += level * change;
    }

    /// The slope of the least-squares line through `n` points.
    fn slope(&self, n: f64) -> Option<f64> {
        let spread = n * self.level_squared - self.level * self.level;
        let common = n * self.level_times_change - self.level * self.change;
        (n >= 2.0 && spread > 0.0).then(|| common / spread)
    }
}

#[cfg(test)]
mod tests {
    use bench_fixtures::rng::Rng;
    use proptest::prelude::*;

    use super::*;

    /// A log price that falls back to 5 % of its mean's distance, plus noise.
    #[expect(clippy::cast_possible_truncation, reason = "prices near 1e9 units")]
    fn reverting(n_bars: usize, pull: f64, seed: u64) -> Vec<Price> {
        let mut dice = Rng::new(seed);
        let mut level = 0.0;
        (0..n_bars)
            .map(|_| {
                level += -pull * level + 0.01 * dice.normal();
                Price::from_units((1e9 * libm::exp(level)) as i64)
            })
            .collect()
    }

    #[test]
    fn a_known_pull_is_found() {
        // ln(1/2) / ln(0.95) is 13.5 hours. The slope's standard error is about
        // sqrt(2 * 0.05 / 20,000) = 0.0022, so five of them span 11 to 18 hours.
        let found = half_life(&reverting(20_000, 0.05, 3)).expect("it reverts");
        assert!((11.0..18.0).contains(&found), "{found}");
    }

    #[test]
    fn what_does_not_revert_has_none() {
        let faster_and_faster = [10, 20, 80, 640, 10_240].map(Price::from_units);
        assert_eq!(half_life(&faster_and_faster), None);
        assert_eq!(half_life(&[Price::from_units(5); 9]), None);
        assert_eq!(half_life(&[]), None);
        assert_eq!(half_life(&faster_and_faster[..2]), None, "too few");
    }

    proptest! {
        /// Centred sums in two passes, the way a textbook writes the slope.
        #[test]
        fn agrees_with_the_textbook(units in prop::collection::vec(1_000..1_000_000_i64, 4..200)) {
            let closes: Vec<_> = units.iter().copied().map(Price::from_units).collect();
            let logs: Vec<f64> = closes.iter().map(|close| libm::log(close.as_units() as f64)).collect();
            let levels = &logs[..logs.len() - 1];
            let changes: Vec<f64> = logs.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let n = changes.len() as f64;
            let (mean_level, mean_change) = (levels.iter().sum::<f64>() / n, changes.iter().sum::<f64>() / n);
            let common: f64 = levels.iter().zip(&changes).map(|(l, c)| (l - mean_level) * (c - mean_change)).sum();
            let spread: f64 = levels.iter().map(|l| (l - mean_level) * (l - mean_level)).sum();
            let slope = common / spread;
            // Slopes at the very edge of what reverts may fall on either side.
            prop_assume!((slope.abs() > 1e-6) && ((slope + 1.0).abs() > 1e-6) && spread > 1e-9);
            let naive = (-1.0 < slope && slope < 0.0).then(|| libm::log(0.5) / libm::log(1.0 + slope));
            let ours = half_life(&closes);
            prop_assert_eq!(ours.is_some(), naive.is_some());
            if let (Some(ours), Some(naive)) = (ours, naive) {
                prop_assert!((ours / naive - 1.0).abs() < 1e-4, "{} against {}", ours, naive);
            }
        }
    }
}
