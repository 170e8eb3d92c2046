//! What a strategy can see and do at one tick.

use crate::history::{History, Hour};
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity, Ratio};
use crate::order_book::OrderBook;
use crate::portfolio::Portfolio;
use crate::time::Timestamp;

/// The largest weight that makes sense, and that exact equity can be multiplied by.
const MAX_WEIGHT: f64 = 100.0;

/// One tick, as the strategy sees it.
///
/// Orders are for the next open. While a pair's hours are absent from the data its
/// orders wait; [`Context::on_order`] tells how much does. A target replaces what
/// its pair has on order, so repeating it never doubles a position.
#[derive(Debug)]
pub struct Context<'a> {
    hour: Hour<'a>,
    portfolio: &'a Portfolio,
    equity: Cash,
    book: &'a mut OrderBook,
}

impl<'a> Context<'a> {
    pub(crate) const fn new(
        hour: Hour<'a>,
        portfolio: &'a Portfolio,
        equity: Cash,
        book: &'a mut OrderBook,
    ) -> Self {
        Self {
            hour,
            portfolio,
            equity,
            book,
        }
    }

    /// The tick's time: the moment at which the last bar closed.
    pub const fn now(&self) -> Timestamp {
        self.hour.close_time()
    }

    /// The pairs that can be traded, in the market's order.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = PairId> + use<> {
        self.hour.pairs()
    }

    /// The pair's last close.
    pub fn price(&self, pair: PairId) -> Price {
        self.hour.close(pair)
    }

    /// The pair's last `n_bars` bars, or `None` until there are so many.
    pub fn history(&self, pair: PairId, n_bars: usize) -> Option<History<'a>> {
        Some(self.recent(pair, n_bars)).filter(|history| history.len() == n_bars)
    }

    /// The pair's last `at_most` bars, or all there are when these are fewer.
    pub fn recent(&self, pair: PairId, at_most: usize) -> History<'a> {
        self.hour.recent(pair, at_most)
    }

    /// Cash and positions.
    pub const fn portfolio(&self) -> &'a Portfolio {
        self.portfolio
    }

    /// Cash plus all positions at the last closes.
    pub const fn equity(&self) -> Cash {
        self.equity
    }

    /// How much of the pair is on order, sales counting against purchases.
    pub fn on_order(&self, pair: PairId) -> Quantity {
        self.book.quantity(pair)
    }

    /// Orders so much of the pair, beside whatever else is on order; a negative
    /// quantity sells, an order for nothing is none, and one for more than about
    /// 1e18 coins is rejected.
    pub fn order(&mut self, pair: PairId, quantity: Quantity) {
        self.book.place(pair, quantity, self.hour.close_time());
    }

    /// Orders what is missing to hold `target` of the pair, in place of what the
    /// pair has on order; a target of more than about 1e18 coins is a rejected order.
    pub fn order_target(&mut self, pair: PairId, target: Quantity) {
        if !OrderBook::is_countable(target) {
            self.book.reject();
            return;
        }
        self.book.supersede(pair);
        self.order(pair, target - self.portfolio.quantity(pair));
    }

    /// Orders what is missing to hold `weight` times the equity in the pair, sized
    /// now at the last close, in place of what the pair has on order.
    ///
    /// A weight that is no number, or beyond ±100, is a rejected order.
    pub fn order_target_percent(&mut self, pair: PairId, weight: f64) {
        let weight = Ratio::from_f64(weight).filter(|_| weight.abs() <= MAX_WEIGHT);
        match weight {
            Some(weight) => self.order_target(pair, self.equity * weight / self.price(pair)),
            None => self.book.reject(),
        }
    }
}
