//! At what price and for how many coins an order is filled: conventions and costs.

use std::sync::Arc;

use backtest::commission::FixedCommission;
use backtest::slippage::{FixedSlippage, PercentSlippage, VolumeShareSlippage};
use backtest::{
    Amount, Cash, FillConvention, Liquidity, OrderRequest, Price, Quantity, Rejection, Sizing,
    Status, TradingRules,
};

use crate::script::{BTC, coins, fills, money, options, price, ratio, run_with, statuses};

#[test]
fn conventions_decide_price_and_size() {
    let rows = [[100, 100, 100, 100], [110, 140, 110, 125], [125; 4]];
    let of = |fill, size| {
        let mut options = options();
        options.fill = fill;
        options.size = size;
        let outcome = run_with(&options, &rows, |tick, context| {
            if tick == 0 {
                context.order_target_percent(BTC, 0.5);
            }
        });
        fills(&outcome)[0]
    };
    assert_eq!(
        of(FillConvention::NextOpen, Sizing::OnDecision),
        (1, 110.0, 5.0)
    );
    assert_eq!(
        of(FillConvention::NextClose, Sizing::OnDecision),
        (2, 125.0, 5.0)
    );
    assert_eq!(
        of(FillConvention::Close, Sizing::OnDecision),
        (1, 100.0, 5.0)
    );
    assert_eq!(
        of(FillConvention::NextOpen, Sizing::OnFill),
        (1, 110.0, 4.545_454_545_454)
    );
    assert_eq!(
        of(FillConvention::NextClose, Sizing::OnFill),
        (2, 125.0, 4.0)
    );
    assert_eq!(of(FillConvention::Close, Sizing::OnFill), (1, 100.0, 5.0));
}

#[test]
fn what_is_sized_on_fill_includes_its_commission() {
    let mut options = options();
    options.size = Sizing::OnFill;
    options.set_commission(ratio(0.25));
    let outcome = run_with(&options, &[[100; 4], [100; 4]], |tick, context| {
        if tick == 0 {
            context.order_target_percent(BTC, 1.0);
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 8.0)]);
    assert_eq!(statuses(&outcome), [Status::Filled]);
    assert_eq!(outcome.portfolio.cash(), Cash::ZERO);
}

#[test]
fn slippage_worsens_what_takes_and_not_what_waits() {
    let mut options = options();
    options.slippage = Arc::new(PercentSlippage { share: ratio(0.01) });
    let rows = [[100; 4], [100; 4], [100, 110, 90, 100]];
    let outcome = run_with(&options, &rows, |tick, context| match tick {
        0 => {
            context.order(BTC, Quantity::from_units(2 * 10_i128.pow(12)));
        }
        1 => {
            context.place(OrderRequest::new(BTC, coins(-1.0)).limit(price(110)));
            context.place(OrderRequest::new(BTC, coins(-1.0)).stop(price(95)));
        }
        _ => {}
    });
    assert_eq!(
        fills(&outcome),
        [(1, 101.0, 2.0), (2, 94.05, -1.0), (2, 110.0, -1.0)]
    );
    let liquidity: Vec<_> = outcome.fills.iter().map(|fill| fill.liquidity).collect();
    assert_eq!(
        liquidity,
        [Liquidity::Taker, Liquidity::Taker, Liquidity::Maker]
    );
}

#[test]
fn sizes_and_prices_are_those_that_exist() {
    let mut options = options();
    options.rules = vec![TradingRules {
        min_quantity: Quantity::from_f64(0.5).expect("coins"),
        quantity_step: Quantity::from_f64(0.25),
        price_step: Some(price(2)),
    }];
    let rows = [[100; 4], [100; 4], [100, 100, 90, 100]];
    let outcome = run_with(&options, &rows, |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(1.1)));
            context.place(OrderRequest::new(BTC, coins(0.3)));
            context.place(OrderRequest::new(BTC, coins(1.0)).limit(price(95)));
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 1.0), (2, 94.0, 1.0)]);
    assert_eq!(
        statuses(&outcome)[1],
        Status::Rejected(Rejection::BelowMinimum)
    );
}

#[test]
fn a_sale_that_does_not_pay_for_its_commission_is_rejected() {
    let mut options = options();
    options.commission = Arc::new(FixedCommission { each: money(6.0) });
    let rows = [[100; 4], [100; 4], [1; 4], [1; 4]];
    let outcome = run_with(&options, &rows, |tick, context| {
        // The purchase leaves no cash. One coin brings 1 of the 6, all of them 9.94.
        let amount = [9.94, -1.0, -9.94, 0.0][tick];
        context.place(OrderRequest::new(BTC, coins(amount)));
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 9.94), (3, 1.0, -9.94)]);
    assert_eq!(statuses(&outcome)[1], Status::Rejected(Rejection::NoCash));
    assert_eq!(outcome.final_value, money(3.94));
}

#[test]
fn an_amount_that_its_commission_uses_up_is_rejected() {
    let mut options = options();
    options.size = Sizing::OnFill;
    options.commission = Arc::new(FixedCommission { each: money(6.0) });
    let outcome = run_with(&options, &[[100; 4]; 2], |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, Amount::Value(money(5.0))));
        }
    });
    assert_eq!(statuses(&outcome), [Status::Rejected(Rejection::NoCash)]);
}

#[test]
fn fixed_slippage_is_the_same_sum_for_every_coin() {
    let mut options = options();
    let distance = Price::from_units(Price::UNITS / 20);
    options.slippage = Arc::new(FixedSlippage { distance });
    let rows = [[100; 4], [999; 4], [997; 4]];
    let outcome = run_with(&options, &rows, |tick, context| {
        let amount = [0.5, -0.5, 0.0][tick];
        context.place(OrderRequest::new(BTC, coins(amount)));
    });
    assert_eq!(fills(&outcome), [(1, 999.05, 0.5), (2, 996.95, -0.5)]);
}

#[test]
fn slippage_by_volume_is_of_what_a_bar_lets_be_traded() {
    let mut options = options();
    options.slippage = Arc::new(VolumeShareSlippage { impact: 0.5 });
    options.volume_limit = Some(ratio(0.2));
    let outcome = run_with(&options, &[[100; 4]; 5], |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(5.0)));
        }
    });
    // Two coins of ten an hour, and the one that is left: half of 0.2 and 0.1 squared.
    let expected = [(1, 102.0, 2.0), (2, 102.0, 2.0), (3, 100.5, 1.0)];
    assert_eq!(fills(&outcome), expected);
}
