//! Statistics of the drawdowns: the times from one peak of the equity to the next
//! (Magdon-Ismail and Atiya, "Maximum Drawdown", Risk 17, 2004, and the averages of
//! backtesting.py).

use super::{Statistic, Unit};

/// A stretch below a peak.
struct Drawdown {
    fraction: f64,
    hours: usize,
}

/// Of a curve that begins before the first tick.
pub(super) fn statistics(curve: &[f64]) -> Vec<Statistic> {
    let all = drawdowns(curve);
    let n = all.len() as f64;
    let share = |name, value: Option<f64>| Statistic::new(name, Unit::Share, value);
    let hours = |name, value: Option<f64>| Statistic::new(name, Unit::Hours, value);
    let worst = all.iter().map(|d| d.fraction).fold(0.0, f64::max);
    let longest = all.iter().map(|d| d.hours).max().unwrap_or(0) as f64;
    let mean = |sum: f64| (n > 0.0).then(|| sum / n);
    vec![
        share("max_drawdown", Some(worst)),
        share("mean_drawdown", mean(all.iter().map(|d| d.fraction).sum())),
        hours("max_drawdown_duration", Some(longest)),
        hours(
            "mean_drawdown_duration",
            mean(all.iter().map(|d| d.hours as f64).sum()),
        ),
    ]
}

/// Each from its peak until the peak is reached again, or the end.
fn drawdowns(curve: &[f64]) -> Vec<Drawdown> {
    let mut all = Vec::new();
    let (mut peak, mut peak_at, mut low) = (curve[0], 0, curve[0]);
    let mut end = |peak: f64, low: f64, hours: usize| {
        if low < peak {
            let fraction = (peak - low) / peak;
            all.push(Drawdown { fraction, hours });
        }
    };
    for (at, value) in curve.iter().copied().enumerate() {
        if value >= peak {
            end(peak, low, at - peak_at);
            (peak, peak_at, low) = (value, at, value);
        }
        low = low.min(value);
    }
    end(peak, low, curve.len() - 1 - peak_at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawdown_lasts_until_its_peak_is_reached_again() {
        let all = drawdowns(&[100.0, 90.0, 100.0, 110.0, 55.0, 60.0]);
        let found: Vec<_> = all.iter().map(|d| (d.fraction, d.hours)).collect();
        assert_eq!(found, [(0.1, 2), (0.5, 2)]);
    }
}
