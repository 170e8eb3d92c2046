//! At which price of a bar an order is executed, if at any.
//!
//! A bar is seen as three moments: it opens, it moves, it closes. At the open
//! there is one price, and everything that this price satisfies is executed at it:
//! what jumped over a limit or a stop in the night is not executed at a price that
//! nobody was offered. While the bar moves, an order is executed at its own price
//! when the bar traded it.

use crate::commission::Liquidity;
use crate::convention::{FillConvention, IntraBar};
use crate::hour::Traded;
use crate::money::Price;
use crate::order::{Kind, Order, Trail};
use crate::rules::TradingRules;

/// A part of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The first price.
    Open,
    /// The prices between the first and the last.
    Inside,
    /// The last price.
    Close,
}

/// A price at which an order can be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Execution {
    pub(crate) price: Price,
    pub(crate) liquidity: Liquidity,
    /// Whether the price gets worse by slippage.
    pub(crate) slips: bool,
}

impl Execution {
    /// At the market: the order takes what is offered.
    pub(crate) const fn at_market(price: Price) -> Self {
        Self {
            price,
            liquidity: Liquidity::Taker,
            slips: true,
        }
    }

    const fn of_limit(price: Price, liquidity: Liquidity) -> Self {
        Self {
            price,
            liquidity,
            slips: false,
        }
    }
}

/// Where the order is executed at this moment of the bar; notes on the order that
/// its stop has been reached.
pub(crate) fn execution(
    order: &mut Order,
    is_sale: bool,
    bar: &Traded<'_>,
    moment: Moment,
    rules: &TradingRules,
    (fill, intra_bar): (FillConvention, IntraBar),
) -> Option<Execution> {
    let side = Side { is_sale };
    // What was called up inside the bar knows no price before that.
    let bar = &bar.from(order.called_up_at);
    match (order.kind, moment) {
        (Kind::Market, _) => {
            let is_due = match fill {
                FillConvention::NextOpen => moment == Moment::Open,
                FillConvention::NextClose | FillConvention::Close => moment == Moment::Close,
            };
            is_due.then(|| Execution::at_market(bar_price(bar, moment)))
        }
        (_, Moment::Close) => None,
        (Kind::Limit { limit }, _) => side.limit(limit, order.has_waited, bar, moment),
        // What the volume did not suffice for is at the market from then on.
        (Kind::Stop { .. } | Kind::TrailingStop { .. }, _) if order.is_triggered => {
            Some(Execution::at_market(bar.open()))
        }
        (Kind::Stop { stop }, _) => {
            let reached = side.stop(stop, bar, moment);
            order.is_triggered = reached.is_some();
            reached
        }
        (Kind::TrailingStop { trail }, _) => {
            // The open comes before everything else that the bar traded.
            let best = side.better(order.best.unwrap_or(bar.open()), bar.open());
            order.best = Some(best);
            let stop = trail_stop(trail, best, is_sale, rules);
            let reached = side.stop(stop, bar, moment);
            order.is_triggered = reached.is_some();
            reached
        }
        (Kind::StopLimit { stop, limit }, _) => {
            if order.is_triggered {
                return side.limit(limit, true, bar, moment);
            }
            let reached = side.stop(stop, bar, moment)?.price;
            order.is_triggered = true;
            if side.is_at_least_as_good(reached, limit) {
                return Some(Execution::of_limit(reached, Liquidity::Taker));
            }
            // The limit may be traded after the stop; whether it was, a bar does
            // not tell.
            let may_come_back = moment == Moment::Inside && intra_bar == IntraBar::Optimistic;
            let comes_back = may_come_back && side.is_at_least_as_good(side.best(bar), limit);
            comes_back.then_some(Execution::of_limit(limit, Liquidity::Maker))
        }
    }
}

/// Moves a trailing stop behind the best price of a bar that is over, and executes
/// it where the bar's last price lies beyond: it was passed on the way there.
pub(crate) fn trail(
    order: &mut Order,
    is_sale: bool,
    bar: &Traded<'_>,
    rules: &TradingRules,
) -> Option<Execution> {
    let Kind::TrailingStop { trail } = order.kind else {
        return None;
    };
    let side = Side { is_sale };
    let best = order.best.unwrap_or(bar.open());
    let best = side.better(best, side.best(bar));
    order.best = Some(best);
    let stop = trail_stop(trail, best, is_sale, rules);
    if order.is_triggered || !side.has_reached(bar.close(), stop) {
        return None;
    }
    order.is_triggered = true;
    Some(Execution::at_market(stop))
}

/// The price of a trailing stop, one that exists.
fn trail_stop(trail: Trail, best: Price, is_sale: bool, rules: &TradingRules) -> Price {
    rules.price(trail.behind(best, is_sale), !is_sale)
}

fn bar_price(bar: &Traded<'_>, moment: Moment) -> Price {
    if moment == Moment::Close {
        bar.close()
    } else {
        bar.open()
    }
}

/// Purchases and sales, which are each other's mirror image.
#[derive(Clone, Copy)]
struct Side {
    is_sale: bool,
}

impl Side {
    /// The better of two prices: the higher for a sale, the lower for a purchase.
    fn better(self, one: Price, other: Price) -> Price {
        if self.is_sale {
            one.max(other)
        } else {
            one.min(other)
        }
    }

    /// Whether a trade at `price` is within `limit`.
    fn is_at_least_as_good(self, price: Price, limit: Price) -> bool {
        if self.is_sale {
            price >= limit
        } else {
            price <= limit
        }
    }

    /// Whether `price` is at a stop or beyond it.
    fn has_reached(self, price: Price, stop: Price) -> bool {
        if self.is_sale {
            price <= stop
        } else {
            price >= stop
        }
    }

    /// The bar's best price for this side.
    fn best(self, bar: &Traded<'_>) -> Price {
        if self.is_sale { bar.high() } else { bar.low() }
    }

    /// The bar's worst price for this side.
    fn worst(self, bar: &Traded<'_>) -> Price {
        if self.is_sale { bar.low() } else { bar.high() }
    }

    fn limit(
        self,
        limit: Price,
        waited: bool,
        bar: &Traded<'_>,
        moment: Moment,
    ) -> Option<Execution> {
        if self.is_at_least_as_good(bar.open(), limit) {
            // What can be filled on arrival takes an offer.
            let liquidity = if waited {
                Liquidity::Maker
            } else {
                Liquidity::Taker
            };
            return Some(Execution::of_limit(bar.open(), liquidity));
        }
        if moment == Moment::Open {
            return None;
        }
        let is_traded = self.is_at_least_as_good(self.best(bar), limit);
        is_traded.then_some(Execution::of_limit(limit, Liquidity::Maker))
    }

    fn stop(self, stop: Price, bar: &Traded<'_>, moment: Moment) -> Option<Execution> {
        if self.has_reached(bar.open(), stop) {
            return Some(Execution::at_market(bar.open()));
        }
        let is_reached = moment == Moment::Inside && self.has_reached(self.worst(bar), stop);
        is_reached.then_some(Execution::at_market(stop))
    }
}
