//! The strategy that every other one has to beat.

use super::{Context, Strategy};
use crate::{Error, Result};

pub(super) const NAME: &str = "buy-and-hold";

/// Buys every pair in equal parts at the first tick, and holds.
#[derive(Clone, Copy, Debug)]
pub struct BuyAndHold {
    /// The share of the capital that is invested. The rest pays the commission and
    /// a next open that is above the close with which the orders were sized.
    allocation: f64,
}

impl Default for BuyAndHold {
    /// Invests 99 %.
    fn default() -> Self {
        Self { allocation: 0.99 }
    }
}

impl BuyAndHold {
    /// Invests this share of the capital.
    ///
    /// # Errors
    /// [`Error::Option`] unless 0 < allocation <= 1.
    pub fn new(allocation: f64) -> Result<Self> {
        if allocation > 0.0 && allocation <= 1.0 {
            return Ok(Self { allocation });
        }
        Err(Error::Option {
            option: "--strategy",
            value: format!("{NAME}:allocation={allocation}"),
            rule: "allocation is above 0 and at most 1".into(),
        })
    }
}

impl Strategy for BuyAndHold {
    fn name(&self) -> &'static str {
        NAME
    }

    fn initialize(&mut self, context: &mut Context<'_>) {
        let weight = self.allocation / context.pairs().len() as f64;
        for pair in context.pairs() {
            context.order_target_percent(pair, weight);
        }
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        context.sleep();
    }
}
