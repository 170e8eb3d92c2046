//! The broker: executes open orders against the bar that is happening.
//!
//! Which prices an order gets is said in `matching`, how much of it the account
//! can bear in `capacity`. Here is the order of events: at the open and at the close
//! sales come before purchases, so that their proceeds can be spent, and each in the
//! order of placing. Inside a bar, where nobody knows which came first, the
//! convention puts stops or limits first, each in the order of placing.

mod capacity;
mod matching;
mod order_book;

pub(crate) use order_book::{OrderBook, with_real_prices};

use capacity::{Proposal, executable};
use matching::{Execution, Moment, execution, trail};

use crate::account::Account;
use crate::bar::Bar;
use crate::commission::{Liquidity, Trade};
use crate::convention::{FillConvention, IntraBar};
use crate::engine::EngineOptions;
use crate::fill::Fill;
use crate::history::Hour;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity};
use crate::order::TimeInForce;
use crate::order::{Amount, Basis, Kind, Order, OrderId, OrderRequest, Rejection, Status};
use crate::portfolio::Portfolio;
use crate::position::worth;
use crate::rules::TradingRules;
use crate::slippage::{Offer, VolatilitySlippage, slipped};
use crate::time::Timestamp;
use crate::{Error, Result};

/// Fills orders, charges commission, and writes down what could not be done.
#[derive(Debug)]
pub(crate) struct Broker<'a> {
    options: &'a EngineOptions,
    /// All orders, open ones among them.
    pub(crate) book: OrderBook,
    /// Everything executed so far.
    pub(crate) fills: Vec<Fill>,
    /// The sum of all commissions.
    pub(crate) commission_paid: Cash,
    /// What borrowing has cost so far.
    pub(crate) borrowing_cost: Cash,
    /// When the account was liquidated.
    pub(crate) liquidations: Vec<Timestamp>,
    /// The value of all fills.
    turnover: Cash,
    /// How much of each pair's volume in this bar the orders may still take, where
    /// that is limited.
    volume_left: Vec<Quantity>,
    /// The bar that this is of.
    volume_of: Option<Timestamp>,
    /// Room for the orders that are gone through, kept from one bar to the next.
    chosen: Vec<OrderId>,
}

/// The hour and the account that orders are executed in.
struct Scene<'a, 'h> {
    hour: &'a Hour<'h>,
    portfolio: &'a mut Portfolio,
    moment: Moment,
}

impl<'a> Broker<'a> {
    /// A broker without orders.
    pub(crate) fn new(options: &'a EngineOptions) -> Self {
        Self {
            options,
            book: OrderBook::default(),
            fills: Vec::new(),
            commission_paid: Cash::ZERO,
            borrowing_cost: Cash::ZERO,
            liquidations: Vec::new(),
            turnover: Cash::ZERO,
            volume_left: Vec::new(),
            volume_of: None,
            chosen: Vec::new(),
        }
    }

    /// Executes what earlier ticks ordered against the hour's bars. Orders for a
    /// pair whose hour is absent wait.
    ///
    /// # Errors
    /// When a trade cannot be counted exactly.
    #[inline]
    pub(crate) fn trade(&mut self, hour: &Hour<'_>, portfolio: &mut Portfolio) -> Result<()> {
        if self.book.open.is_empty() {
            return Ok(());
        }
        self.trade_open_orders(hour, portfolio)
    }

    /// Executes what this tick ordered at its own close, under the convention of
    /// that name.
    ///
    /// # Errors
    /// When a trade cannot be counted exactly.
    #[inline]
    pub(crate) fn trade_at_close(
        &mut self,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
        equity: Cash,
    ) -> Result<Cash> {
        if self.options.fill != FillConvention::Close || self.book.open.is_empty() {
            return Ok(equity);
        }
        self.trade_new_orders(hour, portfolio)
    }

    #[cold]
    fn trade_new_orders(&mut self, hour: &Hour<'_>, portfolio: &mut Portfolio) -> Result<Cash> {
        let mut scene = Scene {
            hour,
            portfolio,
            moment: Moment::Close,
        };
        self.limit_volume(hour);
        let now = hour.close_time();
        let is_new = move |order: &Order| order.placed_at == now && order.kind == Kind::Market;
        self.execute_all(&mut scene, is_new)?;
        self.end_immediate(hour, is_new);
        self.book.forget_ended();
        scene.mark();
        Ok(portfolio.equity())
    }

    /// Whether prices alone can change the account until another order is placed.
    #[inline]
    pub(crate) fn is_at_rest(&self, now: Timestamp) -> bool {
        let last = self.book.orders.last();
        self.book.open.is_empty()
            && last.is_none_or(|order| order.placed_at < now)
            && self.options.account == Account::LongOnly
    }

    /// Pays for what the account has borrowed in the hour, returns the equity that
    /// this leaves, and liquidates an account whose margin is used up.
    #[inline]
    pub(crate) fn settle(
        &mut self,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
        equity: Cash,
    ) -> Cash {
        let Account::Margin(margin) = self.options.account else {
            return equity;
        };
        let cost = portfolio.pay_for_borrowing(&margin);
        self.borrowing_cost += cost;
        let equity = equity - cost;
        let exposure = portfolio.exposure();
        if exposure > Cash::ZERO && equity < exposure * margin.maintenance {
            self.liquidations.push(hour.close_time());
            self.liquidate(portfolio, hour.close_time());
        }
        equity
    }

    /// Withdraws all orders and orders every position closed.
    fn liquidate(&mut self, portfolio: &Portfolio, now: Timestamp) {
        for id in std::mem::take(&mut self.book.open) {
            self.book.order_mut(id).end(Status::Cancelled, now);
        }
        for (idx, position) in portfolio.positions().iter().enumerate() {
            if !position.is_flat() {
                let nothing = Amount::Target(Quantity::ZERO);
                let request = OrderRequest::new(PairId(idx), nothing);
                self.book.place(request, Some(-position.quantity), now);
            }
        }
    }

    #[cold]
    fn trade_open_orders(&mut self, hour: &Hour<'_>, portfolio: &mut Portfolio) -> Result<()> {
        self.book.expire(hour.open_time());
        self.limit_volume(hour);
        let mut scene = Scene {
            hour,
            portfolio,
            moment: Moment::Open,
        };
        // Market orders alone have one moment, and the others pass without them.
        let is_market = |id: &OrderId| self.book.order(*id).kind == Kind::Market;
        let others_wait = !self.book.open.iter().all(is_market);
        if others_wait || self.options.fill == FillConvention::NextOpen {
            scene.mark();
            self.execute_all(&mut scene, |_| true)?;
        }
        if others_wait {
            scene.moment = Moment::Inside;
            self.execute_inside(&mut scene)?;
        }
        if others_wait || self.options.fill != FillConvention::NextOpen {
            scene.moment = Moment::Close;
            scene.mark();
            self.trail_all(&mut scene)?;
            self.execute_all(&mut scene, |_| true)?;
        }
        self.end_immediate(hour, |_| true);
        self.book.forget_ended();
        Ok(())
    }

    /// While the bar moves: first the orders that the convention puts first, then
    /// the others, then those that were called up by a fill inside this bar and
    /// that the convention believes to have come true after it.
    fn execute_inside(&mut self, scene: &mut Scene<'_, '_>) -> Result<()> {
        let stops_first = self.options.intra_bar == IntraBar::Pessimistic;
        let chosen = |is_waiting: bool, stops: bool| {
            self.ids(|order| order.is_waiting == is_waiting && order.is_stop() == stops)
        };
        // Chosen before anything happens: what that calls up, or turns into a limit
        // order, does not get a second chance.
        let in_turn = [
            chosen(false, stops_first),
            chosen(false, !stops_first),
            chosen(true, stops_first),
        ];
        in_turn
            .iter()
            .try_for_each(|ids| self.execute_ids(ids, scene))
    }

    /// Sales, then purchases, of the chosen orders that are at work.
    fn execute_all(
        &mut self,
        scene: &mut Scene<'_, '_>,
        is_chosen: impl Fn(&Order) -> bool,
    ) -> Result<()> {
        for sales in [true, false] {
            self.for_each(
                |order| order.is_working() && is_chosen(order),
                |broker, id| {
                    if broker.is_sale(id, scene) == sales {
                        broker.execute(id, scene)
                    } else {
                        Ok(())
                    }
                },
            )?;
        }
        Ok(())
    }

    /// Does something with each open order that is chosen before the first of them is
    /// touched, in the order of placing.
    fn for_each(
        &mut self,
        is_chosen: impl Fn(&Order) -> bool,
        mut act: impl FnMut(&mut Self, OrderId) -> Result<()>,
    ) -> Result<()> {
        let mut chosen = std::mem::take(&mut self.chosen);
        chosen.clear();
        let open = self.book.open.iter().copied();
        chosen.extend(open.filter(|id| is_chosen(self.book.order(*id))));
        let done = chosen.iter().try_for_each(|id| act(self, *id));
        self.chosen = chosen;
        done
    }

    fn execute_ids(&mut self, ids: &[OrderId], scene: &mut Scene<'_, '_>) -> Result<()> {
        ids.iter().try_for_each(|id| self.execute(*id, scene))
    }

    /// The open orders that are chosen, in the order of placing.
    fn ids(&self, is_chosen: impl Fn(&Order) -> bool) -> Vec<OrderId> {
        let open = self.book.open.iter().copied();
        open.filter(|id| is_chosen(self.book.order(*id))).collect()
    }

    /// Moves trailing stops at the end of the bar, and executes those that were
    /// passed on the way to the close.
    fn trail_all(&mut self, scene: &mut Scene<'_, '_>) -> Result<()> {
        self.for_each(Order::is_working, |broker, id| {
            // One before it may have withdrawn it.
            if !broker.book.order(id).is_working() {
                return Ok(());
            }
            let is_sale = broker.is_sale(id, scene);
            let rules = broker.rules(broker.book.order(id).pair);
            let order = broker.book.order_mut(id);
            if let Some(bar) = scene.hour.traded(order.pair)
                && let Some(execution) = trail(order, is_sale, &bar, &rules)
            {
                broker.fill(id, execution, &bar, scene)?;
            }
            Ok(())
        })
    }

    /// Executes an order if this moment of its pair's bar has a price for it.
    fn execute(&mut self, id: OrderId, scene: &mut Scene<'_, '_>) -> Result<()> {
        let Some(bar) = scene.hour.traded(self.book.order(id).pair) else {
            return Ok(());
        };
        if !self.book.order(id).is_working() {
            return Ok(());
        }
        let is_sale = self.is_sale(id, scene);
        let EngineOptions {
            fill, intra_bar, ..
        } = *self.options;
        let rules = self.rules(self.book.order(id).pair);
        let order = self.book.order_mut(id);
        let conventions = (fill, intra_bar);
        match execution(order, is_sale, &bar, scene.moment, &rules, conventions) {
            Some(execution) => self.fill(id, execution, &bar, scene),
            None => Ok(()),
        }
    }

    fn is_sale(&self, id: OrderId, scene: &Scene<'_, '_>) -> bool {
        let order = self.book.order(id);
        Self::wanted(order, scene.value(order.pair), scene.portfolio).is_negative()
    }

    /// What is still to be executed of an order, sized now if it has no size yet.
    fn wanted(order: &Order, price: Price, portfolio: &Portfolio) -> Quantity {
        order.remaining.unwrap_or_else(|| {
            order.amount.quantity(Basis {
                price,
                equity: portfolio.equity_at(order.pair, price),
                held: portfolio.quantity(order.pair),
            })
        })
    }

    /// Executes as much of one order as the bar and the account have.
    fn fill(
        &mut self,
        id: OrderId,
        execution: Execution,
        bar: &Bar,
        scene: &mut Scene<'_, '_>,
    ) -> Result<()> {
        let now = scene.time();
        let order = self.book.order(id);
        let (pair, chart_price) = (order.pair, self.price(id, execution, bar, scene));
        let price = scene.settled(pair, chart_price);
        let rules = self.rules(pair);
        let sized_now = order.remaining.is_none();
        let wanted = Self::wanted(order, price, scene.portfolio);
        let wanted = if sized_now && order.amount.is_money() && !wanted.is_negative() {
            // The amount is all that may be spent, commission included.
            let trade = self.trade_of(Cash::ZERO, execution.liquidity);
            self.options.commission.affordable(price * wanted, trade) / price
        } else {
            wanted
        };
        if !OrderBook::is_countable(wanted) {
            self.book.reject(id, Rejection::Amount, now);
            return Ok(());
        }
        if wanted.is_zero() {
            self.book.order_mut(id).end(Status::Filled, now);
            return Ok(());
        }
        let whole = rules.quantity(wanted);
        if whole.is_zero() {
            self.end_rest(id, Rejection::BelowMinimum, now);
            return Ok(());
        }
        let offered = self.offered(pair, whole);
        let is_all_or_nothing = self.book.order(id).time_in_force == TimeInForce::FillOrKill;
        if is_all_or_nothing && offered != whole {
            self.book.reject(id, Rejection::Unfillable, now);
            return Ok(());
        }
        if offered.is_zero() {
            self.book.order_mut(id).remaining = Some(whole);
            return Ok(());
        }
        let proposal = Proposal {
            pair,
            quantity: offered,
            price,
            trade: self.trade_of(worth(price, offered.abs(), now)?, execution.liquidity),
            only_reduces: self.book.order(id).parent.is_some(),
        };
        let commission = &*self.options.commission;
        let (bearable, reason) =
            executable(&proposal, self.options.account, commission, scene.portfolio);
        let quantity = rules.quantity(bearable);
        if quantity.is_zero() {
            self.end_rest(id, reason, now);
            return Ok(());
        }
        if is_all_or_nothing && quantity != whole {
            self.book.reject(id, Rejection::Unfillable, now);
            return Ok(());
        }
        self.apply(id, execution.liquidity, chart_price, quantity, scene)?;
        let order = self.book.order_mut(id);
        let rest = whole - quantity;
        order.remaining = Some(rest);
        if rest.is_zero() {
            order.end(Status::Filled, now);
        } else if quantity != offered {
            order.end(Status::Cut, now);
        }
        // What is called up by a close begins with the next bar.
        let price = (scene.moment != Moment::Close).then_some(execution.price);
        self.tell_relatives(id, quantity, price, now);
        Ok(())
    }

    /// Ends an order of which no more can be executed: cut when some of it was.
    fn end_rest(&mut self, id: OrderId, reason: Rejection, now: Timestamp) {
        if self.book.order(id).filled.is_zero() {
            self.book.reject(id, reason, now);
        } else {
            self.book.order_mut(id).end(Status::Cut, now);
        }
    }

    /// Writes a fill down, in the account too.
    fn apply(
        &mut self,
        id: OrderId,
        liquidity: Liquidity,
        price: Price,
        quantity: Quantity,
        scene: &mut Scene<'_, '_>,
    ) -> Result<()> {
        let pair = self.book.order(id).pair;
        let settled = scene.settled(pair, price);
        let value = worth(settled, quantity.abs(), scene.time())?;
        let fill = Fill {
            order: id,
            pair,
            time: scene.time(),
            at_close: scene.moment == Moment::Close,
            price,
            settled,
            quantity,
            commission: self.options.commission.on(self.trade_of(value, liquidity)),
            liquidity,
        };
        scene.portfolio.apply(&fill);
        self.commission_paid += fill.commission;
        self.turnover += value;
        if self.turnover.as_units() >> 126 != 0 {
            return Err(Error::TooRich { at: scene.time() });
        }
        self.fills.push(fill);
        self.book.order_mut(id).filled += quantity;
        if let Some(left) = self.volume_left.get_mut(pair.index()) {
            *left -= quantity.abs();
        }
        Ok(())
    }

    /// Passes a fill on: to the orders that are to close it again, and to those of
    /// the same group, of which only so much is left.
    fn tell_relatives(
        &mut self,
        id: OrderId,
        quantity: Quantity,
        price: Option<Price>,
        now: Timestamp,
    ) {
        let (group, is_done) = {
            let order = self.book.order(id);
            (order.group, !order.is_open())
        };
        let OrderBook { orders, open } = &mut self.book;
        for other in open.iter().copied() {
            let order = &mut orders[other.index()];
            if order.parent == Some(id) && order.is_open() {
                order.is_waiting = false;
                order.called_up_at = price;
                let to_close = order.remaining.unwrap_or_default() - quantity;
                order.remaining = Some(to_close);
            } else if group.is_some() && order.group == group && other != id && order.is_open() {
                let rest = order.remaining.map(|rest| rest - quantity);
                let is_same_side = |rest: Quantity| {
                    !rest.is_zero() && rest.is_negative() == quantity.is_negative()
                };
                order.remaining = rest;
                if is_done || !rest.is_some_and(is_same_side) {
                    order.end(Status::Cancelled, now);
                }
            }
        }
    }

    /// The price that an order gets: as on the chart, after slippage and rounding
    /// against the trader where the order takes what is offered.
    fn price(&self, id: OrderId, execution: Execution, bar: &Bar, scene: &Scene<'_, '_>) -> Price {
        if !execution.slips {
            return execution.price;
        }
        let order = self.book.order(id);
        let value = scene.settled(order.pair, execution.price);
        let quantity = Self::wanted(order, value, scene.portfolio);
        let offer = Offer {
            price: execution.price,
            quantity,
            volume: bar.volume,
            history: scene
                .hour
                .before(order.pair, VolatilitySlippage::N_BARS + 1),
        };
        let price = slipped(&*self.options.slippage, &offer);
        if price == execution.price {
            return price;
        }
        self.rules(order.pair).price(price, !quantity.is_negative())
    }

    fn trade_of(&self, value: Cash, liquidity: Liquidity) -> Trade {
        Trade {
            value,
            liquidity,
            turnover: self.turnover,
        }
    }

    fn rules(&self, pair: PairId) -> TradingRules {
        self.options
            .rules
            .get(pair.index())
            .copied()
            .unwrap_or_default()
    }

    /// How much of a quantity the bar's volume has left for it.
    fn offered(&self, pair: PairId, quantity: Quantity) -> Quantity {
        let Some(left) = self.volume_left.get(pair.index()) else {
            return quantity;
        };
        let part = self.rules(pair).quantity(quantity.abs().min(*left));
        if quantity.is_negative() { -part } else { part }
    }

    /// At the beginning of a bar, what its volume has for the account's orders.
    fn limit_volume(&mut self, hour: &Hour<'_>) {
        let Some(share) = self.options.volume_limit else {
            return;
        };
        if self.volume_of.replace(hour.open_time()) == Some(hour.open_time()) {
            return;
        }
        let left = hour.pairs().map(|pair| {
            let volume = hour.traded(pair).map_or(0.0, |bar| bar.volume);
            Quantity::from_f64(volume * share.as_f64()).unwrap_or(Quantity::from_units(i128::MAX))
        });
        self.volume_left = left.collect();
    }

    /// After a bar: what lives for one bar only is over, and the others have waited.
    fn end_immediate(&mut self, hour: &Hour<'_>, is_chosen: impl Fn(&Order) -> bool) {
        let OrderBook { orders, open } = &mut self.book;
        for id in open {
            let order = &mut orders[id.index()];
            if !order.is_working() || !is_chosen(order) || hour.traded(order.pair).is_none() {
                continue;
            }
            order.has_waited = true;
            order.called_up_at = None;
            if order.time_in_force.is_immediate() {
                order.end(Status::Expired, hour.close_time());
            }
        }
    }
}

impl Scene<'_, '_> {
    /// Marks all that is held at the prices of this moment, by which orders for a
    /// share of the equity are sized and margins are kept.
    fn mark(&mut self) {
        for pair in self.hour.pairs() {
            self.portfolio.set_price(pair, self.value(pair));
        }
    }

    /// What a coin is worth in the account's currency at this moment.
    fn value(&self, pair: PairId) -> Price {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.first_value(pair),
            Moment::Close => self.hour.close_value(pair),
        }
    }

    /// A price of the pair in the account's currency.
    fn settled(&self, pair: PairId, price: Price) -> Price {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.value_at_first(pair, price),
            Moment::Close => self.hour.value_at_close(pair, price),
        }
    }

    /// The time of a fill: the bar's opening time, or its closing time at the close.
    fn time(&self) -> Timestamp {
        match self.moment {
            Moment::Open | Moment::Inside => self.hour.open_time(),
            Moment::Close => self.hour.close_time(),
        }
    }
}
