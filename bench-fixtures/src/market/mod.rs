//! An hourly market of twenty coins, made up between real month-end closes.
//!
//! Back-tests, benchmarks and lessons need a market that is always there, that
//! nobody owns, and that is the same on every machine. So each series walks at
//! random from one month's last close to the next: the levels are those of the
//! exchange where a coin is in the table, the path between them is invented.
//! Anything that shows these rows must also show [`SYNTHETIC_NOTICE`].
//!
//! How each part is made is told where it is made: the closes in `closes`, the
//! hours in `bridge`.

mod bridge;
mod closes;
mod csv;
mod pair;

pub use bridge::series;
pub use csv::write_csv;
pub use pair::{Pair, pairs};

/// Counts the pairs on offer.
pub const N_PAIRS: usize = 20;

/// Seeds the market wherever the user names no seed.
pub const DEFAULT_SEED: u64 = 2018;

/// Opens the first bar: 2015-12-01 00:00 UTC, in unix seconds.
pub const FIRST_HOUR: i64 = 1_448_928_000;

/// Ends the market, exclusive: 2018-03-01 00:00 UTC, in unix seconds.
pub const END_HOUR: i64 = 1_519_862_400;

/// Says in one line what the rows are and what they are not.
pub const SYNTHETIC_NOTICE: &str =
    "Synthetic market: bridged between real month-end closes; not a record of trades.";

const HOUR: i64 = 3_600;

/// Holds one hour of one pair.
///
/// `0 < low <= open, close <= high` and `0 < volume` always hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// When the hour begins, in unix seconds.
    pub open_time: i64,
    /// First price, in units of 1e-8 of the quote currency, like the next three.
    pub open: i64,
    /// Highest price.
    pub high: i64,
    /// Lowest price.
    pub low: i64,
    /// Last price.
    pub close: i64,
    /// Amount that changed hands, in units of 1e-8 of the base currency.
    pub volume: i64,
}
