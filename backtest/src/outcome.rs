//! The outcome of a run: everything that it produced, ready to be compared.
//!
//! Nothing in it depends on the clock, the machine or the portal, so two runs on
//! the same market with the same options are equal, field by field.

use crate::fill::Fill;
use crate::metrics::Metrics;
use crate::money::Cash;
use crate::portfolio::Portfolio;
use crate::time::HourRange;

/// What a run made of its capital, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The hours that were simulated.
    pub range: HourRange,
    /// How many ticks that is.
    pub ticks: usize,
    /// The cash at the beginning.
    pub capital: Cash,
    /// The equity at the last tick.
    pub final_value: Cash,
    /// The equity at each tick.
    pub equity: Vec<Cash>,
    /// Everything executed, in the order of execution.
    pub fills: Vec<Fill>,
    /// The sum of all commissions.
    pub commission: Cash,
    /// Orders placed. Each is filled, rejected, superseded or unfilled.
    pub n_orders: usize,
    /// Filled orders of which only a part could be executed, for want of cash (a
    /// purchase) or coins (a sale).
    pub n_cut: usize,
    /// Orders of which nothing could be executed.
    pub n_rejected: usize,
    /// Orders withdrawn because a later target for their pair took their place.
    pub n_superseded: usize,
    /// Orders still open when the run ended.
    pub n_unfilled: usize,
    /// Cash and positions at the last tick.
    pub portfolio: Portfolio,
    /// For each pair, how many hours of the range are absent from the source.
    pub n_filled_hours: Vec<usize>,
    /// Return and risk.
    pub metrics: Metrics,
}
