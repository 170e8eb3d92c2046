//! How much of an order the account can pay for, deliver, or bear.

use crate::account::{Account, Margin};
use crate::commission::{CommissionModel, Trade};
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity, Ratio};
use crate::order::Rejection;
use crate::portfolio::Portfolio;

/// What an order would be executed at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposal {
    pub(crate) pair: PairId,
    pub(crate) quantity: Quantity,
    pub(crate) price: Price,
    pub(crate) trade: Trade,
    /// Whether the order may only bring the position closer to nothing.
    pub(crate) only_reduces: bool,
}

/// The part of a proposal that can be executed, and why it is not all of it.
pub(crate) fn executable(
    proposal: &Proposal,
    account: Account,
    commission: &dyn CommissionModel,
    portfolio: &Portfolio,
) -> (Quantity, Rejection) {
    let Proposal { quantity, .. } = *proposal;
    let held = portfolio.quantity(proposal.pair);
    if proposal.only_reduces {
        let reducing = if quantity.is_negative() {
            quantity.max(-held.max(Quantity::ZERO))
        } else {
            quantity.min(-held.min(Quantity::ZERO))
        };
        return (reducing, Rejection::NoCoins);
    }
    match account {
        Account::LongOnly if quantity.is_negative() => (quantity.max(-held), Rejection::NoCoins),
        Account::LongOnly => {
            let (cash, trade) = (portfolio.cash(), proposal.trade);
            let part = if trade.value + commission.on(trade) <= cash {
                quantity
            } else {
                quantity.min(commission.affordable(cash, trade) / proposal.price)
            };
            (part, Rejection::NoCash)
        }
        Account::Margin(margin) => (
            bearable(proposal, margin, commission, portfolio),
            Rejection::Margin,
        ),
    }
}

/// The largest part of a proposal after which the exposure is within the margin.
/// What only brings a position closer to nothing is always within it.
fn bearable(
    proposal: &Proposal,
    margin: Margin,
    commission: &dyn CommissionModel,
    portfolio: &Portfolio,
) -> Quantity {
    let Proposal {
        pair,
        quantity,
        price,
        ..
    } = *proposal;
    let held = portfolio.quantity(pair);
    let exposure_elsewhere = portfolio.exposure_without(pair);
    let equity = portfolio.equity_at(pair, price);
    let is_within = |units: i128| {
        let traded = Quantity::from_units(units);
        let value = price * traded.abs();
        let left = equity - commission.on(proposal.trade.of(value));
        let exposure = exposure_elsewhere + price * (held + traded).abs();
        left > Cash::ZERO && exposure <= left * margin.leverage.max(Ratio::default())
    };
    let (wanted, sign) = (quantity.abs().as_units(), quantity.as_units().signum());
    let against = held.as_units().signum() == -sign;
    let closing = if against {
        wanted.min(held.abs().as_units())
    } else {
        0
    };
    if is_within(sign * wanted) || closing == wanted {
        return quantity;
    }
    // More is never better: exposure rises from where the position is closed.
    let (mut low, mut high) = (closing, wanted);
    while high - low > 1 {
        let middle = i128::midpoint(low, high);
        if is_within(sign * middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Quantity::from_units(sign * low)
}
