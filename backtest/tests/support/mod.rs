//! Small random markets, and a strategy that does as it is told.

use backtest::{
    Cash, Context, EngineOptions, HourRange, Market, MemoryPortal, Outcome, Price, Quantity,
    Strategy, Timestamp, run,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

mod row;

pub use row::{CENT, Row};

/// [`Cash`] units in one of the quote currency.
pub const ONE: i128 = 10_i128.pow(22);

/// A market's rows, pair by pair, and how many of the first hours are warm-up.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub pairs: Vec<Vec<Row>>,
    pub n_warm_up: usize,
}

/// One order of a script; pairs are places in the market.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    Order(usize, i128),
    Target(usize, i128),
    Weight(usize, f64),
}

impl Scenario {
    pub fn n_ticks(&self) -> usize {
        self.pairs[0].len() - self.n_warm_up
    }

    /// The market with every price times `scale`.
    pub fn market(&self, scale: i64) -> Market {
        row::market(&self.pairs, scale)
    }

    /// The hours after the warm-up, less the last `n_cut`.
    pub fn range(&self, n_cut: usize) -> HourRange {
        let end = self.pairs[0].len() - n_cut;
        HourRange::new(hour(self.n_warm_up), hour(end)).expect("hours are left")
    }

    /// Runs with every price times `scale`.
    pub fn run_with(
        &self,
        strategy: &mut dyn Strategy,
        options: &EngineOptions,
        scale: i64,
    ) -> Outcome {
        let market = self.market(scale);
        let mut portal = MemoryPortal::new(&market);
        run(&market, self.range(0), &mut portal, strategy, options).expect("a sound run")
    }
}

/// The time of a place in a pair's rows.
pub fn hour(idx: usize) -> Timestamp {
    Timestamp::from_seconds(0).plus_hours(i64::try_from(idx).expect("small markets"))
}

/// What a strategy saw of its account at one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub cash: Cash,
    pub equity: Cash,
    pub quantities: Vec<Quantity>,
    pub closes: Vec<Price>,
}

/// Places the orders of a script, tick by tick, and writes down what it sees.
#[derive(Clone, Debug, Default)]
pub struct Scripted {
    pub script: Vec<Vec<Action>>,
    pub seen: Vec<Seen>,
}

impl Scripted {
    pub fn new(script: &[Vec<Action>]) -> Self {
        Self {
            script: script.to_vec(),
            seen: Vec::new(),
        }
    }
}

impl Strategy for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn initialize(&mut self, _context: &mut Context<'_>) {
        self.seen.clear();
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        let portfolio = context.portfolio();
        self.seen.push(Seen {
            cash: portfolio.cash(),
            equity: context.equity(),
            quantities: context.pairs().map(|p| portfolio.quantity(p)).collect(),
            closes: context.pairs().map(|p| context.price(p)).collect(),
        });
        let pairs: Vec<_> = context.pairs().collect();
        for action in &self.script[self.seen.len() - 1] {
            match *action {
                Action::Order(idx, units) => {
                    context.order(pairs[idx], Quantity::from_units(units));
                }
                Action::Target(idx, units) => {
                    context.order_target(pairs[idx], Quantity::from_units(units));
                }
                Action::Weight(idx, weight) => {
                    context.order_target_percent(pairs[idx], weight);
                }
            }
        }
    }
}

/// A scenario of one to three pairs, with `n_hours` of which some are warm-up.
pub fn scenario(n_hours: std::ops::Range<usize>) -> impl Generator<Value = Scenario> {
    (1..4_usize, n_hours)
        .prop_flat_map(|(n_pairs, n_hours)| (vec(rows(n_hours), n_pairs), 0..n_hours / 2))
        .prop_map(|(pairs, n_warm_up)| Scenario { pairs, n_warm_up })
}

/// A scenario, and a script of up to three orders for each of its ticks.
pub fn scripted(
    n_hours: std::ops::Range<usize>,
) -> impl Generator<Value = (Scenario, Vec<Vec<Action>>)> {
    scenario(n_hours).prop_flat_map(|scenario| {
        let actions = vec(vec(action(scenario.pairs.len()), 0..4), scenario.n_ticks());
        (Just(scenario), actions)
    })
}

fn action(n_pairs: usize) -> impl Generator<Value = Action> {
    // Up to a hundred coins at a few units of money each, which a capital of a
    // hundred can and cannot pay for.
    let coins = 100 * 10_i128.pow(12);
    prop_oneof![
        (0..n_pairs, -coins..coins).prop_map(|(pair, units)| Action::Order(pair, units)),
        (0..n_pairs, 0..coins).prop_map(|(pair, units)| Action::Target(pair, units)),
        (0..n_pairs, -0.1..1.2_f64).prop_map(|(pair, weight)| Action::Weight(pair, weight)),
    ]
}

/// A random walk in cents, with gaps between hours and with absent hours.
pub fn rows(n_hours: usize) -> impl Generator<Value = Vec<Row>> {
    let hour = (
        -4..5_i64,
        -12..13_i64,
        0..6_i64,
        0..6_i64,
        prop::bool::weighted(0.15),
    );
    (100..500_i64, vec(hour, n_hours)).prop_map(|(first, hours)| {
        let mut last = first;
        let walk = hours
            .into_iter()
            .map(|(gap, change, above, below, absent)| {
                let volume = 1;
                if absent {
                    return Row {
                        open: last,
                        high: last,
                        low: last,
                        close: last,
                        volume,
                        absent,
                    };
                }
                let open = (last + gap).max(10);
                last = (open + change).max(10);
                Row {
                    open,
                    high: open.max(last) + above,
                    low: (open.min(last) - below).max(1),
                    close: last,
                    volume,
                    absent,
                }
            });
        walk.collect()
    })
}
