//! The broker: executes open orders against the bar that is happening.
//!
//! Which prices an order gets is said in `matching`, how much of it is executed in `deal`,
//! what of that the account can bear in `capacity`, and what a fill brings about in
//! `filling`. Here is the order of events, and in `turns` the order of orders: at the open
//! and at the close sales come before purchases, so that their proceeds can be spent, and
//! each in the order of placing. Inside a bar, where nobody knows which came first, the
//! convention puts stops or limits first, each in the order of placing.

mod capacity;
mod deal;
mod filling;
mod margin;
mod matching;
mod order_book;
mod scene;
mod turns;

pub(crate) use order_book::{OrderBook, with_real_prices};

use matching::Moment;
use scene::Scene;

use crate::Result;
use crate::account::Account;
use crate::convention::FillConvention;
use crate::engine::EngineOptions;
use crate::fill::Fill;
use crate::hour::Hour;
use crate::money::{Cash, Quantity};
use crate::order::{Kind, Order, OrderId, Status};
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
