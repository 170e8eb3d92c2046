//! The ledger: what a run writes down hour by hour.

use crate::instrument::PairId;
use crate::metrics::MeanExposure;
use crate::money::{Cash, Price};
use crate::portfolio::Portfolio;

/// Takes in what the account is worth at every tick.
pub(crate) trait Ledger {
    /// One tick: its equity, and what of it is not invested.
    fn hour(&mut self, equity: Cash, cash: Cash);

    /// As many ticks as there are closes of a pair, between which nothing is traded.
    fn quiet_hours<'a>(
        &mut self,
        portfolio: &Portfolio,
        n_hours: usize,
        closes: impl Fn(PairId) -> &'a [Price],
    );
}

/// Writes down everything that metrics are taken from.
#[derive(Debug)]
pub(crate) struct Curve {
    /// The equity at each tick.
    pub(crate) equity: Vec<Cash>,
    /// The same as floats in one unit, and before it the capital.
    pub(crate) units: Vec<f64>,
    /// The share of it that was invested.
    pub(crate) exposure: MeanExposure,
}

impl Curve {
    /// A curve that begins with this capital, and has room for so many ticks.
    pub(crate) fn new(capital: Cash, n_ticks: usize) -> Self {
        let mut units = Vec::with_capacity(n_ticks + 1);
        units.push(capital.in_units());
        Self {
            equity: Vec::with_capacity(n_ticks),
            units,
            exposure: MeanExposure::default(),
        }
    }
}

impl Ledger for Curve {
    #[inline]
    fn hour(&mut self, equity: Cash, cash: Cash) {
        let in_units = equity.in_units();
        self.equity.push(equity);
        self.units.push(in_units);
        self.exposure.update(equity - cash, in_units);
    }

    fn quiet_hours<'a>(
        &mut self,
        portfolio: &Portfolio,
        n_hours: usize,
        closes: impl Fn(PairId) -> &'a [Price],
    ) {
        let (first, cash) = (self.equity.len(), portfolio.cash());
        let mut held = portfolio.held();
        let Some((pair, position)) = held.next() else {
            self.equity.resize(first + n_hours, cash);
            self.units.resize(1 + first + n_hours, cash.in_units());
            return;
        };
        let value = |close: &Price| cash + *close * position.quantity;
        self.equity.extend(closes(pair).iter().map(value));
        let hours = &mut self.equity[first..];
        for (pair, position) in held {
            for (equity, close) in hours.iter_mut().zip(closes(pair)) {
                *equity += *close * position.quantity;
            }
        }
        let exposure = &mut self.exposure;
        self.units.extend(hours.iter().map(|equity| {
            let in_units = equity.in_units();
            exposure.update(*equity - cash, in_units);
            in_units
        }));
    }
}

/// Writes nothing down, for runs of which the end alone counts.
impl Ledger for () {
    fn hour(&mut self, _equity: Cash, _cash: Cash) {}

    fn quiet_hours<'a>(
        &mut self,
        _portfolio: &Portfolio,
        _n_hours: usize,
        _closes: impl Fn(PairId) -> &'a [Price],
    ) {
    }
}
