//! A position: what is held of one pair, and its last known price.

use crate::money::{Cash, Price, Quantity};
use crate::time::Timestamp;
use crate::{Error, Result};

/// Bits that the worth of an account may have, in [`Cash`] units: seven fewer than
/// there are, so that a sum or a hundredfold of it cannot overflow.
const MAX_BITS: u32 = 120;

/// A holding in one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// How much is held; zero when nothing is.
    pub quantity: Quantity,
    /// The price at which it was last marked or traded, in the account's currency.
    pub price: Price,
}

impl Position {
    /// What the holding is worth at its last price, exactly.
    #[inline]
    pub fn value(&self) -> Cash {
        self.price * self.quantity
    }

    /// Whether there is no holding.
    #[inline]
    pub const fn is_flat(&self) -> bool {
        self.quantity.is_zero()
    }
}

/// The value of a quantity, exactly; negative for a short one.
///
/// # Errors
/// [`Error::TooRich`] when it needs more than [`MAX_BITS`].
#[inline]
pub(crate) fn worth(price: Price, quantity: Quantity, at: Timestamp) -> Result<Cash> {
    // The usual quantity makes do with one multiplication that no product is too large for.
    let value = match i64::try_from(quantity.as_units()) {
        Ok(units) => Some(i128::from(price.as_units()) * i128::from(units)),
        Err(_) => i128::from(price.as_units()).checked_mul(quantity.as_units()),
    };
    let value = value.map(Cash::from_units).ok_or(Error::TooRich { at })?;
    countable(value, at)
}

/// Lets the equity of an account pass when it can be counted exactly.
///
/// # Errors
/// [`Error::TooRich`] when it needs more than [`MAX_BITS`].
#[inline]
pub(crate) fn countable(equity: Cash, at: Timestamp) -> Result<Cash> {
    if equity.as_units().unsigned_abs() >> MAX_BITS == 0 {
        Ok(equity)
    } else {
        Err(Error::TooRich { at })
    }
}

/// Whether amounts of no more than these, and their sum, pass both checks above.
pub(crate) fn is_certainly_countable(units: impl Iterator<Item = Option<u128>>) -> bool {
    let mut units = units;
    let sum = units.try_fold(0_u128, |sum, units| sum.checked_add(units?));
    sum.is_some_and(|sum| sum >> MAX_BITS == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worth_is_counted_exactly_up_to_its_bits_and_no_further() {
        let limit = 1_i128 << MAX_BITS;
        // Quantities of less and of more than 64 bits.
        for price_bits in [62, 40, 0] {
            let price = Price::from_units(1 << price_bits);
            let worth = |units| {
                worth(
                    price,
                    Quantity::from_units(units),
                    Timestamp::from_seconds(0),
                )
            };
            let too_much = limit >> price_bits;
            for (units, value) in [
                (too_much - 1, limit - (1 << price_bits)),
                (1 - too_much, (1 << price_bits) - limit),
            ] {
                assert_eq!(worth(units).expect("countable"), Cash::from_units(value));
            }
            for units in [too_much, -too_much, i128::MAX, i128::MIN] {
                let found = worth(units);
                assert!(matches!(found, Err(Error::TooRich { .. })), "{units}");
            }
        }
    }
}
