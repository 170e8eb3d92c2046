//! The command line.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::comparison::{self, Comparison};
use crate::inside::Inside;
use crate::peers;
use crate::table::Table;

/// Run profilers side by side on programs whose profile is known
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run a workload in this process (used by the comparison itself)
    #[command(hide = true)]
    Inside(Inside),
}

/// What to compare, and for how long.
#[derive(Args)]
pub struct Options {
    /// Samples asked for, per second
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// CPU seconds of each run that is graded
    #[arg(long, default_value_t = 2.0)]
    pub seconds: f64,
    /// Pairs of runs for each slow-down; 0 leaves it out
    #[arg(long, default_value_t = 6, value_parser = parse_pairs)]
    pub pairs: u32,
    /// Units of work of each run that is timed, some 8 ms each
    #[arg(long, default_value_t = 125, value_parser = clap::value_parser!(u64).range(1..))]
    pub work: u64,
    /// Seed of the workloads and of our own intervals
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Begin no run after so many minutes
    #[arg(long, default_value_t = 14)]
    pub minutes: u64,
    /// Only subjects whose name contains one of these, separated by commas
    #[arg(long, value_delimiter = ',')]
    subjects: Vec<String>,
    /// Only these workloads, separated by commas
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<String>,
    /// A quick try: half a second, two pairs
    #[arg(long)]
    quick: bool,
    /// Install nothing
    #[arg(long)]
    offline: bool,
    /// Write the result to docs/compare-profilers.md and .json
    #[arg(long)]
    write: bool,
}

impl Options {
    /// Tells whether a subject was asked for.
    pub fn wants_subject(&self, name: &str) -> bool {
        self.subjects.is_empty()
            || self
                .subjects
                .iter()
                .any(|part| name.contains(part.as_str()))
    }

    /// Tells whether a workload was asked for.
    pub fn wants_workload(&self, name: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|wanted| wanted == name)
    }
}

/// Does what the arguments ask for.
///
/// # Errors
///
/// When the comparison cannot be run or written.
pub fn run() -> Result<()> {
    let cli = Cli::parse();
    if let Some(Command::Inside(inside)) = cli.command {
        return inside.run();
    }
    let mut options = cli.options;
    if options.quick {
        (options.seconds, options.pairs, options.work) = (0.5, 2, 40);
    }
    if !options.offline {
        peers::install();
    }
    let comparison = comparison::run(&options)?;
    let table = Table::of(&comparison);
    println!("{}", table.to_text());
    print!("{}", notes(&comparison));
    if options.write {
        write(&comparison, &table)?;
    }
    Ok(())
}

fn write(comparison: &Comparison, table: &Table) -> Result<()> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let json = serde_json::to_string_pretty(comparison).context("shaping the result")?;
    let text = format!("{HEAD}{}\n{}", table.to_markdown(), notes(comparison));
    for (name, text) in [
        ("compare-profilers.json", json + "\n"),
        ("compare-profilers.md", text),
    ] {
        let path = docs.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// What the table was made of, as a Markdown list.
fn notes(comparison: &Comparison) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "- {}, {}.", comparison.date, comparison.machine);
    let rate = comparison.rate;
    let _ = writeln!(text, "- {rate} Hz asked for; lockstep-10000 at 100 Hz.");
    let _ = writeln!(
        text,
        "- Slow-down: {} pairs of runs on `split`.",
        comparison.n_pairs
    );
    for subject in &comparison.subjects {
        match &subject.version {
            Ok(version) => {
                let _ = writeln!(text, "- {}: {version}.", subject.name);
            }
            Err(reason) => {
                let _ = writeln!(text, "- {}: left out, {reason}.", subject.name);
            }
        }
        for cell in &subject.scores {
            if let Err(reason) = &cell.score {
                let _ = writeln!(text, "- {}, {}: {reason}.", subject.name, cell.workload);
            }
        }
        if let Some(Err(reason)) = &subject.slowdown {
            let _ = writeln!(text, "- {}, slow-down: {reason}.", subject.name);
        }
    }
    text.push_str("- Ours reads no Python frames yet, so it is not graded on Python.\n");
    text
}

fn parse_pairs(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(n_pairs) if n_pairs != 1 => Ok(n_pairs),
        _ => Err("0, or at least 2: one pair has no interval".into()),
    }
}

const HEAD: &str = "\
# Profilers side by side

Made by `just compare-profilers --write`: everything in one run on one machine. The
workloads know what each of their functions took, by their threads' own CPU clocks
(`bench-fixtures/src/workload`). A cell says how far the worst function's share is from
that truth, in percentage points, and how many binomial standard errors of the samples
obtained that is (z). `lost` is the part of the samples that should have had one of the
functions in their stack and had none. `!` marks what chance does not explain: z above 4,
or more than 5 % lost.

Slow-down compares the same work with and without the profiler, in turns, with a 95 %
interval. Own CPU is what the profiler took for itself until its stacks had names, for
each CPU second of the program; perf's includes `perf script`, but samply's is without
names, which its viewer looks up. In-process profilers
share their process with the program, so their memory is that of both. Samples obtained
are of those that the rate and the program's CPU time ask for, or its wall time for
py-spy and austin, which sample by that. Ranges are over the workloads.

";
