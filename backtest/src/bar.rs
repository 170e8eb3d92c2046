//! Bars: what one pair did in one hour, alone and in columns.

use std::sync::OnceLock;

use crate::close_sums::CloseSums;
use crate::money::Price;
use crate::time::Timestamp;

/// Open, high, low, close and volume of one hour, stamped with the time it opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// When the hour began; the bar is known one hour later.
    pub open_time: Timestamp,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// How much of the base currency changed hands.
    pub volume: f64,
    /// Whether the hour was absent from the source and carries the last close
    /// with no volume; such a bar is never traded on.
    pub filled: bool,
}

impl Bar {
    /// The bar of an hour in which nothing was recorded: flat at `close`, no volume.
    pub const fn fill(open_time: Timestamp, close: Price) -> Self {
        Self {
            open_time,
            open: close,
            high: close,
            low: close,
            close,
            volume: 0.0,
            filled: true,
        }
    }
}

/// Consecutive hourly bars of one pair, in columns.
///
/// There is one bar for every hour from [`BarSeries::start`] on: absent hours are
/// filled before they get here, so a position in a column is a time.
#[derive(Clone, Debug, PartialEq)]
pub struct BarSeries {
    start: Timestamp,
    open: Vec<Price>,
    high: Vec<Price>,
    low: Vec<Price>,
    close: Vec<Price>,
    volume: Vec<f64>,
    filled: Vec<bool>,
    /// The sums of all closes, worked out when first asked for.
    close_sums: OnceLock<CloseSums>,
}

impl BarSeries {
    /// An empty series that begins at `start`, which is on the hour.
    pub fn new(start: Timestamp) -> Self {
        assert!(
            start.is_whole_hour(),
            "bars are hourly, {start} is not on the hour"
        );
        Self {
            start,
            open: Vec::new(),
            high: Vec::new(),
            low: Vec::new(),
            close: Vec::new(),
            volume: Vec::new(),
            filled: Vec::new(),
            close_sums: OnceLock::new(),
        }
    }

    /// An empty series with room for so many bars.
    pub(crate) fn with_capacity(start: Timestamp, n_bars: usize) -> Self {
        let mut series = Self::new(start);
        for column in [
            &mut series.open,
            &mut series.high,
            &mut series.low,
            &mut series.close,
        ] {
            column.reserve_exact(n_bars);
        }
        series.volume.reserve_exact(n_bars);
        series.filled.reserve_exact(n_bars);
        series
    }

    /// The series of whole columns: open, high, low and close, volume, and which bars
    /// are filled. `None` when they differ in length or `start` is not on the hour.
    pub(crate) fn from_columns(
        start: Timestamp,
        [open, high, low, close]: [Vec<Price>; 4],
        volume: Vec<f64>,
        filled: Vec<bool>,
    ) -> Option<Self> {
        let n_bars = close.len();
        let lengths = [
            open.len(),
            high.len(),
            low.len(),
            volume.len(),
            filled.len(),
        ];
        (start.is_whole_hour() && lengths.iter().all(|length| *length == n_bars)).then_some(Self {
            start,
            open,
            high,
            low,
            close,
            volume,
            filled,
            close_sums: OnceLock::new(),
        })
    }

    /// Appends the bar of the next hour.
    ///
    /// # Panics
    /// When the bar is not the next hour's: filling gaps is the loader's work.
    pub fn push(&mut self, bar: Bar) {
        assert_eq!(bar.open_time, self.end(), "bars come hour by hour");
        self.open.push(bar.open);
        self.high.push(bar.high);
        self.low.push(bar.low);
        self.close.push(bar.close);
        self.volume.push(bar.volume);
        self.filled.push(bar.filled);
        self.close_sums.take();
    }

    /// The hour of the first bar.
    #[inline]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The hour after the last bar.
    pub fn end(&self) -> Timestamp {
        self.start.plus_hours(self.len_hours())
    }

    /// How many bars there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.close.len()
    }

    /// Whether there is no bar.
    pub fn is_empty(&self) -> bool {
        self.close.is_empty()
    }

    /// The position of the bar that opened at `open_time`, if the series has it.
    #[inline]
    pub fn index_of(&self, open_time: Timestamp) -> Option<usize> {
        let bar_idx = open_time.hour_after(self.start)?;
        (bar_idx < self.len()).then_some(bar_idx)
    }

    /// The bar at a position below [`BarSeries::len`].
    #[inline]
    pub fn bar(&self, bar_idx: usize) -> Bar {
        Bar {
            open_time: self
                .start
                .plus_hours(i64::try_from(bar_idx).expect("an index fits")),
            open: self.open[bar_idx],
            high: self.high[bar_idx],
            low: self.low[bar_idx],
            close: self.close[bar_idx],
            volume: self.volume[bar_idx],
            filled: self.filled[bar_idx],
        }
    }

    /// Opening prices, oldest first.
    #[inline]
    pub fn opens(&self) -> &[Price] {
        &self.open
    }

    /// Highest prices, oldest first.
    pub fn highs(&self) -> &[Price] {
        &self.high
    }

    /// Lowest prices, oldest first.
    pub fn lows(&self) -> &[Price] {
        &self.low
    }

    /// Closing prices, oldest first.
    #[inline]
    pub fn closes(&self) -> &[Price] {
        &self.close
    }

    /// For each bar, and for one beyond the last, the exact sum of all closes before
    /// it in [`Price`] units: the difference of two is the sum of a window.
    ///
    /// Worked out once for a series and shared by all runs on it.
    #[inline]
    pub fn close_sums(&self) -> &[i128] {
        self.known_sums().sums()
    }

    /// The same with what else is known of them.
    #[inline]
    pub(crate) fn known_sums(&self) -> &CloseSums {
        self.close_sums.get_or_init(|| CloseSums::new(&self.close))
    }

    /// Volumes in the base currency, oldest first.
    pub fn volumes(&self) -> &[f64] {
        &self.volume
    }

    /// Which bars stand for absent hours, oldest first.
    #[inline]
    pub fn filled(&self) -> &[bool] {
        &self.filled
    }

    fn len_hours(&self) -> i64 {
        i64::try_from(self.len()).expect("a series is far shorter than i64::MAX hours")
    }
}
