//! Limits and stops: at which price of a bar each is filled.

use backtest::{Amount, IntraBar, OrderRequest, Price, Quantity, Ratio, Rejection, Status, Trail};

use crate::script::{BTC, Row, coins, fills, options, price, run_with, statuses};

/// Places one order at the first tick, with a position of two coins when it sells.
#[track_caller]
fn check(amount: f64, of: impl Fn(OrderRequest) -> OrderRequest, bar: Row, expected: Option<f64>) {
    // The second bar gives a seller its coins at the open and stays there.
    let rows = [[100; 4], [100; 4], bar];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 && amount < 0.0 {
            context.place(OrderRequest::new(BTC, coins(2.0)));
        }
        if tick == 1 {
            context.place(of(OrderRequest::new(BTC, coins(amount))));
        }
    });
    let found = fills(&outcome).into_iter().find(|(at, ..)| *at == 2);
    assert_eq!(found.map(|(_, price, _)| price), expected, "{bar:?}");
}

#[test]
fn a_limit_is_filled_at_prices_that_the_bar_traded() {
    let buy = |order: OrderRequest| order.limit(price(95));
    check(1.0, buy, [100, 102, 96, 101], None);
    check(1.0, buy, [100, 102, 95, 101], Some(95.0));
    check(1.0, buy, [100, 102, 90, 101], Some(95.0));
    // What opens beyond the limit is filled at the open, not at the limit.
    check(1.0, buy, [93, 99, 90, 98], Some(93.0));
    let sell = |order: OrderRequest| order.limit(price(105));
    check(-1.0, sell, [100, 104, 96, 101], None);
    check(-1.0, sell, [100, 106, 96, 101], Some(105.0));
    check(-1.0, sell, [108, 109, 96, 101], Some(108.0));
}

#[test]
fn a_stop_is_filled_where_it_is_reached_or_at_the_open_beyond_it() {
    let sell = |order: OrderRequest| order.stop(price(95));
    check(-1.0, sell, [100, 102, 96, 101], None);
    check(-1.0, sell, [100, 102, 90, 101], Some(95.0));
    check(-1.0, sell, [92, 99, 90, 98], Some(92.0));
    let buy = |order: OrderRequest| order.stop(price(105));
    check(1.0, buy, [100, 104, 96, 101], None);
    check(1.0, buy, [100, 106, 96, 101], Some(105.0));
    check(1.0, buy, [107, 109, 106, 108], Some(107.0));
}

#[test]
fn a_stop_limit_is_a_limit_once_its_stop_is_reached() {
    let sell = |order: OrderRequest| order.stop(price(95)).limit(price(93));
    check(-1.0, sell, [100, 102, 96, 101], None);
    check(-1.0, sell, [100, 102, 90, 101], Some(95.0));
    // It opens below the limit and comes back to it.
    check(-1.0, sell, [91, 99, 90, 98], Some(93.0));
    check(-1.0, sell, [91, 92, 90, 91], None);
}

#[test]
fn a_stop_limit_that_opens_beyond_its_limit_waits_for_it_inside_the_bar() {
    // Sells at 93 once the price is 95; it opens at 91, and a stop at 85 and the limit
    // are both in the bar: which came first is for the convention to say.
    let rows = [[100; 4], [100; 4], [91, 94, 84, 90]];
    let sold_at = |intra_bar| {
        let mut options = options();
        options.intra_bar = intra_bar;
        let outcome = run_with(&options, &rows, |tick, context| match tick {
            0 => drop(context.place(OrderRequest::new(BTC, coins(1.0)))),
            1 => {
                let sell = OrderRequest::new(BTC, coins(-1.0));
                let stop_limit = sell.stop(price(95)).limit(price(93));
                context.one_cancels_other(&[stop_limit, sell.stop(price(85))]);
            }
            _ => {}
        });
        fills(&outcome)[1].1
    };
    assert_eq!(sold_at(IntraBar::Pessimistic).to_bits(), 85.0_f64.to_bits());
    assert_eq!(sold_at(IntraBar::Optimistic).to_bits(), 93.0_f64.to_bits());
}

#[test]
fn an_order_for_nothing_ends_at_once() {
    let outcome = run_with(&options(), &[[100; 4]; 2], |tick, context| {
        if tick == 0 {
            let nothing = OrderRequest::new(BTC, Amount::Target(Quantity::ZERO));
            let id = context.place(nothing.limit(price(50)));
            assert_eq!(context.get_order(id).status, Status::Filled);
            assert_eq!(context.open_orders(BTC).count(), 0);
            // At the market, it is not even placed.
            assert_eq!(context.order_target(BTC, Quantity::ZERO), None);
        }
    });
    assert_eq!(statuses(&outcome), [Status::Filled]);
}

#[test]
fn prices_that_make_no_sense_are_rejected() {
    let outcome = run_with(&options(), &[[100; 4]; 2], |tick, context| {
        if tick == 0 {
            let buy = OrderRequest::new(BTC, coins(1.0));
            context.place(buy.limit(Price::from_units(0)));
            context.place(buy.stop(Price::from_units(-5)));
            context.place(buy.trailing_stop(Trail::Percent(Ratio::ONE)));
        }
    });
    assert_eq!(statuses(&outcome), [Status::Rejected(Rejection::Price); 3]);
}
