//! Slippage: how much worse than the price on the chart a trade really is.
//!
//! It concerns orders that take what is offered, which are market orders and stops.
//! A limit order never gets a worse price than its limit.

use std::fmt::Debug;

use crate::history::History;
use crate::money::{Price, Quantity, Ratio};

/// What slippage depends on.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The price on the chart.
    pub price: Price,
    /// How much is to be traded, and no more than the account may still take of the bar's
    /// volume; negative for a sale.
    pub quantity: Quantity,
    /// How much is traded in the whole bar by everybody.
    pub volume: f64,
    /// The pair's bars before the one of the trade, oldest first.
    pub history: History<'a>,
}

/// How far the price moves against the trader.
pub trait SlippageModel: Debug + Send + Sync {
    /// By how much the price of the offer gets worse; never negative.
    fn distance(&self, offer: &Offer<'_>) -> Price;
}

/// Trades at the prices on the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoSlippage;

impl SlippageModel for NoSlippage {
    fn distance(&self, _offer: &Offer<'_>) -> Price {
        Price::default()
    }
}

/// The same sum of money for every coin, such as half of the spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedSlippage {
    /// How much worse the price of a coin is.
    pub distance: Price,
}

impl SlippageModel for FixedSlippage {
    fn distance(&self, _offer: &Offer<'_>) -> Price {
        self.distance
    }
}

/// The same share of every price; a basis point is 0.01 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentSlippage {
    /// By how much of itself the price is worse.
    pub share: Ratio,
}

impl SlippageModel for PercentSlippage {
    fn distance(&self, offer: &Offer<'_>) -> Price {
        offer.price.scaled(self.share)
    }
}

/// The square of the order's share of the bar's volume, times a constant: the
/// model of zipline's `VolumeShareSlippage`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumeShareSlippage {
    /// By how much of itself the price is worse for an order of the whole volume.
    pub impact: f64,
}

impl SlippageModel for VolumeShareSlippage {
    fn distance(&self, offer: &Offer<'_>) -> Price {
        if offer.volume <= 0.0 {
            return Price::default();
        }
        let share = (offer.quantity.abs().as_f64() / offer.volume).min(1.0);
        offer.price.scaled(rounded(self.impact * share * share))
    }
}

/// A share of what the price moves in an hour: the standard deviation of the hourly
/// returns of the last [`VolatilitySlippage::N_BARS`] bars, times a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolatilitySlippage {
    /// How many standard deviations the price is worse.
    pub deviations: f64,
}

impl VolatilitySlippage {
    /// How many bars the volatility is taken from: a day's.
    pub const N_BARS: usize = 24;
}

impl SlippageModel for VolatilitySlippage {
    fn distance(&self, offer: &Offer<'_>) -> Price {
        let closes = offer.history.closes();
        let closes = &closes[closes.len().saturating_sub(Self::N_BARS + 1)..];
        let returns = || {
            closes
                .windows(2)
                .map(|w| w[1].as_f64() / w[0].as_f64() - 1.0)
        };
        let n = returns().count() as f64;
        if n < 2.0 {
            return Price::default();
        }
        let mean = returns().sum::<f64>() / n;
        let squares: f64 = returns().map(|r| (r - mean) * (r - mean)).sum();
        let deviation = (squares / (n - 1.0)).sqrt();
        offer.price.scaled(rounded(self.deviations * deviation))
    }
}

/// A share as an exact number; whatever is absurd is the whole price.
fn rounded(share: f64) -> Ratio {
    Ratio::from_f64(share.min(1.0)).unwrap_or(Ratio::ONE)
}

/// The price of an offer after slippage: higher for a purchase, lower for a sale, and
/// never below one unit.
pub(crate) fn slipped(model: &dyn SlippageModel, offer: &Offer<'_>, is_sale: bool) -> Price {
    let distance = model.distance(offer).as_units();
    let units = offer.price.as_units();
    Price::from_units(if is_sale {
        units.saturating_sub(distance).max(1)
    } else {
        units.saturating_add(distance)
    })
}
