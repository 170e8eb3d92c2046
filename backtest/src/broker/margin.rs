//! What an account on margin pays and risks at the end of every hour.

use super::Broker;
use crate::account::{Account, Margin};
use crate::hour::Hour;
use crate::instrument::PairId;
use crate::money::{Cash, Quantity};
use crate::order::{Amount, OrderRequest, Status};
use crate::portfolio::Portfolio;
use crate::time::Timestamp;

impl Broker<'_> {
    /// Pays for what the account has borrowed in the hour, returns the equity that
    /// this leaves, and liquidates an account whose margin is used up.
    #[inline]
    pub(crate) fn settle(
        &mut self,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
        equity: Cash,
    ) -> Cash {
        match self.options.account {
            Account::LongOnly => equity,
            Account::Margin(margin) => self.settle_margin(margin, hour, portfolio, equity),
        }
    }

    fn settle_margin(
        &mut self,
        margin: Margin,
        hour: &Hour<'_>,
        portfolio: &mut Portfolio,
        equity: Cash,
    ) -> Cash {
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
}
