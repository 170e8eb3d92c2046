//! Strategies: what to hold, decided tick by tick.
//!
//! A strategy is told of every tick and answers through its [`Context`]: it looks at
//! closed bars and at its own portfolio, and places orders that the next open fills.

mod buy_and_hold;
mod context;
mod crossing;
mod idle;
pub mod mean_reversion;
mod ordering;
mod sma_cross;
mod sma_weights;
mod spec;

pub use buy_and_hold::BuyAndHold;
pub use context::Context;
pub use crossing::Crossing;
pub use idle::Idle;
pub use mean_reversion::MeanReversion;
pub use sma_cross::SmaCross;
pub use sma_weights::SmaWeights;
pub use spec::{NAMES, StrategySpec, by_name};

/// A rule that decides, at every tick, what to order.
pub trait Strategy {
    /// The name by which users choose the strategy.
    fn name(&self) -> &'static str;

    /// Prepares for a run; called once, at the first tick, before
    /// [`Strategy::on_tick`]. A strategy that keeps state starts afresh here, so
    /// that it can be run again.
    fn initialize(&mut self, _context: &mut Context<'_>) {}

    /// Decides at one tick. It may skip those at which [`Context::sleep_until`] lets
    /// it.
    fn on_tick(&mut self, context: &mut Context<'_>);
}
