//! The outcome of a run: everything that it produced, ready to be compared.
//!
//! Nothing in it depends on the clock, the machine or the portal, so two runs on
//! the same market with the same options are equal, field by field.

use std::collections::BTreeMap;

use crate::fill::Fill;
use crate::metrics::Metrics;
use crate::money::Cash;
use crate::order::{Order, Rejection, Status};
use crate::portfolio::Portfolio;
use crate::time::{HourRange, Timestamp};

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
    /// What borrowing coins and cash cost on margin.
    pub borrowing_cost: Cash,
    /// Every order with its fate, in the order of placing.
    pub orders: Vec<Order>,
    /// The ticks at which the account was liquidated for want of margin.
    pub liquidations: Vec<Timestamp>,
    /// Cash and positions at the last tick.
    pub portfolio: Portfolio,
    /// For each pair, how many hours of the range are absent from the source.
    pub n_filled_hours: Vec<usize>,
    /// Return and risk.
    pub metrics: Metrics,
}

impl Outcome {
    /// Orders of which only a part could be executed, for want of cash, coins or
    /// margin.
    pub fn n_cut(&self) -> usize {
        self.count(|status| status == Status::Cut)
    }

    /// Orders of which nothing could be executed.
    pub fn n_rejected(&self) -> usize {
        self.count(|status| status.rejection().is_some())
    }

    /// How many of those were rejected for which reason.
    pub fn rejections(&self) -> BTreeMap<Rejection, usize> {
        let mut counts = BTreeMap::new();
        let reasons = self.orders.iter().filter_map(|it| it.status.rejection());
        reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
        counts
    }

    /// Orders withdrawn because a later target for their pair took their place.
    pub fn n_superseded(&self) -> usize {
        self.count(|status| status == Status::Superseded)
    }

    /// Orders withdrawn by the strategy, by the fill of another, or by time.
    pub fn n_withdrawn(&self) -> usize {
        self.count(|status| matches!(status, Status::Cancelled | Status::Expired))
    }

    /// Orders still open when the run ended.
    pub fn n_unfilled(&self) -> usize {
        self.count(|status| status == Status::Open)
    }

    fn count(&self, is_counted: impl Fn(Status) -> bool) -> usize {
        let orders = self.orders.iter();
        orders.filter(|order| is_counted(order.status)).count()
    }
}
