//! The arguments as they are typed. What they stand for is said in `options`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::accuracy::AccuracyArgs;
use clap::{ArgGroup, Parser, Subcommand, ValueEnum};

/// Sample what a program does with its time, and say how sure the answer is.
///
/// Every share comes with its 95 % interval, and every result with what was lost,
/// late or truncated on the way.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 2 could not run.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Record a running process, or a command from its start to its end
    #[command(after_help = RECORD_NOTES, override_usage = "\
        profiler record [OPTIONS] --pid <PID>\n       \
        profiler record [OPTIONS] -- <COMMAND>...")]
    Record(RecordArgs),
    /// Watch the functions that a process spends its time in
    #[command(after_help = TOP_NOTES, override_usage = "\
        profiler top [OPTIONS] --pid <PID>\n       \
        profiler top [OPTIONS] -- <COMMAND>...")]
    Top(TopArgs),
    /// Print the stacks of all threads of a process as they are now
    #[command(after_help = EXIT_CODES)]
    Dump(DumpArgs),
    /// List the functions of a profile with self, total and their intervals
    #[command(after_help = EXIT_CODES)]
    Report(ReportArgs),
    /// List what changed between two profiles beyond chance, and draw it
    #[command(after_help = DIFF_NOTES)]
    Diff(DiffArgs),
    /// Turn a profile into another format
    #[command(after_help = CONVERT_NOTES)]
    Convert(ConvertArgs),
    /// Make the profile of a recording that was killed
    #[command(after_help = RECOVER_NOTES)]
    Recover(RecoverArgs),
    /// Grade profilers, ours or yours, on programs whose profile is known
    Accuracy(AccuracyArgs),
}

const RECORD_NOTES: &str = "\
Examples:
  profiler record --pid 13337 --duration 600 --rate 1000 --output flame_graph.svg
  profiler record -o before.pb.gz -o before.html -- ./server --port 8080

Ctrl-C, SIGTERM and the end of the process all write the profile. A command gets the \
signal as well and is recorded until it ends; a second Ctrl-C does not wait for it. At the \
end of --duration a command is sent SIGTERM.

While recording, what is known so far is kept beside the first output, in a hidden file \
that ends in .spool; if the recorder is killed, `profiler recover` makes a profile of it.

Exit codes: 0 done, 2 could not run; with a command that has ended by itself, the \
command's own (128 + N if signal N ended it).";

const TOP_NOTES: &str = "\
Keys: 1 to 4 sort by a column, r turns the order round, t shows threads, p pauses, arrow \
keys scroll, ? explains, q ends. In a pipe a table is printed at every interval.

A command's own output is not shown, but what it wrote to standard error is shown at the \
end if it failed. It is sent SIGTERM if it still runs then.

Exit codes: 0 done, 2 could not run.";

const DIFF_NOTES: &str = "\
A change is beyond chance if two recordings of one and the same behaviour would show any \
such change in this table less than once in 20 times: p-values are those of Fisher's exact \
test, corrected for the number of functions by Holm's method. Intervals are Newcombe's, for \
one function each. Both know of sampling error only: how much two runs differ by themselves \
is seen by recording more than one of each.

Exit codes: 0 done, 2 could not run.";

const CONVERT_NOTES: &str = "\
Examples:
  perf script | profiler convert - flame_graph.svg
  profiler convert profile.json - --format folded

Exit codes: 0 done, 2 could not run.";

const RECOVER_NOTES: &str = "\
A recording that is killed leaves .NAME.PID.spool beside its first output, complete up to \
its last second. Without SPOOL, those in the current folder are listed.

Exit codes: 0 done, 2 could not run.";

/// What is looked at: a process that runs, or a command to start.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("target").required(true).args(["pid", "command"]))]
pub struct TargetArgs {
    /// Process to attach to; it needs no preparation and is not changed
    #[arg(short, long, value_name = "PID", allow_negative_numbers = true)]
    pub(super) pid: Option<String>,
    /// Command to start, with its arguments
    #[arg(value_name = "COMMAND", last = true)]
    pub(super) command: Vec<OsString>,
}

/// How it is looked at.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sampling")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is typed or not"
)]
pub struct SamplingArgs {
    /// Samples per second of each thread's time, 0.1 to 5000, at random intervals
    #[arg(
        short,
        long,
        value_name = "HZ",
        default_value = "199",
        allow_negative_numbers = true
    )]
    pub(super) rate: String,
    /// Whose time counts
    #[arg(long, value_name = "MODE", default_value = "cpu")]
    pub(super) mode: ModeArg,
    /// Record the processes that the process starts as well
    #[arg(short, long)]
    pub(super) subprocesses: bool,
    /// See native frames between those of Python; of other programs they always are
    #[arg(short, long)]
    pub(super) native: bool,
    /// See native frames alone in Python as well, and stop nothing to read it
    #[arg(long, conflicts_with_all = ["native", "gil"])]
    pub(super) no_python: bool,
    /// Count only what finds its thread with the lock of Python's interpreter
    #[arg(short, long)]
    pub(super) gil: bool,
    /// Count sleep and waiting as well, as --mode wall does
    #[arg(long)]
    pub(super) idle: bool,
    /// Count by function, the default
    #[arg(long, conflicts_with = "line")]
    pub(super) function: bool,
    /// Count by line: each line of a function is a frame of its own
    #[arg(long)]
    pub(super) line: bool,
    /// Lower the rate as far as it takes to keep the cost, the recorder's own work included,
    /// below this part of the process's CPU time, such as 1%
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    pub(super) max_overhead: Option<String>,
    /// Memory for samples on their way, such as 16MiB
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "64MiB",
        allow_negative_numbers = true
    )]
    pub(super) max_memory: String,
    /// What looks at the process; auto takes perf where it is permitted, else ptrace
    #[arg(long, value_name = "BACKEND", default_value = "auto")]
    pub(super) backend: BackendArg,
    /// Seed of the intervals between samples
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_negative_numbers = true
    )]
    pub(super) seed: String,
}

#[derive(Debug, clap::Args)]
pub struct RecordArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// How long to record: seconds, or such as 500ms, 2m, 1h [default: to the end]
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(super) duration: Option<String>,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub sampling: SamplingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Keep nothing on disk while recording, to recover it from
    #[arg(long, help_heading = "Output")]
    pub no_spool: bool,
    #[command(flatten)]
    pub push: PushArgs,
}

/// Where a profile goes, and as what.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// File to write, `-` for standard output; may be given more than once [default:
    /// profile.html, or nothing with --push]
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,
    /// Format of the output [default: by its extension]
    #[arg(short, long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    /// Keep threads apart where the format adds them up (svg, folded, pprof): each is a frame
    /// at the root of its stacks
    #[arg(short, long)]
    pub(super) threads: bool,
    /// Headline of the drawing [default: what was recorded]
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
}

/// Where a profile is sent while it is recorded.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Continuous profiling")]
pub struct PushArgs {
    /// Pyroscope-compatible server to send what was sampled to, at every interval; with
    /// $PYROSCOPE_AUTH_TOKEN if it is set
    #[arg(long, value_name = "URL")]
    pub(super) push: Option<String>,
    /// Time between two sendings
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "10",
        requires = "push",
        allow_negative_numbers = true
    )]
    pub(super) push_interval: String,
    /// Name of the application on the server [default: the program's]
    #[arg(long, value_name = "NAME", requires = "push")]
    pub(super) push_name: Option<String>,
    /// Label to be found by on the server; may be given more than once
    #[arg(long, value_name = "KEY=VALUE", requires = "push")]
    pub(super) push_tag: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct TopArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    /// Time between two looks, and length of what "now" means
    #[arg(
        short,
        long,
        value_name = "SECONDS",
        default_value = "1",
        allow_negative_numbers = true
    )]
    pub(super) interval: String,
    /// How long to watch [default: to the end]
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(super) duration: Option<String>,
    #[command(flatten)]
    pub sampling: SamplingArgs,
}

#[derive(Debug, clap::Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that is typed or not"
)]
pub struct DumpArgs {
    /// Process to look at
    #[arg(short, long, value_name = "PID", allow_negative_numbers = true)]
    pub(super) pid: String,
    /// See native frames between those of Python; of other programs they always are
    #[arg(short, long)]
    pub(super) native: bool,
    /// Print the local variables of Python's frames
    #[arg(short, long)]
    pub(super) locals: bool,
    /// See native frames alone in Python as well
    #[arg(long, conflicts_with_all = ["native", "locals"])]
    pub(super) no_python: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Profile to read, `-` for standard input
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Rows to print, 0 for all
    #[arg(
        short,
        long,
        value_name = "N",
        default_value = "20",
        allow_negative_numbers = true
    )]
    pub(super) limit: String,
    /// Column to sort by
    #[arg(short, long, value_name = "COLUMN", default_value = "self")]
    pub sort: SortArg,
    /// Only threads of this name or number; may be given more than once
    #[arg(long, value_name = "NAME|TID")]
    pub thread: Vec<String>,
    /// Print JSON, all functions of it
    #[arg(long, conflicts_with = "limit")]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// Profile before the change
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// Profile after it
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// Differential flame graph to write, as SVG or HTML
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Format of the output, svg or html [default: by its extension]
    #[arg(short, long, value_name = "FORMAT", requires = "output")]
    pub(super) format: Option<String>,
    /// Headline of the drawing [default: the two files]
    #[arg(long, value_name = "TEXT", requires = "output")]
    pub title: Option<String>,
    /// Rows to print, 0 for all
    #[arg(
        short,
        long,
        value_name = "N",
        default_value = "20",
        allow_negative_numbers = true
    )]
    pub(super) limit: String,
    /// List the changes as well that may be chance
    #[arg(short, long)]
    pub all: bool,
    /// Print JSON, all functions of it
    #[arg(long, conflicts_with_all = ["all", "limit"])]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct ConvertArgs {
    /// Profile to read, `-` for standard input: folded stacks, pprof, perf script, speedscope,
    /// Firefox (samply), py-spy raw, or ours
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// File to write, `-` for standard output
    #[arg(value_name = "OUT")]
    pub(super) output: PathBuf,
    /// Format of OUT [default: by its extension]
    #[arg(short, long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    /// Keep threads apart where the format adds them up (svg, folded, pprof): each is a frame
    /// at the root of its stacks
    #[arg(short, long)]
    pub(super) threads: bool,
    /// Headline of the drawing [default: the name of IN]
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct RecoverArgs {
    /// What the recorder left [default: list those in the current folder]
    #[arg(value_name = "SPOOL")]
    pub spool: Option<PathBuf>,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Time on a processor: what the program computes
    Cpu,
    /// All time of every thread: what it waits for as well
    Wall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendArg {
    /// perf where it is permitted, else ptrace
    Auto,
    /// The kernel's perf events, which never stop the process
    Perf,
    /// Stops one thread at a time for some microseconds
    Ptrace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    /// Without what the function calls
    #[value(name = "self")]
    Own,
    /// With what it calls
    Total,
}
