//! What a strategy can see at one tick, and how long it may sleep after it. What it can
//! order is in `ordering`.

use std::cmp::Ordering;

use crate::bar::Bar;
use crate::bar_size::BarSize;
use crate::broker::{Broker, OrderBook};
use crate::engine::EngineOptions;
use crate::fill::Fill;
use crate::history::History;
use crate::hour::Hour;
use crate::indicator::Average;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity};
use crate::order::{Basis, Order, OrderId};
use crate::portfolio::Portfolio;
use crate::sleep::Wish;
use crate::strategy::Crossing;
use crate::time::Timestamp;

/// One tick, as the strategy sees it.
///
/// Orders are executed as the run's conventions say, after the tick. While a pair's
/// hours are absent from the data its orders wait; [`Context::on_order`] tells how
/// much does. A target replaces what its pair has on order at the market, so
/// repeating it never doubles a position.
#[derive(Debug)]
pub struct Context<'a> {
    hour: Hour<'a>,
    portfolio: &'a Portfolio,
    equity: Cash,
    fills: &'a [Fill],
    pub(super) book: &'a mut OrderBook,
    pub(super) options: &'a EngineOptions,
    wish: &'a mut Wish,
}

impl<'a> Context<'a> {
    #[inline]
    pub(crate) fn new(
        hour: Hour<'a>,
        portfolio: &'a Portfolio,
        equity: Cash,
        broker: &'a mut Broker<'_>,
        wish: &'a mut Wish,
    ) -> Self {
        Self {
            hour,
            portfolio,
            equity,
            fills: &broker.fills,
            book: &mut broker.book,
            options: broker.options,
            wish,
        }
    }

    /// The tick's time: the moment at which the last bar closed.
    #[inline]
    pub const fn now(&self) -> Timestamp {
        self.hour.close_time()
    }

    /// The pairs that can be traded, in the market's order.
    #[inline]
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = PairId> + use<> {
        self.hour.pairs()
    }

    /// The pair's last close, as on the chart.
    #[inline]
    pub fn price(&self, pair: PairId) -> Price {
        self.hour.close(pair)
    }

    /// What a coin is worth in the account's currency: the last close, exchanged at the
    /// last rate if the pair is quoted in another.
    pub fn value(&self, pair: PairId) -> Price {
        self.hour.close_value(pair)
    }

    /// The pair's last `n_bars` bars, or `None` until there are so many.
    pub fn history(&self, pair: PairId, n_bars: usize) -> Option<History<'a>> {
        Some(self.recent(pair, n_bars)).filter(|history| history.len() == n_bars)
    }

    /// The pair's last `at_most` bars, or all there are when these are fewer.
    pub fn recent(&self, pair: PairId, at_most: usize) -> History<'a> {
        self.hour.recent(pair, at_most)
    }

    /// The pair's last `n_bars` completed bars of so many hours, oldest first, or `None`
    /// until there are so many; cut at midnight UTC and every so many hours after it.
    ///
    /// They change only when such a bar completes: between, [`Context::now`] is later
    /// than the end of the last one, and the bar that is running is not shown.
    pub fn history_of(&self, pair: PairId, size: BarSize, n_bars: usize) -> Option<Vec<Bar>> {
        self.hour.completed(pair, size, n_bars)
    }

    /// The mean of the pair's last `n_bars` closes, exactly, or `None` until there
    /// are so many. It costs the same for any number of bars.
    #[inline]
    pub fn average(&self, pair: PairId, n_bars: usize) -> Option<Average> {
        let sum = self.hour.sum_of_closes(pair, n_bars)?;
        (n_bars > 0).then(|| Average::new(sum, n_bars))
    }

    /// How the mean of the pair's last `fast` closes stands to that of the last `slow`
    /// ones: a tie is a tie. `None` until there are so many, or when one is of none.
    #[inline]
    pub fn compare_averages(&self, pair: PairId, fast: usize, slow: usize) -> Option<Ordering> {
        self.hour.compare_averages(pair, fast, slow)
    }

    /// Cash and positions.
    #[inline]
    pub const fn portfolio(&self) -> &'a Portfolio {
        self.portfolio
    }

    /// Cash plus all positions at the last closes.
    #[inline]
    pub const fn equity(&self) -> Cash {
        self.equity
    }

    /// Everything executed so far, in the order of execution.
    pub const fn fills(&self) -> &'a [Fill] {
        self.fills
    }

    /// The conventions and costs of the run.
    #[inline]
    pub const fn options(&self) -> &'a EngineOptions {
        self.options
    }

    /// How much of the pair is on order at the market, sales counting against
    /// purchases; what is sized on fill is counted at the last close.
    #[inline]
    pub fn on_order(&self, pair: PairId) -> Quantity {
        self.book.quantity(pair, || self.basis(pair))
    }

    /// The pair's open orders, in the order of placing.
    pub fn open_orders(&self, pair: PairId) -> impl Iterator<Item = &Order> {
        self.book.of_pair(pair)
    }

    /// An order of this run, with its fate so far.
    pub fn get_order(&self, id: OrderId) -> &Order {
        self.book.order(id)
    }

    /// Promises that the strategy would do nothing at the ticks before a crossing, so
    /// that the engine may call it again when that has come; of several, the first.
    ///
    /// The promise is for this tick, and is made again at the next one at which the
    /// strategy is called. It is called at the very next tick all the same when it
    /// ordered something at this one, while an order is open, on margin, and where
    /// prices do not come from memory.
    #[inline]
    pub fn sleep_until(&mut self, crossing: Crossing) {
        self.wish.sleep_until(crossing);
    }

    /// Promises that the strategy would do nothing at any later tick, or at none before
    /// the crossings that it waits for; it is called all the same where
    /// [`Context::sleep_until`] says so.
    #[inline]
    pub fn sleep(&mut self) {
        self.wish.sleep();
    }

    #[inline]
    pub(super) fn basis(&self, pair: PairId) -> Basis {
        Basis {
            price: self.value(pair),
            equity: self.equity,
            held: self.portfolio.quantity(pair),
        }
    }
}
