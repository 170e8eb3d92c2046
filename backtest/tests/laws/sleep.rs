//! Sleeping changes no result: a strategy that sleeps does the same, to the last bit,
//! as one that is called at every tick.

use std::cell::Cell;

use backtest::engine::{FinalValue, final_value};
use backtest::strategy::{BuyAndHold, Crossing, SmaCross};
use backtest::{
    Account, Amount, Cash, Context, DataPortal, EngineOptions, FillConvention, IntraBar, Margin,
    MemoryPortal, OrderRequest, Outcome, PairId, Price, Quantity, Ratio, Result, Sizing, Strategy,
    Timestamp, run,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use crate::support::{ONE, Row, Scenario, scenario};

/// Answers from memory and does not say so, so that nobody can sleep.
struct Wakeful<'a>(MemoryPortal<'a>);

impl DataPortal for Wakeful<'_> {
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> Result<Price> {
        self.0.spot_price(pair, bar_open)
    }
}

/// Goes long where averages cross upwards and short where they cross downwards, with
/// a stop at a distance, and counts how often it is called.
struct Turns {
    fast: usize,
    slow: usize,
    stop: i64,
    n_calls: Cell<usize>,
}

impl Strategy for Turns {
    fn name(&self) -> &'static str {
        "turns"
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        self.n_calls.set(self.n_calls.get() + 1);
        for pair in context.pairs() {
            let (fast, slow) = (self.fast, self.slow);
            let averages = context.average(pair, fast).zip(context.average(pair, slow));
            let held = context.portfolio().quantity(pair);
            let is_long = held > Quantity::ZERO;
            let (above, below) = averages.map_or((false, false), |(f, s)| (f > s, f < s));
            if (above && !is_long) || (below && is_long) {
                let weight = if above { 0.4 } else { -0.4 };
                context.order_target_percent(pair, weight);
                let stop = context.price(pair).as_units() - self.stop;
                if above && stop > 0 {
                    let amount = Amount::Quantity(-held);
                    let order = OrderRequest::new(pair, amount);
                    context.place(order.stop(Price::from_units(stop)));
                }
            }
            let above = !is_long;
            context.sleep_until(Crossing {
                pair,
                fast,
                slow,
                above,
            });
        }
    }
}

/// Every convention and account, with and without a limit to volume.
fn options() -> impl Generator<Value = EngineOptions> {
    let fill = prop_oneof![
        Just(FillConvention::NextOpen),
        Just(FillConvention::NextClose),
        Just(FillConvention::Close)
    ];
    let size = prop_oneof![Just(Sizing::OnDecision), Just(Sizing::OnFill)];
    let intra_bar = prop_oneof![Just(IntraBar::Pessimistic), Just(IntraBar::Optimistic)];
    let share = |value| Ratio::from_f64(value).expect("a share");
    let margin = Account::Margin(Margin {
        leverage: share(2.0),
        maintenance: share(0.2),
        borrow_rate: share(0.5),
    });
    let account = prop_oneof![3 => Just(Account::LongOnly), 1 => Just(margin)];
    let volume = prop_oneof![Just(None), (0.01..5.0_f64).prop_map(Some)];
    (fill, size, intra_bar, account, volume).prop_map(
        move |(fill, size, intra_bar, account, volume)| {
            let mut options = EngineOptions::default();
            options.capital = Cash::from_units(100 * ONE);
            (options.fill, options.size) = (fill, size);
            (options.intra_bar, options.account) = (intra_bar, account);
            options.volume_limit = volume.map(share);
            options
        },
    )
}

/// The same run asleep and awake, and for its final value alone.
fn both(
    scenario: &Scenario,
    scale: i64,
    options: &EngineOptions,
    build: impl Fn() -> Box<dyn Strategy>,
) -> [Outcome; 2] {
    let (market, range) = (scenario.market(scale), scenario.range(0));
    let mut sleepy = MemoryPortal::new(&market);
    let mut wakeful = Wakeful(MemoryPortal::new(&market));
    let asleep = run(&market, range, &mut sleepy, build().as_mut(), options);
    let awake = run(&market, range, &mut wakeful, build().as_mut(), options);
    let found = final_value(&market, range, &mut sleepy, build().as_mut(), options);
    let [asleep, awake] = [asleep, awake].map(|outcome| outcome.expect("a sound run"));
    let expected = FinalValue {
        value: awake.final_value,
        total_return: awake.metrics.total_return,
        fills: awake.fills.len(),
        commission: awake.commission,
    };
    assert_eq!(found.expect("a sound run"), expected);
    [asleep, awake]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_average_cross_does_the_same_asleep(
        scenario in scenario(2..120),
        fast in 1..6_usize,
        more in 1..8_usize,
        // Of prices that large, products need more than 64 bits.
        scale in prop_oneof![Just(1), Just(10_000_000)],
        options in options(),
    ) {
        let build = || -> Box<dyn Strategy> {
            Box::new(SmaCross::new(fast, fast + more, 0.99).expect("sound parameters"))
        };
        let [asleep, awake] = both(&scenario, scale, &options, build);
        prop_assert_eq!(asleep, awake);
    }

    #[test]
    fn holding_to_the_end_does_the_same_asleep(scenario in scenario(2..120), options in options()) {
        let [asleep, awake] = both(&scenario, 1, &options, || Box::new(BuyAndHold::default()));
        prop_assert_eq!(asleep, awake);
    }

    #[test]
    fn stops_and_short_positions_do_the_same_asleep(
        scenario in scenario(2..120),
        fast in 1..6_usize,
        more in 1..8_usize,
        stop in 0..5_000_000_000_i64,
        options in options(),
    ) {
        let slow = fast + more;
        let build = || -> Box<dyn Strategy> {
            Box::new(Turns { fast, slow, stop, n_calls: Cell::default() })
        };
        let [asleep, awake] = both(&scenario, 1, &options, build);
        prop_assert_eq!(asleep, awake);
    }
}

#[test]
fn who_sleeps_is_called_where_averages_cross_and_not_between() {
    // Down for a hundred hours, up for a hundred, and down again.
    let close = |hour: i64| {
        300 + if (100..200).contains(&hour) {
            hour
        } else {
            -hour
        }
    };
    let row = |hour| Row {
        open: close(hour),
        high: close(hour),
        low: close(hour),
        close: close(hour),
        volume: 1,
        absent: false,
    };
    let scenario = Scenario {
        pairs: vec![(0..290).map(row).collect()],
        n_warm_up: 0,
    };
    let mut strategy = Turns {
        fast: 2,
        slow: 5,
        stop: i64::MAX,
        n_calls: Cell::default(),
    };
    let outcome = scenario.run_with(&mut strategy, &EngineOptions::default(), 1);
    // At the first tick, at each of the two crossings, and at the tick after each, by
    // which the order has been filled.
    assert_eq!(outcome.ticks, 290);
    assert_eq!((outcome.fills.len(), strategy.n_calls.get()), (2, 5));
}
