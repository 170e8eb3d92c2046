//! `profiler diff`: what changed between two profiles beyond chance.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, Result, bail};
use profiler::format::{Format, flame_graph, html};
use profiler::{Change, Difference, Profile, Weight, changes};
use serde_json::{Value, json};

use super::args::DiffArgs;
use super::input::read_profile;
use super::numbers::{count, fit, p_value, points, share};
use super::options::short_name;
use super::output::parse_format;
use super::output_file::OutputFile;
use super::refusal::Refusal;
use super::report::share_json;
use super::streams;

/// Compares the two profiles.
pub fn run(args: &DiffArgs) -> Result<ExitCode> {
    if args.before == Path::new("-") && args.after == Path::new("-") {
        bail!(Refusal::new(
            "AFTER",
            "-",
            "standard input is BEFORE already"
        ));
    }
    let limit = args.limit()?;
    let drawing = args
        .output
        .as_deref()
        .map(|path| prepare(path, args))
        .transpose()?;
    let before = read_profile(&args.before)?;
    let after = read_profile(&args.after)?;
    let changes = changes(&before, &after);
    // The drawing first, so that a closed pipe does not lose it.
    if let Some((format, file)) = drawing {
        draw(format, file, &before, &after, args)?;
    }
    let text = if args.json {
        format!("{:#}\n", to_json(&changes))
    } else {
        to_text(&before, &after, &changes, args.all, limit)
    };
    streams::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn prepare(path: &Path, args: &DiffArgs) -> Result<(Format, OutputFile)> {
    let format = match &args.format {
        Some(name) => Some(parse_format(name)?),
        None => Format::from_path(path),
    };
    if let Some(format @ (Format::Svg | Format::Html)) = format {
        return Ok((format, OutputFile::prepare(path)?));
    }
    let (option, value) = match &args.format {
        Some(name) => ("--format", name.clone()),
        None => ("--output", path.display().to_string()),
    };
    bail!(Refusal::new(
        option,
        &value,
        "a difference is drawn as svg or html"
    ))
}

fn draw(
    format: Format,
    file: OutputFile,
    before: &Profile,
    after: &Profile,
    args: &DiffArgs,
) -> Result<()> {
    let title = args.title.clone().unwrap_or_else(|| {
        format!(
            "{} to {}",
            short_name(&args.before),
            short_name(&args.after)
        )
    });
    let mut bytes = Vec::new();
    let drawn = if format == Format::Html {
        let mut options = html::Options::new();
        options.title = title;
        html::write_comparison(before, after, &options, &mut bytes)
    } else {
        let mut options = flame_graph::Options::new();
        options.title = title;
        flame_graph::write_difference(before, after, &options, &mut bytes)
    };
    drawn.context("cannot draw the difference")?;
    file.write(&bytes)
}

fn to_text(
    before: &Profile,
    after: &Profile,
    changes: &[Change],
    all: bool,
    limit: usize,
) -> String {
    let shown: Vec<&Change> = changes
        .iter()
        .filter(|change| all || change.is_beyond_chance())
        .collect();
    let room = streams::width().map(|columns| columns.saturating_sub(65));
    let mut text = String::new();
    if !shown.is_empty() {
        writeln!(
            text,
            "{:>12}  {:>12}  {:>23}  {:>8}  function",
            "before %", "after %", "difference (95 %)", "p"
        )
        .expect("a string takes every write");
    }
    for change in shown.iter().take(limit) {
        text.push_str(&row(change, room));
    }
    if shown.len() > limit {
        let more = count((shown.len() - limit) as u64);
        writeln!(text, "{more} more; --limit 0 lists all").expect("a string takes every write");
    }
    let n_beyond = changes
        .iter()
        .filter(|change| change.is_beyond_chance())
        .count();
    if !text.is_empty() {
        text.push('\n');
    }
    text + &conclusion(before, after, changes.len(), n_beyond)
}

fn row(change: &Change, room: Option<usize>) -> String {
    let Difference { value, low, high } = change.difference;
    let difference = format!(
        "{:+.1} ({:+.1} to {:+.1})",
        100.0 * value,
        100.0 * low,
        100.0 * high
    );
    // Red and blue, which the colour-blind can tell apart; dim is chance.
    let style = match change.is_beyond_chance() {
        false => Style::new().dimmed(),
        true if value > 0.0 => AnsiColor::Red.on_default(),
        true => AnsiColor::Blue.on_default(),
    };
    format!(
        "{:>12}  {:>12}  {style}{difference:>23}{style:#}  {:>8}  {}\n",
        share(change.before),
        share(change.after),
        p_value(change.p_corrected),
        fit(&change.name, room)
    )
}

fn conclusion(before: &Profile, after: &Profile, n_functions: usize, n_beyond: usize) -> String {
    let (functions, beyond) = (count(n_functions as u64), count(n_beyond as u64));
    // The widest interval that a difference of these two profiles can have.
    let half =
        |profile: &Profile| profile.share(Weight::from_units(profile.total().as_units() / 2));
    let reach = points(Difference::between(half(before), half(after)).half_width());
    let (n_before, n_after) = (total(before), total(after));
    let found = match n_beyond {
        0 => format!("None of {functions} functions changed beyond chance"),
        _ => format!("{beyond} of {functions} functions changed beyond chance"),
    };
    format!(
        "{found} (p below 0.05 after Holm's correction for {functions}).\n\
         From {n_before} to {n_after}, a difference is known to ±{reach} points or better. \
         That two runs differ by themselves is not in it: compare more than one of each.\n"
    )
}

fn total(profile: &Profile) -> String {
    format!("{} {}", count(profile.total().as_units()), profile.unit())
}

/// The version of the shape below.
const JSON_VERSION: u32 = 1;

fn to_json(changes: &[Change]) -> Value {
    let rows: Vec<Value> = changes
        .iter()
        .map(|change| {
            let Difference { value, low, high } = change.difference;
            json!({
                "function": change.name,
                "before": share_json(change.before),
                "after": share_json(change.after),
                "difference": { "value": value, "low": low, "high": high },
                "p": change.p_value,
                "p_corrected": change.p_corrected,
                "beyond_chance": change.is_beyond_chance(),
            })
        })
        .collect();
    json!({ "version": JSON_VERSION, "changes": rows })
}
