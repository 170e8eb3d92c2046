//! Equal weights over what is rising: the strategy by which back-testers are
//! compared on many pairs.
//!
//! It looks at every pair at every tick, so that what it costs is what marking,
//! averages and rebalancing cost.

use std::cmp::Ordering;

use super::{Context, Strategy};
use crate::money::{Cash, Ratio};
use crate::{Error, Result};

pub(super) const NAME: &str = "sma-weights";

/// Holds each of N pairs at `allocation / N` of the equity while its fast simple
/// moving average of closes is above the slow one, and not at all otherwise.
///
/// A pair is ordered to its weight when the averages have crossed, and when its
/// weight is off by more than `drift`; sales are executed before purchases.
#[derive(Clone, Debug)]
pub struct SmaWeights {
    fast: usize,
    slow: usize,
    allocation: f64,
    drift: Ratio,
    /// Which pairs were rising at the last tick.
    was_rising: Vec<bool>,
}

impl SmaWeights {
    /// Compares the averages of the last `fast` and `slow` hours, invests
    /// `allocation` (0 to 1) of the equity, and lets weights be off by `drift` (0
    /// to 1).
    ///
    /// # Errors
    /// [`Error::Option`] unless 0 < fast < slow, 0 < allocation <= 1 and
    /// 0 <= drift <= 1.
    pub fn new(fast: usize, slow: usize, allocation: f64, drift: f64) -> Result<Self> {
        let share = Ratio::from_f64(drift).filter(|_| (0.0..=1.0).contains(&drift));
        let rule = if fast == 0 || fast >= slow {
            "fast is at least 1 hour and less than slow"
        } else if !(allocation > 0.0 && allocation <= 1.0) {
            "allocation is above 0 and at most 1"
        } else if let Some(drift) = share {
            return Ok(Self {
                fast,
                slow,
                allocation,
                drift,
                was_rising: Vec::new(),
            });
        } else {
            "drift is between 0 and 1"
        };
        Err(Error::Option {
            option: "--strategy",
            value: format!("{NAME}:fast={fast},slow={slow},allocation={allocation},drift={drift}"),
            rule: rule.into(),
        })
    }
}

impl Default for SmaWeights {
    /// Compares 24 with 72 hours, invests 98 %, and lets a weight be off by 1 %.
    fn default() -> Self {
        Self::new(24, 72, 0.98, 0.01).expect("the defaults keep the rules")
    }
}

impl Strategy for SmaWeights {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initialize(&mut self, context: &mut Context<'_>) {
        self.was_rising = vec![false; context.pairs().len()];
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        let weight = self.allocation / context.pairs().len() as f64;
        let target = Ratio::from_f64(weight).expect("a share of at most one");
        let equity = context.equity();
        if equity <= Cash::ZERO {
            // Nobody can hold a share of a debt.
            return;
        }
        let (target, drift) = (equity * target, equity * self.drift);
        for (pair, position) in context.pairs().zip(context.portfolio().positions()) {
            // A tie is not rising.
            let order = context.compare_averages(pair, self.fast, self.slow);
            let is_rising = order == Some(Ordering::Greater);
            let has_crossed = is_rising != self.was_rising[pair.index()];
            let wanted = if is_rising { target } else { Cash::ZERO };
            // What is not held and shall not be is where it should be.
            let may_be_off = is_rising || !position.is_flat();
            let is_off = || (position.value() - wanted).abs() > drift;
            if has_crossed || (may_be_off && is_off()) {
                context.order_target_percent(pair, if is_rising { weight } else { 0.0 });
            }
            self.was_rising[pair.index()] = is_rising;
        }
    }
}
