//! Orders of every kind, bar by bar: where each is filled, and what becomes of it.

use std::sync::Arc;

use backtest::slippage::PercentSlippage;
use backtest::{
    Account, Amount, Bar, BarSeries, Cash, Context, EngineOptions, FillConvention, HourRange,
    IntraBar, Kind, Liquidity, Listing, Margin, Market, MemoryPortal, OrderRequest, Outcome,
    PairId, Price, Quantity, Ratio, Rejection, Sizing, Status, Strategy, Symbol, TimeInForce,
    Timestamp, TradingRules, Trail, run,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as _;

const BTC: PairId = PairId::FIRST;

/// Open, high, low and close, in whole units of money.
type Row = [i64; 4];

fn price(whole: i64) -> Price {
    Price::from_units(whole * Price::UNITS)
}

fn hour(idx: usize) -> Timestamp {
    Timestamp::from_seconds(0).plus_hours(i64::try_from(idx).expect("a few hours"))
}

fn coins(n: f64) -> Amount {
    Amount::Quantity(Quantity::from_f64(n).expect("a few coins"))
}

fn money(value: f64) -> Cash {
    Cash::from_f64(value).expect("a sum of money")
}

fn ratio(value: f64) -> Ratio {
    Ratio::from_f64(value).expect("a ratio")
}

/// A market of one pair with 10 coins traded an hour.
fn market(rows: &[Row]) -> Market {
    let mut bars = BarSeries::new(Timestamp::from_seconds(0));
    for [open, high, low, close] in rows {
        bars.push(Bar {
            open_time: bars.end(),
            open: price(*open),
            high: price(*high),
            low: price(*low),
            close: price(*close),
            volume: 10.0,
            filled: false,
        });
    }
    let symbol = Symbol::parse("BTC/USD").expect("a pair");
    Market::new(vec![Listing { symbol, bars }], "a test".into(), true).expect("one pair")
}

/// Does one thing a tick.
struct Script<F>(F, usize);

impl<F: FnMut(usize, &mut Context<'_>)> Strategy for Script<F> {
    fn name(&self) -> &'static str {
        "script"
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        (self.0)(self.1, context);
        self.1 += 1;
    }
}

fn options() -> EngineOptions {
    let mut options = EngineOptions::default();
    options.capital = money(1_000.0);
    options.set_commission(Ratio::default());
    options
}

fn run_with(
    options: &EngineOptions,
    rows: &[Row],
    script: impl FnMut(usize, &mut Context<'_>),
) -> Outcome {
    let market = market(rows);
    let range = HourRange::new(hour(0), hour(rows.len())).expect("hours");
    let mut portal = MemoryPortal::new(&market);
    run(&market, range, &mut portal, &mut Script(script, 0), options).expect("a sound run")
}

/// The hour, price and coins of each fill.
fn fills(outcome: &Outcome) -> Vec<(i64, f64, f64)> {
    let fill = |fill: &backtest::Fill| {
        (
            fill.time.hours_since(hour(0)),
            fill.price.as_f64(),
            fill.quantity.as_f64(),
        )
    };
    outcome.fills.iter().map(fill).collect()
}

fn statuses(outcome: &Outcome) -> Vec<Status> {
    outcome.orders.iter().map(|order| order.status).collect()
}

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

fn on_margin(leverage: f64) -> EngineOptions {
    let mut options = options();
    options.account = Account::Margin(Margin {
        leverage: ratio(leverage),
        maintenance: ratio(0.25),
        borrow_rate: Ratio::default(),
    });
    options
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
    let outcome = run_with(&on_margin(2.0), &[[100; 4]; 3], |tick, context| {
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

/// Any order of any kind around a price of a hundred.
fn any_order() -> impl proptest::strategy::Strategy<Value = OrderRequest> {
    let kind = prop_oneof![
        Just(Kind::Market),
        (80..120_i64).prop_map(|at| Kind::Limit { limit: price(at) }),
        (80..120_i64).prop_map(|at| Kind::Stop { stop: price(at) }),
        (80..120_i64, 80..120_i64).prop_map(|(stop, limit)| Kind::StopLimit {
            stop: price(stop),
            limit: price(limit)
        }),
        (1..20_i64).prop_map(|by| Kind::TrailingStop {
            trail: Trail::Distance(price(by))
        }),
    ];
    let time_in_force = prop_oneof![
        Just(TimeInForce::GoodTillCancelled),
        Just(TimeInForce::ImmediateOrCancel),
        Just(TimeInForce::FillOrKill),
        (1..40_usize).prop_map(|at| TimeInForce::GoodTillDate(hour(at))),
    ];
    let amount = prop_oneof![
        (-8.0..8.0_f64).prop_map(coins),
        (-1.5..1.5_f64).prop_map(|share| Amount::Percent(ratio(share))),
        (-1.5..1.5_f64).prop_map(|share| Amount::TargetPercent(ratio(share))),
        (-900.0..900.0_f64).prop_map(|value| Amount::Value(money(value))),
        (0.0..8.0_f64).prop_map(|n| Amount::Target(Quantity::from_f64(n).expect("coins"))),
    ];
    (kind, time_in_force, amount).prop_map(|(kind, time_in_force, amount)| {
        let request = OrderRequest::new(BTC, amount).time_in_force(time_in_force);
        match kind {
            Kind::Market => request,
            Kind::Limit { limit } => request.limit(limit),
            Kind::Stop { stop } => request.stop(stop),
            Kind::StopLimit { stop, limit } => request.stop(stop).limit(limit),
            Kind::TrailingStop { trail } => request.trailing_stop(trail),
        }
    })
}

fn any_options() -> impl proptest::strategy::Strategy<Value = EngineOptions> {
    let account = prop_oneof![Just(None), (0.5..3.0_f64).prop_map(Some)];
    let limit = prop_oneof![Just(None), (0.05..1.0_f64).prop_map(Some)];
    (0..3_usize, 0..2_usize, 0..2_usize, account, limit).prop_map(
        |(fill, size, view, leverage, limit)| {
            let mut options = leverage.map_or_else(options, on_margin);
            options.fill = FillConvention::parse(FillConvention::NAMES[fill]).expect("a name");
            options.size = Sizing::parse(Sizing::NAMES[size]).expect("a name");
            options.intra_bar = IntraBar::parse(IntraBar::NAMES[view]).expect("a name");
            options.volume_limit = limit.map(ratio);
            options.set_commission(ratio(0.001));
            options
        },
    )
}

fn any_rows() -> impl proptest::strategy::Strategy<Value = Vec<Row>> {
    let bar = (85..116_i64, -6..7_i64, 0..6_i64, 0..6_i64);
    prop::collection::vec(bar, 5..40).prop_map(|bars| {
        let row = |(open, change, above, below): (i64, i64, i64, i64)| {
            let close = open + change;
            [
                open,
                open.max(close) + above,
                open.min(close) - below,
                close,
            ]
        };
        bars.into_iter().map(row).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_fill_is_impossible(
        options in any_options(),
        rows in any_rows(),
        script in prop::collection::vec(prop::collection::vec(any_order(), 0..3), 40),
    ) {
        let outcome = run_with(&options, &rows, |tick, context| {
            for (idx, order) in script[tick].iter().enumerate() {
                match (tick + idx) % 4 {
                    0 => drop(context.bracket(*order, price(90), price(110))),
                    1 => drop(context.one_cancels_other(&[*order, order.limit(price(98))])),
                    _ => drop(context.place(*order)),
                }
            }
        });
        let mut filled = vec![Quantity::ZERO; outcome.orders.len()];
        for fill in &outcome.fills {
            let order = &outcome.orders[fill.order.index()];
            // A fill at a close is stamped with the end of its bar.
            let is_market = order.kind == Kind::Market;
            let at_close = match options.fill {
                FillConvention::NextOpen => false,
                FillConvention::NextClose | FillConvention::Close => is_market,
            };
            let trailed = matches!(order.kind, Kind::TrailingStop { .. });
            let hours = usize::try_from(fill.time.hours_since(hour(0))).expect("in the run");
            let candidates = if trailed { vec![hours, hours.saturating_sub(1)] } else { vec![hours - usize::from(at_close)] };
            let is_traded = candidates.iter().any(|bar| {
                rows.get(*bar).is_some_and(|[_, high, low, _]| {
                    price(*low) <= fill.price && fill.price <= price(*high)
                })
            });
            prop_assert!(is_traded, "{order:?} at {:?}", fill.price);
            if options.fill == FillConvention::Close && is_market {
                prop_assert!(fill.time >= order.placed_at);
            } else if at_close || trailed {
                prop_assert!(fill.time > order.placed_at || fill.time == order.placed_at && trailed);
            } else {
                prop_assert!(fill.time >= order.placed_at);
            }
            if let Kind::Limit { limit } | Kind::StopLimit { limit, .. } = order.kind {
                let is_within = if fill.quantity.is_negative() { fill.price >= limit } else { fill.price <= limit };
                prop_assert!(is_within, "{order:?} at {:?}", fill.price);
            }
            filled[fill.order.index()] += fill.quantity;
        }
        for (order, filled) in outcome.orders.iter().zip(filled) {
            prop_assert_eq!(order.filled, filled);
            prop_assert_eq!(order.is_open(), order.status == Status::Open);
            if order.time_in_force == TimeInForce::FillOrKill && !filled.is_zero() {
                prop_assert_eq!(order.status, Status::Filled);
            }
            if order.status.rejection().is_some() {
                prop_assert!(filled.is_zero(), "{order:?}");
            }
        }
        // Money is neither made nor lost.
        let spent: Cash = outcome.fills.iter().map(|fill| fill.price * fill.quantity + fill.commission).sum();
        prop_assert_eq!(outcome.portfolio.cash(), outcome.capital - spent - outcome.borrowing_cost);
        let held: Quantity = outcome.fills.iter().map(|fill| fill.quantity).sum();
        prop_assert_eq!(outcome.portfolio.quantity(BTC), held);
        if options.account == Account::LongOnly {
            prop_assert!(!outcome.portfolio.cash().is_negative());
            prop_assert!(!held.is_negative());
        }
        prop_assert_eq!(outcome.equity.last(), Some(&outcome.final_value));
    }
}
