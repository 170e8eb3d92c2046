//! What an order with a price comes to: how much of it is executed, if any.
//!
//! Here is decided, and nothing is changed; `filling` does what was decided.

use super::capacity::{Proposal, executable};
use super::matching::{Execution, Moment};
use super::scene::Scene;
use super::{Broker, OrderBook};
use crate::Result;
use crate::account::Account;
use crate::commission::{Liquidity, Trade};
use crate::fill::Fill;
use crate::hour::Traded;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity};
use crate::order::{Basis, Order, OrderId, Rejection, TimeInForce};
use crate::portfolio::Portfolio;
use crate::position::worth;
use crate::slippage::{Offer, VolatilitySlippage, slipped};

/// What is to be done with an order.
pub(super) enum Verdict {
    /// So much of it is executed.
    Deal(Deal),
    /// It waits with this size for a bar that has volume left.
    Wait(Quantity),
    /// There is nothing left to execute.
    Nothing,
    /// No more of it can be executed.
    Refuse(Rejection),
}

/// A part of an order that is executed.
pub(super) struct Deal {
    pub(super) fill: Fill,
    /// The value of the fill, without a sign.
    pub(super) value: Cash,
    /// What is left of the order after it.
    pub(super) rest: Quantity,
    /// Whether the account cannot bear that rest.
    pub(super) is_cut: bool,
}

impl Broker<'_> {
    /// Decides how much of an order the bar and the account have.
    ///
    /// # Errors
    /// When the trade cannot be counted exactly.
    pub(super) fn decide(
        &self,
        id: OrderId,
        execution: Execution,
        bar: &Traded<'_>,
        scene: &Scene<'_, '_>,
    ) -> Result<Verdict> {
        let order = self.book.order(id);
        let Execution { liquidity, .. } = execution;
        let (pair, now) = (order.pair, scene.time());
        let chart_price = self.price(order, execution, bar, scene);
        let price = scene.settled(pair, chart_price);
        let wanted = match self.sized(order, price, liquidity, scene.portfolio) {
            Ok(wanted) => wanted,
            Err(reason) => return Ok(Verdict::Refuse(reason)),
        };
        if wanted.is_zero() {
            return Ok(Verdict::Nothing);
        }
        let rules = self.options.rules_of(pair);
        let whole = rules.quantity(wanted);
        if whole.is_zero() {
            return Ok(Verdict::Refuse(Rejection::BelowMinimum));
        }
        let offered = rules.quantity(self.within_volume(pair, whole));
        let is_too_little =
            |quantity| order.time_in_force == TimeInForce::FillOrKill && quantity != whole;
        if is_too_little(offered) {
            return Ok(Verdict::Refuse(Rejection::Unfillable));
        }
        if offered.is_zero() {
            return Ok(Verdict::Wait(whole));
        }
        let proposal = Proposal {
            pair,
            quantity: offered,
            price,
            trade: self.trade_of(worth(price, offered.abs(), now)?, liquidity),
            only_reduces: order.parent.is_some(),
        };
        let (commission, account) = (&*self.options.commission, self.options.account);
        let (bearable, reason) = executable(&proposal, account, commission, scene.portfolio);
        let quantity = rules.quantity(bearable);
        if quantity.is_zero() {
            return Ok(Verdict::Refuse(reason));
        }
        if is_too_little(quantity) {
            return Ok(Verdict::Refuse(Rejection::Unfillable));
        }
        let trade = proposal.trade.of(worth(price, quantity.abs(), now)?);
        let commission = commission.on(trade);
        // A commission with a minimum can be more than the sale and the cash are.
        let is_sale = quantity.is_negative();
        let is_unpaid = || scene.portfolio.cash() + trade.value < commission;
        if account == Account::LongOnly && is_sale && is_unpaid() {
            return Ok(Verdict::Refuse(Rejection::NoCash));
        }
        Ok(Verdict::Deal(Deal {
            fill: Fill {
                order: id,
                pair,
                time: now,
                at_close: scene.moment == Moment::Close,
                price: chart_price,
                settled: price,
                quantity,
                commission,
                liquidity,
            },
            value: trade.value,
            rest: whole - quantity,
            is_cut: quantity != offered,
        }))
    }

    /// The price that an order gets: as on the chart, after slippage and rounding
    /// against the trader where the order takes what is offered.
    fn price(
        &self,
        order: &Order,
        execution: Execution,
        bar: &Traded<'_>,
        scene: &Scene<'_, '_>,
    ) -> Price {
        if !execution.slips {
            return execution.price;
        }
        let settled = || scene.settled(order.pair, execution.price);
        let wanted = Self::wanted(order, settled, scene.portfolio);
        let is_sale = wanted.is_negative();
        let offer = Offer {
            price: execution.price,
            quantity: self.within_volume(order.pair, wanted),
            volume: bar.volume(),
            history: scene
                .hour
                .before(order.pair, VolatilitySlippage::N_BARS + 1),
        };
        let price = slipped(&*self.options.slippage, &offer, is_sale);
        if price == execution.price {
            return price;
        }
        self.options.rules_of(order.pair).price(price, !is_sale)
    }

    /// How much is wanted of an order at a price. Where an amount of money gets its size
    /// now, it is all that may be spent, commission included.
    fn sized(
        &self,
        order: &Order,
        price: Price,
        liquidity: Liquidity,
        portfolio: &Portfolio,
    ) -> std::result::Result<Quantity, Rejection> {
        let mut wanted = Self::wanted(order, || price, portfolio);
        let is_sized_now = order.remaining.is_none();
        if is_sized_now && order.amount.is_money() && wanted > Quantity::ZERO {
            let trade = self.trade_of(Cash::ZERO, liquidity);
            let value = self.options.commission.affordable(price * wanted, trade);
            if value == Cash::ZERO {
                return Err(Rejection::NoCash);
            }
            wanted = value / price;
        }
        if OrderBook::is_countable(wanted) {
            Ok(wanted)
        } else {
            Err(Rejection::Amount)
        }
    }

    /// What is still to be executed of an order, sized now if it has no size yet.
    #[inline]
    pub(super) fn wanted(
        order: &Order,
        price: impl Fn() -> Price,
        portfolio: &Portfolio,
    ) -> Quantity {
        order.remaining.unwrap_or_else(|| {
            let price = price();
            order.amount.quantity(Basis {
                price,
                equity: portfolio.equity_at(order.pair, price),
                held: portfolio.quantity(order.pair),
            })
        })
    }

    /// How much of a quantity the bar's volume has left for it.
    fn within_volume(&self, pair: PairId, quantity: Quantity) -> Quantity {
        match self.volume_left.get(pair.index()) {
            Some(left) if quantity.is_negative() => quantity.max(-*left),
            Some(left) => quantity.min(*left),
            None => quantity,
        }
    }

    fn trade_of(&self, value: Cash, liquidity: Liquidity) -> Trade {
        Trade {
            value,
            liquidity,
            turnover: self.turnover,
        }
    }
}
