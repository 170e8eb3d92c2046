//! A market of one pair, and a strategy that does as a test says.

use backtest::{
    Amount, Bar, BarSeries, Cash, Context, EngineOptions, HourRange, Listing, Market, MemoryPortal,
    Outcome, PairId, Price, Quantity, Ratio, Status, Strategy, Symbol, Timestamp, run,
};

pub const BTC: PairId = PairId::FIRST;

/// Open, high, low and close, in whole units of money.
pub type Row = [i64; 4];

pub fn price(whole: i64) -> Price {
    Price::from_units(whole * Price::UNITS)
}

pub fn hour(idx: usize) -> Timestamp {
    Timestamp::from_seconds(0).plus_hours(i64::try_from(idx).expect("a few hours"))
}

pub fn coins(n: f64) -> Amount {
    Amount::Quantity(Quantity::from_f64(n).expect("a few coins"))
}

pub fn money(value: f64) -> Cash {
    Cash::from_f64(value).expect("a sum of money")
}

pub fn ratio(value: f64) -> Ratio {
    Ratio::from_f64(value).expect("a ratio")
}

/// A market of one pair with 10 coins traded an hour.
pub fn market(rows: &[Row]) -> Market {
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

pub fn options() -> EngineOptions {
    let mut options = EngineOptions::default();
    options.capital = money(1_000.0);
    options.set_commission(Ratio::default());
    options
}

pub fn run_with(
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
pub fn fills(outcome: &Outcome) -> Vec<(i64, f64, f64)> {
    let fill = |fill: &backtest::Fill| {
        (
            fill.time.hours_since(hour(0)),
            fill.price.as_f64(),
            fill.quantity.as_f64(),
        )
    };
    outcome.fills.iter().map(fill).collect()
}

pub fn statuses(outcome: &Outcome) -> Vec<Status> {
    outcome.orders.iter().map(|order| order.status).collect()
}
