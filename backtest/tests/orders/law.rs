//! Laws that hold for any orders in any market.

use backtest::{
    Account, Amount, Cash, EngineOptions, FillConvention, IntraBar, Kind, OrderRequest, Quantity,
    Sizing, Status, TimeInForce, Trail,
};
use proptest::prelude::*;

use crate::margin::on_margin;
use crate::script::{BTC, Row, coins, hour, money, options, price, ratio, run_with};

/// Any order of any kind around a price of a hundred.
fn any_order() -> impl Strategy<Value = OrderRequest> {
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

fn any_options() -> impl Strategy<Value = EngineOptions> {
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

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
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
