//! What a workload prints of itself.

use anyhow::{Context, Result};
use serde::Deserialize;

/// The JSON of one run of a workload.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    /// What each function truly took.
    pub functions: Vec<Function>,
    /// CPU time of the whole process during the run.
    pub cpu_seconds: f64,
    /// Wall time of the run.
    pub wall_seconds: f64,
}

/// What one function took, with all that it called.
#[derive(Debug, Clone, Deserialize)]
pub struct Function {
    /// Full path, as a symbolizer prints it.
    pub name: String,
    /// CPU time.
    pub cpu_seconds: f64,
    /// Part of the CPU time of all functions.
    pub share: f64,
}

impl Report {
    /// Finds the report in what a process printed, which a profiler may have added to.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_in(output: &str) -> Result<Self> {
        let line = output
            .lines()
            .rev()
            .find(|line| line.starts_with("{\"workload\""));
        let line = line.with_context(|| format!("no report of the workload in: {output}"))?;
        serde_json::from_str(line).context("reading the workload's report")
    }

    /// The part of the CPU time that was in one of the functions.
    pub fn attributed(&self) -> f64 {
        let seconds: f64 = self
            .functions
            .iter()
            .map(|function| function.cpu_seconds)
            .sum();
        seconds / self.cpu_seconds
    }

    /// CPU seconds that were in the functions.
    pub fn functions_cpu_seconds(&self) -> f64 {
        self.functions
            .iter()
            .map(|function| function.cpu_seconds)
            .sum()
    }
}
