//! What walking forward tells its user.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::market::Market;
use crate::money::Cash;
use crate::report::{sentence_of, thousands};
use crate::sweep::Objective;
use crate::walk_forward::Step;

/// A finished walk with everything that a report says about it.
#[derive(Clone, Copy, Debug)]
pub struct WalkReport<'a> {
    /// The windows, in the order of time.
    pub steps: &'a [Step],
    /// What the choice was made by.
    pub objective: Objective,
    /// What was traded on.
    pub market: &'a Market,
    /// What the first test began with.
    pub capital: Cash,
}

impl WalkReport<'_> {
    fn final_value(&self) -> Cash {
        self.steps
            .last()
            .map_or(self.capital, |step| step.outcome.final_value)
    }
}

/// A row a window, and what the tests earned together.
pub fn walk_to_text(report: &WalkReport<'_>) -> String {
    let objective = report.objective.name();
    let mut text = format!(
        "{:<38}{:<34}{:>14}{:>16}{:>16}\n",
        "test", "chosen on the hours before", objective, "return % after", "final value",
    );
    for step in report.steps {
        let metrics = &step.outcome.metrics;
        writeln!(
            text,
            "{:<38}{:<34}{:>14.2}{:>16.2}{:>16}",
            step.window.test.to_string(),
            step.chosen.to_string(),
            step.in_sample,
            100.0 * metrics.total_return,
            thousands(step.outcome.final_value.as_f64(), 2),
        )
        .expect("a string takes every write");
    }
    let multiple = report.final_value().as_f64() / report.capital.as_f64();
    writeln!(text, "\nOut of sample: {}", sentence_of(multiple))
        .expect("a string takes every write");
    text
}

/// The same as one JSON object.
pub fn walk_to_json(report: &WalkReport<'_>) -> Value {
    let step = |step: &Step| {
        json!({
            "train_start": step.window.train.start().to_string(),
            "test_start": step.window.test.start().to_string(),
            "test_end": step.window.test.end().to_string(),
            "strategy": step.chosen.to_string(),
            "in_sample": step.in_sample,
            "total_return": step.outcome.metrics.total_return,
            "sharpe": step.outcome.metrics.sharpe,
            "max_drawdown": step.outcome.metrics.max_drawdown.fraction,
            "fills": step.outcome.fills.len(),
            "final_value": step.outcome.final_value.as_f64(),
        })
    };
    let final_value = report.final_value();
    json!({
        "schema": "backdraft.walk-forward/1",
        "objective": report.objective.name(),
        "data": report.market.fingerprint(),
        "capital": report.capital.as_f64(),
        "final_value": final_value.as_f64(),
        "total_return": final_value.as_f64() / report.capital.as_f64() - 1.0,
        "windows": report.steps.iter().map(step).collect::<Vec<_>>(),
    })
}
