//! Whose turn it is: the open orders of a moment, one after the other.

use super::Broker;
use super::matching::{execution, trail};
use super::scene::Scene;
use crate::Result;
use crate::convention::IntraBar;
use crate::order::{Order, OrderId};

impl Broker<'_> {
    /// While the bar moves: first the orders that the convention puts first, then
    /// the others, then those that were called up by a fill inside this bar and
    /// that the convention believes to have come true after it.
    pub(super) fn execute_inside(&mut self, scene: &mut Scene<'_, '_>) -> Result<()> {
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
        in_turn.iter().flatten().try_for_each(|id| {
            let is_sale = self.is_sale(*id, scene);
            self.execute(*id, is_sale, scene)
        })
    }

    /// Sales, then purchases, of the chosen orders that are at work.
    pub(super) fn execute_all(
        &mut self,
        scene: &mut Scene<'_, '_>,
        is_chosen: impl Fn(&Order) -> bool,
    ) -> Result<()> {
        for sales in [true, false] {
            self.for_each(
                |order| order.is_working() && is_chosen(order),
                |broker, id| {
                    if broker.is_sale(id, scene) == sales {
                        broker.execute(id, sales, scene)
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

    /// The open orders that are chosen, in the order of placing.
    fn ids(&self, is_chosen: impl Fn(&Order) -> bool) -> Vec<OrderId> {
        let open = self.book.open.iter().copied();
        open.filter(|id| is_chosen(self.book.order(*id))).collect()
    }

    /// Moves trailing stops at the end of the bar, and executes those that were
    /// passed on the way to the close.
    pub(super) fn trail_all(&mut self, scene: &mut Scene<'_, '_>) -> Result<()> {
        self.for_each(Order::is_working, |broker, id| {
            // One before it may have withdrawn it.
            if !broker.book.order(id).is_working() {
                return Ok(());
            }
            let is_sale = broker.is_sale(id, scene);
            let options = broker.options;
            let order = broker.book.order_mut(id);
            let rules = options.rules_of(order.pair);
            if let Some(bar) = scene.hour.traded(order.pair)
                && let Some(execution) = trail(order, is_sale, &bar, rules)
            {
                broker.fill(id, execution, &bar, scene)?;
            }
            Ok(())
        })
    }

    /// Executes an order if this moment of its pair's bar has a price for it.
    fn execute(&mut self, id: OrderId, is_sale: bool, scene: &mut Scene<'_, '_>) -> Result<()> {
        let options = self.options;
        let order = self.book.order_mut(id);
        let Some(bar) = scene.hour.traded(order.pair) else {
            return Ok(());
        };
        if !order.is_working() {
            return Ok(());
        }
        let rules = options.rules_of(order.pair);
        let conventions = (options.fill, options.intra_bar);
        match execution(order, is_sale, &bar, scene.moment, rules, conventions) {
            Some(execution) => self.fill(id, execution, &bar, scene),
            None => Ok(()),
        }
    }

    fn is_sale(&self, id: OrderId, scene: &Scene<'_, '_>) -> bool {
        let order = self.book.order(id);
        Self::wanted(order, || scene.value(order.pair), scene.portfolio).is_negative()
    }
}
