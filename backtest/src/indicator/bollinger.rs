//! Bollinger bands: a mean, and some standard deviations to either side.

use crate::money::Price;

/// The bands of a window, in the quote currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bollinger {
    /// The mean less the deviations.
    pub lower: f64,
    /// The mean.
    pub middle: f64,
    /// The mean plus the deviations.
    pub upper: f64,
}

/// The bands of prices at so many population standard deviations, usually 2 (Bollinger,
/// "Bollinger on Bollinger Bands", 2001); `None` when there is no price.
pub fn bollinger(prices: &[Price], deviations: f64) -> Option<Bollinger> {
    if prices.is_empty() {
        return None;
    }
    let n = prices.len() as f64;
    let values = || prices.iter().map(|price| price.as_f64());
    let middle = values().sum::<f64>() / n;
    let squares: f64 = values()
        .map(|value| (value - middle) * (value - middle))
        .sum();
    let width = deviations * (squares / n).sqrt();
    Some(Bollinger {
        lower: middle - width,
        middle,
        upper: middle + width,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_are_deviations_away() {
        let prices = [1, 3].map(|whole| Price::from_units(whole * Price::UNITS));
        let bands = bollinger(&prices, 2.0).expect("two prices");
        let expected = Bollinger {
            lower: 0.0,
            middle: 2.0,
            upper: 4.0,
        };
        assert_eq!(bands, expected);
        assert_eq!(bollinger(&[], 2.0), None);
    }
}
