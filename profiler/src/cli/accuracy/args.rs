//! The arguments of `profiler accuracy` as they are typed.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, clap::Args)]
pub struct AccuracyArgs {
    #[command(subcommand)]
    pub command: AccuracyCommand,
}

#[derive(Debug, Subcommand)]
pub enum AccuracyCommand {
    /// List the profilers that can be graded here, and the workloads
    List(ListArgs),
    /// Run profilers on workloads, and grade them
    #[command(after_help = RUN_NOTES)]
    Run(Box<RunArgs>),
    /// Say what got worse from one result to the next
    #[command(after_help = "Exit codes: 0 nothing is worse, 1 something is, 2 could not run.")]
    Compare(CompareArgs),
    /// Draw what a grade is made of: truth, report and intervals
    #[command(after_help = "Exit codes: 0 done, 2 could not run.")]
    Explain(ExplainArgs),
    /// Run a workload in this process under a profiler that is a library
    #[command(hide = true)]
    Inside(InsideArgs),
    /// Make a profile wrong on purpose, and print it as folded stacks
    #[cfg(feature = "faults")]
    #[command(hide = true)]
    Spoil(SpoilArgs),
}

const RUN_NOTES: &str = "\
Examples:
  profiler accuracy run --subject ours
  profiler accuracy run --subject mine.toml --workload split --junit accuracy.xml

A subject of your own is described by a few lines of TOML:
  name = \"mine\"
  command = \"mine record --rate {rate} --output {out} -- {cmd}\"    # or --pid {pid}
  languages = [\"rust\", \"c\", \"python\"]    # which it can profile [default: rust, c]
  clock = \"cpu\"                            # or wall
  format = \"auto\"    # folded, pprof, speedscope, perf script, Firefox or our JSON
  after = \"mine script {out}\"              # where this prints the profile
  [names]                                  # how its names become those of functions
  '^.*:([^:]+):\\d+$' = \"$1\"

What was run is kept as it goes (in FILE.partial beside the JSON); the same command goes \
on where it was interrupted.

Exit codes: 0 every subject that is here passes, 1 one fails or is broken, 2 could not \
run, 130 interrupted.";

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Profiler to grade, by its name or by the file that describes it; may be given more
    /// than once [default: all that are here]
    #[arg(short, long, value_name = "NAME|FILE.toml")]
    pub subject: Vec<String>,
    /// Workload to grade it on, in all its languages or in one (python/split); may be given
    /// more than once [default: all]
    #[arg(short, long, value_name = "NAME")]
    pub workload: Vec<String>,
    /// Samples per second to ask for, 1 to 10000
    #[arg(
        short,
        long,
        value_name = "HZ",
        default_value = "1000",
        allow_negative_numbers = true
    )]
    pub(super) rate: String,
    /// Runs of each subject on each workload, 1 to 1000
    #[arg(
        long,
        value_name = "N",
        default_value = "6",
        allow_negative_numbers = true
    )]
    pub(super) repeats: String,
    /// CPU seconds of a run, about
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "2",
        allow_negative_numbers = true
    )]
    pub(super) seconds: String,
    /// Seed of the first repeat; each has the next
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_negative_numbers = true
    )]
    pub(super) seed: String,
    /// Probability that a correct profiler fails anywhere
    #[arg(
        long,
        value_name = "P",
        default_value = "0.01",
        allow_negative_numbers = true
    )]
    pub(super) level: String,
    /// Program that runs the workloads in Rust, such as `workload` [default: this one]
    #[arg(long, value_name = "PROGRAM")]
    pub rust: Option<PathBuf>,
    /// Interpreter of the workloads in Python
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    pub python: String,
    /// Write the results as JSON, `-` for standard output
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a heat map whose cells open
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write one table of all subjects
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// Result to compare with
    pub baseline: PathBuf,
    /// Result to judge
    pub new: PathBuf,
    /// Probability of even one false alarm
    #[arg(
        long,
        value_name = "P",
        default_value = "0.01",
        allow_negative_numbers = true
    )]
    pub(super) level: String,
}

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Result to look into
    pub result: PathBuf,
    /// Workload, by its name
    pub workload: String,
    /// Only this subject
    #[arg(short, long, value_name = "NAME")]
    pub subject: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct InsideArgs {
    /// What samples
    #[arg(long)]
    pub library: Library,
    /// Samples per second
    #[arg(long, default_value_t = 1_000)]
    pub rate: u32,
    /// Where the profile goes
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Do wrong on purpose
    #[cfg(feature = "faults")]
    #[arg(long)]
    pub fault: Option<profiler::accuracy::Fault>,
    /// Print the version of the library
    #[arg(long)]
    pub version: bool,
    /// The workload and its options
    #[arg(last = true)]
    pub workload: Vec<String>,
}

#[cfg(feature = "faults")]
#[derive(Debug, clap::Args)]
pub struct SpoilArgs {
    /// What is done wrong
    #[arg(long)]
    pub fault: profiler::accuracy::Fault,
    /// The profile
    pub input: PathBuf,
}

/// A profiler that is a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Library {
    /// Nothing.
    None,
    /// Our sampler.
    Ours,
    /// The crate `pprof`.
    PprofRs,
}
