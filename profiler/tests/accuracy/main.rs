//! The accuracy suite: its statistics on simulated profilers, and its runs on real ones.

#[cfg(feature = "faults")]
mod faults;
mod reports;
mod simulation;
mod statistics;
mod support;
