//! The benchmark: all pairs, bought in equal parts at the first open, and held.

use crate::market::Market;
use crate::time::HourRange;

/// What one unit of money in the benchmark is worth: before the first tick of the
/// range, which the market has all of, and at each close.
pub(crate) fn equal_weight(market: &Market, range: HourRange) -> Vec<f64> {
    let n_pairs = market.n_pairs() as f64;
    let mut curve = vec![0.0; range.n_hours() + 1];
    curve[0] = 1.0;
    for pair in market.pairs() {
        let bars = market.bars(pair);
        let first = bars.index_of(range.start());
        let first = first.expect("the market was checked for the range");
        let share = 1.0 / (n_pairs * bars.opens()[first].as_units() as f64);
        let closes = &bars.closes()[first..first + range.n_hours()];
        for (value, close) in curve[1..].iter_mut().zip(closes) {
            *value += close.as_units() as f64 * share;
        }
    }
    curve
}
