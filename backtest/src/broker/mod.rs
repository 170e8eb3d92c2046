//! The broker: executes open orders against the bar that is happening.
//!
//! Which prices an order gets is said in `matching`, how much of it the account
//! can bear in `capacity`, and what a fill brings about in `filling`. Here is the
//! order of events: at the open and at the close sales come before purchases, so that
//! their proceeds can be spent, and each in the order of placing. Inside a bar, where
//! nobody knows which came first, the convention puts stops or limits first, each in
//! the order of placing.

mod capacity;
mod filling;
mod margin;
mod matching;
mod order_book;
mod scene;

pub(crate) use order_book::{OrderBook, with_real_prices};

use matching::{Moment, execution, trail};
use scene::Scene;

use crate::Result;
use crate::account::Account;
use crate::convention::{FillConvention, IntraBar};
use crate::engine::EngineOptions;
use crate::fill::Fill;
use crate::hour::Hour;
use crate::money::{Cash, Price, Quantity};
use crate::order::{Basis, Kind, Order, OrderId, Status};
use crate::portfolio::Portfolio;
use crate::time::Timestamp;

/// Fills orders, charges commission, and writes down what could not be done.
#[derive(Debug)]
pub(crate) struct Broker<'a> {
    /// The conventions and costs of the run.
    pub(crate) options: &'a EngineOptions,
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
            self.mark(&mut scene);
            self.execute_all(&mut scene, |_| true)?;
        }
        if others_wait {
            scene.moment = Moment::Inside;
            self.execute_inside(&mut scene)?;
        }
        if others_wait || self.options.fill != FillConvention::NextOpen {
            scene.moment = Moment::Close;
            self.mark(&mut scene);
            self.trail_all(&mut scene)?;
            self.execute_all(&mut scene, |_| true)?;
        }
        self.end_immediate(hour, |_| true);
        self.book.forget_ended();
        Ok(())
    }

    /// Marks what is held at this moment's prices, where the worth of the account decides
    /// on an order.
    fn mark(&self, scene: &mut Scene<'_, '_>) {
        let has_no_size = |id: &OrderId| self.book.order(*id).remaining.is_none();
        if self.options.account != Account::LongOnly || self.book.open.iter().any(has_no_size) {
            scene.mark();
        }
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
            let rules = broker.options.rules_of(broker.book.order(id).pair);
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
        let rules = self.options.rules_of(self.book.order(id).pair);
        let order = self.book.order_mut(id);
        let conventions = (fill, intra_bar);
        match execution(order, is_sale, &bar, scene.moment, &rules, conventions) {
            Some(execution) => self.fill(id, execution, &bar, scene),
            None => Ok(()),
        }
    }

    fn is_sale(&self, id: OrderId, scene: &Scene<'_, '_>) -> bool {
        let order = self.book.order(id);
        Self::wanted(order, || scene.value(order.pair), scene.portfolio).is_negative()
    }

    /// What is still to be executed of an order, sized now if it has no size yet.
    fn wanted(order: &Order, price: impl Fn() -> Price, portfolio: &Portfolio) -> Quantity {
        order.remaining.unwrap_or_else(|| {
            let price = price();
            order.amount.quantity(Basis {
                price,
                equity: portfolio.equity_at(order.pair, price),
                held: portfolio.quantity(order.pair),
            })
        })
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
