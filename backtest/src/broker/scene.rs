//! The scene of a trade: the hour, the account, and the moment of the bar.

use super::matching::Moment;
use crate::hour::Hour;
use crate::instrument::PairId;
use crate::money::Price;
use crate::portfolio::Portfolio;
use crate::time::Timestamp;

/// The hour and the account that orders are executed in.
pub(super) struct Scene<'a, 'h> {
    pub(super) hour: &'a Hour<'h>,
    pub(super) portfolio: &'a mut Portfolio,
    pub(super) moment: Moment,
}

impl Scene<'_, '_> {
    /// Marks all that is held at the prices of this moment, by which orders for a
    /// share of the equity are sized and margins are kept.
    pub(super) fn mark(&mut self) {
        for pair in self.hour.pairs() {
            self.portfolio.set_price(pair, self.value(pair));
        }
    }

    /// What a coin is worth in the account's currency at this moment.
    pub(super) fn value(&self, pair: PairId) -> Price {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.first_value(pair),
            Moment::Close => self.hour.close_value(pair),
        }
    }

    /// A price of the pair in the account's currency.
    pub(super) fn settled(&self, pair: PairId, price: Price) -> Price {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.value_at_first(pair, price),
            Moment::Close => self.hour.value_at_close(pair, price),
        }
    }

    /// The time of a fill: the bar's opening time, or its closing time at the close.
    pub(super) fn time(&self) -> Timestamp {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.open_time(),
            Moment::Close => self.hour.close_time(),
        }
    }
}
