//! Random markets around a price of a hundred, and scripts of every kind of order.

use backtest::{
    Amount, Cash, Context, Kind, OrderId, OrderRequest, PairId, Price, Quantity, Ratio, Strategy,
    TimeInForce, Timestamp, Trail,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use crate::row::{CENT, Row};

const MAX_HOURS: usize = 24;

/// The rows of each pair.
#[derive(Clone, Debug)]
pub struct Scenario(pub Vec<Vec<Row>>);

/// An order, with its pair as a place in the market.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub pair: usize,
    pub amount: Amount,
    pub kind: Kind,
    pub time_in_force: TimeInForce,
}

/// One thing that a strategy does.
#[derive(Clone, Debug)]
pub enum Step {
    Place(Wish),
    OneCancelsOther(Vec<Wish>),
    Bracket(Wish, Price, Price),
    /// Withdraws one of the orders so far.
    Cancel(prop::sample::Index),
}

/// What is done at each tick.
pub type Script = Vec<Vec<Step>>;

/// Does as the script says.
pub struct Scripted<'a> {
    script: &'a Script,
    tick: usize,
    ids: Vec<OrderId>,
}

impl<'a> Scripted<'a> {
    pub fn new(script: &'a Script) -> Self {
        Self {
            script,
            tick: 0,
            ids: vec![],
        }
    }
}

impl Strategy for Scripted<'_> {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        let pairs: Vec<PairId> = context.pairs().collect();
        let request = |wish: &Wish| {
            let request = OrderRequest::new(pairs[wish.pair], wish.amount);
            let request = match wish.kind {
                Kind::Market => request,
                Kind::Limit { limit } => request.limit(limit),
                Kind::Stop { stop } => request.stop(stop),
                Kind::StopLimit { stop, limit } => request.stop(stop).limit(limit),
                Kind::TrailingStop { trail } => request.trailing_stop(trail),
            };
            request.time_in_force(wish.time_in_force)
        };
        for step in &self.script[self.tick] {
            match step {
                Step::Place(wish) => self.ids.push(context.place(request(wish))),
                Step::OneCancelsOther(wishes) => {
                    let requests: Vec<_> = wishes.iter().map(request).collect();
                    self.ids.extend(context.one_cancels_other(&requests));
                }
                Step::Bracket(wish, stop, limit) => {
                    self.ids
                        .extend(context.bracket(request(wish), *stop, *limit));
                }
                Step::Cancel(which) if !self.ids.is_empty() => {
                    context.cancel(*which.get(&self.ids));
                }
                Step::Cancel(_) => {}
            }
        }
        self.tick += 1;
    }
}

/// One or two pairs, and up to two steps a tick.
pub fn scenario() -> impl Generator<Value = (Scenario, Script)> {
    (1..3_usize, 3..MAX_HOURS).prop_flat_map(|(n_pairs, n_hours)| {
        let steps = vec(vec(step(n_pairs), 0..3), n_hours);
        (vec(rows(n_hours), n_pairs).prop_map(Scenario), steps)
    })
}

fn rows(n_hours: usize) -> impl Generator<Value = Vec<Row>> {
    let hour = (
        -400..401_i64,
        -900..901_i64,
        0..500_i64,
        0..500_i64,
        0..40_u32,
        prop::bool::weighted(0.1),
    );
    (9_000..11_000_i64, vec(hour, n_hours)).prop_map(|(first, hours)| {
        let mut last = first;
        let row = |(gap, change, above, below, volume, absent): (i64, i64, i64, i64, u32, bool)| {
            let open = if absent { last } else { last + gap };
            let close = if absent { last } else { open + change };
            let (above, below) = if absent { (0, 0) } else { (above, below) };
            last = close;
            Row {
                open,
                high: open.max(close) + above,
                low: open.min(close) - below,
                close,
                volume: if absent { 0 } else { volume },
                absent,
            }
        };
        hours.into_iter().map(row).collect()
    })
}

fn step(n_pairs: usize) -> impl Generator<Value = Step> {
    let waits = || wish(n_pairs, waiting_kind().boxed());
    let all = || {
        wish(
            n_pairs,
            prop_oneof![Just(Kind::Market), waiting_kind()].boxed(),
        )
    };
    prop_oneof![
        5 => all().prop_map(Step::Place),
        2 => vec(waits(), 2..4).prop_map(|mut wishes| {
            // They share a pair, or one's fills could not be taken off another.
            let pair = wishes[0].pair;
            for wish in &mut wishes {
                wish.pair = pair;
            }
            Step::OneCancelsOther(wishes)
        }),
        2 => (all(), price(), price()).prop_map(|(wish, stop, limit)| {
            Step::Bracket(wish, stop, limit)
        }),
        1 => any::<prop::sample::Index>().prop_map(Step::Cancel),
    ]
}

fn wish(n_pairs: usize, kind: BoxedStrategy<Kind>) -> impl Generator<Value = Wish> {
    (0..n_pairs, amount(), kind, time_in_force()).prop_map(|(pair, amount, kind, time_in_force)| {
        Wish {
            pair,
            amount,
            kind,
            time_in_force,
        }
    })
}

/// Some more than there is money for.
fn amount() -> impl Generator<Value = Amount> {
    let coins = || (-15_000..15_000_i128).prop_map(|n| Quantity::from_units(n * 10_i128.pow(9)));
    let money = || (-1_500..1_500_i128).prop_map(|n| Cash::from_units(n * 10_i128.pow(22)));
    let share =
        || (-150..150_i64).prop_map(|n| Ratio::from_f64(n as f64 / 100.0).expect("a ratio"));
    prop_oneof![
        3 => coins().prop_map(Amount::Quantity),
        1 => money().prop_map(Amount::Value),
        1 => share().prop_map(Amount::Percent),
        1 => coins().prop_map(Amount::Target),
        1 => Just(Amount::Target(Quantity::ZERO)),
        1 => money().prop_map(Amount::TargetValue),
        2 => share().prop_map(Amount::TargetPercent),
    ]
}

fn waiting_kind() -> impl Generator<Value = Kind> {
    let trail = prop_oneof![
        (1..1_000_i64).prop_map(|cents| Trail::Distance(Price::from_units(cents * CENT))),
        (1..20_i64)
            .prop_map(|n| Trail::Percent(Ratio::from_f64(n as f64 / 100.0).expect("a ratio"))),
    ];
    prop_oneof![
        price().prop_map(|limit| Kind::Limit { limit }),
        price().prop_map(|stop| Kind::Stop { stop }),
        (price(), price()).prop_map(|(stop, limit)| Kind::StopLimit { stop, limit }),
        trail.prop_map(|trail| Kind::TrailingStop { trail }),
    ]
}

fn price() -> impl Generator<Value = Price> {
    (8_500..11_500_i64).prop_map(|cents| Price::from_units(cents * CENT))
}

fn time_in_force() -> impl Generator<Value = TimeInForce> {
    prop_oneof![
        4 => Just(TimeInForce::GoodTillCancelled),
        1 => Just(TimeInForce::ImmediateOrCancel),
        1 => Just(TimeInForce::FillOrKill),
        1 => (1..MAX_HOURS).prop_map(|hour| {
            let hour = i64::try_from(hour).expect("a few hours");
            TimeInForce::GoodTillDate(Timestamp::from_seconds(0).plus_hours(hour))
        }),
    ]
}
