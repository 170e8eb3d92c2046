//! What an account can do, found by trying.

use backtest::{Margin, Quantity, TradingRules};

use crate::affordable::largest;

/// What is known of a margin account before a trade.
pub struct Exposed {
    /// The worth of all, with the pair at the price of the trade.
    pub equity: i128,
    /// The exposure in other pairs.
    pub elsewhere: i128,
    pub held: i128,
    pub price: i128,
}

/// The largest part of a trade of `units` after which the account is within its margin.
/// What brings a position closer to nothing always is.
pub fn most_bearable(
    exposed: &Exposed,
    margin: Margin,
    units: i128,
    commission: impl Fn(i128) -> i128,
) -> i128 {
    let sign = units.signum();
    let leverage = hundredths(margin.leverage);
    let is_within = |n: i128| {
        let left = exposed.equity - commission(exposed.price * n);
        let exposure = exposed.elsewhere + exposed.price * (exposed.held + sign * n).abs();
        left > 0 && exposure <= times(left, leverage)
    };
    let closing = if exposed.held.signum() == -sign {
        units.abs().min(exposed.held.abs())
    } else {
        0
    };
    if is_within(units.abs()) {
        return units;
    }
    sign * largest(closing, units.abs(), is_within)
}

/// A quantity that can be traded: a multiple of the step, and not below the minimum.
pub fn tradable(units: i128, rules: &TradingRules) -> i128 {
    let step = rules.quantity_step.map_or(1, Quantity::as_units);
    let whole = units / step * step;
    if whole.abs() < rules.min_quantity.as_units() {
        0
    } else {
        whole
    }
}

/// The next price that exists, below or above; at least one step.
pub fn next_price(price: i128, up: bool, rules: &TradingRules) -> i128 {
    let step = rules
        .price_step
        .map_or(1, |step| i128::from(step.as_units()));
    let steps = if up {
        (price + step - 1) / step
    } else {
        price / step
    };
    steps.max(1) * step
}

/// A ratio in hundredths, which all ratios of the scenarios are.
#[expect(clippy::cast_possible_truncation, reason = "ratios are small")]
pub fn hundredths(ratio: backtest::Ratio) -> i128 {
    (ratio.as_f64() * 100.0).round() as i128
}

/// A sum times a ratio in hundredths, rounded down.
pub fn times(cash: i128, hundredths: i128) -> i128 {
    (cash * hundredths).div_euclid(100)
}
