//! Strategies: what to hold, decided tick by tick.
//!
//! A strategy is told of every tick and answers through its [`Context`]: it looks at
//! closed bars and at its own portfolio, and places orders that the next open fills.

mod buy_and_hold;
mod context;
mod idle;
pub mod mean_reversion;
mod sma_cross;

pub use buy_and_hold::BuyAndHold;
pub use context::Context;
pub use idle::Idle;
pub use mean_reversion::MeanReversion;
pub use sma_cross::SmaCross;

use crate::{Error, Result};

/// A rule that decides, at every tick, what to order.
pub trait Strategy {
    /// The name by which users choose the strategy.
    fn name(&self) -> &'static str;

    /// Prepares for a run; called once, at the first tick, before
    /// [`Strategy::on_tick`]. A strategy that keeps state starts afresh here, so
    /// that it can be run again.
    fn initialize(&mut self, _context: &mut Context<'_>) {}

    /// Decides at one tick.
    fn on_tick(&mut self, context: &mut Context<'_>);
}

/// The names that [`by_name`] knows, in the order in which they are listed.
pub const NAMES: [&str; 4] = [
    idle::NAME,
    buy_and_hold::NAME,
    sma_cross::NAME,
    mean_reversion::NAME,
];

/// The strategy of that name, with its default parameters.
///
/// # Errors
/// [`Error::Option`] with the known names when there is no such strategy.
pub fn by_name(name: &str) -> Result<Box<dyn Strategy>> {
    Ok(match name {
        idle::NAME => Box::new(Idle),
        buy_and_hold::NAME => Box::new(BuyAndHold::default()),
        sma_cross::NAME => Box::new(SmaCross::default()),
        mean_reversion::NAME => Box::new(MeanReversion::default()),
        _ => {
            return Err(Error::Option {
                option: "--strategy",
                value: name.to_owned(),
                rule: format!("choose one of {}", NAMES.join(", ")),
            });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_leads_to_its_strategy() {
        for name in NAMES {
            assert_eq!(by_name(name).expect("a listed name").name(), name);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = by_name("momentum").err().expect("no such strategy");
        assert_eq!(
            error.to_string(),
            "`momentum` is not a valid --strategy: choose one of idle, buy-and-hold, \
             sma-cross, mean-reversion"
        );
    }
}
