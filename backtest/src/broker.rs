//! The broker: executes open orders against the bar that has just opened.

use crate::Result;
use crate::commission::CommissionModel;
use crate::fill::Fill;
use crate::history::Hour;
use crate::money::{Cash, Price, Quantity};
use crate::order::Order;
use crate::order_book::OrderBook;
use crate::portfolio::Portfolio;
use crate::position::worth;

/// Fills orders, charges commission, and keeps count of what could not be done.
#[derive(Clone, Debug)]
pub(crate) struct Broker<C> {
    commission: C,
    /// Orders that wait for an open.
    pub(crate) book: OrderBook,
    /// Everything executed so far.
    pub(crate) fills: Vec<Fill>,
    /// The sum of all commissions.
    pub(crate) commission_paid: Cash,
    /// Orders of which only a part could be executed.
    pub(crate) n_cut: usize,
}

impl<C: CommissionModel> Broker<C> {
    /// A broker without orders.
    pub(crate) fn new(commission: C) -> Self {
        Self {
            commission,
            book: OrderBook::default(),
            fills: Vec::new(),
            commission_paid: Cash::ZERO,
            n_cut: 0,
        }
    }

    /// Executes open orders at the hour's opening prices.
    ///
    /// Sales come before purchases, so that their proceeds can be spent, and each
    /// in the order of placing. Orders for a pair whose hour is absent wait.
    ///
    /// # Errors
    /// When the proceeds of a sale cannot be counted exactly.
    pub(crate) fn fill_at_open(
        &mut self,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
    ) -> Result<()> {
        if self.book.open.is_empty() {
            return Ok(());
        }
        let orders = std::mem::take(&mut self.book.open);
        for sales in [true, false] {
            for order in orders.iter().filter(|order| order.is_sale() == sales) {
                if let Some(open) = hour.open(order.pair) {
                    self.fill(order, open, hour, portfolio)?;
                }
            }
        }
        self.book.open = orders;
        self.book
            .open
            .retain(|order| hour.open(order.pair).is_none());
        Ok(())
    }

    /// Executes as much of one order as the position or the cash allows.
    fn fill(
        &mut self,
        order: &Order,
        price: Price,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
    ) -> Result<()> {
        let quantity = self.executable(order, price, portfolio);
        if quantity.is_zero() {
            self.book.n_rejected += 1;
            return Ok(());
        }
        if quantity != order.quantity {
            self.n_cut += 1;
        }
        let value = worth(price, quantity.abs(), hour.open_time())?;
        let fill = Fill {
            order: order.id,
            pair: order.pair,
            time: hour.open_time(),
            price,
            quantity,
            commission: self.commission.on(value),
        };
        portfolio.apply(&fill);
        self.commission_paid += fill.commission;
        self.fills.push(fill);
        Ok(())
    }

    /// The order's quantity, cut to what is held or can be paid for.
    fn executable(&self, order: &Order, price: Price, portfolio: &Portfolio) -> Quantity {
        if order.is_sale() {
            order.quantity.max(-portfolio.quantity(order.pair))
        } else {
            let affordable = self.commission.affordable(portfolio.cash()) / price;
            order.quantity.min(affordable)
        }
    }
}
