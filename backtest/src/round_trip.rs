//! Round trips: what was bought and sold again, as one trade with one profit.

use crate::fill::Fill;
use crate::instrument::PairId;
use crate::money::{Cash, Quantity};
use crate::time::Timestamp;

/// A position from when it was opened to when it was closed, whatever was added or
/// taken off in between.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundTrip {
    /// What was traded.
    pub pair: PairId,
    /// Whether it was a long position rather than a short one.
    pub is_long: bool,
    /// When it was opened.
    pub entered_at: Timestamp,
    /// When it was closed, or `None` when it still was open at the end.
    pub exited_at: Option<Timestamp>,
    /// How much was bought (long) or sold (short) in all; positive.
    pub quantity: Quantity,
    /// The value of all entries.
    pub entry_value: Cash,
    /// The value of all exits.
    pub exit_value: Cash,
    /// The commission on all of it.
    pub commission: Cash,
}

impl RoundTrip {
    /// What was gained, commission taken off; of an open position, as if what is
    /// still held were worth nothing.
    pub fn profit(&self) -> Cash {
        let gain = self.exit_value - self.entry_value;
        (if self.is_long { gain } else { -gain }) - self.commission
    }

    /// The profit as a share of the value of all entries.
    pub fn return_(&self) -> f64 {
        self.profit().as_f64() / self.entry_value.as_f64()
    }

    /// The mean price of the entries, in the account's currency.
    pub fn entry_price(&self) -> f64 {
        self.entry_value.as_f64() / self.quantity.as_f64()
    }

    /// The mean price of the exits, in the account's currency, or `None` while it is open.
    pub fn exit_price(&self) -> Option<f64> {
        self.exited_at?;
        Some(self.exit_value.as_f64() / self.quantity.as_f64())
    }

    /// How many hours it was held, or `None` while it is open.
    pub fn hours(&self) -> Option<i64> {
        Some(self.exited_at?.hours_since(self.entered_at))
    }
}

/// The round trips that fills make, in the order of their entries.
///
/// A fill that turns a long position into a short one, or back, ends one round trip
/// and begins another; its commission is shared between them by quantity.
pub fn round_trips(fills: &[Fill], n_pairs: usize) -> Vec<RoundTrip> {
    let mut trips: Vec<RoundTrip> = Vec::new();
    let mut open: Vec<Option<(usize, Quantity)>> = vec![None; n_pairs];
    for fill in fills {
        let slot = &mut open[fill.pair.index()];
        let mut rest = fill.quantity;
        let mut commission = fill.commission;
        if let Some((trip, held)) = *slot {
            let adds = held.is_negative() == rest.is_negative();
            let part = if adds || rest.abs() <= held.abs() {
                rest
            } else {
                -held
            };
            let paid = share(commission, part, rest);
            let value = (fill.settled * part).abs();
            let trip_ref = &mut trips[trip];
            trip_ref.commission += paid;
            if adds {
                trip_ref.entry_value += value;
                trip_ref.quantity += part.abs();
            } else {
                trip_ref.exit_value += value;
            }
            (rest, commission) = (rest - part, commission - paid);
            let left = held + part;
            *slot = Some((trip, left));
            if left.is_zero() {
                trip_ref.exited_at = Some(fill.time);
                *slot = None;
            }
        }
        if !rest.is_zero() {
            *slot = Some((trips.len(), rest));
            trips.push(RoundTrip {
                pair: fill.pair,
                is_long: !rest.is_negative(),
                entered_at: fill.time,
                exited_at: None,
                quantity: rest.abs(),
                entry_value: (fill.settled * rest).abs(),
                exit_value: Cash::ZERO,
                commission,
            });
        }
    }
    trips
}

/// The part of a commission that falls on a part of the quantity.
fn share(commission: Cash, part: Quantity, whole: Quantity) -> Cash {
    if part == whole {
        return commission;
    }
    let share = part.as_f64() / whole.as_f64();
    commission * crate::money::Ratio::from_f64(share).expect("between 0 and 1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commission::Liquidity;
    use crate::money::Price;
    use crate::order::OrderId;

    fn fill(hour: i64, price: &str, coins: f64, commission: f64) -> Fill {
        Fill {
            order: OrderId(0),
            pair: PairId(0),
            time: Timestamp::from_seconds(0).plus_hours(hour),
            at_close: false,
            price: Price::parse(price).expect("a price"),
            settled: Price::parse(price).expect("a price"),
            quantity: Quantity::from_f64(coins).expect("a quantity"),
            commission: Cash::from_f64(commission).expect("a sum"),
            liquidity: Liquidity::Taker,
        }
    }

    fn money(value: f64) -> Cash {
        Cash::from_f64(value).expect("a sum")
    }

    #[test]
    fn additions_and_partial_exits_belong_to_one_trip() {
        let fills = [
            fill(0, "100", 1.0, 1.0),
            fill(1, "200", 1.0, 1.0),
            fill(5, "300", -0.5, 1.0),
            fill(9, "300", -1.5, 1.0),
            fill(9, "300", 1.0, 1.0),
        ];
        let trips = round_trips(&fills, 1);
        assert_eq!(trips.len(), 2);
        assert_eq!(trips[0].profit(), money(296.0));
        assert_eq!(trips[0].hours(), Some(9));
        assert_eq!(
            (trips[0].entry_price(), trips[0].exit_price()),
            (150.0, Some(300.0))
        );
        assert_eq!(trips[1].exited_at, None);
    }

    #[test]
    fn a_fill_that_turns_a_position_round_is_in_two_trips() {
        let fills = [
            fill(0, "100", 1.0, 0.0),
            fill(1, "150", -3.0, 3.0),
            fill(2, "100", 2.0, 0.0),
        ];
        let trips = round_trips(&fills, 1);
        let profits: Vec<_> = trips.iter().map(RoundTrip::profit).collect();
        assert_eq!(trips.len(), 2);
        assert!((profits[0] - money(49.0)).as_f64().abs() < 1e-9);
        assert!((profits[1] - money(98.0)).as_f64().abs() < 1e-9);
        assert_eq!(profits[0] + profits[1], money(147.0));
        assert!(trips[0].is_long && !trips[1].is_long);
    }
}
