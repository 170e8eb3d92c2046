//! Indicators: numbers that strategies read out of a window of bars.
//!
//! Each is a pure function of the window's columns, oldest bar first, so that it
//! can be checked against its definition. None uses a function of the platform's
//! mathematical library other than the square root, which IEEE 754 fixes to the
//! last bit; logarithms come from the crate `libm`. None depends on the scale of
//! prices: the same window gives the same number on every machine.

mod average;
mod average_true_range;
mod half_life;
mod relative_strength;
mod z_score;

pub use average::Average;
pub use average_true_range::average_true_range;
pub use half_life::half_life;
pub use relative_strength::relative_strength;
pub use z_score::z_score;
