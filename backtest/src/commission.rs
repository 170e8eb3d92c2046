//! Commission: what an exchange keeps of every trade.

use crate::money::{Cash, Ratio};

/// How much a trade costs.
pub trait CommissionModel {
    /// The commission on a trade of this value, which is never negative.
    fn on(&self, value: Cash) -> Cash;

    /// A value that, with the commission on it, costs no more than `cash`, and
    /// nearly all of it.
    fn affordable(&self, cash: Cash) -> Cash;
}

/// A fixed share of every trade's value, the same for makers and takers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentCommission {
    rate: Ratio,
}

impl PercentCommission {
    /// A commission of `rate` times the value, from 0 up to 1.
    pub const fn new(rate: Ratio) -> Self {
        Self { rate }
    }
}

impl CommissionModel for PercentCommission {
    fn on(&self, value: Cash) -> Cash {
        value * self.rate
    }

    fn affordable(&self, cash: Cash) -> Cash {
        cash / (Ratio::ONE + self.rate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_affordable_can_be_paid_and_hardly_more_could(
            cash in 0..10_i128.pow(36),
            rate in 0.0..0.99_f64,
        ) {
            let model = PercentCommission::new(Ratio::from_f64(rate).expect("within bounds"));
            let cost = |value: Cash| value + model.on(value);
            let cash = Cash::from_units(cash);
            let value = model.affordable(cash);
            prop_assert!(cost(value) <= cash);
            prop_assert!(cost(value + Cash::from_units(2)) > cash);
        }
    }
}
