//! Trailing stops: what they follow, and where they are passed.

use backtest::{OrderRequest, Status, TradingRules, Trail};

use crate::script::{BTC, coins, fills, options, price, ratio, run_with, statuses};

#[test]
fn a_trailing_stop_follows_the_best_price() {
    let rows = [
        [100; 4],
        [100; 4],
        [100, 120, 100, 118],
        [118, 119, 112, 113],
        [113, 114, 99, 100],
    ];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(1.0)));
            context.place(
                OrderRequest::new(BTC, coins(-1.0)).trailing_stop(Trail::Percent(ratio(0.1))),
            );
        }
    });
    // Ten per cent below 120.
    assert_eq!(fills(&outcome), [(1, 100.0, 1.0), (4, 108.0, -1.0)]);
}

#[test]
fn a_trailing_stop_is_passed_on_the_way_from_the_best_price_to_the_close() {
    let rows = [[100; 4], [100; 4], [100, 120, 100, 105]];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(1.0)));
            context.place(
                OrderRequest::new(BTC, coins(-1.0)).trailing_stop(Trail::Distance(price(10))),
            );
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 1.0), (3, 110.0, -1.0)]);
}

#[test]
fn a_trailing_stop_follows_the_open_before_the_rest_of_the_bar() {
    // It opens ten higher and then falls by eleven, to close in between.
    let rows = [[100; 4], [100; 4], [110, 110, 99, 107], [107; 4]];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(1.0)));
            context.place(
                OrderRequest::new(BTC, coins(-1.0)).trailing_stop(Trail::Distance(price(5))),
            );
        }
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 1.0), (2, 105.0, -1.0)]);
}

#[test]
fn a_trailing_stop_is_at_a_price_that_exists() {
    let mut options = options();
    options.rules = vec![TradingRules {
        price_step: Some(price(2)),
        ..TradingRules::default()
    }];
    // Seven below 100 is 93, which is no price; so are 107 and 113.
    let rows = [[100; 4], [100; 4], [100, 114, 92, 100], [120; 4]];
    let outcome = run_with(&options, &rows, |tick, context| {
        let trail = Trail::Distance(price(7));
        if tick == 0 {
            context.place(OrderRequest::new(BTC, coins(1.0)));
            context.place(OrderRequest::new(BTC, coins(-1.0)).trailing_stop(trail));
            context.place(OrderRequest::new(BTC, coins(1.0)).trailing_stop(trail));
        }
    });
    assert_eq!(
        fills(&outcome),
        [(1, 100.0, 1.0), (2, 92.0, -1.0), (2, 108.0, 1.0)]
    );
}

#[test]
fn of_two_trailing_stops_that_cancel_each_other_one_is_executed() {
    // Both are passed on the way from the low to the close.
    let rows = [[100; 4], [100; 4], [100, 101, 80, 98], [98; 4]];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 {
            let buy = OrderRequest::new(BTC, coins(1.0));
            context.one_cancels_other(&[
                buy.trailing_stop(Trail::Distance(price(10))),
                buy.trailing_stop(Trail::Distance(price(12))),
            ]);
        }
    });
    assert_eq!(fills(&outcome), [(3, 90.0, 1.0)]);
    assert_eq!(statuses(&outcome), [Status::Filled, Status::Cancelled]);
}
