//! The running sums of a series' closes, by which its averages are compared.
//!
//! The sum of any window is the difference of two of them, exactly, so an average costs
//! the same however long it is, and a tie of two is a tie.

use std::cmp::Ordering;
use std::ops::Range;

use crate::money::Price;

/// What is known of all closes of a series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CloseSums {
    /// The sums of the closes before each bar, and of all.
    sums: Box<[i128]>,
    /// The largest close, by size.
    largest: u64,
    /// How many times that has no more than 63 bits.
    most_times: usize,
}

impl CloseSums {
    pub(crate) fn new(closes: &[Price]) -> Self {
        let units = closes.iter().map(|close| close.as_units());
        let mut sum = 0;
        let running = units.clone().map(|units| {
            sum += i128::from(units);
            sum
        });
        let sums = std::iter::once(0).chain(running).collect();
        let largest = units.map(i64::unsigned_abs).max().unwrap_or(0);
        let most_times = i64::MAX.unsigned_abs() / largest.max(1);
        Self {
            sums,
            largest,
            most_times: usize::try_from(most_times).unwrap_or(usize::MAX),
        }
    }

    /// The sums of the closes before each bar, and of all, in [`Price`] units.
    #[inline]
    pub(crate) fn sums(&self) -> &[i128] {
        &self.sums
    }

    /// The units of the largest close, without a sign.
    #[inline]
    pub(crate) fn largest(&self) -> u64 {
        self.largest
    }

    /// How the mean of the `fast` closes up to a bar stands to that of the `slow` ones,
    /// or `None` until there are so many.
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
        let sums = &self.sums[..=end];
        let before = [sums[end - fast], sums[end - slow]];
        Some(if self.fits_64_bits(fast, slow) {
            let [fast, slow] = weighed_64(sums[end], before, [as_i64(fast), as_i64(slow)]);
            fast.cmp(&slow)
        } else {
            let [fast, slow] = weighed(sums[end], before, [fast as i128, slow as i128]);
            fast.cmp(&slow)
        })
    }

    /// The first of some bars at which the mean of the `fast` closes up to it stands
    /// strictly above that of the `slow` ones, or strictly below.
    ///
    /// No other function takes as much of a sweep for values, and by itself it has all
    /// registers.
    #[inline(never)]
    pub(crate) fn first_crossing(
        &self,
        within: Range<usize>,
        averages: (usize, usize),
        above: bool,
    ) -> Option<usize> {
        if above {
            self.first(within, averages, Ordering::is_gt)
        } else {
            self.first(within, averages, Ordering::is_lt)
        }
    }

    /// The first of some bars at which two averages stand otherwise than in this order.
    #[inline(never)]
    pub(crate) fn first_change(
        &self,
        within: Range<usize>,
        averages: (usize, usize),
        order: Ordering,
    ) -> Option<usize> {
        match order {
            Ordering::Less => self.first(within, averages, Ordering::is_ge),
            Ordering::Equal => self.first(within, averages, Ordering::is_ne),
            Ordering::Greater => self.first(within, averages, Ordering::is_le),
        }
    }

    /// The first of some bars at which the order of two averages is one of these.
    #[inline]
    fn first(
        &self,
        within: Range<usize>,
        (fast, slow): (usize, usize),
        is_one: impl Fn(Ordering) -> bool,
    ) -> Option<usize> {
        // Before there is a whole window of each, there is nothing to compare.
        let first = within.start.max(fast.max(slow).checked_sub(1)?);
        let n_bars = within.end.checked_sub(first)?;
        let sums_to = |bar_idx: usize| &self.sums[bar_idx..][..n_bars];
        let all = sums_to(first + 1);
        let (before_fast, before_slow) = (sums_to(first + 1 - fast), sums_to(first + 1 - slow));
        let before = |idx: usize| [before_fast[idx], before_slow[idx]];
        let found = if self.fits_64_bits(fast, slow) {
            let lengths = [as_i64(fast), as_i64(slow)];
            (0..n_bars).find(|idx| {
                let [fast, slow] = weighed_64(all[*idx], before(*idx), lengths);
                is_one(fast.cmp(&slow))
            })
        } else {
            let lengths = [fast as i128, slow as i128];
            (0..n_bars).find(|idx| {
                let [fast, slow] = weighed(all[*idx], before(*idx), lengths);
                is_one(fast.cmp(&slow))
            })
        };
        found.map(|idx| first + idx)
    }

    /// Whether the sums of windows of so many closes, each times the other's number,
    /// have no more than 63 bits.
    #[inline]
    fn fits_64_bits(&self, fast: usize, slow: usize) -> bool {
        let most = self.most_times;
        fast.checked_mul(slow).is_some_and(|times| times <= most)
    }
}

/// The sums of two windows, each times the length of the other: they stand to each other
/// as the averages do.
#[inline]
fn weighed(all: i128, before: [i128; 2], [fast, slow]: [i128; 2]) -> [i128; 2] {
    [(all - before[0]) * slow, (all - before[1]) * fast]
}

/// The same, where all of it has no more than 63 bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the differences fit")]
fn weighed_64(all: i128, before: [i128; 2], [fast, slow]: [i64; 2]) -> [i64; 2] {
    // The running sums themselves may wrap around: their differences are right all the
    // same.
    let window = |before: i128| (all as i64).wrapping_sub(before as i64);
    [window(before[0]) * slow, window(before[1]) * fast]
}

/// A length that has been found to be small.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "it has far fewer than 63 bits")]
const fn as_i64(length: usize) -> i64 {
    length as i64
}
