//! Bars longer than an hour, made of hourly ones.

use crate::bar::{Bar, BarSeries};
use crate::time::{SECONDS_PER_HOUR, Timestamp};

/// How many hours a bar is long: an hour, or a part of a day that divides it evenly.
///
/// Such bars begin at midnight UTC and every so many hours after it, as those of
/// exchanges do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BarSize(usize);

impl BarSize {
    /// The bars that all data is made of.
    pub const HOUR: Self = Self(1);
    /// A day, from midnight to midnight UTC.
    pub const DAY: Self = Self(24);

    /// Bars of so many hours: 1, 2, 3, 4, 6, 8, 12 or 24. `None` for any other number.
    pub const fn hours(n_hours: usize) -> Option<Self> {
        match n_hours {
            1 | 2 | 3 | 4 | 6 | 8 | 12 | 24 => Some(Self(n_hours)),
            _ => None,
        }
    }

    /// How many hours such a bar is long.
    pub const fn n_hours(self) -> usize {
        self.0
    }

    /// The last completed `n_bars` bars of this size among the first `n_known` bars of a
    /// series, oldest first, or `None` until there are so many.
    ///
    /// The bar that is still running is not among them: what it will be is not known.
    /// A bar is marked as filled when all of its hours are.
    pub(crate) fn completed(
        self,
        bars: &BarSeries,
        n_known: usize,
        n_bars: usize,
    ) -> Option<Vec<Bar>> {
        let running = self.into_its_bar(bars.start(), n_known);
        // The running bar may have begun before the series.
        let end = n_known.saturating_sub(running);
        let start = end.checked_sub(n_bars.checked_mul(self.0)?)?;
        let periods = (start..end).step_by(self.0);
        Some(periods.map(|first| self.join(bars, first)).collect())
    }

    /// How many hours before the end of the `n_known`-th hour the running bar began.
    fn into_its_bar(self, start: Timestamp, n_known: usize) -> usize {
        let hours = start.as_seconds().div_euclid(SECONDS_PER_HOUR);
        let per_bar = i64::try_from(self.0).expect("at most 24");
        let offset = usize::try_from(hours.rem_euclid(per_bar)).expect("below 24");
        (offset + n_known) % self.0
    }

    /// The bar whose hours begin with the one at `first`.
    fn join(self, bars: &BarSeries, first: usize) -> Bar {
        let mut joined = bars.bar(first);
        for idx in first + 1..first + self.0 {
            let hour = bars.bar(idx);
            joined.high = joined.high.max(hour.high);
            joined.low = joined.low.min(hour.low);
            joined.close = hour.close;
            joined.volume += hour.volume;
            joined.filled &= hour.filled;
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::data::embedded;
    use crate::money::Price;
    use crate::{Context, EngineOptions, HourRange, MemoryPortal, Strategy, run};

    fn series(start: i64, hours: &[(i64, i64, i64, i64, bool)]) -> BarSeries {
        let mut bars = BarSeries::new(Timestamp::from_seconds(start * SECONDS_PER_HOUR));
        for (open, close, reach, volume, filled) in hours {
            bars.push(Bar {
                open_time: bars.end(),
                open: Price::from_units(*open),
                high: Price::from_units(open.max(close) + reach),
                low: Price::from_units(open.min(close) - reach),
                close: Price::from_units(*close),
                volume: *volume as f64,
                filled: *filled,
            });
        }
        bars
    }

    /// All whole bars of so many hours, from a map of hours by the bar that they are in.
    fn naive(bars: &BarSeries, n_known: usize, size: BarSize) -> Vec<Bar> {
        let n_hours = i64::try_from(size.n_hours()).expect("at most 24");
        let mut periods: BTreeMap<i64, Vec<Bar>> = BTreeMap::new();
        for bar in (0..n_known).map(|idx| bars.bar(idx)) {
            let hour = bar.open_time.as_seconds() / SECONDS_PER_HOUR;
            periods.entry(hour / n_hours).or_default().push(bar);
        }
        let whole = periods
            .into_iter()
            .filter(|(_, hours)| hours.len() == size.n_hours());
        whole
            .map(|(period, hours)| Bar {
                open_time: Timestamp::from_seconds(period * n_hours * SECONDS_PER_HOUR),
                open: hours[0].open,
                high: hours.iter().map(|bar| bar.high).max().expect("an hour"),
                low: hours.iter().map(|bar| bar.low).min().expect("an hour"),
                close: hours[hours.len() - 1].close,
                volume: hours.iter().map(|bar| bar.volume).sum(),
                filled: hours.iter().all(|bar| bar.filled),
            })
            .collect()
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_way_and_never_looks_ahead(
            start in 400_000..400_100_i64,
            hours in prop::collection::vec(
                (1_000..2_000_i64, 1_000..2_000_i64, 0..500_i64, 0..1_000_i64, any::<bool>()),
                1..120,
            ),
            size in prop::sample::select(vec![1, 2, 3, 4, 6, 8, 12, 24_usize]),
            known in 0.0..1.0_f64,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
            let n_known = (known * (hours.len() + 1) as f64) as usize;
            let bars = series(start, &hours);
            let size = BarSize::hours(size).expect("it divides a day");
            let expected = naive(&bars, n_known, size);
            for n_bars in 0..=expected.len() {
                let found = size.completed(&bars, n_known, n_bars);
                prop_assert_eq!(found.as_deref(), Some(&expected[expected.len() - n_bars..]));
            }
            prop_assert_eq!(size.completed(&bars, n_known, expected.len() + 1), None);
            // What comes later changes nothing.
            let known = series(start, &hours[..n_known]);
            prop_assert_eq!(
                size.completed(&known, n_known, expected.len()),
                size.completed(&bars, n_known, expected.len())
            );
        }
    }

    /// Looks at two bars of four hours at every tick.
    struct Looks(usize);

    impl Strategy for Looks {
        fn name(&self) -> &'static str {
            "looks"
        }

        fn on_tick(&mut self, context: &mut Context<'_>) {
            let pair = context.pairs().next().expect("a market has a pair");
            let size = BarSize::hours(4).expect("it divides a day");
            let bars = context
                .history_of(pair, size, 2)
                .expect("a month lies before");
            let end = bars[1].open_time.plus_hours(4);
            assert_eq!(bars[0].open_time.plus_hours(8), end);
            assert!(end <= context.now() && context.now() < end.plus_hours(4));
            if end == context.now() {
                assert_eq!(bars[1].close, context.price(pair));
            }
            self.0 += 1;
        }
    }

    #[test]
    fn a_strategy_sees_a_bar_when_it_is_over() {
        let market = embedded(1, 7).expect("one pair");
        let start = Timestamp::parse("2016-01-01T05").expect("an hour");
        let range = HourRange::new(start, start.plus_hours(50)).expect("fifty hours");
        let mut looks = Looks(0);
        let mut portal = MemoryPortal::new(&market);
        run(
            &market,
            range,
            &mut portal,
            &mut looks,
            &EngineOptions::default(),
        )
        .expect("it runs");
        assert_eq!(looks.0, 50);
    }

    #[test]
    fn only_parts_of_a_day_are_sizes() {
        let sizes: Vec<_> = (0..100)
            .filter_map(BarSize::hours)
            .map(BarSize::n_hours)
            .collect();
        assert_eq!(sizes, [1, 2, 3, 4, 6, 8, 12, 24]);
        assert_eq!(BarSize::hours(24), Some(BarSize::DAY));
        assert_eq!(
            BarSize::DAY.completed(&series(400_000, &[]), 0, usize::MAX),
            None
        );
    }
}
