//! The metrics from their definitions.

use backtest::Metrics;
use proptest::prelude::*;

use crate::CAPITAL;
use crate::engine::Naive;
use crate::support::ONE;

/// The metrics from their definitions, over the whole curve, in several passes.
pub fn check_metrics(metrics: &Metrics, naive: &Naive<'_>) -> Result<(), TestCaseError> {
    let money = |units: i128| units as f64 / ONE as f64;
    let curve: Vec<f64> = std::iter::once(CAPITAL)
        .chain(naive.equity.iter().copied())
        .map(money)
        .collect();
    let n_pairs = naive.scenario.pairs.len();
    let benchmark = |tick: usize| {
        let grown = |pair| {
            let first = naive.price(pair, 0, |row| row.open) as f64;
            naive.price(pair, tick, |row| row.close) as f64 / first
        };
        (0..n_pairs).map(grown).sum::<f64>() / n_pairs as f64
    };
    let market: Vec<f64> = std::iter::once(1.0)
        .chain((0..naive.equity.len()).map(benchmark))
        .collect();

    let returns =
        |curve: &[f64]| -> Vec<f64> { curve.windows(2).map(|w| w[1] / w[0] - 1.0).collect() };
    let (own, other) = (returns(&curve), returns(&market));
    let n = own.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let products = |a: &[f64], b: &[f64]| -> f64 {
        let (a_mean, b_mean) = (mean(a), mean(b));
        a.iter()
            .zip(b)
            .map(|(x, y)| (x - a_mean) * (y - b_mean))
            .sum()
    };
    let year: f64 = 365.25 * 24.0;
    let deviation = (products(&own, &own) / (n - 1.0)).sqrt();
    let losses: f64 = own.iter().map(|r| r.min(0.0).powi(2)).sum();
    let drawdowns = (0..curve.len()).flat_map(|low| (0..=low).map(move |peak| (peak, low)));
    let worst = drawdowns
        .map(|(peak, low)| 1.0 - curve[low] / curve[peak])
        .fold(0.0, f64::max);

    close(
        "total return",
        metrics.total_return,
        curve[curve.len() - 1] / curve[0] - 1.0,
    )?;
    close(
        "benchmark return",
        metrics.benchmark_return,
        market[market.len() - 1] - 1.0,
    )?;
    close("drawdown", metrics.max_drawdown.fraction, worst)?;
    if let Some(volatility) = metrics.volatility {
        close("volatility", volatility, deviation * year.sqrt())?;
    } else {
        prop_assert!(own.len() < 2);
    }
    // Where all returns are rounding of nothing, a ratio of them says nothing.
    if deviation > 1e-9 {
        let sharpe = metrics.sharpe.expect("the equity moved");
        close("Sharpe ratio", sharpe, mean(&own) / deviation * year.sqrt())?;
    }
    if losses > 1e-12 {
        let sortino = metrics.sortino.expect("there was a loss");
        close(
            "Sortino ratio",
            sortino,
            mean(&own) / (losses / n).sqrt() * year.sqrt(),
        )?;
    }
    if products(&other, &other) > 1e-12 {
        let beta = products(&own, &other) / products(&other, &other);
        close("beta", metrics.beta.expect("the market moved"), beta)?;
        let alpha = (mean(&own) - beta * mean(&other)) * year;
        close("alpha", metrics.alpha.expect("the market moved"), alpha)?;
    }
    Ok(())
}

/// Equal but for the rounding of a few hundred operations.
fn close(name: &str, ours: f64, naive: f64) -> Result<(), TestCaseError> {
    let tolerance = 1e-9 * naive.abs().max(1.0);
    prop_assert!(
        (ours - naive).abs() <= tolerance,
        "{}: {} against {}",
        name,
        ours,
        naive
    );
    Ok(())
}
