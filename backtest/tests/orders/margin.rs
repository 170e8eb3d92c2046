//! What an account may owe: nothing, or as much as its margin allows.

use backtest::report::{self, RunReport};
use backtest::{
    Account, EngineOptions, Margin, OrderRequest, Outcome, Quantity, Ratio, Rejection, Status,
};

use crate::script::{
    BTC, Row, coins, fills, hour, market, money, options, price, ratio, run_with, statuses,
};

pub fn on_margin(leverage: f64) -> EngineOptions {
    let mut options = options();
    options.account = Account::Margin(Margin {
        leverage: ratio(leverage),
        maintenance: ratio(0.25),
        borrow_rate: Ratio::default(),
    });
    options
}

/// What a terminal shows of a run.
fn text(options: &EngineOptions, rows: &[Row], outcome: &Outcome) -> String {
    report::to_text(&RunReport {
        strategy: "script",
        market: &market(rows),
        files: &[],
        seed: None,
        options,
        outcome,
        statistics: &[],
        intervals: None,
    })
}

#[test]
fn an_account_without_margin_is_never_short() {
    let outcome = run_with(&options(), &[[100; 4]; 2], |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(-1.0)));
        }
    });
    assert_eq!(statuses(&outcome), [Status::Rejected(Rejection::NoCoins)]);
}

#[test]
fn a_short_position_earns_what_the_price_falls() {
    let rows = [[100; 4], [100; 4], [80; 4], [80; 4]];
    let outcome = run_with(&on_margin(1.0), &rows, |tick, context| {
        if tick == 0 {
            context.order_target_percent(BTC, -0.5);
        }
        if tick == 2 {
            context.order_target(BTC, Quantity::ZERO);
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, -5.0), (3, 80.0, 5.0)]);
    assert_eq!(outcome.final_value, money(1_100.0));
}

#[test]
fn exposure_is_cut_to_the_leverage_and_then_refused() {
    let rows = [[100; 4]; 3];
    let outcome = run_with(&on_margin(2.0), &rows, |tick, context| {
        if tick < 2 {
            context.place(OrderRequest::new(BTC, coins(30.0)));
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 20.0)]);
    assert_eq!(
        statuses(&outcome),
        [Status::Cut, Status::Rejected(Rejection::Margin)]
    );
    assert_eq!(outcome.portfolio.cash(), money(-1_000.0));
    let text = text(&on_margin(2.0), &rows, &outcome);
    let line =
        "1 of 2 orders; 1 cut to the cash or coins there were; 1 rejected (beyond the margin)";
    assert!(text.contains(line), "{text}");
}

#[test]
fn an_account_below_its_maintenance_is_liquidated_and_says_so() {
    let rows = [[100; 4], [100; 4], [60; 4], [60; 4]];
    let outcome = run_with(&on_margin(2.0), &rows, |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(20.0)));
            context.place(OrderRequest::new(BTC, coins(1.0)).limit(price(10)));
        }
    });
    // 20 coins at 60 against a debt of 1,000: 200 are left of an exposure of 1,200.
    assert_eq!(outcome.liquidations, [hour(3)]);
    assert_eq!(fills(&outcome), [(1, 100.0, 20.0), (3, 60.0, -20.0)]);
    assert_eq!(outcome.final_value, money(200.0));
    assert_eq!(statuses(&outcome)[1], Status::Cancelled);

    let text = text(&on_margin(2.0), &rows, &outcome);
    let line = "liquidations    1, the first at 1970-01-01 03:00";
    assert!(text.contains(line), "{text}");
}

#[test]
fn borrowing_is_paid_for_by_the_hour() {
    let mut options = on_margin(2.0);
    if let Account::Margin(margin) = &mut options.account {
        // A thousandth of a thousandth an hour of the 1,000 borrowed.
        margin.borrow_rate = ratio(8_766.0 / 1_000_000.0);
    }
    let outcome = run_with(&options, &[[100; 4]; 11], |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(20.0)));
        }
    });
    let cost = outcome.borrowing_cost.as_f64();
    assert!((cost - 0.01).abs() < 1e-6, "{cost}");
    assert_eq!(
        outcome.final_value,
        outcome.capital - outcome.borrowing_cost
    );
}
