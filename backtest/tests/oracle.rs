//! A second engine, slow and obvious, with which the real one must agree exactly.
//!
//! It shares no code with the crate beyond the market it is given. It keeps nothing
//! but the list of fills: cash, positions and equity are recomputed from all fills
//! whenever they are needed, in plain integers; what cash affords is found by
//! bisection, and moving averages are summed afresh.

mod support;

use std::cmp::Ordering;

use backtest::strategy::{BuyAndHold, SmaCross, SmaWeights};
use backtest::{Cash, EngineOptions, FillConvention, Metrics, Outcome, Sizing, Strategy};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;
use support::{Action, CENT, ONE, Scenario, Scripted, scenario, scripted};

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
        let naive = Naive::run(&scenario, rules, |naive, tick| {
            let cross = |pair| average_cross(naive, pair, tick, fast, slow);
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
        let naive = Naive::run(&scenario, rules, |naive, tick| {
            let weigh = |pair| average_weight(naive, pair, tick, fast, slow, drift);
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

/// What the strategy's rule asks for, from its definition.
fn average_cross(
    naive: &Naive<'_>,
    pair: usize,
    tick: usize,
    fast: usize,
    slow: usize,
) -> Option<Action> {
    let now = naive.scenario.n_warm_up + tick;
    let order = compared_averages(naive, pair, now, fast, slow)?;
    let waiting = naive.open.iter().filter(|o| o.action.pair() == pair);
    let close = naive.price(pair, tick, |row| row.close);
    let waiting: i128 = waiting
        .map(|o| naive.size(o, close, naive.equity_at(tick)))
        .sum();
    let will_hold = naive.held(pair) + waiting;
    if order == Ordering::Greater && will_hold == 0 {
        let n_pairs = naive.scenario.pairs.len();
        let allocation = if naive.rules.1 == Sizing::OnFill {
            1.0
        } else {
            0.99
        };
        return Some(Action::Weight(pair, allocation / n_pairs as f64));
    }
    (order == Ordering::Less && will_hold != 0).then_some(Action::Target(pair, 0))
}

/// The same for weights that may drift by so many thousandths.
fn average_weight(
    naive: &Naive<'_>,
    pair: usize,
    tick: usize,
    fast: usize,
    slow: usize,
    drift: i128,
) -> Option<Action> {
    let now = naive.scenario.n_warm_up + tick;
    let is_rising = |now| {
        let order = compared_averages(naive, pair, now, fast, slow);
        order == Some(Ordering::Greater)
    };
    // The first tick has nothing to cross from.
    let has_crossed = is_rising(now) != (tick > 0 && is_rising(now - 1));
    let n_pairs = naive.scenario.pairs.len();
    let weight = if is_rising(now) {
        0.98 / n_pairs as f64
    } else {
        0.0
    };
    #[expect(clippy::cast_possible_truncation, reason = "weights are below 1")]
    let ratio = (weight * 1e12).round() as i128;
    // Shares of the equity are rounded down, as money always is.
    let equity = naive.equity_at(tick);
    let wanted = (equity * ratio).div_euclid(10_i128.pow(12));
    let value = naive.held(pair) * naive.price(pair, tick, |row| row.close);
    (has_crossed || (value - wanted).abs() > (equity * drift).div_euclid(1_000))
        .then_some(Action::Weight(pair, weight))
}

/// How the fast average of a pair stands to the slow one, once there are both.
fn compared_averages(
    naive: &Naive<'_>,
    pair: usize,
    now: usize,
    fast: usize,
    slow: usize,
) -> Option<Ordering> {
    let rows = &naive.scenario.pairs[pair];
    if now + 1 < slow {
        return None;
    }
    // Sums over whole cents times the other window: averages without a division.
    let sum = |n: usize| {
        rows[now + 1 - n..=now]
            .iter()
            .map(|row| i128::from(row.close))
            .sum::<i128>()
    };
    Some((sum(fast) * slow as i128).cmp(&(sum(slow) * fast as i128)))
}

impl Action {
    fn pair(self) -> usize {
        match self {
            Self::Order(pair, _) | Self::Target(pair, _) | Self::Weight(pair, _) => pair,
        }
    }
}

/// The second engine, in units of [`backtest::Price`], quantity and cash.
struct Naive<'a> {
    scenario: &'a Scenario,
    rules: Rules,
    open: Vec<NaiveOrder>,
    fills: Vec<NaiveFill>,
    equity: Vec<i128>,
    n_orders: usize,
    n_cut: usize,
    n_rejected: usize,
    n_superseded: usize,
}

#[derive(Clone, Copy)]
struct NaiveOrder {
    id: usize,
    action: Action,
    /// How much, once that is settled.
    units: Option<i128>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct NaiveFill {
    order: usize,
    pair: usize,
    tick: usize,
    price: i128,
    units: i128,
    commission: i128,
}

impl<'a> Naive<'a> {
    fn run(
        scenario: &'a Scenario,
        rules: Rules,
        decide: impl Fn(&Self, usize) -> Vec<Action>,
    ) -> Self {
        let mut naive = Self {
            scenario,
            rules,
            open: vec![],
            fills: vec![],
            equity: vec![],
            n_orders: 0,
            n_cut: 0,
            n_rejected: 0,
            n_superseded: 0,
        };
        for tick in 0..scenario.n_ticks() {
            match rules.0 {
                FillConvention::NextOpen => naive.execute(tick, tick, |row| row.open),
                // What could not be traded in its own hour waits for the next close.
                FillConvention::NextClose | FillConvention::Close => {
                    naive.execute(tick, tick + 1, |row| row.close);
                }
            }
            for action in decide(&naive, tick) {
                naive.place(action, tick);
            }
            if rules.0 == FillConvention::Close {
                naive.execute(tick, tick + 1, |row| row.close);
            }
            let equity = naive.equity_at(tick);
            naive.equity.push(equity);
        }
        naive
    }

    fn price(&self, pair: usize, tick: usize, of: impl Fn(&support::Row) -> i64) -> i128 {
        i128::from(of(&self.scenario.pairs[pair][self.scenario.n_warm_up + tick]) * CENT)
    }

    fn cash(&self) -> i128 {
        let flow = |fill: &NaiveFill| fill.price * fill.units + fill.commission;
        CAPITAL - self.fills.iter().map(flow).sum::<i128>()
    }

    fn held(&self, pair: usize) -> i128 {
        let fills = self.fills.iter().filter(|fill| fill.pair == pair);
        fills.map(|fill| fill.units).sum()
    }

    fn equity_at(&self, tick: usize) -> i128 {
        self.equity_with(|pair| self.price(pair, tick, |row| row.close))
    }

    fn equity_with(&self, price: impl Fn(usize) -> i128) -> i128 {
        let value = |pair| match self.held(pair) {
            0 => 0,
            held => held * price(pair),
        };
        self.cash() + (0..self.scenario.pairs.len()).map(value).sum::<i128>()
    }

    /// How much an order is for, at a price and with an account of this worth.
    fn size(&self, order: &NaiveOrder, price: i128, equity: i128) -> i128 {
        order.units.unwrap_or_else(|| match order.action {
            Action::Order(_, units) => units,
            Action::Target(pair, target) => target - self.held(pair),
            Action::Weight(pair, weight) => {
                #[expect(clippy::cast_possible_truncation, reason = "weights are near 1")]
                let parts = (weight * 1e12).round() as i128;
                let value = (equity * parts).div_euclid(1_000_000_000_000);
                value / price - self.held(pair)
            }
        })
    }

    fn place(&mut self, action: Action, tick: usize) {
        let pair = action.pair();
        let mut order = NaiveOrder {
            id: self.n_orders,
            action,
            units: None,
        };
        let is_plain = matches!(action, Action::Order(..));
        if self.rules.1 == Sizing::OnDecision || is_plain {
            let close = self.price(pair, tick, |row| row.close);
            order.units = Some(self.size(&order, close, self.equity_at(tick)));
        }
        if !is_plain {
            let n_open = self.open.len();
            self.open.retain(|order| order.action.pair() != pair);
            self.n_superseded += n_open - self.open.len();
        }
        if order.units != Some(0) {
            self.open.push(order);
            self.n_orders += 1;
        }
    }

    fn execute(&mut self, tick: usize, stamp: usize, of: impl Fn(&support::Row) -> i64) {
        let absent = |pair: usize| self.scenario.pairs[pair][self.scenario.n_warm_up + tick].filled;
        let (waiting, mut due): (Vec<_>, Vec<_>) =
            self.open.iter().partition(|o| absent(o.action.pair()));
        self.open = waiting;
        for sales in [true, false] {
            let mut rest = vec![];
            for order in due {
                let pair = order.action.pair();
                let price = self.price(pair, tick, &of);
                // All that is held is worth what it costs at this moment.
                let equity = self.equity_with(|pair| self.price(pair, tick, &of));
                let units = self.size(&order, price, equity);
                if (units < 0) != sales {
                    rest.push(order);
                    continue;
                }
                self.fill(&order, units, price, stamp);
            }
            due = rest;
        }
        // What others have cost can turn a small purchase into a sale, which has to
        // wait, as sales come first.
        self.open.extend(due);
        self.open.sort_by_key(|order| order.id);
    }

    fn fill(&mut self, order: &NaiveOrder, units: i128, price: i128, stamp: usize) {
        let pair = order.action.pair();
        let units =
            if order.units.is_none() && matches!(order.action, Action::Weight(..)) && units > 0 {
                // The money is all that may be spent: what it buys with the commission.
                let value = most_value(price * units);
                value / price
            } else {
                units
            };
        if units == 0 {
            return;
        }
        let done = if units < 0 {
            -self.held(pair).min(-units)
        } else {
            most_affordable(self.cash(), price, units)
        };
        if done == 0 {
            self.n_rejected += 1;
            return;
        }
        self.n_cut += usize::from(done != units);
        self.fills.push(NaiveFill {
            order: order.id,
            pair,
            tick: stamp,
            price,
            units: done,
            commission: (price * done).abs() / 1_000,
        });
    }
}

/// The most that can be spent of an amount so that the commission comes out of it too.
fn most_value(money: i128) -> i128 {
    let costs = |value: i128| value + value / 1_000;
    let (mut low, mut high) = (0, money + 1);
    while high - low > 1 {
        let middle = i128::midpoint(low, high);
        if costs(middle) <= money {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The largest quantity up to `limit` that the cash pays for with commission.
fn most_affordable(cash: i128, price: i128, limit: i128) -> i128 {
    let affords = |units: i128| price * units + price * units / 1_000 <= cash;
    let (mut low, mut high) = (0, limit + 1);
    while high - low > 1 {
        let middle = i128::midpoint(low, high);
        if affords(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
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

/// The metrics from their definitions, over the whole curve, in several passes.
fn check_metrics(metrics: &Metrics, naive: &Naive<'_>) -> Result<(), TestCaseError> {
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
