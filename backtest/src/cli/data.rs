//! `backtest data`: what is wrong with price files, and imports of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use backtest::Error;
use backtest::data::{self, Checked, ColumnChoice, ImportOptions, LoadReport, Policy, TimeFormat};
use backtest::report::file_to_json;
use serde_json::{Value, json};

use super::run::Destination;
use super::streams;

pub const EXIT_CODES: &str =
    "Exit codes: 0 clean, or repaired under the policy, 2 refused or could not run.";

/// The name and version of the shape of `data check --json`.
const SCHEMA: &str = "backdraft.data-check/1";

#[derive(Debug, clap::Args)]
pub struct DataArgs {
    #[command(subcommand)]
    pub command: DataCommand,
}

#[derive(Debug, clap::Subcommand)]
pub enum DataCommand {
    /// Print everything that is unusual or wrong in price files
    #[command(after_help = EXIT_CODES)]
    Check(CheckArgs),
    /// Write the bars of price files into columnar files that load at once
    #[command(after_help = EXIT_CODES)]
    Import(WriteArgs),
}

/// How price files are read.
#[derive(Debug, clap::Args)]
pub struct ReadArgs {
    /// What is done about defects: strict (any is an error), repair or keep
    #[arg(long, value_name = "POLICY", default_value = "repair")]
    policy: String,
    /// Columns of time,open,high,low,close,volume: names or numbers [default: by header]
    #[arg(long, value_name = "LIST")]
    columns: Option<String>,
    /// How times are written: unix, ms, us, ns or as %d.%m.%Y %H:%M [default: by form]
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// A file with right times, by which dates in local time are moved to UTC
    #[arg(long, value_name = "PATH")]
    reference: Option<PathBuf>,
}

/// How the files of a run are read.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How the files of --data are read")]
pub struct ImportArgs {
    #[command(flatten)]
    read: ReadArgs,
    /// Folder of imports to use and keep up to date [default: an import beside the file]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Price files, one pair each
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    /// Write what was found as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    json: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct WriteArgs {
    /// Price files, one pair each
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
    /// Folder for the imports, each named after its file [default: beside the file]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl ReadArgs {
    fn parse(&self) -> backtest::Result<ImportOptions> {
        let mut options = ImportOptions::default();
        options.policy = Policy::parse(&self.policy)?;
        let columns = self.columns.as_deref().map(ColumnChoice::parse);
        options.columns = columns.transpose()?;
        let time_format = self.time_format.as_deref().map(TimeFormat::parse);
        options.time_format = time_format.transpose()?;
        options.reference.clone_from(&self.reference);
        Ok(options)
    }
}

impl ImportArgs {
    /// The options that the arguments stand for.
    pub fn parse(&self) -> backtest::Result<ImportOptions> {
        let mut options = self.read.parse()?;
        options.cache.clone_from(&self.cache);
        Ok(options)
    }
}

/// Checks or imports.
pub fn run(command: &DataCommand) -> Result<ExitCode> {
    match command {
        DataCommand::Check(args) => check(args),
        DataCommand::Import(args) => import(args),
    }
}

fn check(args: &CheckArgs) -> Result<ExitCode> {
    let destination = Destination::prepare(args.json.as_deref())?;
    let options = args.read.parse()?;
    let files: Vec<_> = args.files.iter().map(PathBuf::as_path).collect();
    let checked = data::check(&files, &options)?;
    let mut text = String::new();
    let mut verdicts = Vec::new();
    for (path, checked) in files.iter().zip(&checked) {
        let verdict = Verdict::of(path, checked);
        verdict.write(&mut text);
        verdicts.push(verdict);
    }
    let json = || {
        json!({
            "schema": SCHEMA,
            "policy": options.policy.to_string(),
            "files": verdicts.iter().map(Verdict::json).collect::<Vec<_>>(),
        })
    };
    destination.write(&text, json)?;
    let is_refused = verdicts.iter().any(|verdict| verdict.refusal.is_some());
    Ok(ExitCode::from(if is_refused { 2 } else { 0 }))
}

fn import(args: &WriteArgs) -> Result<ExitCode> {
    let options = args.read.parse()?;
    let written = data::import(&args.files, &options, args.output.as_deref())?;
    let mut text = String::new();
    for (report, path) in written {
        writeln!(text, "{report}\n  written to {}", path.display())?;
    }
    streams::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is said of one file.
struct Verdict<'a> {
    path: &'a Path,
    report: Option<&'a LoadReport>,
    refusal: Option<&'a Error>,
}

impl<'a> Verdict<'a> {
    fn of(path: &'a Path, checked: &'a Result<Checked, Error>) -> Self {
        match checked {
            Err(error) => Self {
                path,
                report: None,
                refusal: Some(error),
            },
            Ok(checked) => Self {
                path,
                report: Some(&checked.report),
                refusal: checked.listing.as_ref().err(),
            },
        }
    }

    fn word(&self) -> &'static str {
        match (self.refusal, self.report) {
            (Some(_), _) | (None, None) => "refused",
            (None, Some(report)) if report.is_clean() => "clean",
            (None, Some(report)) if report.policy == Policy::Keep => "kept",
            (None, Some(report)) if report.is_repaired() => "repaired",
            (None, Some(_)) => "repaired in part",
        }
    }

    fn write(&self, text: &mut String) {
        let mut line = |content: &str| {
            text.push_str(content);
            text.push('\n');
        };
        match self.report {
            Some(report) => line(&report.full_text()),
            None => line(&format!("{}:", self.path.display())),
        }
        match self.refusal {
            None => line(&format!("  {}", self.word())),
            Some(error) => {
                line(&format!("  refused: {}", error_text(error)));
                if let Some(hint) = error.hint() {
                    line(&format!("  hint: {hint}"));
                }
            }
        }
    }

    fn json(&self) -> Value {
        let mut value = json!({
            "file": self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy(),
            "verdict": self.word(),
            "error": self.refusal.map(error_text),
        });
        if let Some(report) = self.report {
            let (Value::Object(value), Value::Object(details)) = (&mut value, file_to_json(report))
            else {
                unreachable!("both are objects");
            };
            value.extend(details);
        }
        value
    }
}

/// An error with its cause.
fn error_text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.extend([": ".to_owned(), cause.to_string()]);
        source = cause.source();
    }
    text
}
