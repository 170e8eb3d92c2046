//! The moving-average cross: the strategy by which back-testers are compared.
//!
//! With two-decimal prices the two averages are often exactly equal, and running
//! floating-point sums decide such ties by their rounding. Here the sums are
//! integers and the averages are compared by cross-multiplication, so that a tie
//! is a tie on every machine.

use std::cmp::Ordering;

use super::{Context, Strategy};
use crate::indicator::RollingSum;
use crate::instrument::PairId;
use crate::money::Quantity;
use crate::{Error, Result};

pub(super) const NAME: &str = "sma-cross";

/// Holds a pair while its fast simple moving average of closes is above the slow
/// one, and sells all of it when below; a tie changes nothing.
///
/// Each of N pairs gets `allocation / N` of the equity when it is bought, and is
/// left alone until it is sold.
#[derive(Clone, Debug)]
pub struct SmaCross {
    fast: usize,
    slow: usize,
    allocation: f64,
    sums: Vec<Sums>,
}

#[derive(Clone, Copy, Debug)]
struct Sums {
    fast: RollingSum,
    slow: RollingSum,
}

impl SmaCross {
    /// Crosses the averages of the last `fast` and `slow` hours and invests
    /// `allocation` (0 to 1) of the equity.
    ///
    /// # Errors
    /// [`Error::Option`] unless 0 < fast < slow and 0 < allocation <= 1.
    pub fn new(fast: usize, slow: usize, allocation: f64) -> Result<Self> {
        let rule = if fast == 0 || fast >= slow {
            "fast is at least 1 hour and less than slow"
        } else if !(allocation > 0.0 && allocation <= 1.0) {
            "allocation is above 0 and at most 1"
        } else {
            return Ok(Self {
                fast,
                slow,
                allocation,
                sums: Vec::new(),
            });
        };
        Err(Error::Option {
            option: "--strategy",
            value: format!("{NAME}:fast={fast},slow={slow},allocation={allocation}"),
            rule: rule.into(),
        })
    }

    fn decide(&mut self, context: &mut Context<'_>, pair: PairId, weight: f64) {
        // One bar more than the window, for the one that leaves it.
        let closes = context.recent(pair, self.slow + 1).closes();
        if closes.len() < self.slow {
            return;
        }
        let sums = &mut self.sums[pair.index()];
        let fast = sums.fast.update(closes) * self.slow as i128;
        let slow = sums.slow.update(closes) * self.fast as i128;
        let is_flat = (context.portfolio().quantity(pair) + context.on_order(pair)).is_zero();
        match fast.cmp(&slow) {
            Ordering::Greater if is_flat => context.order_target_percent(pair, weight),
            Ordering::Less if !is_flat => context.order_target(pair, Quantity::ZERO),
            _ => {}
        }
    }
}

impl Default for SmaCross {
    /// Crosses 24 with 72 hours and invests 99 %.
    fn default() -> Self {
        Self::new(24, 72, 0.99).expect("the defaults keep the rules")
    }
}

impl Strategy for SmaCross {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initialize(&mut self, context: &mut Context<'_>) {
        let sums = Sums {
            fast: RollingSum::new(self.fast),
            slow: RollingSum::new(self.slow),
        };
        self.sums = vec![sums; context.pairs().len()];
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        let weight = self.allocation / context.pairs().len() as f64;
        for pair in context.pairs() {
            self.decide(context, pair, weight);
        }
    }
}
