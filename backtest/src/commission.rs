//! Commission: what an exchange keeps of every trade.

use std::fmt::Debug;

use crate::money::{Cash, Ratio};

/// Whether a trade took an offer that was there, or made one that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Liquidity {
    /// Market orders and stops, and limit orders that could be filled on arrival.
    Taker,
    /// Limit orders that waited.
    Maker,
}

/// What a commission depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// The value of what is traded; never negative.
    pub value: Cash,
    /// Which side of the offer the order was on.
    pub liquidity: Liquidity,
    /// The value of all trades of the account before this one.
    pub turnover: Cash,
}

impl Trade {
    /// The same trade for another value.
    #[must_use]
    pub const fn of(self, value: Cash) -> Self {
        Self { value, ..self }
    }
}

/// How much a trade costs.
pub trait CommissionModel: Debug + Send + Sync {
    /// The commission on a trade; never negative, and value plus commission never
    /// falls as the value rises.
    fn on(&self, trade: Trade) -> Cash;

    /// The most of the trade's value that, with the commission on it, costs no more
    /// than `cash`; nothing when even the least trade costs more.
    fn affordable(&self, cash: Cash, trade: Trade) -> Cash {
        let costs_too_much = |value: i128| {
            let value = Cash::from_units(value);
            value + self.on(trade.of(value)) > cash
        };
        let (mut low, mut high) = (0, cash.as_units() + 1);
        while high - low > 1 {
            let middle = i128::midpoint(low, high);
            if costs_too_much(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Cash::from_units(low)
    }
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
    fn on(&self, trade: Trade) -> Cash {
        trade.value * self.rate
    }

    fn affordable(&self, cash: Cash, _trade: Trade) -> Cash {
        cash / (Ratio::ONE + self.rate)
    }
}

/// One share for orders that wait in the book, another for those that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MakerTakerCommission {
    /// What makers pay of the value.
    pub maker: Ratio,
    /// What takers pay of the value.
    pub taker: Ratio,
}

impl CommissionModel for MakerTakerCommission {
    fn on(&self, trade: Trade) -> Cash {
        trade.value
            * match trade.liquidity {
                Liquidity::Maker => self.maker,
                Liquidity::Taker => self.taker,
            }
    }
}

/// The same sum for every trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedCommission {
    /// The sum.
    pub each: Cash,
}

impl CommissionModel for FixedCommission {
    fn on(&self, _trade: Trade) -> Cash {
        self.each
    }
}

/// A share that changes with what the account has traded so far.
///
/// The tier that holds before a trade holds for all of it, as on exchanges, which
/// look at the volume of past days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TieredCommission {
    /// From which turnover on which share of the value is paid, in rising order;
    /// below the first turnover the first share is paid.
    pub tiers: Vec<(Cash, Ratio)>,
}

impl CommissionModel for TieredCommission {
    fn on(&self, trade: Trade) -> Cash {
        let reached = |(from, _): &&(Cash, Ratio)| *from <= trade.turnover;
        let tier = self.tiers.iter().rev().find(reached).or(self.tiers.first());
        tier.map_or(Cash::ZERO, |(_, rate)| trade.value * *rate)
    }
}

/// Another commission, but never less than a sum.
#[derive(Clone, Debug)]
pub struct MinimumCommission<C> {
    /// The commission of large trades.
    pub inner: C,
    /// What a small trade costs.
    pub least: Cash,
}

impl<C: CommissionModel> CommissionModel for MinimumCommission<C> {
    fn on(&self, trade: Trade) -> Cash {
        self.inner.on(trade).max(self.least)
    }
}

impl CommissionModel for Box<dyn CommissionModel> {
    fn on(&self, trade: Trade) -> Cash {
        (**self).on(trade)
    }

    fn affordable(&self, cash: Cash, trade: Trade) -> Cash {
        (**self).affordable(cash, trade)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(value: f64) -> Ratio {
        Ratio::from_f64(value).expect("within bounds")
    }

    fn models(rate: f64, sum: Cash) -> Vec<Box<dyn CommissionModel>> {
        let tiers = vec![(sum, ratio(rate)), (sum + sum, ratio(rate / 2.0))];
        vec![
            Box::new(PercentCommission::new(ratio(rate))),
            Box::new(MakerTakerCommission {
                maker: ratio(rate / 3.0),
                taker: ratio(rate),
            }),
            Box::new(FixedCommission { each: sum }),
            Box::new(TieredCommission { tiers }),
            Box::new(MinimumCommission {
                inner: PercentCommission::new(ratio(rate)),
                least: sum,
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_affordable_can_be_paid_and_hardly_more_could(
            cash in 0..10_i128.pow(36),
            rate in 0.0..0.99_f64,
            sum in 0..10_i128.pow(30),
            turnover in 0..10_i128.pow(31),
            is_maker in any::<bool>(),
        ) {
            let cash = Cash::from_units(cash);
            let liquidity = if is_maker { Liquidity::Maker } else { Liquidity::Taker };
            let trade = Trade { value: Cash::ZERO, liquidity, turnover: Cash::from_units(turnover) };
            for model in models(rate, Cash::from_units(sum)) {
                let cost = |value: Cash| value + model.on(trade.of(value));
                let value = model.affordable(cash, trade);
                if value > Cash::ZERO {
                    prop_assert!(cost(value) <= cash, "{model:?}");
                }
                prop_assert!(cost(value + Cash::from_units(2)) > cash, "{model:?}");
            }
        }
    }

    #[test]
    fn a_tier_holds_from_its_turnover_on() {
        let money = |value| Cash::from_f64(value).expect("a sum of money");
        let model = TieredCommission {
            tiers: vec![(money(0.0), ratio(0.002)), (money(1e6), ratio(0.001))],
        };
        let commission = |turnover| {
            model.on(Trade {
                value: money(1_000.0),
                liquidity: Liquidity::Taker,
                turnover: money(turnover),
            })
        };
        assert_eq!(commission(999_999.0), money(2.0));
        assert_eq!(commission(1e6), money(1.0));
    }
}
