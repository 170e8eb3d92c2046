//! An order: what a strategy wants done, before anything has happened.

use crate::instrument::PairId;
use crate::money::Quantity;
use crate::time::Timestamp;

/// Which order of a run is meant; orders are numbered from 0 as they are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub(crate) usize);

impl OrderId {
    /// The order's place in the run, from 0.
    pub const fn index(self) -> usize {
        self.0
    }
}

/// A market order: buy or sell so much, at the next open there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// What to trade.
    pub pair: PairId,
    /// How much; negative for a sale, never zero.
    pub quantity: Quantity,
    /// The tick at which it was placed.
    pub placed_at: Timestamp,
}

impl Order {
    /// Whether the order sells.
    pub const fn is_sale(&self) -> bool {
        self.quantity.is_negative()
    }
}
