//! `backtest case-study`: the talk's story by experiment.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use backtest::case_study::{
    self, Composition, Progress, StudyOptions, Variant, Verdict, calibrate, simulate, to_json,
    to_text, write_report,
};
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{CaseStudyArgs, VariantArgs};
use super::run::{Destination, spinner};
use super::streams;

/// Runs the study; "no" when the talk's saving is not reproduced.
pub fn run(args: &CaseStudyArgs) -> Result<ExitCode> {
    let mut options = options(args)?;
    let json = Destination::prepare(args.json.as_deref())?;
    let report = args
        .report
        .as_deref()
        .map(case_study::ReportFolder::prepare)
        .transpose()?;
    if args.calibrate {
        options.composition.window = Some(calibrated_window(&options)?);
    }
    let progress = bar(options.rounds);
    let study = case_study::run(&options, |step| show(&progress, options.rounds, step))?;
    progress.finish_and_clear();
    json.write(&to_text(&study), || to_json(&study))?;
    if let Some(folder) = report {
        let page = write_report(&study, folder)?;
        streams::tell(format_args!("The report: {}", page.display()));
    }
    Ok(match study.verdict() {
        Verdict::Reproduced => ExitCode::SUCCESS,
        Verdict::NotReproduced => ExitCode::from(1),
    })
}

/// Checks every option, so that a wrong one is told before anything is written.
fn options(args: &CaseStudyArgs) -> Result<StudyOptions> {
    let composition = args.composition()?;
    let rounds = args.rounds()?;
    backtest::data::embedded(composition.n_pairs, composition.seed)?.require(composition.range)?;
    Ok(StudyOptions {
        composition,
        rounds,
        seed: composition.seed,
        program: std::env::current_exe().context("cannot find this program to start it again")?,
    })
}

fn calibrated_window(options: &StudyOptions) -> Result<usize> {
    let progress =
        spinner("measuring what a message, a folder check and an hour of window cost here");
    let calibration = calibrate(&options.composition, options.program.clone(), options.seed)?;
    progress.finish_and_clear();
    streams::tell(calibration);
    Ok(calibration.window)
}

fn bar(rounds: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("[{elapsed_precise}] {bar:24} {msg}")
        .expect("a valid template");
    ProgressBar::new(n_steps(rounds)).with_style(style)
}

/// Four variants a round, and before and after them one step each.
fn n_steps(rounds: usize) -> u64 {
    4 * rounds as u64 + 3
}

fn show(progress: &ProgressBar, rounds: usize, step: Progress) {
    match step {
        Progress::Predicting(None) => progress.set_message("sampling the slow variant"),
        Progress::Predicting(Some(widest)) => progress.set_message(format!(
            "sampling the slow variant until each share is known to ±1 %: ±{:.1} %",
            100.0 * widest
        )),
        Progress::Measuring { round, variant } => {
            progress.inc(1);
            progress.set_message(format!(
                "round {} of {rounds}: {}",
                round + 1,
                variant.label()
            ));
        }
        Progress::DoingNothing => {
            progress.inc(1);
            progress.set_message("a strategy that does nothing");
        }
        Progress::Drawing => {
            progress.inc(1);
            progress.set_message("sampling the mended variants for their flame graphs");
        }
    }
}

/// Runs one variant in this process and prints what it measured.
pub fn run_variant(args: &VariantArgs) -> Result<ExitCode> {
    let composition = Composition {
        range: args.range.parse()?,
        n_pairs: args.pairs,
        seed: args.seed,
        window: args.window,
    };
    let variant = Variant {
        logging: args.logging.into(),
        folder_check: args.folder_check.into(),
    };
    let run = simulate(
        &composition,
        variant,
        args.sample_rate.zip(args.sampler_seed),
    )?;
    streams::print(&serde_json::to_string(&run)?)?;
    Ok(ExitCode::SUCCESS)
}
