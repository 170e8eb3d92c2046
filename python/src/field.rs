//! The columns of a bar by the names that strategies use.

use backtest::{BarSeries, Price};
use pyo3::prelude::*;

use crate::error;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Open,
    High,
    Low,
    Close,
    Volume,
}

impl Field {
    /// The column of that name; `price` is the close.
    pub fn parse(name: &str) -> PyResult<Self> {
        Ok(match name {
            "close" | "price" => Self::Close,
            "open" => Self::Open,
            "high" => Self::High,
            "low" => Self::Low,
            "volume" => Self::Volume,
            _ => {
                let rule = "choose one of price, open, high, low, close, volume";
                return Err(error::option("field", name, rule));
            }
        })
    }

    /// The column of prices, or `None` for volume.
    pub fn prices(self, bars: &BarSeries) -> Option<&[Price]> {
        Some(match self {
            Self::Open => bars.opens(),
            Self::High => bars.highs(),
            Self::Low => bars.lows(),
            Self::Close => bars.closes(),
            Self::Volume => return None,
        })
    }
}
