//! Files without a header: what each column is, from how many there are and from
//! what they hold.
//!
//! Seven columns are what Kraken's downloads have; eight, with the volume-weighted
//! average price before the volume, are the order of its public interface; twelve
//! are Binance's klines; six are what `ccxt` and most scripts write. The prices come
//! as open, high, low, close, or as Bitfinex and Coinbase order them: whichever makes
//! the high the highest and the low the lowest.

use super::SAMPLE_ROWS;
use super::number;
use super::plain::plain;
use super::records::{Record, Records};

/// Positions of open, high, low and close among four price columns.
const PRICE_ORDERS: [[usize; 4]; 3] = [
    [0, 1, 2, 3],
    // Bitfinex, Huobi, KuCoin: open, close, high, low.
    [0, 2, 3, 1],
    // Coinbase: low, high, open, close.
    [2, 1, 0, 3],
];

const NAMES: [&str; 4] = ["open", "high", "low", "close"];

/// What the columns of a file without a header are.
pub struct Headerless {
    pub names: Vec<String>,
    pub times: Vec<usize>,
    pub symbol: Option<usize>,
    pub prices: [usize; 4],
    pub volume: Option<usize>,
    pub quote_volume: Option<usize>,
    pub trades: Option<usize>,
    /// Whether they are Kraken's, or Binance's.
    pub is_kraken: bool,
    pub is_binance: bool,
}

impl Headerless {
    /// The columns of rows like `first`, judged by the rows that `records` begins
    /// with; `None` when there are too few numbers, or when no order of them makes the
    /// high the highest and the low the lowest.
    pub fn find(first: Record<'_>, records: &mut Records<'_>) -> Option<Self> {
        let width = first.len();
        // Whatever tells the time or names the pair stands before the prices.
        let has_clock = width > 1 && is_day(first.cell(0)) && is_clock(first.cell(1));
        let least = if has_clock { 2 } else { 1 };
        let start = (least..width).find(|start| {
            width - start >= 4 && (*start..start + 4).all(|cell| is_number(first.cell(cell)))
        })?;
        let mut sample = Sample::default();
        let mut n_rows = 0;
        while n_rows < SAMPLE_ROWS
            && let Some((_, record)) = records.next()
        {
            n_rows += 1;
            sample.add(record, start);
        }
        let best = sample.best();
        if sample.n_broken[best] * 2 > sample.n_rows {
            return None;
        }
        let order = PRICE_ORDERS[best];
        let prices = order.map(|place| start + place);
        let is_kraken = start == 1 && matches!(width, 7 | 8) && sample.ends_in_counts;
        let is_binance = start == 1 && width == 12;
        let volume = start + 4 + usize::from(is_kraken && width == 8);
        let has_volume = volume < width && is_number(first.cell(volume));
        let mut names: Vec<_> = (1..=width).map(|number| format!("{number}")).collect();
        names[0] = "time".into();
        for (price, name) in prices.into_iter().zip(NAMES) {
            names[price] = name.into();
        }
        if has_volume {
            names[volume] = "volume".into();
        }
        if is_kraken {
            names[width - 1] = "trades".into();
            if width == 8 {
                names[5] = "vwap".into();
            }
        }
        let symbol = (0..start).rev().find(|cell| {
            let cell = first.cell(*cell);
            cell.first().is_some_and(u8::is_ascii_alphabetic)
        });
        Some(Self {
            names,
            times: (0..start).filter(|cell| Some(*cell) != symbol).collect(),
            symbol,
            prices,
            volume: has_volume.then_some(volume),
            quote_volume: is_binance.then_some(7),
            trades: is_kraken.then_some(width - 1),
            is_kraken,
            is_binance,
        })
    }
}

#[derive(Default)]
struct Sample {
    /// How many rows have four prices.
    n_rows: usize,
    /// How many of them break each order of prices.
    n_broken: [usize; PRICE_ORDERS.len()],
    ends_in_counts: bool,
}

impl Sample {
    fn add(&mut self, record: Record<'_>, start: usize) {
        if record.len() < start + 4 {
            return;
        }
        let is_count = record.cell(record.len() - 1).iter().all(u8::is_ascii_digit);
        self.ends_in_counts |= is_count;
        let read = |place: usize| number::price(record.cell(start + place));
        let (Ok(a), Ok(b), Ok(c), Ok(d)) = (read(0), read(1), read(2), read(3)) else {
            return;
        };
        self.n_rows += 1;
        let prices = [a, b, c, d];
        for (order, n_broken) in PRICE_ORDERS.iter().zip(&mut self.n_broken) {
            let [open, high, low, close] = order.map(|place| prices[place]);
            let is_kept = low <= open.min(close) && high >= open.max(close);
            *n_broken += usize::from(!is_kept);
        }
    }

    /// The order that the fewest rows break, the first of several.
    fn best(&self) -> usize {
        let orders = 0..PRICE_ORDERS.len();
        orders
            .min_by_key(|order| self.n_broken[*order])
            .expect("there are orders")
    }
}

/// Whether a cell is a day such as `20180201`.
fn is_day(cell: &[u8]) -> bool {
    cell.len() == 8 && cell.iter().all(u8::is_ascii_digit)
}

/// Whether a cell is a time of day such as `2300` or `230000`.
fn is_clock(cell: &[u8]) -> bool {
    matches!(cell.len(), 4 | 6) && cell.iter().all(u8::is_ascii_digit)
}

/// Whether a cell is meant as a number.
pub fn is_number(cell: &[u8]) -> bool {
    plain(cell).is_some()
        || str::from_utf8(cell).is_ok_and(|text| {
            text.replace([',', '\'', ' ', '\u{a0}', '\u{202f}'], "")
                .parse::<f64>()
                .is_ok()
        })
}
