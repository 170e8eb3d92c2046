//! A pair as the exchange's library describes it: ten fields, three of them times.

use std::fmt;

use chrono::{DateTime, Utc};

use super::ExchangeName;
use crate::instrument::Symbol;
use crate::time::Timestamp;

/// Everything that the exchange's library knows of a pair, after catalyst's class
/// of the same name.
///
/// Its `Display` is what lands in the retry helper's debug message: ten fields,
/// about 290 characters, three formatted times.
#[derive(Clone, Debug)]
pub struct TradingPair {
    /// The pair's number in the bundle.
    pub sid: u32,
    /// The pair.
    pub symbol: Symbol,
    /// Where it trades.
    pub exchange: ExchangeName,
    /// When it was first traded.
    pub start_date: DateTime<Utc>,
    /// How far a position may exceed the capital behind it.
    pub leverage: f64,
    /// The smallest order, in the base currency.
    pub min_trade_size: f64,
    /// The last day that the bundle has.
    pub end_daily: DateTime<Utc>,
    /// The last hour that the bundle has.
    pub end_hourly: DateTime<Utc>,
}

impl TradingPair {
    /// Describes a pair whose bundle has the hours from `start` to `end` (exclusive).
    pub fn new(
        sid: u32,
        symbol: Symbol,
        exchange: ExchangeName,
        start: Timestamp,
        end: Timestamp,
    ) -> Self {
        let last_hour = end.plus_hours(-1).as_seconds();
        Self {
            sid,
            symbol,
            exchange,
            start_date: utc(start.as_seconds()),
            leverage: 1.0,
            min_trade_size: 0.0001,
            end_daily: utc(last_hour - last_hour.rem_euclid(86_400)),
            end_hourly: utc(last_hour),
        }
    }
}

/// A time as pandas prints it, zone included: `2016-01-01 00:00:00+00:00`.
pub(super) struct Stamp(pub DateTime<Utc>);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d %H:%M:%S%:z"))
    }
}

/// The calendar time of a second that came from a bar.
pub(super) fn utc(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

impl fmt::Display for TradingPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Trading Pair {}({}) Exchange: {}, Introduced On: {}, Market Currency: {}, \
             Base Currency: {}, Exchange Leverage: {}, Minimum Trade Size: {} \
             Last daily ingestion: {} Last hourly ingestion: {}",
            self.symbol.file_stem(),
            self.sid,
            self.exchange,
            Stamp(self.start_date),
            self.symbol.base(),
            self.symbol.quote(),
            self.leverage,
            self.min_trade_size,
            Stamp(self.end_daily),
            Stamp(self.end_hourly),
        )
    }
}
