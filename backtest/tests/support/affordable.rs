//! What money buys, found by trying.

/// The largest number from `low`, which holds, up to `high` for which `holds` does.
/// What does not hold for a number does not for a larger one.
pub fn largest(low: i128, high: i128, holds: impl Fn(i128) -> bool) -> i128 {
    let (mut low, mut high) = (low, high + 1);
    while high - low > 1 {
        let middle = i128::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The most that can be spent so that the commission comes out of the money too.
pub fn most_value(money: i128, commission: impl Fn(i128) -> i128) -> i128 {
    largest(0, money, |value| value + commission(value) <= money)
}

/// The largest quantity up to `limit` that the cash pays for with its commission.
pub fn most_affordable(
    cash: i128,
    price: i128,
    limit: i128,
    commission: impl Fn(i128) -> i128,
) -> i128 {
    largest(0, limit, |units| {
        price * units + commission(price * units) <= cash
    })
}
