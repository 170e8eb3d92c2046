//! What a trade costs, in integers and from what the documentation says.

use std::sync::Arc;

use backtest::commission::{
    FixedCommission, MakerTakerCommission, MinimumCommission, TieredCommission,
};
use backtest::slippage::{FixedSlippage, PercentSlippage, VolatilitySlippage, VolumeShareSlippage};
use backtest::{
    Cash, CommissionModel, NoSlippage, PercentCommission, Price, Quantity, Ratio, SlippageModel,
};
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use crate::ONE;
use crate::row::CENT;

/// Units of [`Ratio`] in one.
const WHOLE: i128 = Quantity::ONE.as_units();

/// Basis points in one.
const POINTS: i64 = 10_000;

/// By how much prices are worse than on the chart.
#[derive(Clone, Copy, Debug)]
pub enum Slippage {
    Nothing,
    /// Cents for every coin.
    Fixed(i64),
    /// Of the price.
    Points(i64),
    /// For an order of a bar's whole volume, of the price.
    VolumeShare(f64),
    /// Standard deviations of the hourly returns of a day.
    Volatility(f64),
}

impl Slippage {
    pub fn model(self) -> Arc<dyn SlippageModel> {
        match self {
            Self::Nothing => Arc::new(NoSlippage),
            Self::Fixed(cents) => Arc::new(FixedSlippage {
                distance: Price::from_units(cents * CENT),
            }),
            Self::Points(points) => Arc::new(PercentSlippage {
                share: ratio(points),
            }),
            Self::VolumeShare(impact) => Arc::new(VolumeShareSlippage { impact }),
            Self::Volatility(deviations) => Arc::new(VolatilitySlippage { deviations }),
        }
    }

    /// By how much a price is worse for so many coins, in a bar of this volume, after
    /// these closes in cents.
    pub fn distance(self, price: i128, units: i128, volume: u32, closes: &[i64]) -> i128 {
        match self {
            Self::Nothing => 0,
            Self::Fixed(cents) => i128::from(cents * CENT),
            Self::Points(points) => of_price(price, points as f64 / POINTS as f64),
            Self::VolumeShare(_) if volume == 0 => 0,
            Self::VolumeShare(impact) => {
                let coins = units.abs() as f64 / WHOLE as f64;
                let share = (coins / f64::from(volume)).min(1.0);
                of_price(price, impact * share * share)
            }
            Self::Volatility(deviations) => of_price(price, deviations * deviation(closes)),
        }
    }
}

/// A share of a price, counted in 1e-12 and then rounded up.
fn of_price(price: i128, share: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "at most one")]
    let share = (share.min(1.0) * WHOLE as f64).round() as i128;
    (price * share + WHOLE - 1) / WHOLE
}

/// The sample deviation of the returns between the last 25 closes.
fn deviation(closes: &[i64]) -> f64 {
    let day = &closes[closes.len().saturating_sub(25)..];
    let price = |cents: i64| cents as f64 / 100.0;
    let returns: Vec<f64> = day
        .windows(2)
        .map(|pair| price(pair[1]) / price(pair[0]) - 1.0)
        .collect();
    let n = returns.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = returns.iter().sum::<f64>() / n;
    let squares: f64 = returns.iter().map(|it| (it - mean) * (it - mean)).sum();
    (squares / (n - 1.0)).sqrt()
}

/// What is charged on a trade, in basis points of its value or in cents.
#[derive(Clone, Debug)]
pub enum Commission {
    Points(i64),
    MakerTaker(i64, i64),
    Fixed(i64),
    /// From which turnover on how much is charged.
    Tiers(Vec<(i64, i64)>),
    /// Basis points, and the cents that are charged at least.
    Minimum(i64, i64),
}

impl Commission {
    pub fn model(&self) -> Arc<dyn CommissionModel> {
        match self {
            Self::Points(points) => Arc::new(PercentCommission::new(ratio(*points))),
            Self::MakerTaker(maker, taker) => Arc::new(MakerTakerCommission {
                maker: ratio(*maker),
                taker: ratio(*taker),
            }),
            Self::Fixed(cents) => Arc::new(FixedCommission {
                each: money(*cents),
            }),
            Self::Tiers(tiers) => Arc::new(TieredCommission {
                tiers: tiers
                    .iter()
                    .map(|(from, points)| (money(*from), ratio(*points)))
                    .collect(),
            }),
            Self::Minimum(points, cents) => Arc::new(MinimumCommission {
                inner: PercentCommission::new(ratio(*points)),
                least: money(*cents),
            }),
        }
    }

    /// The commission on a trade of this value, after trades of so much before.
    pub fn on(&self, value: i128, is_maker: bool, turnover: i128) -> i128 {
        let share = |points: i64| value * i128::from(points) / i128::from(POINTS);
        let units = |cents| money(cents).as_units();
        match self {
            Self::Points(points) => share(*points),
            Self::MakerTaker(maker, taker) => share(if is_maker { *maker } else { *taker }),
            Self::Fixed(cents) => units(*cents),
            Self::Tiers(tiers) => {
                let mut points = tiers[0].1;
                for (from, of_tier) in tiers {
                    if units(*from) <= turnover {
                        points = *of_tier;
                    }
                }
                share(points)
            }
            Self::Minimum(points, cents) => share(*points).max(units(*cents)),
        }
    }
}

fn ratio(points: i64) -> Ratio {
    Ratio::from_f64(points as f64 / POINTS as f64).expect("a ratio")
}

fn money(cents: i64) -> Cash {
    Cash::from_units(i128::from(cents) * (ONE / 100))
}

/// Both, of any kind.
#[derive(Clone, Debug)]
pub struct Costs {
    pub slippage: Slippage,
    pub commission: Commission,
}

pub fn costs() -> impl Generator<Value = Costs> {
    (slippage(), commission()).prop_map(|(slippage, commission)| Costs {
        slippage,
        commission,
    })
}

fn slippage() -> impl Generator<Value = Slippage> {
    prop_oneof![
        2 => Just(Slippage::Nothing),
        1 => (1..200_i64).prop_map(Slippage::Fixed),
        1 => (1..300_i64).prop_map(Slippage::Points),
        1 => (0.01..0.5_f64).prop_map(Slippage::VolumeShare),
        1 => (0.01..2.0_f64).prop_map(Slippage::Volatility),
    ]
}

fn commission() -> impl Generator<Value = Commission> {
    let points = || 0..300_i64;
    prop_oneof![
        2 => Just(Commission::Points(10)),
        1 => points().prop_map(Commission::Points),
        1 => (points(), points()).prop_map(|(maker, taker)| Commission::MakerTaker(maker, taker)),
        1 => (0..5_000_i64).prop_map(Commission::Fixed),
        1 => prop::collection::vec((0..300_000_i64, points()), 1..4).prop_map(|mut tiers| {
            tiers.sort_by_key(|(from, _)| *from);
            Commission::Tiers(tiers)
        }),
        1 => (points(), 0..5_000_i64).prop_map(|(points, cents)| Commission::Minimum(points, cents)),
    ]
}
