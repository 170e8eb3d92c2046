//! One variant, run in a process of its own.
//!
//! A run that shares a process with the run before inherits its heap, its caches
//! and its luck. So the program starts itself with a hidden subcommand, which runs
//! [`simulate`](super::simulate) and prints a [`VariantRun`] as JSON.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use super::{Composition, Variant, VariantRun};
use crate::exchange::{FolderCheck, Logging};
use crate::{Error, Result};

/// The hidden subcommand.
pub const SUBCOMMAND: &str = "one-variant";

/// How to start this program again.
#[derive(Clone, Debug)]
pub struct VariantProcess {
    program: PathBuf,
}

impl VariantProcess {
    /// Starts `program`, which has to understand [`SUBCOMMAND`].
    pub const fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// Runs one variant, sampled at `rate_hz` with `sampler_seed` if that is given.
    ///
    /// # Errors
    /// When the process cannot be started or fails; its own words are in the error.
    pub fn run(
        &self,
        composition: &Composition,
        variant: Variant,
        sampling: Option<(f64, u64)>,
    ) -> Result<VariantRun> {
        let output = Command::new(&self.program)
            .args(arguments(composition, variant, sampling))
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::Io {
                action: "start",
                path: self.program.clone(),
                source,
            })?;
        if !output.status.success() {
            return Err(Error::Variant {
                variant: variant.label(),
                problem: last_words(&output),
            });
        }
        serde_json::from_slice(&output.stdout).map_err(|error| Error::Variant {
            variant: variant.label(),
            problem: format!("its answer is not understood: {error}"),
        })
    }
}

/// What a failed process said, as the end of our own sentence.
fn last_words(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.trim();
    if words.is_empty() {
        return format!("it ended with {} and said nothing", output.status);
    }
    words.strip_prefix("error: ").unwrap_or(words).to_owned()
}

fn arguments(
    composition: &Composition,
    variant: Variant,
    sampling: Option<(f64, u64)>,
) -> Vec<OsString> {
    let mut arguments = vec![
        SUBCOMMAND.to_owned(),
        format!("--start={}", composition.range.start()),
        format!("--end={}", composition.range.end()),
        format!("--pairs={}", composition.n_pairs),
        format!("--seed={}", composition.seed),
        format!("--logging={}", logging(variant.logging)),
        format!("--folder-check={}", folder_check(variant.folder_check)),
    ];
    if let Some(window) = composition.window {
        arguments.push(format!("--window={window}"));
    }
    if let Some((rate_hz, sampler_seed)) = sampling {
        arguments.push(format!("--sample-rate={rate_hz}"));
        arguments.push(format!("--sampler-seed={sampler_seed}"));
    }
    arguments.into_iter().map(Into::into).collect()
}

/// The toggle as the command line and the JSON spell it.
pub(super) const fn logging(logging: Logging) -> &'static str {
    match logging {
        Logging::Eager => "eager",
        Logging::Lazy => "lazy",
    }
}

/// The toggle as the command line and the JSON spell it.
pub(super) const fn folder_check(check: FolderCheck) -> &'static str {
    match check {
        FolderCheck::EveryCall => "every-call",
        FolderCheck::Once => "once",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_told_with_its_path() {
        let error = run("/missing/backtest");
        assert!(
            error.starts_with("cannot start `/missing/backtest`"),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_in_silence_is_told_with_its_status() {
        assert_eq!(
            run("false"),
            "the variant \"before\" failed: it ended with exit status: 1 and said nothing"
        );
    }

    #[cfg(unix)]
    #[test]
    fn an_answer_that_is_none_is_told() {
        let error = run("true");
        assert!(
            error.starts_with("the variant \"before\" failed: its answer is not understood: "),
            "{error}"
        );
    }

    fn run(program: &str) -> String {
        VariantProcess::new(program.into())
            .run(&Composition::talk(), Variant::BEFORE, None)
            .expect_err("it is no variant")
            .to_string()
    }
}
