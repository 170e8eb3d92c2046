//! What a program says of itself at the end of a run.

use serde::Deserialize;

use super::broken::{Broken, BrokenKind};

/// The JSON that a workload prints.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Truth {
    /// What each function took.
    pub functions: Vec<FunctionTruth>,
    /// CPU time of the process during the run, in seconds.
    pub cpu_seconds: f64,
    /// Wall time of the run, in seconds.
    pub wall_seconds: f64,
    /// CPU time of the process before the run, in seconds, where that is worth telling:
    /// importing what a workload needs takes an interpreter a while.
    #[serde(default)]
    pub start_cpu_seconds: f64,
}

/// What one function took, with all that it called.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FunctionTruth {
    /// Its name, as a symbolizer prints it.
    pub name: String,
    /// CPU time, in seconds.
    pub cpu_seconds: f64,
    /// Wall time of its threads, in seconds.
    pub wall_seconds: f64,
    /// Its part of the CPU time of all functions.
    pub share: f64,
    /// Its part of the wall time of all functions.
    pub wall_share: f64,
    /// What the shares may be off by.
    pub share_uncertainty: f64,
}

/// What a workload prints that cannot run here.
#[derive(Deserialize)]
struct Skipped {
    skipped: String,
}

impl Truth {
    /// Finds the report in what a process printed, to which a profiler may have added.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_in(output: &str) -> Result<Self, Broken> {
        let failed = |detail: String| Broken::new(BrokenKind::TargetFailed, detail);
        let mut lines = output.lines().rev();
        let line = lines.find(|line| line.starts_with("{\"workload\""));
        let line = line.ok_or_else(|| failed("it printed no report".to_owned()))?;
        if let Ok(Skipped { skipped }) = serde_json::from_str(line) {
            return Err(Broken::new(BrokenKind::NotHere, skipped));
        }
        serde_json::from_str(line).map_err(|error| failed(format!("its report: {error}")))
    }

    /// CPU seconds that were in the functions.
    pub fn functions_cpu_seconds(&self) -> f64 {
        self.functions
            .iter()
            .map(|function| function.cpu_seconds)
            .sum()
    }

    /// The part of the CPU time that was in none of the functions, from 0 to 1.
    pub fn outside(&self) -> f64 {
        let all = self.start_cpu_seconds + self.cpu_seconds;
        (1.0 - self.functions_cpu_seconds() / all.max(f64::MIN_POSITIVE)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_takes_to_start_is_in_none_of_its_functions() {
        let truth = |start: &str| {
            let report = format!(
                "{{\"workload\":\"split\",\"functions\":[{{\"name\":\"f\",\"cpu_seconds\":0.8,\
                 \"wall_seconds\":1,\"share\":1,\"wall_share\":1,\"share_uncertainty\":0}}],\
                 \"cpu_seconds\":0.9,\"wall_seconds\":1{start}}}"
            );
            Truth::find_in(&report).expect("it is a report")
        };
        assert!((truth("").outside() - 1.0 / 9.0).abs() < 1e-12);
        let launched = truth(",\"start_cpu_seconds\":0.1");
        assert!((launched.outside() - 0.2).abs() < 1e-12);
    }
}
