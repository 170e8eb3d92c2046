//! The extension module below the Python package `backdraft`: conversion only.
//!
//! What a strategy may ask and order is the engine's business; what users read and
//! write is the pure-Python layer's beside this crate. In between, a running tick is
//! lent to Python for the length of one call ([`tick`]), so that nothing that Python
//! holds leads to the engine's future.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "functions and methods look as Python calls them"
)]

mod argument;
mod asset;
mod columns;
mod data;
mod error;
mod field;
mod listed;
mod market;
mod native;
mod open_orders;
mod order;
mod outcome;
mod packed;
mod portfolio;
mod profile;
mod simulation;
mod style;
mod sweep;
mod table;
mod tick;
mod time;
mod trading;
mod window;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
mod _backdraft {
    #[pymodule_export]
    use super::asset::Asset;
    #[pymodule_export]
    use super::data::Data;
    #[pymodule_export]
    use super::market::Market;
    #[pymodule_export]
    use super::native::run_native;
    #[pymodule_export]
    use super::open_orders::{cancel_order, open_orders};
    #[pymodule_export]
    use super::order::{
        order, order_bracket, order_one_cancels_other, order_percent, order_target,
        order_target_percent, order_target_value, order_value,
    };
    #[pymodule_export]
    use super::outcome::Outcome;
    #[pymodule_export]
    use super::portfolio::{Portfolio, Position, Positions};
    #[pymodule_export]
    use super::profile::{Profile, Sampler};
    #[pymodule_export]
    use super::simulation::Simulation;
    #[pymodule_export]
    use super::sweep::sweep_native;
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::window::Window;
}
