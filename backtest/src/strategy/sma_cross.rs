//! The moving-average cross: the strategy by which back-testers are compared.
//!
//! The averages are exact, and a tie of the two is a tie on every machine.

use std::cmp::Ordering;

use super::{Context, Crossing, Strategy};
use crate::convention::Sizing;
use crate::instrument::PairId;
use crate::money::Quantity;
use crate::{Error, Result};

pub(super) const NAME: &str = "sma-cross";

/// Holds a pair while its fast simple moving average of closes is above the slow
/// one, and sells all of it when below; a tie changes nothing.
///
/// Each of N pairs gets `allocation / N` of the equity when it is bought, and is
/// left alone until it is sold. Where orders are sized on fill, nothing needs to be
/// kept back for the commission and for a price that rises, and each gets `1 / N`.
#[derive(Clone, Copy, Debug)]
pub struct SmaCross {
    fast: usize,
    slow: usize,
    allocation: f64,
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
            });
        };
        Err(Error::Option {
            option: "--strategy",
            value: format!("{NAME}:fast={fast},slow={slow},allocation={allocation}"),
            rule: rule.into(),
        })
    }

    /// The share of the equity that one pair gets.
    fn weight(&self, context: &Context<'_>) -> f64 {
        let allocation = match context.options().size {
            Sizing::OnDecision => self.allocation,
            Sizing::OnFill => 1.0,
        };
        allocation / context.pairs().len() as f64
    }
}

/// Whether nothing of a pair is held, nor will be when what is on order is done.
fn is_flat(context: &Context<'_>, pair: PairId) -> bool {
    (context.portfolio().quantity(pair) + context.on_order(pair)).is_zero()
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

    fn on_tick(&mut self, context: &mut Context<'_>) {
        for pair in context.pairs() {
            match context.compare_averages(pair, self.fast, self.slow) {
                Some(Ordering::Greater) if is_flat(context, pair) => {
                    context.order_target_percent(pair, self.weight(context));
                }
                Some(Ordering::Less) if !is_flat(context, pair) => {
                    context.order_target(pair, Quantity::ZERO);
                }
                _ => {}
            }
            // Only now: a sale may have done no more than withdraw a purchase that waited.
            context.sleep_until(Crossing {
                pair,
                fast: self.fast,
                slow: self.slow,
                above: is_flat(context, pair),
            });
        }
    }
}
