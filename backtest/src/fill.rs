//! A fill: an order, or the part of it that could be executed, at a price.

use crate::commission::Liquidity;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity};
use crate::order::OrderId;
use crate::time::Timestamp;

/// What was bought or sold, when, and at what cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The order that was executed.
    pub order: OrderId,
    /// What was traded.
    pub pair: PairId,
    /// When: the opening time of the bar in which it was filled, or its closing time
    /// when it was filled at the close.
    pub time: Timestamp,
    /// Whether it was filled at the close of its bar rather than at its open or inside it.
    pub at_close: bool,
    /// The price of one coin on the chart, without commission.
    pub price: Price,
    /// The same in the account's currency: exchanged at the open of the hour, or at its
    /// close when it was filled there, if the pair is quoted in another.
    pub settled: Price,
    /// How much; negative for a sale, never zero.
    pub quantity: Quantity,
    /// What the trade cost on top; never negative.
    pub commission: Cash,
    /// Whether the order took an offer or made one.
    pub liquidity: Liquidity,
}

impl Fill {
    /// The price of everything that was traded, in the account's currency; negative for a
    /// sale.
    pub fn value(&self) -> Cash {
        self.settled * self.quantity
    }

    /// By how much the fill changed the cash: up for a sale, down for a purchase,
    /// and down by the commission either way.
    pub fn cash_flow(&self) -> Cash {
        -self.value() - self.commission
    }
}
