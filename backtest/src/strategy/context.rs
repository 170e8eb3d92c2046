//! What a strategy can see and do at one tick.

use std::cmp::Ordering;

use crate::bar::Bar;
use crate::bar_size::BarSize;
use crate::broker::{Broker, OrderBook, with_real_prices};
use crate::convention::Sizing;
use crate::engine::EngineOptions;
use crate::fill::Fill;
use crate::history::History;
use crate::hour::Hour;
use crate::indicator::Average;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity, Ratio};
use crate::order::{Amount, Basis, Kind, Order, OrderId, OrderRequest, Rejection, Status};
use crate::portfolio::Portfolio;
use crate::sleep::Wish;
use crate::strategy::Crossing;
use crate::time::Timestamp;

/// The largest weight that makes sense, and that exact equity can be multiplied by.
const MAX_WEIGHT: f64 = 100.0;

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
    book: &'a mut OrderBook,
    options: &'a EngineOptions,
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

    /// Orders so much of the pair at the market, beside whatever else is on order;
    /// a negative quantity sells, an order for nothing is none, and one for more
    /// than about 1e18 coins is rejected.
    pub fn order(&mut self, pair: PairId, quantity: Quantity) -> Option<OrderId> {
        self.order_amount(pair, Amount::Quantity(quantity))
    }

    /// Orders coins for so much money at the market; a negative value sells.
    pub fn order_value(&mut self, pair: PairId, value: Cash) -> Option<OrderId> {
        self.order_amount(pair, Amount::Value(value))
    }

    /// Orders coins for this share of the equity at the market; a share that is no
    /// number, or beyond ±100, is a rejected order.
    pub fn order_percent(&mut self, pair: PairId, share: f64) -> Option<OrderId> {
        self.order_share(pair, share, Amount::Percent)
    }

    /// Orders what is missing to hold `target` of the pair, in place of what the
    /// pair has on order at the market; a target of more than about 1e18 coins is a
    /// rejected order.
    pub fn order_target(&mut self, pair: PairId, target: Quantity) -> Option<OrderId> {
        self.order_amount(pair, Amount::Target(target))
    }

    /// Orders what is missing to hold coins of this value, in place of what the
    /// pair has on order at the market.
    pub fn order_target_value(&mut self, pair: PairId, value: Cash) -> Option<OrderId> {
        self.order_amount(pair, Amount::TargetValue(value))
    }

    /// Orders what is missing to hold `weight` times the equity in the pair, in
    /// place of what the pair has on order at the market.
    ///
    /// A weight that is no number, or beyond ±100, is a rejected order.
    pub fn order_target_percent(&mut self, pair: PairId, weight: f64) -> Option<OrderId> {
        self.order_share(pair, weight, Amount::TargetPercent)
    }

    /// Places any order. One for nothing is placed and ends at once.
    pub fn place(&mut self, request: OrderRequest) -> OrderId {
        let basis = self.basis(request.pair);
        let is_real = match request.amount {
            Amount::Target(target) => OrderBook::is_countable(target),
            _ => true,
        };
        let (pair, now) = (request.pair, self.now());
        if !is_real {
            let id = self.book.place(request, Some(Quantity::ZERO), now);
            self.book.reject(id, Rejection::Amount, now);
            self.book.forget_ended();
            return id;
        }
        if request.amount.is_target() && request.kind == Kind::Market {
            self.book.supersede(pair, now);
        }
        let sizes_on_fill = self.options.size == Sizing::OnFill;
        let size = request.amount.size(request.kind, sizes_on_fill, basis);
        let is_sale = size.is_some_and(Quantity::is_negative);
        let request = with_real_prices(request, is_sale, &self.options.rules_of(pair));
        let id = self.book.place(request, size, now);
        if size == Some(Quantity::ZERO) && self.book.order(id).is_open() {
            self.book.order_mut(id).end(Status::Filled, now);
            self.book.forget_ended();
        }
        id
    }

    /// Places orders of which only one is executed: what one of them fills is taken
    /// off the others, and when it is done they are withdrawn.
    pub fn one_cancels_other(&mut self, requests: &[OrderRequest]) -> Vec<OrderId> {
        let ids: Vec<_> = requests
            .iter()
            .map(|request| self.place(*request))
            .collect();
        for id in &ids {
            self.book.order_mut(*id).group = ids.first().copied();
        }
        ids
    }

    /// Places an order together with the two that close it again, at a loss and at
    /// a gain, of which only one is executed: entry, stop and limit.
    ///
    /// The two wait for the entry's first fill, are for as much as it has got, and
    /// never do more than close the position. When one of them is done, the rest of an
    /// entry that was filled in parts is withdrawn.
    pub fn bracket(&mut self, entry: OrderRequest, stop: Price, limit: Price) -> [OrderId; 3] {
        let parent = self.place(entry);
        let nothing_yet = Amount::Quantity(Quantity::ZERO);
        let exit = OrderRequest::new(entry.pair, nothing_yet);
        let is_long = !self.wanted(parent).is_negative();
        let rules = self.options.rules_of(entry.pair);
        let exits = [exit.stop(stop), exit.limit(limit)].map(|exit| {
            let exit = with_real_prices(exit, is_long, &rules);
            self.book
                .place(exit, Some(Quantity::ZERO), self.hour.close_time())
        });
        for id in exits {
            let order = self.book.order_mut(id);
            order.parent = Some(parent);
            order.group = Some(exits[0]);
            order.is_waiting = true;
        }
        self.book.forget_ended();
        [parent, exits[0], exits[1]]
    }

    /// Withdraws an order; `false` when it has ended already.
    pub fn cancel(&mut self, id: OrderId) -> bool {
        self.book.cancel(id, self.hour.close_time())
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

    fn wanted(&self, id: OrderId) -> Quantity {
        let order = self.book.order(id);
        let sized_now = || order.amount.quantity(self.basis(order.pair));
        order.remaining.unwrap_or_else(sized_now)
    }

    fn order_amount(&mut self, pair: PairId, amount: Amount) -> Option<OrderId> {
        if amount == Amount::Quantity(Quantity::ZERO) {
            return None;
        }
        let id = self.place(OrderRequest::new(pair, amount));
        if self.book.order(id).remaining == Some(Quantity::ZERO) {
            self.book.forget_if_nothing(id);
            return None;
        }
        Some(id)
    }

    fn order_share(
        &mut self,
        pair: PairId,
        share: f64,
        amount: impl Fn(Ratio) -> Amount,
    ) -> Option<OrderId> {
        let ratio = Ratio::from_f64(share).filter(|_| share.abs() <= MAX_WEIGHT);
        if let Some(ratio) = ratio {
            return self.order_amount(pair, amount(ratio));
        }
        let absurd = OrderRequest::new(pair, Amount::Quantity(Quantity::ZERO));
        let id = self
            .book
            .place(absurd, Some(Quantity::ZERO), self.hour.close_time());
        self.book
            .reject(id, Rejection::Amount, self.hour.close_time());
        self.book.forget_ended();
        Some(id)
    }

    #[inline]
    fn basis(&self, pair: PairId) -> Basis {
        Basis {
            price: self.value(pair),
            equity: self.equity,
            held: self.portfolio.quantity(pair),
        }
    }
}
