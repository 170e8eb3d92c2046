//! What a run tells its user: a small table and a sentence, or JSON.

mod json;
mod sentence;
mod text;

pub use json::to_json;
pub use sentence::sentence;
pub(crate) use text::thousands;
pub use text::to_text;

use crate::Market;
use crate::data::LoadReport;
use crate::outcome::Outcome;

/// A finished run with everything that a report says about it.
///
/// It holds nothing of how the run was made: neither time taken nor toggles of
/// the data path, so that equal runs give equal reports.
#[derive(Clone, Copy, Debug)]
pub struct RunReport<'a> {
    /// The name of the strategy.
    pub strategy: &'a str,
    /// What it traded on.
    pub market: &'a Market,
    /// What loading the market's files found; empty for the embedded market.
    pub files: &'a [LoadReport],
    /// The seed of the embedded market, or `None` when the market is from files.
    pub seed: Option<u64>,
    /// What came of it.
    pub outcome: &'a Outcome,
}

/// When a decision turns into a trade, in one word; the engine has one answer.
const FILL: &str = "next-open";

/// When an order's quantity is fixed, in one word; the engine has one answer.
const SIZE: &str = "on-decision";
