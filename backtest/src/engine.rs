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
/// When the market does not have all of `range`, an option makes no sense, the
/// portal cannot answer, or the account outgrows exact numbers
/// ([`Error::TooRich`]).
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
        broker.fill_at_open(&hour, &mut portfolio)?;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::{Bar, BarSeries};
    use crate::instrument::{PairId, Symbol};
    use crate::market::Listing;
    use crate::money::{Price, Quantity};
    use crate::portal::MemoryPortal;
    use crate::strategy::Idle;
    use crate::time::Timestamp;

    /// Orders at the first tick whatever the closure orders.
    struct Once<F>(F);

    impl<F: FnMut(&mut Context<'_>)> Strategy for Once<F> {
        fn name(&self) -> &'static str {
            "once"
        }

        fn initialize(&mut self, context: &mut Context<'_>) {
            (self.0)(context);
        }

        fn on_tick(&mut self, _context: &mut Context<'_>) {}
    }

    /// A market of one pair with flat bars at these prices, in units.
    fn market(prices: &[i64]) -> Market {
        let mut bars = BarSeries::new(Timestamp::from_seconds(0));
        for units in prices {
            let bar = Bar::fill(bars.end(), Price::from_units(*units));
            bars.push(Bar {
                filled: false,
                ..bar
            });
        }
        let symbol = Symbol::parse("BTC/USD").expect("a pair");
        Market::new(vec![Listing { symbol, bars }], "a test".into(), true).expect("one pair")
    }

    fn run_all<S: Strategy>(
        market: &Market,
        strategy: &mut S,
        options: &EngineOptions,
    ) -> Result<Outcome> {
        let (start, end) = market.common_hours();
        let range = HourRange::new(start, end).expect("hours");
        let mut portal = MemoryPortal::new(market);
        run(market, range, &mut portal, strategy, options)
    }

    #[track_caller]
    fn check_options(capital: f64, commission: f64, expected: &str) {
        let options = EngineOptions {
            capital: Cash::from_f64(capital).expect("a sum of money"),
            commission: Ratio::from_f64(commission).expect("a ratio"),
        };
        let error = run_all(&market(&[1, 1]), &mut Idle, &options).expect_err("a bad option");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn options_that_make_no_sense_are_named() {
        let capital = "is not a valid --capital: a run needs capital above zero";
        check_options(0.0, 0.0, &format!("`0` {capital}"));
        check_options(-5.0, 0.0, &format!("`-5` {capital}"));
        let rule = "is not a valid --commission: a commission is at least 0 and below 1 (100 %)";
        check_options(1.0, -0.1, &format!("`-0.1` {rule}"));
        check_options(1.0, 1.0, &format!("`1` {rule}"));
    }

    #[test]
    fn a_range_beyond_the_data_is_an_error() {
        let market = market(&[1, 1]);
        let (start, end) = market.common_hours();
        let range = HourRange::new(start, end.plus_hours(1)).expect("three hours");
        let mut portal = MemoryPortal::new(&market);
        let outcome = run(
            &market,
            range,
            &mut portal,
            &mut Idle,
            &EngineOptions::default(),
        );
        assert!(matches!(outcome, Err(Error::RangeOutsideData { .. })));
    }

    #[test]
    fn wealth_beyond_exact_numbers_stops_the_run() {
        let all_in = |context: &mut Context<'_>| context.order_target_percent(PairId(0), 0.99);
        // From the lowest price that there is to the highest.
        let market = market(&[1, 1, i64::MAX]);
        let error = run_all(&market, &mut Once(all_in), &EngineOptions::default());
        assert!(matches!(error, Err(Error::TooRich { .. })));
    }

    #[test]
    fn orders_without_measure_are_rejected_and_counted() {
        let market = market(&[5, 5, 5]);
        let mut absurd = Once(|context: &mut Context<'_>| {
            for weight in [f64::NAN, f64::INFINITY, 101.0, -101.0] {
                context.order_target_percent(PairId(0), weight);
            }
            for units in [i128::MIN, i128::MAX] {
                context.order(PairId(0), Quantity::from_units(units));
                context.order_target(PairId(0), Quantity::from_units(units));
            }
            context.order(PairId(0), Quantity::ZERO);
        });
        let outcome = run_all(&market, &mut absurd, &EngineOptions::default()).expect("a run");
        assert_eq!((outcome.n_orders, outcome.n_rejected), (8, 8));
        assert_eq!(outcome.final_value, outcome.capital);
    }

    #[test]
    fn orders_of_the_last_tick_are_unfilled() {
        let mut buy = Once(|context: &mut Context<'_>| {
            context.order(PairId(0), Quantity::from_units(1));
        });
        let outcome = run_all(&market(&[5]), &mut buy, &EngineOptions::default()).expect("a run");
        assert_eq!((outcome.n_unfilled, outcome.fills.len()), (1, 0));
    }
}
