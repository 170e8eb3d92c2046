//! What a run tells its user: a small table and a sentence, or JSON.

pub(crate) mod axis;
mod columns;
mod html;
mod json;
mod parquet;
mod sentence;
pub mod sweep;
mod tear_sheet;
mod text;

pub use columns::{Column, Frame, equity, fills, orders, positions, trades};
pub use json::{file_to_json, to_json};
pub(crate) use sentence::of as sentence_of;
pub use sentence::sentence;
pub use tear_sheet::to_html;
pub(crate) use text::thousands;
pub use text::to_text;

use crate::Market;
use crate::data::LoadReport;
use crate::engine::EngineOptions;
use crate::outcome::Outcome;
use crate::statistics::{Intervals, Statistic};

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
    /// By which conventions and at what costs it traded.
    pub options: &'a EngineOptions,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// All that can be said of it in numbers.
    pub statistics: &'a [Statistic],
    /// What it leaves open, where it is long enough to say.
    pub intervals: Option<Intervals>,
}
