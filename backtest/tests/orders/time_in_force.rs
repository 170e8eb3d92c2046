//! How long orders last, and how much of a bar they get.

use backtest::{OrderRequest, Rejection, Status, TimeInForce};

use crate::script::{BTC, coins, fills, hour, options, price, ratio, run_with, statuses};

#[test]
fn time_in_force_ends_orders() {
    let rows = [[100; 4], [100; 4], [100, 100, 90, 95], [95; 4]];
    let outcome = run_with(&options(), &rows, |tick, context| {
        if tick == 0 {
            let buy = OrderRequest::new(BTC, coins(1.0)).limit(price(95));
            context.place(buy.time_in_force(TimeInForce::ImmediateOrCancel));
            context.place(buy.time_in_force(TimeInForce::FillOrKill));
            context.place(buy.time_in_force(TimeInForce::GoodTillDate(hour(2))));
            context.place(buy.time_in_force(TimeInForce::GoodTillDate(hour(3))));
            context.place(buy);
        }
    });
    let expired = Status::Expired;
    assert_eq!(
        statuses(&outcome),
        [expired, expired, expired, Status::Filled, Status::Filled]
    );
}

#[test]
fn orders_take_no_more_than_their_share_of_the_volume() {
    let mut options = options();
    options.volume_limit = Some(ratio(0.1));
    let outcome = run_with(&options, &[[100; 4]; 5], |tick, context| {
        if tick == 0 {
            let buy = OrderRequest::new(BTC, coins(2.5));
            context.place(buy);
            context.place(buy.time_in_force(TimeInForce::FillOrKill));
            context.place(buy.time_in_force(TimeInForce::ImmediateOrCancel));
        }
    });
    assert_eq!(
        fills(&outcome),
        [(1, 100.0, 1.0), (2, 100.0, 1.0), (3, 100.0, 0.5)]
    );
    assert_eq!(
        statuses(&outcome),
        [
            Status::Filled,
            Status::Rejected(Rejection::Unfillable),
            Status::Expired
        ]
    );
}
