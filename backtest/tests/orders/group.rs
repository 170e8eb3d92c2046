//! Orders that depend on others: brackets, and one that cancels the other.

use backtest::{IntraBar, OrderRequest, Outcome, Status};

use crate::script::{BTC, Row, coins, fills, options, price, ratio, run_with, statuses};

fn bracketed(intra_bar: IntraBar, bar: Row) -> Outcome {
    let mut options = options();
    options.intra_bar = intra_bar;
    run_with(&options, &[[100; 4], bar, [100; 4]], |tick, context| {
        if tick == 0 {
            context.bracket(OrderRequest::new(BTC, coins(1.0)), price(95), price(105));
        }
    })
}

#[test]
fn a_bar_that_reaches_both_ends_of_a_bracket_is_read_as_agreed() {
    let wide = [100, 106, 94, 100];
    let worse = bracketed(IntraBar::Pessimistic, wide);
    assert_eq!(fills(&worse), [(1, 100.0, 1.0), (1, 95.0, -1.0)]);
    assert_eq!(
        statuses(&worse),
        [Status::Filled, Status::Filled, Status::Cancelled]
    );
    let better = bracketed(IntraBar::Optimistic, wide);
    assert_eq!(fills(&better), [(1, 100.0, 1.0), (1, 105.0, -1.0)]);
    // A bar that reaches one end leaves nothing to agree on.
    for intra_bar in [IntraBar::Pessimistic, IntraBar::Optimistic] {
        let gain = bracketed(intra_bar, [100, 106, 99, 100]);
        assert_eq!(fills(&gain), [(1, 100.0, 1.0), (1, 105.0, -1.0)]);
    }
}

#[test]
fn a_bracket_whose_entry_is_withdrawn_is_gone() {
    let outcome = run_with(&options(), &[[100; 4]; 3], |tick, context| {
        if tick == 0 {
            let entry = OrderRequest::new(BTC, coins(1.0)).limit(price(50));
            let [entry, ..] = context.bracket(entry, price(40), price(60));
            assert!(context.cancel(entry));
            assert!(!context.cancel(entry));
        }
    });
    assert_eq!(statuses(&outcome), [Status::Cancelled; 3]);
}

#[test]
fn a_bracket_that_is_over_buys_no_more() {
    let mut options = options();
    options.volume_limit = Some(ratio(0.1));
    // One coin an hour: there are three when the loss is taken, one by one.
    let mut rows = [[100; 4]; 10];
    rows[3] = [100, 100, 94, 94];
    let outcome = run_with(&options, &rows, |tick, context| {
        if tick == 0 {
            context.bracket(OrderRequest::new(BTC, coins(9.0)), price(95), price(120));
        }
    });
    let one_by_one = [
        (1, 1.0),
        (2, 1.0),
        (3, 1.0),
        (4, -1.0),
        (5, -1.0),
        (6, -1.0),
    ];
    assert_eq!(
        fills(&outcome),
        one_by_one.map(|(hour, coins)| (hour, 100.0, coins))
    );
    assert_eq!(statuses(&outcome)[0], Status::Cancelled);
}

#[test]
fn one_cancels_the_other() {
    let rows = [[100; 4], [100; 4], [100, 111, 100, 110], [110, 110, 80, 80]];
    let outcome = run_with(&options(), &rows, |tick, context| match tick {
        0 => {
            context.place(OrderRequest::new(BTC, coins(2.0)));
        }
        1 => {
            let sell = OrderRequest::new(BTC, coins(-2.0));
            context.one_cancels_other(&[sell.limit(price(110)), sell.stop(price(90))]);
        }
        _ => {}
    });
    assert_eq!(fills(&outcome), [(1, 100.0, 2.0), (2, 110.0, -2.0)]);
    assert_eq!(
        statuses(&outcome),
        [Status::Filled, Status::Filled, Status::Cancelled]
    );
}
