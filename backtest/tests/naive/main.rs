//! A second engine for orders of every kind, with which the real one must agree exactly.
//!
//! It is written from what the documentation of orders says, slowly and obviously: it
//! keeps all orders and all fills, and counts cash and positions from the fills whenever
//! it needs them. It shares the vocabulary of orders with the crate, and no code.

mod account;
#[path = "../support/affordable.rs"]
mod affordable;
mod book;
mod costs;
mod engine;
mod filling;
mod holdings;
mod offer;
#[path = "../support/row.rs"]
mod row;
mod scenario;

use backtest::{
    Account, Cash, EngineOptions, FillConvention, HourRange, IntraBar, Liquidity, Margin,
    MemoryPortal, Outcome, Quantity, Ratio, Sizing, TradingRules, run,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use costs::{Costs, costs};
use engine::{Naive, NaiveFill};
use row::CENT;
use scenario::{Scenario, Script, Scripted, scenario};

/// Units of [`Cash`] in one of the quote currency.
const ONE: i128 = 10_i128.pow(22);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn orders_of_every_kind_do_the_same_in_both_engines(
        (scenario, script) in scenario(),
        mut options in options(),
        costs in costs(),
    ) {
        options.slippage = costs.slippage.model();
        options.commission = costs.commission.model();
        check(&scenario, &script, &options, &costs)?;
    }
}

/// Every pair of conventions, both views of a bar, and now and then a limit on volume,
/// rules on sizes and prices, and margin.
fn options() -> impl Generator<Value = EngineOptions> {
    let size = prop_oneof![Just(Sizing::OnDecision), Just(Sizing::OnFill)];
    let view = prop_oneof![Just(IntraBar::Pessimistic), Just(IntraBar::Optimistic)];
    let ratio = |parts: i64| Ratio::from_f64(parts as f64 / 100.0).expect("a ratio");
    let limit = prop::option::of((5..100_i64).prop_map(ratio));
    let rules = prop::option::of((0..150_i128, 1..60_i128, 1..300_i64));
    let margin = prop::option::of((50..300_i64, 5..40_i64, 0..5_000_i64));
    (conventions(), size, view, limit, rules, margin).prop_map(
        move |(fill, size, view, limit, rules, margin)| {
            let mut options = EngineOptions::default();
            options.capital = Cash::from_units(1_000 * ONE);
            (options.fill, options.size, options.intra_bar) = (fill, size, view);
            options.volume_limit = limit;
            let hundredth = 10_i128.pow(10);
            options.rules = rules
                .map(|(min, step, tick)| TradingRules {
                    min_quantity: Quantity::from_units(min * hundredth),
                    quantity_step: Some(Quantity::from_units(step * hundredth)),
                    price_step: Some(backtest::Price::from_units(tick * CENT)),
                })
                .into_iter()
                .collect();
            if let Some((leverage, maintenance, borrow)) = margin {
                options.account = Account::Margin(Margin {
                    leverage: ratio(leverage),
                    maintenance: ratio(maintenance),
                    borrow_rate: ratio(borrow),
                });
            }
            options
        },
    )
}

fn conventions() -> impl Generator<Value = FillConvention> {
    use FillConvention::{Close, NextClose, NextOpen};
    prop_oneof![Just(NextOpen), Just(NextClose), Just(Close)]
}

fn check(
    scenario: &Scenario,
    script: &Script,
    options: &EngineOptions,
    costs: &Costs,
) -> Result<(), TestCaseError> {
    let naive = Naive::run(scenario, script, options, costs);
    let outcome = real(scenario, script, options);
    prop_assert_eq!(fills(&outcome), naive.fills.clone());
    let ends: Vec<_> = outcome.orders.iter().map(|order| order.status).collect();
    let naive_ends: Vec<_> = naive.orders.iter().map(|order| order.status).collect();
    prop_assert_eq!(ends, naive_ends);
    let equity: Vec<_> = outcome.equity.iter().map(|it| it.as_units()).collect();
    prop_assert_eq!(equity, naive.equity.clone());
    prop_assert_eq!(outcome.portfolio.cash().as_units(), naive.cash());
    prop_assert_eq!(outcome.borrowing_cost.as_units(), naive.borrowing_cost);
    let hours = outcome
        .liquidations
        .iter()
        .map(|at| at.hours_since(outcome.range.start()));
    prop_assert_eq!(hours.collect::<Vec<_>>(), naive.liquidations.clone());
    Ok(())
}

fn real(scenario: &Scenario, script: &Script, options: &EngineOptions) -> Outcome {
    let market = row::market(&scenario.0, 1);
    let (start, end) = market.common_hours();
    let range = HourRange::new(start, end).expect("hours");
    let mut portal = MemoryPortal::new(&market);
    let mut strategy = Scripted::new(script);
    run(&market, range, &mut portal, &mut strategy, options).expect("a sound run")
}

fn fills(outcome: &Outcome) -> Vec<NaiveFill> {
    let fill = |fill: &backtest::Fill| NaiveFill {
        order: fill.order.index(),
        pair: fill.pair.index(),
        stamp: fill.time.hours_since(outcome.range.start()),
        price: i128::from(fill.price.as_units()),
        units: fill.quantity.as_units(),
        commission: fill.commission.as_units(),
        is_maker: fill.liquidity == Liquidity::Maker,
    };
    outcome.fills.iter().map(fill).collect()
}
