//! The engine: the loop that plays the market to a strategy, hour by hour.
//!
//! A tick sees bars that are closed by then, and what it orders is executed as the
//! run's [`FillConvention`](crate::FillConvention) says: in the next bar, or at the
//! close that it saw last when that is asked for by name.

use crate::Result;
use crate::broker::Broker;
use crate::hour::Hours;
use crate::ledger::{Curve, Ledger};
use crate::market::Market;
use crate::metrics::metrics;
use crate::money::Cash;
use crate::outcome::Outcome;
use crate::portal::DataPortal;
use crate::portfolio::Portfolio;
use crate::sleep::Sleep;
use crate::strategy::{Context, Strategy};
use crate::time::HourRange;

pub use crate::options::EngineOptions;

/// Runs a strategy over the hours of `range` and returns what came of it.
///
/// Held positions are marked through `portal`, once each at every tick; everything
/// else is read from `market`. Bars before `range`, if the market has them, are
/// history that the strategy may look at.
///
/// # Errors
/// When the market does not have all of `range`, an option makes no sense, the
/// portal cannot answer, or the account outgrows exact numbers
/// ([`Error::TooRich`](crate::Error::TooRich)).
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
    let mut curve = Curve::new(options.capital, range.n_hours());
    let (portfolio, broker) = play(market, range, portal, strategy, options, &mut curve)?;
    let metrics = metrics(curve.units, curve.exposure, &market.benchmark(range));
    Ok(Outcome {
        range,
        ticks: range.n_hours(),
        capital: options.capital,
        final_value: portfolio.equity(),
        equity: curve.equity,
        fills: broker.fills,
        commission: broker.commission_paid,
        borrowing_cost: broker.borrowing_cost,
        orders: broker.book.orders,
        liquidations: broker.liquidations,
        portfolio,
        n_filled_hours: market.pairs().map(|p| market.n_filled(p, range)).collect(),
        metrics,
    })
}

/// What a run comes to, without how it got there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FinalValue {
    /// The equity at the last tick.
    pub value: Cash,
    /// That over the capital, less one.
    pub total_return: f64,
    /// How many orders, or parts of them, were executed.
    pub fills: usize,
    /// The sum of all commissions.
    pub commission: Cash,
}

/// Runs a strategy as [`run()`] does, for the final value alone: no curve is kept, and
/// the hours in which a strategy sleeps cost nothing.
///
/// # Errors
/// Those of [`run()`].
pub fn final_value<P, S>(
    market: &Market,
    range: HourRange,
    portal: &mut P,
    strategy: &mut S,
    options: &EngineOptions,
) -> Result<FinalValue>
where
    P: DataPortal + ?Sized,
    S: Strategy + ?Sized,
{
    let (portfolio, broker) = play(market, range, portal, strategy, options, &mut ())?;
    let value = portfolio.equity();
    Ok(FinalValue {
        value,
        total_return: value.in_units() / options.capital.in_units() - 1.0,
        fills: broker.fills.len(),
        commission: broker.commission_paid,
    })
}

/// The loop itself: every tick of a range that the market has, or every one at which
/// something may happen.
fn play<'a, P, S>(
    market: &Market,
    range: HourRange,
    portal: &mut P,
    strategy: &mut S,
    options: &'a EngineOptions,
    ledger: &mut impl Ledger,
) -> Result<(Portfolio, Broker<'a>)>
where
    P: DataPortal + ?Sized,
    S: Strategy + ?Sized,
{
    let hours = Hours::new(market, range)?;
    options.check()?;
    let mut portfolio = Portfolio::new(options.capital, market.n_pairs());
    let mut broker = Broker::new(options);
    let mut sleep = Sleep::new(&hours);

    let mut tick = 0;
    while tick < hours.n_ticks {
        let hour = hours.at(tick);

        // The hour happens: what was ordered is executed.
        broker.trade(&hour, &mut portfolio)?;

        // The hour closes: what is held is marked, and what is borrowed is paid for.
        let equity = portfolio.mark(portal, &hour)?;
        let equity = broker.settle(&hour, &mut portfolio, equity);

        // The strategy wakes, sees the closed hour, and orders.
        let mut context = Context::new(hour, &portfolio, equity, &mut broker, sleep.wake());
        if tick == 0 {
            strategy.initialize(&mut context);
        }
        strategy.on_tick(&mut context);

        // Under the convention of that name, the close waits for the decision.
        let equity = broker.trade_at_close(&hour, &mut portfolio, equity)?;
        ledger.hour(equity, portfolio.cash());
        tick += 1;

        // While the strategy sleeps and nothing is on order, prices alone change.
        if let Some(prices) = portal.market()
            && broker.is_at_rest(hour.close_time())
        {
            let n_hours = sleep.n_ticks_from(tick);
            if n_hours > 0 && portfolio.pass(n_hours, hour.close_time(), prices, ledger) {
                tick += n_hours;
            }
        }
    }
    Ok((portfolio, broker))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
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

    #[test]
    fn a_run_needs_capital() {
        for capital in [0.0, -5.0] {
            let options = EngineOptions {
                capital: Cash::from_f64(capital).expect("a sum of money"),
                ..EngineOptions::default()
            };
            let error = run_all(&market(&[1, 1]), &mut Idle, &options).expect_err("a bad option");
            let rule = "is not a valid --capital: a run needs capital above zero";
            assert_eq!(error.to_string(), format!("`{capital}` {rule}"));
        }
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
        let all_in = |context: &mut Context<'_>| {
            context.order_target_percent(PairId(0), 0.99);
        };
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
        assert_eq!((outcome.orders.len(), outcome.n_rejected()), (8, 8));
        assert_eq!(outcome.final_value, outcome.capital);
    }

    #[test]
    fn orders_of_the_last_tick_are_unfilled() {
        let mut buy = Once(|context: &mut Context<'_>| {
            context.order(PairId(0), Quantity::from_units(1));
        });
        let outcome = run_all(&market(&[5]), &mut buy, &EngineOptions::default()).expect("a run");
        assert_eq!((outcome.n_unfilled(), outcome.fills.len()), (1, 0));
    }
}
