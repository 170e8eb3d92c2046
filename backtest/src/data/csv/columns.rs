//! Where each part of a bar stands in a row.

use super::date::DayOrder;
use crate::data::TimeFormat;

/// The columns of a file, by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The name of every column, as messages call it; there are as many cells a row.
    pub names: Vec<String>,
    /// What tells the time.
    pub time: TimeColumns,
    /// How dates are written.
    pub day_order: DayOrder,
    /// How times are written, where the user has said so.
    pub time_format: Option<TimeFormat>,
    /// The pair's name, and how the first row spells it; every row must agree.
    pub symbol: Option<(usize, Vec<u8>)>,
    /// Open, high, low and close, in this order.
    pub prices: [usize; 4],
    /// The volume in the base currency.
    pub volume: Option<usize>,
    /// The volume in the quote currency, to tell whether the two are swapped.
    pub quote_volume: Option<usize>,
    /// A count that must be a whole number, so that a line cut short is found out.
    pub trades: Option<usize>,
}

/// Which columns tell a bar's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeColumns {
    /// A unix time.
    Unix(usize),
    /// A date with a time of day.
    Date(usize),
    /// A date, and a time of day in a column of its own.
    DateAndClock(usize, usize),
    /// A unix time and a date. The unix time is believed: dates have been seen in
    /// local time under a banner that calls them UTC.
    UnixAndDate(usize, usize),
}

impl TimeColumns {
    /// Whether the time is a unix time, which has no time zone to be wrong.
    pub const fn is_unix(self) -> bool {
        matches!(self, Self::Unix(_) | Self::UnixAndDate(..))
    }
}
