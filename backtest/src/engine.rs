//! The engine: the loop that plays the market to a strategy, hour by hour.
//!
//! A tick sees bars that are closed by then, and what it orders is filled at the
//! next open at the earliest. That is the whole convention: no option changes it.

use crate::broker::Broker;
use crate::commission::PercentCommission;
use crate::history::Hour;
use crate::market::Market;
use crate::metrics::{EqualWeight, RunningMetrics};
use crate::money::{Cash, Ratio};
use crate::outcome::Outcome;
use crate::portal::DataPortal;
use crate::portfolio::Portfolio;
use crate::strategy::{Context, Strategy};
use crate::time::HourRange;
use crate::{Error, Result};

/// What a run starts with and what trading costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EngineOptions {
    /// The cash at the beginning, above zero; 100,000 unless told otherwise.
    pub capital: Cash,
    /// The commission as a share of a trade's value, from 0 up to 1; 0.1 % unless
    /// told otherwise.
    pub commission: Ratio,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            capital: Cash::from_f64(100_000.0).expect("a sum of money"),
            commission: Ratio::from_f64(0.001).expect("a share"),
        }
    }
}

/// Runs a strategy over the hours of `range` and returns what came of it.
///
/// Held positions are marked through `portal`, once each at every tick; everything
/// else is read from `market`. Bars before `range`, if the market has them, are
/// history that the strategy may look at.
///
/// # Errors
/// When the market does not have all of `range`, an option makes no sense, or the
/// portal cannot answer.
pub fn run<P, S>(
    market: &Market,
    range: HourRange,
    portal: &mut P,
    strategy: &mut S,
    options: &EngineOptions,
) -> Result<Outcome>
where
    P: DataPortal + ?Sized,
    S: Strategy + ?Sized,
{
    market.require(range)?;
    options.check()?;
    let first_bars = Hour::first_bars(market, range.start());
    let mut portfolio = Portfolio::new(options.capital, market.n_pairs());
    let mut broker = Broker::new(PercentCommission::new(options.commission));
    let benchmark = EqualWeight::new(&Hour::new(market, &first_bars, range.start(), 0));
    let mut metrics = RunningMetrics::new(options.capital);
    let mut equity_curve = Vec::with_capacity(range.n_hours());

    for tick in 0..range.n_hours() {
        let hour = Hour::new(market, &first_bars, range.start(), tick);

        // The hour opens: what was ordered is filled.
        broker.fill_at_open(&hour, &mut portfolio);

        // The hour closes: what is held is marked.
        let equity = portfolio.mark(portal, hour.open_time())?;
        equity_curve.push(equity);
        metrics.update(equity, equity - portfolio.cash(), benchmark.value(&hour));

        // The strategy sees the closed hour and orders for the next.
        let mut context = Context::new(hour, &portfolio, equity, &mut broker.book);
        if tick == 0 {
            strategy.initialize(&mut context);
        }
        strategy.on_tick(&mut context);
    }

    Ok(Outcome {
        range,
        ticks: range.n_hours(),
        capital: options.capital,
        final_value: portfolio.equity(),
        equity: equity_curve,
        fills: broker.fills,
        commission: broker.commission_paid,
        n_orders: broker.book.n_orders,
        n_cut: broker.n_cut,
        n_rejected: broker.book.n_rejected,
        n_superseded: broker.book.n_superseded,
        n_unfilled: broker.book.open.len(),
        portfolio,
        n_filled_hours: market.pairs().map(|p| market.n_filled(p, range)).collect(),
        metrics: metrics.finish(),
    })
}

impl EngineOptions {
    fn check(&self) -> Result<()> {
        if self.capital <= Cash::ZERO {
            return Err(Error::Option {
                option: "--capital",
                value: self.capital.to_string(),
                rule: "a run needs capital above zero".into(),
            });
        }
        if self.commission < Ratio::default() || self.commission >= Ratio::ONE {
            return Err(Error::Option {
                option: "--commission",
                value: self.commission.as_f64().to_string(),
                rule: "a commission is at least 0 and below 1 (100 %)".into(),
            });
        }
        Ok(())
    }
}
