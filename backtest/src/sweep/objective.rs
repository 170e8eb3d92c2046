//! What a sweep looks for.

use super::table::Found;

/// The number that makes one point better than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The most return for its risk.
    Sharpe,
    /// The most return for its downside.
    Sortino,
    /// The most return.
    TotalReturn,
    /// The most return for its worst drawdown.
    Calmar,
    /// The smallest worst drawdown.
    MaxDrawdown,
    /// The most return that the market does not explain.
    Alpha,
}

impl Objective {
    /// The names of all of them.
    pub const NAMES: &[&str] = &[
        "sharpe",
        "sortino",
        "total_return",
        "calmar",
        "max_drawdown",
        "alpha",
    ];

    /// The one of that name; `final_value` and `return` stand for the total return,
    /// which puts points in the same order.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sharpe" => Self::Sharpe,
            "sortino" => Self::Sortino,
            "total_return" | "return" | "final_value" => Self::TotalReturn,
            "calmar" => Self::Calmar,
            "max_drawdown" => Self::MaxDrawdown,
            "alpha" => Self::Alpha,
            _ => return None,
        })
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sharpe => "sharpe",
            Self::Sortino => "sortino",
            Self::TotalReturn => "total_return",
            Self::Calmar => "calmar",
            Self::MaxDrawdown => "max_drawdown",
            Self::Alpha => "alpha",
        }
    }

    /// Whether final values are all that it needs.
    pub const fn is_of_values(self) -> bool {
        matches!(self, Self::TotalReturn)
    }

    /// The number itself.
    pub fn value(self, found: &Found) -> Option<f64> {
        match self {
            Self::Sharpe => found.sharpe,
            Self::Sortino => found.sortino,
            Self::TotalReturn => Some(found.total_return),
            Self::Calmar => {
                let drawdown = found.max_drawdown?;
                (drawdown > 0.0).then(|| found.total_return / drawdown)
            }
            Self::MaxDrawdown => found.max_drawdown,
            Self::Alpha => found.alpha,
        }
    }

    /// The number with the sign that makes more of it better.
    pub(super) fn score(self, found: &Found) -> Option<f64> {
        let value = self.value(found)?;
        Some(if self == Self::MaxDrawdown {
            -value
        } else {
            value
        })
    }
}
