//! Markets of whole cents, written down hour by hour.

use backtest::{Bar, BarSeries, Listing, Market, Price, Symbol, Timestamp};

/// [`Price`] units in a cent. Prices are whole cents, as on exchanges, so that
/// averages tie often and a commission of 0.1 % is exact.
pub const CENT: i64 = 100_000_000;

/// One hour of a pair, prices in cents.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub open: i64,
    pub high: i64,
    pub low: i64,
    pub close: i64,
    pub volume: u32,
    pub absent: bool,
}

/// The market of some pairs' rows, with every price times `scale`.
pub fn market(pairs: &[Vec<Row>], scale: i64) -> Market {
    let listings = pairs.iter().enumerate().map(|(idx, rows)| {
        let mut bars = BarSeries::new(Timestamp::from_seconds(0));
        for row in rows {
            let price = |cents| Price::from_units(cents * CENT * scale);
            bars.push(Bar {
                open_time: bars.end(),
                open: price(row.open),
                high: price(row.high),
                low: price(row.low),
                close: price(row.close),
                volume: f64::from(row.volume),
                filled: row.absent,
            });
        }
        let symbol = Symbol::parse(&format!("COIN{idx}/USD")).expect("a ticker");
        Listing { symbol, bars }
    });
    Market::new(listings.collect(), "a test".into(), true).expect("distinct pairs")
}
