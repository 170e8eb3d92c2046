//! Statistics of the round trips that have come to an end.

use super::{Statistic, Unit};
use crate::round_trip::RoundTrip;

/// Of all round trips of a run, open ones left out. Their names and what they count are
/// backtesting.py's; the expectancy is the mean return of a trade.
pub(super) fn statistics(trips: &[RoundTrip]) -> Vec<Statistic> {
    let closed: Vec<&RoundTrip> = trips.iter().filter(|t| t.exited_at.is_some()).collect();
    let returns: Vec<f64> = closed.iter().map(|trip| trip.return_()).collect();
    let profits: Vec<f64> = closed.iter().map(|trip| trip.profit().as_f64()).collect();
    let hours: Vec<f64> = closed
        .iter()
        .filter_map(|trip| trip.hours())
        .map(|hours| hours as f64)
        .collect();
    let n = closed.len() as f64;
    let share = |name, value: Option<f64>| Statistic::new(name, Unit::Share, value);
    let number = |name, value: Option<f64>| Statistic::new(name, Unit::Number, value);
    let in_hours = |name, value: Option<f64>| Statistic::new(name, Unit::Hours, value);
    let wins = profits.iter().filter(|profit| **profit > 0.0).count() as f64;
    vec![
        Statistic::new("trades", Unit::Count, n),
        share("win_rate", (n > 0.0).then(|| wins / n)),
        share("best_trade", most(&returns)),
        share("worst_trade", most(&negative(&returns)).map(|worst| -worst)),
        share("mean_trade", geometric_mean(&returns)),
        share("expectancy", mean(&returns)),
        number("profit_factor", profit_factor(&profits)),
        number("kelly", kelly(&returns)),
        number("system_quality", system_quality(&profits)),
        in_hours("max_trade_duration", most(&hours)),
        in_hours("mean_trade_duration", mean(&hours)),
    ]
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn most(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

fn negative(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| -value).collect()
}

/// The return that, made by every trade, would have compounded to the same: the geometric
/// mean, backtesting.py's average trade.
fn geometric_mean(returns: &[f64]) -> Option<f64> {
    let logs: Vec<f64> = returns.iter().map(|r| libm::log1p(*r)).collect();
    mean(&logs).map(libm::expm1)
}

/// All profits over all losses, in money (Schwager, "Schwager on Futures: Technical
/// Analysis", 1996; backtesting.py takes returns instead).
fn profit_factor(profits: &[f64]) -> Option<f64> {
    let losses: f64 = profits.iter().filter(|p| **p < 0.0).map(|p| -p).sum();
    let gains: f64 = profits.iter().filter(|p| **p > 0.0).sum();
    (losses > 0.0).then(|| gains / losses)
}

/// The share of the capital that makes it grow fastest: `p - (1 - p) / (win / loss)`
/// (Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal
/// 35, 1956).
fn kelly(returns: &[f64]) -> Option<f64> {
    let wins: Vec<f64> = returns.iter().copied().filter(|r| *r > 0.0).collect();
    let losses: Vec<f64> = returns.iter().copied().filter(|r| *r < 0.0).collect();
    let odds = mean(&wins)? / -mean(&losses)?;
    let p = wins.len() as f64 / returns.len() as f64;
    Some(p - (1.0 - p) / odds)
}

/// The mean profit over its standard error: the System Quality Number (Tharp, "The
/// Definitive Guide to Position Sizing", 2008).
fn system_quality(profits: &[f64]) -> Option<f64> {
    let n = profits.len() as f64;
    let mean = mean(profits)?;
    let squares: f64 = profits.iter().map(|p| (p - mean) * (p - mean)).sum();
    let deviation = (squares / (n - 1.0)).sqrt();
    (n >= 2.0 && deviation > 0.0).then(|| n.sqrt() * mean / deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kelly_bets_the_edge_over_the_odds() {
        // Even odds won three times in five: the textbook's 20 %.
        let returns = [0.1, 0.1, 0.1, -0.1, -0.1];
        assert!((kelly(&returns).expect("wins and losses") - 0.2).abs() < 1e-12);
    }

    #[test]
    fn the_profit_factor_needs_a_loss() {
        assert_eq!(profit_factor(&[1.0, 2.0]), None);
        assert_eq!(profit_factor(&[3.0, -1.5]), Some(2.0));
    }
}
