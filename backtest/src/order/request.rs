//! An order on its way to the broker.

use super::{Amount, Kind, TimeInForce, Trail};
use crate::instrument::PairId;
use crate::money::Price;

/// What a strategy asks the broker for: a market order until told otherwise.
///
/// ```
/// # use backtest::{OrderRequest, PairId, Price, Quantity, Amount, TimeInForce};
/// # fn on_tick(context: &mut backtest::Context<'_>, pair: PairId) {
/// let one_coin = Amount::Quantity(Quantity::ONE);
/// let buy = OrderRequest::new(pair, one_coin)
///     .limit(Price::parse("250.5").expect("a price"))
///     .time_in_force(TimeInForce::ImmediateOrCancel);
/// context.place(buy);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrderRequest {
    pub(crate) pair: PairId,
    pub(crate) amount: Amount,
    pub(crate) kind: Kind,
    pub(crate) time_in_force: TimeInForce,
}

impl OrderRequest {
    /// A market order, good till cancelled.
    pub const fn new(pair: PairId, amount: Amount) -> Self {
        Self {
            pair,
            amount,
            kind: Kind::Market,
            time_in_force: TimeInForce::GoodTillCancelled,
        }
    }

    /// Not at a worse price than this; beside a stop, once the stop is reached.
    #[must_use]
    pub const fn limit(mut self, limit: Price) -> Self {
        self.kind = match self.kind {
            Kind::Stop { stop } | Kind::StopLimit { stop, .. } => Kind::StopLimit { stop, limit },
            _ => Kind::Limit { limit },
        };
        self
    }

    /// Not before this price is reached.
    #[must_use]
    pub const fn stop(mut self, stop: Price) -> Self {
        self.kind = match self.kind {
            Kind::Limit { limit } | Kind::StopLimit { limit, .. } => {
                Kind::StopLimit { stop, limit }
            }
            _ => Kind::Stop { stop },
        };
        self
    }

    /// Once the price has come back from its best by so much.
    #[must_use]
    pub const fn trailing_stop(mut self, trail: Trail) -> Self {
        self.kind = Kind::TrailingStop { trail };
        self
    }

    /// How long the order may wait.
    #[must_use]
    pub const fn time_in_force(mut self, time_in_force: TimeInForce) -> Self {
        self.time_in_force = time_in_force;
        self
    }
}
