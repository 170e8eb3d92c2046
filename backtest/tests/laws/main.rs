//! Laws that hold in every market, whatever a strategy orders.

mod sleep;
#[path = "../support/mod.rs"]
mod support;
mod values;

use backtest::round_trip::round_trips;
use backtest::strategy::{Idle, MeanReversion, SmaCross, SmaWeights, by_name, mean_reversion};
use backtest::{
    BarSeries, Cash, DataPortal, EngineOptions, FillConvention, Listing, Market, MemoryPortal,
    Outcome, PairId, Price, Quantity, Sizing, Strategy, Symbol, Timestamp, run,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;
use support::{Action, CENT, ONE, Row, Scenario, Scripted, hour, rows, scenario, scripted};

const CAPITAL: i128 = 100 * ONE;

/// Runs with the conventions that are the defaults.
trait Runs {
    /// Over all hours after the warm-up, with this capital.
    fn run(&self, strategy: &mut dyn Strategy, capital: i128) -> Outcome {
        self.run_scaled(strategy, capital, 1)
    }

    /// With every price and the capital times `scale`.
    fn run_scaled(&self, strategy: &mut dyn Strategy, capital: i128, scale: i64) -> Outcome;
}

impl Runs for Scenario {
    fn run_scaled(&self, strategy: &mut dyn Strategy, capital: i128, scale: i64) -> Outcome {
        let mut options = EngineOptions::default();
        options.capital = Cash::from_units(capital * i128::from(scale));
        self.run_with(strategy, &options, scale)
    }
}

/// Every strategy of the crate, with windows short enough for small markets.
fn strategies() -> Vec<Box<dyn Strategy + Send>> {
    let mut parameters = mean_reversion::Parameters::default();
    parameters.window = 20;
    parameters.min_bars = 10;
    parameters.period = 5;
    parameters.band = 0.05;
    vec![
        by_name("idle").expect("a known name"),
        by_name("buy-and-hold").expect("a known name"),
        Box::new(SmaCross::new(2, 5, 0.99).expect("sound parameters")),
        Box::new(SmaWeights::new(2, 5, 0.98, 0.01).expect("sound parameters")),
        Box::new(MeanReversion::new(parameters)),
    ]
}

/// Answers from memory and writes down what it was asked.
struct Recording<'a> {
    inner: MemoryPortal<'a>,
    asked: Vec<(PairId, Timestamp)>,
}

impl DataPortal for Recording<'_> {
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> backtest::Result<Price> {
        self.asked.push((pair, bar_open));
        self.inner.spot_price(pair, bar_open)
    }
}

fn sum(cash: impl Iterator<Item = Cash>) -> Cash {
    cash.sum()
}

proptest! {
    #[test]
    fn equity_is_cash_plus_positions_at_every_tick((scenario, script) in scripted(2..60)) {
        let mut strategy = Scripted::new(&script);
        let outcome = scenario.run(&mut strategy, CAPITAL);
        prop_assert_eq!(strategy.seen.len(), outcome.ticks);
        for (seen, equity) in strategy.seen.iter().zip(&outcome.equity) {
            let held = seen.closes.iter().zip(&seen.quantities);
            let value = sum(held.map(|(close, quantity)| *close * *quantity));
            prop_assert_eq!(seen.cash + value, *equity);
            prop_assert_eq!(seen.equity, *equity);
        }
        prop_assert_eq!(outcome.equity.last(), Some(&outcome.final_value));
    }

    #[test]
    fn money_is_neither_made_nor_lost((scenario, script) in scripted(2..60)) {
        let outcome = scenario.run(&mut Scripted::new(&script), CAPITAL);
        let spent = sum(outcome.fills.iter().map(|fill| fill.price * fill.quantity));
        let commission = sum(outcome.fills.iter().map(|fill| fill.commission));
        prop_assert_eq!(outcome.commission, commission);
        prop_assert_eq!(outcome.portfolio.cash(), outcome.capital - spent - commission);
        for pair in scenario.market(1).pairs() {
            let traded = outcome.fills.iter().filter(|fill| fill.pair == pair);
            let traded: Quantity = traded.map(|fill| fill.quantity).sum();
            prop_assert_eq!(outcome.portfolio.quantity(pair), traded);
        }
        for fill in &outcome.fills {
            // 0.1 %, exact because prices are whole cents.
            prop_assert_eq!(fill.commission.as_units() * 1_000, fill.value().abs().as_units());
        }
    }

    #[test]
    fn cash_and_positions_never_go_below_zero((scenario, script) in scripted(2..60)) {
        let outcome = scenario.run(&mut Scripted::new(&script), CAPITAL);
        let mut cash = outcome.capital;
        let mut held = vec![Quantity::ZERO; scenario.pairs.len()];
        for fill in &outcome.fills {
            cash += fill.cash_flow();
            held[fill.pair.index()] += fill.quantity;
            prop_assert!(!cash.is_negative(), "after {fill:?}");
            prop_assert!(!held[fill.pair.index()].is_negative(), "after {fill:?}");
        }
    }

    #[test]
    fn every_order_ends_in_one_counted_way((scenario, script) in scripted(2..60)) {
        let outcome = scenario.run(&mut Scripted::new(&script), CAPITAL);
        let ended = outcome.fills.len() + outcome.n_rejected() + outcome.n_superseded();
        prop_assert_eq!(outcome.orders.len(), ended + outcome.n_unfilled());
        prop_assert!(outcome.n_cut() <= outcome.fills.len());
        // No order is executed twice.
        let mut orders: Vec<_> = outcome.fills.iter().map(|fill| fill.order).collect();
        orders.sort_unstable();
        orders.dedup();
        prop_assert_eq!(orders.len(), outcome.fills.len());
    }

    #[test]
    fn trades_happen_at_opens_of_hours_that_are_there((scenario, script) in scripted(2..60)) {
        let outcome = scenario.run(&mut Scripted::new(&script), CAPITAL);
        for fill in &outcome.fills {
            let tick = usize::try_from(fill.time.hours_since(outcome.range.start()));
            let tick = tick.expect("no fill before the range");
            prop_assert!(tick > 0, "the first tick's orders wait for the second's open");
            let row = scenario.pairs[fill.pair.index()][scenario.n_warm_up + tick];
            prop_assert!(!row.absent);
            prop_assert_eq!(fill.price.as_units(), row.open * CENT);
        }
    }

    #[test]
    fn the_portal_is_asked_once_for_each_held_position_in_order((scenario, script) in scripted(2..60)) {
        let market = scenario.market(1);
        let mut portal = Recording { inner: MemoryPortal::new(&market), asked: vec![] };
        let mut strategy = Scripted::new(&script);
        let options = EngineOptions::default();
        let outcome = run(&market, scenario.range(0), &mut portal, &mut strategy, &options);
        let start = outcome.expect("a sound run").range.start();
        let mut expected = vec![];
        for (tick, seen) in strategy.seen.iter().enumerate() {
            let held = market.pairs().filter(|pair| !seen.quantities[pair.index()].is_zero());
            let bar_open = start.plus_hours(i64::try_from(tick).expect("few ticks"));
            expected.extend(held.map(|pair| (pair, bar_open)));
        }
        prop_assert_eq!(portal.asked, expected);
    }

    #[test]
    fn an_idle_strategy_keeps_its_cash_to_the_last_digit(
        scenario in scenario(2..60),
        capital in 1..10_i128.pow(34),
    ) {
        let outcome = scenario.run(&mut Idle, capital);
        prop_assert_eq!(outcome.final_value, Cash::from_units(capital));
        prop_assert!(outcome.equity.iter().all(|equity| *equity == outcome.capital));
        prop_assert_eq!(outcome.metrics.total_return.to_bits(), 0.0_f64.to_bits());
        prop_assert_eq!(outcome.metrics.sharpe, None);
    }

    #[test]
    fn the_same_run_twice_is_the_same(scenario in scenario(2..60)) {
        for mut strategy in strategies() {
            let first = scenario.run(strategy.as_mut(), CAPITAL);
            // The strategy has state from the first run; it must not matter.
            let second = scenario.run(strategy.as_mut(), CAPITAL);
            prop_assert_eq!(&first, &second, "{}", strategy.name());
        }
    }

    #[test]
    fn scaling_prices_and_cash_scales_the_money_and_nothing_else(scenario in scenario(2..60)) {
        for mut strategy in strategies() {
            let plain = scenario.run(strategy.as_mut(), CAPITAL);
            // A power of two, which floating-point indicators scale by exactly.
            let scaled = scenario.run_scaled(strategy.as_mut(), CAPITAL, 8);
            check_scaled(&plain, &scaled, 8)?;
        }
    }

    #[test]
    fn scaling_by_any_integer_scales_scripted_orders((scenario, script) in scripted(2..60), scale in 2..1_000_i64) {
        let plain = scenario.run(&mut Scripted::new(&script), CAPITAL);
        let scaled = scenario.run_scaled(&mut Scripted::new(&script), CAPITAL, scale);
        check_scaled(&plain, &scaled, scale)?;
    }

    #[test]
    fn splitting_an_order_changes_nothing((scenario, script) in scripted(2..60)) {
        let halves = |action: &Action| match *action {
            Action::Order(pair, units) => {
                vec![Action::Order(pair, units / 3), Action::Order(pair, units - units / 3)]
            }
            other => vec![other],
        };
        let split: Vec<Vec<_>> = script
            .iter()
            .map(|actions| actions.iter().flat_map(halves).collect())
            .collect();
        let whole = scenario.run(&mut Scripted::new(&script), CAPITAL);
        let split = scenario.run(&mut Scripted::new(&split), CAPITAL);
        prop_assert_eq!(whole.equity, split.equity);
        prop_assert_eq!(whole.commission, split.commission);
    }

    #[test]
    fn the_future_changes_no_decision(
        (scenario, future) in scenario(4..60).prop_flat_map(|scenario| {
            let n_hours = scenario.pairs[0].len();
            let future = prop::collection::vec(rows(n_hours), scenario.pairs.len());
            (Just(scenario), future)
        }),
        now in any::<prop::sample::Index>(),
    ) {
        let now = now.index(scenario.n_ticks() - 1);
        let other = with_other_future(&scenario, &future, now);
        for mut strategy in strategies() {
            let one = scenario.run(strategy.as_mut(), CAPITAL);
            let two = other.run(strategy.as_mut(), CAPITAL);
            prop_assert_eq!(&one.equity[..=now], &two.equity[..=now], "{}", strategy.name());
            // What was decided now shows in the fills of the next hour.
            let next = hour(scenario.n_warm_up + now + 1);
            let decided = |outcome: &Outcome| {
                let fills = outcome.fills.iter().filter(|fill| fill.time <= next);
                fills.copied().collect::<Vec<_>>()
            };
            prop_assert_eq!(decided(&one), decided(&two), "{}", strategy.name());
        }
    }

    #[test]
    fn a_shorter_run_is_the_beginning_of_a_longer_one(scenario in scenario(4..60), n_cut in 0..30_usize) {
        let n_cut = n_cut.min(scenario.n_ticks() - 1);
        let market = scenario.market(1);
        for mut strategy in strategies() {
            let long = scenario.run(strategy.as_mut(), CAPITAL);
            let options = {
                let mut options = EngineOptions::default();
                options.capital = Cash::from_units(CAPITAL);
                options
            };
            let mut portal = MemoryPortal::new(&market);
            let short = run(&market, scenario.range(n_cut), &mut portal, strategy.as_mut(), &options);
            let short = short.expect("a sound run");
            prop_assert_eq!(&long.equity[..short.ticks], &short.equity[..]);
            prop_assert_eq!(&long.fills[..short.fills.len()], &short.fills[..]);
        }
    }

    #[test]
    fn a_pair_in_another_currency_is_counted_at_its_rate(
        (scenario, script) in scripted(2..60).prop_filter("two pairs", |(it, _)| it.pairs.len() > 1),
        conventions in (0..3_usize, 0..2_usize),
    ) {
        let mut options = EngineOptions::default();
        options.capital = Cash::from_units(CAPITAL);
        options.fill = [FillConvention::NextOpen, FillConvention::NextClose, FillConvention::Close][conventions.0];
        options.size = [Sizing::OnDecision, Sizing::OnFill][conventions.1];
        let play = |market: &Market| {
            let mut portal = MemoryPortal::new(market);
            let mut strategy = Scripted::new(&script);
            run(market, scenario.range(0), &mut portal, &mut strategy, &options).expect("a sound run")
        };
        let (exchanged, direct) = with_rates(&scenario);
        prop_assert_eq!(exchanged.quote(), "USD");
        let (exchanged, direct) = (play(&exchanged), play(&direct));
        prop_assert_eq!(&exchanged.equity, &direct.equity);
        prop_assert_eq!(exchanged.commission, direct.commission);
        let trips = |outcome: &Outcome| round_trips(&outcome.fills, scenario.pairs.len());
        prop_assert_eq!(trips(&exchanged), trips(&direct));
        for (one, other) in exchanged.fills.iter().zip(&direct.fills) {
            prop_assert_eq!((one.time, one.quantity, one.settled), (other.time, other.quantity, other.price));
        }
        let benchmark = |outcome: &Outcome| outcome.metrics.benchmark_return;
        prop_assert!((benchmark(&exchanged) - benchmark(&direct)).abs() < 1e-9);
    }
}

/// The scenario's first pair as `BTC/USD`, beside the others in BTC; and the same with
/// these in USD, at the prices that they come to.
fn with_rates(scenario: &Scenario) -> (Market, Market) {
    let usd = scenario.market(1);
    let rates = usd.bars(PairId::FIRST);
    let market = |is_direct: bool| {
        let listings = usd.pairs().enumerate().map(|(idx, pair)| {
            let (name, is_rate) = match (idx, is_direct) {
                (0, _) => ("BTC/USD".to_owned(), true),
                (_, true) => (format!("COIN{idx}/USD"), false),
                (_, false) => (format!("COIN{idx}/BTC"), false),
            };
            let mut bars = BarSeries::new(hour(0));
            for (at, rate) in (0..rates.len()).map(|at| (at, rates.bar(at))) {
                let mut bar = usd.bars(pair).bar(at);
                if is_direct && !is_rate {
                    bar.open = bar.open.exchanged(rate.open);
                    bar.close = bar.close.exchanged(rate.close);
                    bar.high = bar.open.max(bar.close);
                    bar.low = bar.open.min(bar.close);
                }
                bars.push(bar);
            }
            let symbol = Symbol::parse(&name).expect("a pair");
            Listing { symbol, bars }
        });
        Market::new(listings.collect(), "a test".into(), true).expect("all lead to USD")
    };
    (market(false), market(true))
}

/// The scenario with another future after tick `now`: the next hour still opens as
/// it did, since orders are filled there, and nothing else is as it was.
fn with_other_future(scenario: &Scenario, future: &[Vec<Row>], now: usize) -> Scenario {
    let next = scenario.n_warm_up + now + 1;
    let mut other = scenario.clone();
    for (rows, future) in other.pairs.iter_mut().zip(future) {
        let Row {
            open,
            volume,
            absent,
            ..
        } = rows[next];
        rows[next..].copy_from_slice(&future[next..]);
        let close = if absent { open } else { rows[next].close };
        rows[next] = Row {
            open,
            high: open.max(close),
            low: open.min(close),
            close,
            volume,
            absent,
        };
    }
    other
}

fn check_scaled(plain: &Outcome, scaled: &Outcome, scale: i64) -> Result<(), TestCaseError> {
    let scale_up = |cash: &Cash| Cash::from_units(cash.as_units() * i128::from(scale));
    let equity: Vec<_> = plain.equity.iter().map(scale_up).collect();
    prop_assert_eq!(&equity, &scaled.equity);
    prop_assert_eq!(scale_up(&plain.commission), scaled.commission);
    let quantities = |outcome: &Outcome| {
        let fills = outcome.fills.iter();
        fills
            .map(|fill| (fill.time, fill.quantity))
            .collect::<Vec<_>>()
    };
    prop_assert_eq!(quantities(plain), quantities(scaled));
    Ok(())
}
