//! Deterministic inputs, and programs whose profile is known in advance.

pub mod market;
pub mod rng;
