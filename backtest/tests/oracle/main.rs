//! A second engine, slow and obvious, with which the real one must agree exactly.
//!
//! It shares no code with the crate beyond the market it is given. It keeps nothing
//! but the list of fills: cash, positions and equity are recomputed from all fills
//! whenever they are needed, in plain integers; what cash affords is found by
//! bisection, and moving averages are summed afresh.

#[path = "../support/affordable.rs"]
mod affordable;
mod averages;
mod engine;
mod metrics;
#[path = "../support/mod.rs"]
mod support;

use backtest::strategy::{BuyAndHold, SmaCross, SmaWeights};
use backtest::{Cash, EngineOptions, FillConvention, Outcome, Sizing, Strategy};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use averages::Averages;
use engine::{Naive, NaiveFill};
use metrics::check_metrics;
use support::{Action, ONE, Scenario, Scripted, scenario, scripted};

const CAPITAL: i128 = 100 * ONE;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_orders_do_the_same_in_both_engines(
        (scenario, script) in scripted(2..60),
        rules in conventions(),
    ) {
        let outcome = run(&scenario, &mut Scripted::new(&script), rules);
        let naive = Naive::run(&scenario, rules, |_, tick| script[tick].clone());
        check(&outcome, &naive)?;
    }

    #[test]
    fn buy_and_hold_does_the_same_in_both_engines(
        scenario in scenario(2..60),
        rules in conventions(),
    ) {
        let outcome = run(&scenario, &mut BuyAndHold::default(), rules);
        let n_pairs = scenario.pairs.len();
        let buy = |pair| Action::Weight(pair, 0.99 / n_pairs as f64);
        let naive = Naive::run(&scenario, rules, |_, tick| match tick {
            0 => (0..n_pairs).map(buy).collect(),
            _ => vec![],
        });
        check(&outcome, &naive)?;
    }

    #[test]
    fn the_average_cross_does_the_same_in_both_engines(
        scenario in scenario(2..80),
        fast in 1..6_usize,
        more in 1..8_usize,
        rules in conventions(),
    ) {
        let slow = fast + more;
        let mut strategy = SmaCross::new(fast, slow, 0.99).expect("sound parameters");
        let outcome = run(&scenario, &mut strategy, rules);
        let n_pairs = scenario.pairs.len();
        let averages = Averages { fast, slow };
        let naive = Naive::run(&scenario, rules, |naive, tick| {
            let cross = |pair| averages.cross(naive, pair, tick);
            (0..n_pairs).filter_map(cross).collect()
        });
        check(&outcome, &naive)?;
    }

    #[test]
    fn the_average_weights_do_the_same_in_both_engines(
        scenario in scenario(2..80),
        fast in 1..6_usize,
        more in 1..8_usize,
        drift in 0..300_i128,
        rules in conventions(),
    ) {
        let slow = fast + more;
        let mut strategy = SmaWeights::new(fast, slow, 0.98, drift as f64 / 1_000.0)
            .expect("sound parameters");
        let outcome = run(&scenario, &mut strategy, rules);
        let n_pairs = scenario.pairs.len();
        let averages = Averages { fast, slow };
        let naive = Naive::run(&scenario, rules, |naive, tick| {
            let weigh = |pair| averages.weigh(naive, pair, tick, drift);
            (0..n_pairs).filter_map(weigh).collect()
        });
        check(&outcome, &naive)?;
    }
}

/// When orders are filled, and when they are sized.
type Rules = (FillConvention, Sizing);

/// Every pair of conventions.
fn conventions() -> impl Generator<Value = Rules> {
    use FillConvention::{Close, NextClose, NextOpen};
    let fill = prop_oneof![Just(NextOpen), Just(NextClose), Just(Close)];
    (
        fill,
        prop_oneof![Just(Sizing::OnDecision), Just(Sizing::OnFill)],
    )
}

fn run(scenario: &Scenario, strategy: &mut dyn Strategy, (fill, size): Rules) -> Outcome {
    let mut options = EngineOptions::default();
    options.capital = Cash::from_units(CAPITAL);
    (options.fill, options.size) = (fill, size);
    scenario.run_with(strategy, &options, 1)
}

fn check(outcome: &Outcome, naive: &Naive<'_>) -> Result<(), TestCaseError> {
    let start = outcome.range.start();
    let fills = outcome.fills.iter().map(|fill| NaiveFill {
        order: fill.order.index(),
        pair: fill.pair.index(),
        tick: usize::try_from(fill.time.hours_since(start)).expect("within the range"),
        price: i128::from(fill.price.as_units()),
        units: fill.quantity.as_units(),
        commission: fill.commission.as_units(),
    });
    prop_assert_eq!(fills.collect::<Vec<_>>(), naive.fills.clone());
    let equity = outcome.equity.iter().map(|equity| equity.as_units());
    prop_assert_eq!(equity.collect::<Vec<_>>(), naive.equity.clone());
    prop_assert_eq!(outcome.portfolio.cash().as_units(), naive.cash());
    prop_assert_eq!(outcome.orders.len(), naive.n_orders);
    prop_assert_eq!(outcome.n_cut(), naive.n_cut);
    prop_assert_eq!(outcome.n_rejected(), naive.n_rejected);
    prop_assert_eq!(outcome.n_superseded(), naive.n_superseded);
    prop_assert_eq!(outcome.n_unfilled(), naive.open.len());
    check_metrics(&outcome.metrics, naive)
}
