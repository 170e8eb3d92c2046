//! A position: what is held of one pair, and its last known price.

use crate::money::{Cash, Price, Quantity};

/// A holding in one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// How much is held; zero when nothing is.
    pub quantity: Quantity,
    /// The price at which it was last marked or traded.
    pub price: Price,
}

impl Position {
    /// What the holding is worth at its last price, exactly.
    pub fn value(&self) -> Cash {
        self.price * self.quantity
    }

    /// Whether there is no holding.
    pub const fn is_flat(&self) -> bool {
        self.quantity.is_zero()
    }
}
