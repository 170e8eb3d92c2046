//! Indicators: numbers that strategies read out of a window of bars.
//!
//! Most are pure functions of the window's columns, oldest bar first, so that they
//! can be checked against their definitions; exponential averages keep their state. None uses a function of the platform's
//! mathematical library other than the square root, which IEEE 754 fixes to the
//! last bit; logarithms come from the crate `libm`. None depends on the scale of
//! prices: the same window gives the same number on every machine.

mod average;
mod average_true_range;
mod bollinger;
mod exponential_average;
mod half_life;
mod macd;
mod relative_strength;
mod z_score;

pub use average::Average;
pub use average_true_range::average_true_range;
pub use bollinger::{Bollinger, bollinger};
pub use exponential_average::ExponentialAverage;
pub use half_life::half_life;
pub use macd::{Macd, MacdLines};
pub use relative_strength::relative_strength;
pub use z_score::z_score;
