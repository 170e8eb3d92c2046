//! The rules of an exchange on the sizes and prices of one pair.

use crate::money::{Price, Quantity};

/// What an exchange lets be ordered of a pair; anything, unless told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradingRules {
    /// The least that can be traded at once.
    pub min_quantity: Quantity,
    /// Quantities are multiples of this, where there is one; what is ordered
    /// beyond a multiple is dropped.
    pub quantity_step: Option<Quantity>,
    /// Prices are multiples of this, where there is one; a price between two is
    /// rounded against the trader.
    pub price_step: Option<Price>,
}

impl TradingRules {
    /// No rules at all.
    pub(crate) const NONE: Self = Self {
        min_quantity: Quantity::ZERO,
        quantity_step: None,
        price_step: None,
    };

    /// The largest quantity of no more than this that can be traded, zero when
    /// that is below the minimum.
    pub(crate) fn quantity(&self, wanted: Quantity) -> Quantity {
        let rounded = match self.quantity_step {
            Some(step) => wanted.rounded_to(step),
            None => wanted,
        };
        if rounded.abs() < self.min_quantity {
            Quantity::ZERO
        } else {
            rounded
        }
    }

    /// The next price that exists, above for `up` and else below; at least one step.
    pub(crate) fn price(&self, price: Price, up: bool) -> Price {
        let Some(step) = self.price_step.map(Price::as_units) else {
            return price;
        };
        let below = price.as_units() / step * step;
        let is_between = below != price.as_units();
        let units = if up && is_between {
            below.saturating_add(step)
        } else {
            below
        };
        Price::from_units(units.max(step))
    }
}
