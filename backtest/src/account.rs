//! What an account may owe: nothing, or as much as its margin allows.

use crate::metrics::HOURS_PER_YEAR;
use crate::money::{Cash, Ratio};

/// Whether an account may sell what it does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Account {
    /// Buys with its own cash and sells its own coins, and no more.
    #[default]
    LongOnly,
    /// Borrows coins and cash against its equity.
    Margin(Margin),
}

/// The terms of a margin account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margin {
    /// How many times its equity the account may be exposed, long and short
    /// together, after a trade; 1 borrows no cash.
    pub leverage: Ratio,
    /// Below which share of the exposure the equity calls for liquidation.
    pub maintenance: Ratio,
    /// What borrowed coins and borrowed cash cost a year, as a share of their value.
    pub borrow_rate: Ratio,
}

impl Margin {
    /// The cost of an hour in which coins of value `short` and cash of `debt` are
    /// borrowed, both at least zero; rounded down at 1e-22.
    pub(crate) fn hourly_cost(&self, short: Cash, debt: Cash) -> Cash {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number")]
        const HOURS: i128 = HOURS_PER_YEAR as i128;
        let yearly = (short + debt) * self.borrow_rate;
        Cash::from_units(yearly.as_units() / HOURS)
    }
}
