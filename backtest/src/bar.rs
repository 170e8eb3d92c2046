//! Bars: what one pair did in one hour, alone and in columns.

use std::cmp::Ordering;
use std::sync::OnceLock;

use crate::money::Price;
use crate::time::{SECONDS_PER_HOUR, Timestamp};

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
    /// What is known of all closes, worked out when first asked for.
    closes: OnceLock<Closes>,
}

/// What is known of all closes of a series.
#[derive(Clone, Debug, PartialEq)]
struct Closes {
    /// The sums of the closes before each bar, and of all.
    sums: Box<[i128]>,
    /// The largest one, by size.
    largest: u64,
    /// How many times that has no more than 63 bits.
    most_times: usize,
}

impl Closes {
    #[inline]
    fn fits_64_bits(&self, fast: usize, slow: usize) -> bool {
        let most = self.most_times;
        fast.checked_mul(slow).is_some_and(|times| times <= most)
    }
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
            closes: OnceLock::new(),
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
            closes: OnceLock::new(),
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
        self.closes.take();
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
        const HOUR: u64 = SECONDS_PER_HOUR.cast_unsigned();
        // What lies before the start wraps round to beyond every end.
        let seconds = open_time.as_seconds().wrapping_sub(self.start.as_seconds());
        let seconds = seconds.cast_unsigned();
        let bar_idx = usize::try_from(seconds / HOUR).ok()?;
        (seconds.is_multiple_of(HOUR) && bar_idx < self.len()).then_some(bar_idx)
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
        &self.known_closes().sums
    }

    /// How the mean of the `fast` closes up to a bar stands to that of the `slow` ones,
    /// exactly, or `None` until there are so many.
    #[inline]
    pub(crate) fn compare_averages(
        &self,
        bar_idx: usize,
        fast: usize,
        slow: usize,
    ) -> Option<Ordering> {
        let end = bar_idx + 1;
        if fast.min(slow) == 0 || fast.max(slow) > end {
            return None;
        }
        let known = self.known_closes();
        let sums = &known.sums[..=end];
        let (all, before_fast, before_slow) = (sums[end], sums[end - fast], sums[end - slow]);
        // The averages stand to each other as each sum times the other's number of bars.
        Some(if known.fits_64_bits(fast, slow) {
            // Sums may wrap around: their differences are right all the same.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "the differences and their products fit"
            )]
            let product =
                |before: i128, n: usize| (all as i64).wrapping_sub(before as i64) * n as i64;
            product(before_fast, slow).cmp(&product(before_slow, fast))
        } else {
            ((all - before_fast) * slow as i128).cmp(&((all - before_slow) * fast as i128))
        })
    }

    /// The units of the largest close, without a sign; worked out once too.
    #[inline]
    pub(crate) fn largest_close(&self) -> u64 {
        self.known_closes().largest
    }

    /// Whether the sums of windows of so many closes, each times the other's number,
    /// have no more than 63 bits.
    pub(crate) fn fits_64_bits(&self, fast: usize, slow: usize) -> bool {
        self.known_closes().fits_64_bits(fast, slow)
    }

    fn known_closes(&self) -> &Closes {
        self.closes.get_or_init(|| {
            let units = self.close.iter().map(|close| close.as_units());
            let mut sum = 0;
            let running = units.clone().map(|units| {
                sum += i128::from(units);
                sum
            });
            let sums = std::iter::once(0).chain(running).collect();
            let largest = units.map(i64::unsigned_abs).max().unwrap_or(0);
            let most_times = i64::MAX.unsigned_abs() / largest.max(1);
            Closes {
                sums,
                largest,
                most_times: usize::try_from(most_times).unwrap_or(usize::MAX),
            }
        })
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
