//! What a sweep finds, a row for each point.

use serde::{Deserialize, Serialize};

use super::{Objective, WorkUnit};
use crate::engine::{EngineOptions, FinalValue};
use crate::market::Market;
use crate::metrics::Metrics;
use crate::outcome::Outcome;
use crate::{Error, Result};

/// One point of a sweep: its parameters, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The strategy with its parameters, as it is typed.
    pub strategy: String,
    /// The varied and given parameters by name.
    pub parameters: std::collections::BTreeMap<String, f64>,
    /// What came of it, or `None` where the strategy does not take the parameters.
    pub result: Option<Found>,
    /// Why there is no result.
    pub refused: Option<String>,
}

/// The result of one point; what a run leaves undefined is `None`, and so is what was
/// not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub final_value: f64,
    pub fills: usize,
    pub commission: f64,
    pub total_return: f64,
    pub max_drawdown: Option<f64>,
    pub volatility: Option<f64>,
    pub sharpe: Option<f64>,
    pub sortino: Option<f64>,
    pub exposure: Option<f64>,
    pub alpha: Option<f64>,
    pub beta: Option<f64>,
}

impl Row {
    /// Runs a unit and keeps its numbers.
    pub(super) fn of(unit: &WorkUnit, market: &Market, options: &EngineOptions) -> Result<Self> {
        let found = if unit.values_only {
            let value = unit.final_value(market, options);
            value.map(|value| Found::of_value(&value))
        } else {
            let outcome = unit.run(market, options);
            outcome.map(|outcome| Found::of(&outcome))
        };
        let (result, refused) = match found {
            Ok(found) => (Some(found), None),
            // A corner of the space, such as a fast average that is not faster.
            Err(Error::Option { rule, .. }) => (None, Some(rule)),
            Err(error) => return Err(error),
        };
        Ok(Self {
            strategy: unit.strategy.to_string(),
            parameters: unit.strategy.parameters.clone(),
            result,
            refused,
        })
    }
}

impl Found {
    fn of(outcome: &Outcome) -> Self {
        let Metrics {
            total_return,
            max_drawdown,
            volatility,
            sharpe,
            sortino,
            exposure,
            beta,
            alpha,
            ..
        } = outcome.metrics;
        Self {
            final_value: outcome.final_value.as_f64(),
            fills: outcome.fills.len(),
            commission: outcome.commission.as_f64(),
            total_return,
            max_drawdown: Some(max_drawdown.fraction),
            volatility,
            sharpe,
            sortino,
            exposure: Some(exposure),
            alpha,
            beta,
        }
    }

    fn of_value(found: &FinalValue) -> Self {
        Self {
            final_value: found.value.as_f64(),
            fills: found.fills,
            commission: found.commission.as_f64(),
            total_return: found.total_return,
            ..Self::default()
        }
    }
}

/// All rows of a sweep with what they are judged by.
#[derive(Clone, Debug)]
pub struct Table {
    /// The rows, in the order of the space.
    pub rows: Vec<Row>,
    /// What is looked for.
    pub objective: Objective,
}

impl Table {
    /// The places of the best rows, the best first; of equal ones the earlier. Rows
    /// without the objective are left out.
    pub fn best(&self, n: usize) -> Vec<usize> {
        self.best_by(self.objective, n)
    }

    /// The same by another objective.
    pub fn best_by(&self, objective: Objective, n: usize) -> Vec<usize> {
        let score = |row: &Row| row.result.as_ref().and_then(|r| objective.score(r));
        let scores: Vec<_> = self.rows.iter().map(score).collect();
        let mut places: Vec<usize> = (0..scores.len())
            .filter(|idx| scores[*idx].is_some())
            .collect();
        places.sort_by(|a, b| {
            let (a, b) = (
                scores[*a].unwrap_or_default(),
                scores[*b].unwrap_or_default(),
            );
            b.total_cmp(&a)
        });
        places.truncate(n);
        places
    }
}
