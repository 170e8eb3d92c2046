//! The accuracy suite: its statistics on simulated profilers, and its runs on real ones.

mod simulation;
mod support;
