//! The last values of one column of a market, without a copy of them.

use std::ops::Range;
use std::sync::Arc;

use backtest::{PairId, Price};

use crate::field::Field;
use crate::listed::Listed;

/// A place in the market, cut at the tick that it was made at.
pub struct Column {
    pub listed: Arc<Listed>,
    pub pair: PairId,
    field: Field,
    bars: Bars,
    /// The hours of a bar.
    step: usize,
}

/// Which bars a column has.
enum Bars {
    /// These hours.
    Hours(Range<usize>),
    /// Each of several hours, the last perhaps not yet complete.
    Buckets(Vec<Range<usize>>),
}

impl Column {
    /// The last `n_bars` bars of `step` hours up to and with the hour `last`, fewer when
    /// there are not so many.
    pub fn new(
        listed: &Arc<Listed>,
        (pair, field): (PairId, Field),
        last: usize,
        n_bars: usize,
        step: usize,
    ) -> Self {
        let bars = if step == 1 {
            Bars::Hours((last + 1).saturating_sub(n_bars)..last + 1)
        } else {
            Bars::Buckets(buckets(listed, pair, last, n_bars, step))
        };
        let listed = Arc::clone(listed);
        Self {
            listed,
            pair,
            field,
            bars,
            step,
        }
    }

    pub fn len(&self) -> usize {
        match &self.bars {
            Bars::Hours(hours) => hours.len(),
            Bars::Buckets(buckets) => buckets.len(),
        }
    }

    fn hours(&self, at: usize) -> Range<usize> {
        match &self.bars {
            Bars::Hours(hours) => hours.start + at..hours.start + at + 1,
            Bars::Buckets(buckets) => buckets[at].clone(),
        }
    }

    /// The price of a bar, or `None` when the column is volume.
    fn price(&self, at: usize) -> Option<Price> {
        let hours = self.hours(at);
        let prices = &self.field.prices(self.listed.market.bars(self.pair))?[hours];
        match self.field {
            Field::Open => prices.first(),
            Field::High => prices.iter().max(),
            Field::Low => prices.iter().min(),
            Field::Close | Field::Volume => prices.last(),
        }
        .copied()
    }

    pub fn value(&self, at: usize) -> f64 {
        self.price(at).map_or_else(
            || {
                let volumes = self.listed.market.bars(self.pair).volumes();
                volumes[self.hours(at)].iter().sum()
            },
            Price::as_f64,
        )
    }

    pub fn values(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).map(|at| self.value(at))
    }

    /// The sum of prices in their units, exactly; `None` for volume.
    pub fn units(&self) -> Option<i128> {
        if let (Bars::Hours(hours), Field::Close) = (&self.bars, self.field) {
            return Some(self.listed.sum(self.pair, hours.start, hours.end));
        }
        let price = |at| Some(i128::from(self.price(at)?.as_units()));
        (0..self.len()).map(price).sum()
    }

    /// The bars at these places.
    pub fn part(&self, places: impl Iterator<Item = usize>) -> Self {
        Self {
            listed: Arc::clone(&self.listed),
            pair: self.pair,
            field: self.field,
            bars: Bars::Buckets(places.map(|at| self.hours(at)).collect()),
            step: self.step,
        }
    }

    /// When a bar was known, in unix seconds; of one longer than an hour, when it began.
    pub fn time(&self, at: usize) -> i64 {
        let hours = self.hours(at);
        let hour = if self.step == 1 {
            hours.end
        } else {
            hours.start
        };
        let start = self.listed.market.bars(self.pair).start();
        start
            .plus_hours(i64::try_from(hour).expect("an index fits"))
            .as_seconds()
    }
}

/// The mean of `n` prices with this sum of units.
///
/// The quotient is taken exactly and cut at 1/256 of a unit, so that equal means are
/// equal numbers whatever windows they are of.
pub fn mean_of_units(sum: i128, n: usize) -> f64 {
    let unit = Price::from_units(1).as_f64();
    let n = i128::try_from(n).expect("a window has fewer hours than that");
    ((sum << 8) / n) as f64 / 256.0 * unit
}

/// The last `n_bars` stretches of `step` hours, oldest first. They begin at multiples of
/// `step` hours since 1970; those of which nothing is in the data are left out.
fn buckets(
    listed: &Listed,
    pair: PairId,
    last: usize,
    n_bars: usize,
    step: usize,
) -> Vec<Range<usize>> {
    let bars = listed.market.bars(pair);
    let first_hour = bars.start().as_seconds().div_euclid(3_600);
    let phase = usize::try_from(first_hour.rem_euclid(step.cast_signed() as i64))
        .expect("a remainder is not negative");
    let mut buckets = Vec::new();
    let mut end = last + 1;
    while end > 0 && buckets.len() < n_bars {
        // The last multiple of `step` before `end`, counted from the first bar.
        let start = ((end - 1 + phase) / step * step).saturating_sub(phase);
        if bars.filled()[start..end].iter().any(|filled| !filled) {
            buckets.push(start..end);
        }
        end = start;
    }
    buckets.reverse();
    buckets
}
