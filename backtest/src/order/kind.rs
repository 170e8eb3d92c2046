//! At which price an order may be executed, and how long it may wait for it.

use crate::money::{Price, Ratio};
use crate::time::Timestamp;

/// The kinds of orders, by the prices that they wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// At whatever the fill convention says.
    #[default]
    Market,
    /// At this price or a better one.
    Limit {
        /// The most that a buyer pays, the least that a seller takes.
        limit: Price,
    },
    /// At the market, once this price is reached: what the volume of that bar does not
    /// suffice for is executed at the next opens, wherever these are.
    Stop {
        /// The price, above the market for a purchase and below it for a sale.
        stop: Price,
    },
    /// A limit order, once the price of the stop is reached.
    StopLimit {
        /// The price that calls the limit order up.
        stop: Price,
        /// The most that a buyer pays, the least that a seller takes.
        limit: Price,
    },
    /// At the market, once the price has come back from its best by so much. Under
    /// rules with a price step the stop is the next price that exists, against the
    /// trader.
    TrailingStop {
        /// How far it follows the best price since the open after it was placed.
        trail: Trail,
    },
}

impl Kind {
    /// The kind in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Limit { .. } => "limit",
            Self::Stop { .. } => "stop",
            Self::StopLimit { .. } => "stop-limit",
            Self::TrailingStop { .. } => "trailing-stop",
        }
    }
}

/// How far a trailing stop stays behind the best price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trail {
    /// So much money.
    Distance(Price),
    /// This share of the best price, above 0 and below 1.
    Percent(Ratio),
}

impl Trail {
    /// The stop's price behind `best`, below it for a sale; at least one unit.
    pub(crate) fn behind(self, best: Price, is_sale: bool) -> Price {
        let distance = match self {
            Self::Distance(distance) => distance,
            Self::Percent(share) => best.scaled(share),
        };
        let sign = if is_sale { -1 } else { 1 };
        let units = best.as_units().saturating_add(sign * distance.as_units());
        Price::from_units(units.max(1))
    }
}

/// How long an order waits to be executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until it is executed or withdrawn.
    #[default]
    GoodTillCancelled,
    /// For one bar; what is not executed in it is withdrawn.
    ImmediateOrCancel,
    /// For one bar, in which all of it is executed or nothing.
    FillOrKill,
    /// Until this moment; a bar that opens then is too late.
    GoodTillDate(Timestamp),
}

impl TimeInForce {
    /// Whether the order lives for one bar only.
    pub(crate) const fn is_immediate(self) -> bool {
        matches!(self, Self::ImmediateOrCancel | Self::FillOrKill)
    }
}
