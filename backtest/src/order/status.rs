//! What becomes of an order.

use std::fmt;

/// Where an order stands, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It waits, or waits for the rest of it.
    Open,
    /// All of it was executed.
    Filled,
    /// As much was executed as the account could pay or deliver, and the rest
    /// was dropped.
    Cut,
    /// Nothing was executed, for this reason.
    Rejected(Rejection),
    /// The strategy, or the fill of an order of the same group, withdrew it.
    Cancelled,
    /// A later target for its pair took its place.
    Superseded,
    /// Its time was over.
    Expired,
}

impl Status {
    /// The status in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Filled => "filled",
            Self::Cut => "cut",
            Self::Rejected(_) => "rejected",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
            Self::Expired => "expired",
        }
    }

    /// Why the order was rejected, if it was.
    pub const fn rejection(self) -> Option<Rejection> {
        match self {
            Self::Rejected(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Why nothing of an order was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rejection {
    /// The amount is no number, or beyond anything that can be counted.
    Amount,
    /// A price of the order makes no sense, such as a trail of a whole price.
    Price,
    /// There was no cash to buy with, or to pay the commission on a sale with.
    NoCash,
    /// There were no coins to sell, and the account may not be short.
    NoCoins,
    /// More exposure than the margin allows.
    Margin,
    /// Less than the instrument's minimum size.
    BelowMinimum,
    /// The bar did not have all of a fill-or-kill order.
    Unfillable,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Amount => "its amount makes no sense",
            Self::Price => "its price makes no sense",
            Self::NoCash => "no cash to pay with",
            Self::NoCoins => "no coins to sell",
            Self::Margin => "beyond the margin",
            Self::BelowMinimum => "below the minimum size",
            Self::Unfillable => "not all of it could be filled at once",
        })
    }
}
