//! Catching a strategy that knows the future.
//!
//! What is decided until a moment cannot depend on what happens after it. So the
//! strategy is run again on data that end at the moment, and on data whose bars
//! after it are shuffled; any order that was not placed in the same way shows that
//! it did. The engine itself shows a strategy nothing beyond the tick, but a
//! strategy may have read the data before the run.

use bench_fixtures::rng::Rng;

use crate::Result;
use crate::bar::{Bar, BarSeries};
use crate::engine::{self, EngineOptions};
use crate::market::{Listing, Market};
use crate::order::Order;
use crate::portal::MemoryPortal;
use crate::strategy::Strategy;
use crate::time::{HourRange, Timestamp};

/// How the future was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was none.
    Truncated,
    /// Its bars came in another order.
    Shuffled,
}

/// A decision that depended on the future.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// From when on the data were changed.
    pub cut: Timestamp,
    /// How they were changed.
    pub change: Change,
    /// When the first order that differs was placed.
    pub at: Timestamp,
    /// The order with the true future, if there was one.
    pub original: Option<Order>,
    /// The order with the changed future, if there was one.
    pub changed: Option<Order>,
}

/// Runs a strategy with `n_cuts` changed futures of each kind, and returns the
/// decisions that changed with them, the first one of each.
///
/// `build` makes the strategy anew for a market, as a user's program would.
///
/// # Errors
/// Whatever building and running fail with.
pub fn check(
    market: &Market,
    range: HourRange,
    options: &EngineOptions,
    n_cuts: usize,
    seed: u64,
    build: impl Fn(&Market) -> Result<Box<dyn Strategy + Send>>,
) -> Result<Vec<Difference>> {
    let decide = |market: &Market, range: HourRange| -> Result<Vec<Order>> {
        let mut strategy = build(market)?;
        let mut portal = MemoryPortal::new(market);
        let outcome = engine::run(market, range, &mut portal, strategy.as_mut(), options)?;
        Ok(outcome.orders)
    };
    let original = decide(market, range)?;
    let mut differences = Vec::new();
    for idx in 1..=n_cuts {
        let hours = i64::try_from(range.n_hours() * idx / (n_cuts + 1)).expect("fewer than all");
        let cut = range.start().plus_hours(hours.max(1));
        let Some(past) = HourRange::new(range.start(), cut).filter(|_| cut < range.end()) else {
            continue;
        };
        let truncated = decide(&truncated(market, cut)?, past)?;
        let shuffled = decide(
            &shuffled(market, cut, seed.wrapping_add(idx as u64))?,
            range,
        )?;
        for (change, orders) in [(Change::Truncated, truncated), (Change::Shuffled, shuffled)] {
            differences.extend(first_difference(&original, &orders, cut, change));
        }
    }
    Ok(differences)
}

/// The first of the orders placed until `cut` that is not the same in both runs.
fn first_difference(
    original: &[Order],
    changed: &[Order],
    cut: Timestamp,
    change: Change,
) -> Option<Difference> {
    let until = |orders: &[Order]| -> Vec<Order> {
        let placed = orders.iter().filter(|order| order.placed_at <= cut);
        placed.cloned().collect()
    };
    let (original, changed) = (until(original), until(changed));
    let n = original.len().max(changed.len());
    let differs = |idx: &usize| match (original.get(*idx), changed.get(*idx)) {
        (Some(one), Some(other)) => !is_same_decision(one, other),
        _ => true,
    };
    let idx = (0..n).find(differs)?;
    let (original, changed) = (original.get(idx).cloned(), changed.get(idx).cloned());
    let placed = |order: &Option<Order>| order.as_ref().map(|order| order.placed_at);
    Some(Difference {
        cut,
        change,
        at: placed(&original)
            .into_iter()
            .chain(placed(&changed))
            .min()?,
        original,
        changed,
    })
}

/// Whether two orders ask for the same, whatever became of them.
fn is_same_decision(one: &Order, other: &Order) -> bool {
    let asked = |order: &Order| {
        (
            order.pair,
            order.amount,
            order.kind,
            order.time_in_force,
            order.placed_at,
        )
    };
    asked(one) == asked(other)
}

/// The market without the bars from `cut` on.
fn truncated(market: &Market, cut: Timestamp) -> Result<Market> {
    rebuilt(market, cut, |_| Vec::new())
}

/// The market with the bars from `cut` on in another order.
fn shuffled(market: &Market, cut: Timestamp, seed: u64) -> Result<Market> {
    let mut dice = Rng::new(seed);
    rebuilt(market, cut, move |mut future| {
        dice.shuffle(&mut future);
        future
    })
}

fn rebuilt(
    market: &Market,
    cut: Timestamp,
    mut change: impl FnMut(Vec<Bar>) -> Vec<Bar>,
) -> Result<Market> {
    let listing = |pair| {
        let old = market.bars(pair);
        let mut bars = BarSeries::new(old.start());
        let all = (0..old.len()).map(|idx| old.bar(idx));
        let (past, future): (Vec<_>, Vec<_>) = all.partition(|bar| bar.open_time < cut);
        for bar in past.into_iter().chain(change(future)) {
            let open_time = bars.end();
            bars.push(Bar { open_time, ..bar });
        }
        Listing {
            symbol: market.symbol(pair).clone(),
            bars,
        }
    };
    let listings = market.pairs().map(listing).collect();
    Market::new(listings, market.source().to_owned(), market.is_synthetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::embedded;
    use crate::instrument::PairId;
    use crate::money::Price;
    use crate::strategy::{Context, SmaCross};

    /// Holds a pair in hours whose close it read before the run.
    struct Prophet {
        closes: Vec<Price>,
        tick: usize,
    }

    impl Strategy for Prophet {
        fn name(&self) -> &'static str {
            "prophet"
        }

        fn on_tick(&mut self, context: &mut Context<'_>) {
            self.tick += 1;
            let rises = self.closes.get(self.tick) > self.closes.get(self.tick - 1);
            context.order_target_percent(PairId(0), if rises { 0.9 } else { 0.0 });
        }
    }

    fn setting() -> (Market, HourRange) {
        let market = embedded(1, 1).expect("the embedded market");
        let start = Timestamp::parse("2016-01").expect("a month");
        let range = HourRange::new(start, start.plus_hours(500)).expect("hours");
        (market, range)
    }

    #[test]
    fn a_strategy_that_reads_the_file_ahead_is_caught() {
        let (market, range) = setting();
        let options = EngineOptions::default();
        let found = check(&market, range, &options, 5, 1, |market| {
            let bars = market.bars(PairId(0));
            let first = bars.index_of(range.start()).expect("in the data");
            let closes = bars.closes()[first..].to_vec();
            Ok(Box::new(Prophet { closes, tick: 0 }))
        });
        let found = found.expect("sound runs");
        assert!(found.iter().any(|d| d.change == Change::Truncated));
        assert!(found.iter().any(|d| d.change == Change::Shuffled));
        assert!(found.iter().all(|d| d.at <= d.cut));
    }

    #[test]
    fn an_honest_strategy_is_not() {
        let (market, range) = setting();
        let options = EngineOptions::default();
        let build = |_: &Market| -> Result<Box<dyn Strategy + Send>> {
            Ok(Box::new(SmaCross::new(3, 9, 0.99)?))
        };
        let found = check(&market, range, &options, 5, 1, build).expect("sound runs");
        assert_eq!(found, []);
    }
}
