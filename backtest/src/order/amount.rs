//! How much an order is for, in the words of the one who orders.

use std::fmt;

use crate::money::{Cash, Price, Quantity, Ratio};

/// An amount to trade, or to hold when the order is done.
///
/// Negative amounts sell, and negative targets are short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many coins.
    Quantity(Quantity),
    /// Coins for so much money.
    Value(Cash),
    /// Coins for this share of the equity.
    Percent(Ratio),
    /// What is missing to hold so many coins.
    Target(Quantity),
    /// What is missing to hold coins of this value.
    TargetValue(Cash),
    /// What is missing to hold coins for this share of the equity.
    TargetPercent(Ratio),
}

/// What an amount is turned into coins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis {
    /// The price of a coin.
    pub(crate) price: Price,
    /// The worth of the account.
    pub(crate) equity: Cash,
    /// How much of the pair is held.
    pub(crate) held: Quantity,
}

impl Amount {
    /// Whether the amount says what to hold in the end rather than what to trade.
    pub const fn is_target(self) -> bool {
        matches!(
            self,
            Self::Target(_) | Self::TargetValue(_) | Self::TargetPercent(_)
        )
    }

    /// Whether the number of coins depends on a price.
    pub(crate) const fn is_money(self) -> bool {
        !matches!(self, Self::Quantity(_) | Self::Target(_))
    }

    /// The number of coins to trade, rounded towards zero before what is held is
    /// taken off a target.
    pub(crate) fn quantity(self, basis: Basis) -> Quantity {
        let Basis {
            price,
            equity,
            held,
        } = basis;
        match self {
            Self::Quantity(quantity) => quantity,
            Self::Value(value) => value / price,
            Self::Percent(share) => equity * share / price,
            Self::Target(target) => target - held,
            Self::TargetValue(value) => value / price - held,
            Self::TargetPercent(share) => equity * share / price - held,
        }
    }
}

impl fmt::Display for Amount {
    /// Writes the number and what it is of; the market says of which currency.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(quantity) => write!(f, "{quantity} coins"),
            Self::Value(value) => write!(f, "{value} of money"),
            Self::Percent(share) => write!(f, "{} of the equity", share.as_f64()),
            Self::Target(target) => write!(f, "to {target} coins"),
            Self::TargetValue(value) => write!(f, "to {value} of money"),
            Self::TargetPercent(share) => write!(f, "to {} of the equity", share.as_f64()),
        }
    }
}
