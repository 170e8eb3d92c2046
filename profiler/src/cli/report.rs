//! `profiler report`: the functions of a profile, as a table or as JSON.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};
use profiler::{FunctionShare, Profile, Share};
use serde_json::{Value, json};

use super::args::{ReportArgs, SortArg};
use super::input::read_profile;
use super::numbers::{count, fit, share};
use super::refusal::Hinted;
use super::streams;
use super::threads::label;
use super::verdict::verdict;

/// Prints the report.
pub fn run(args: &ReportArgs) -> Result<ExitCode> {
    let limit = args.limit()?;
    let mut profile = read_profile(&args.input)?;
    if !args.thread.is_empty() {
        profile = of_threads(&profile, &args.thread)?;
    }
    let functions = sorted(&profile, args.sort);
    if args.json {
        streams::print(&format!("{:#}\n", to_json(&profile, &functions)))?;
    } else {
        streams::print(&to_text(&profile, &functions, limit, streams::width()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The functions of a profile, the largest first; equal ones by name.
fn sorted(profile: &Profile, by: SortArg) -> Vec<FunctionShare> {
    let mut functions = profile.functions();
    if by == SortArg::Total {
        functions.sort_by(|a, b| {
            (b.total_weight, b.self_weight, &a.name).cmp(&(a.total_weight, a.self_weight, &b.name))
        });
    }
    functions
}

fn to_text(
    profile: &Profile,
    functions: &[FunctionShare],
    limit: usize,
    terminal: Option<usize>,
) -> String {
    let unit = profile.unit().to_string();
    let width = unit.len().max(count(profile.total().as_units()).len());
    let room = terminal.map(|columns| columns.saturating_sub(width + 30));
    let mut text = format!(
        "{:>12}  {:>12}  {unit:>width$}  function\n",
        "self %", "total %"
    );
    for function in functions.iter().take(limit) {
        let samples = count(function.self_weight.as_units());
        writeln!(
            text,
            "{:>12}  {:>12}  {samples:>width$}  {}",
            share(function.self_share),
            share(function.total_share),
            fit(&function.name, room)
        )
        .expect("a string takes every write");
    }
    if functions.len() > limit {
        let more = count((functions.len() - limit) as u64);
        writeln!(text, "{more} more; --limit 0 lists all").expect("a string takes every write");
    }
    text + "\n" + &verdict(profile) + "\n"
}

/// The version of the shape below.
const JSON_VERSION: u32 = 1;

fn to_json(profile: &Profile, functions: &[FunctionShare]) -> Value {
    let quality = profile.quality();
    let rows: Vec<Value> = functions
        .iter()
        .map(|function| {
            json!({
                "function": function.name,
                "self": function.self_weight.as_units(),
                "total": function.total_weight.as_units(),
                "self_share": share_json(function.self_share),
                "total_share": share_json(function.total_share),
            })
        })
        .collect();
    json!({
        "version": JSON_VERSION,
        "unit": profile.unit().to_string(),
        "total": profile.total().as_units(),
        "lost": quality.lost.as_samples(),
        "late": quality.late.as_samples(),
        "truncated": quality.truncated.as_samples(),
        "unreadable": quality.unreadable.as_samples(),
        "cpu_seconds": quality.cpu_time.as_secs_f64(),
        "wall_seconds": quality.wall_time.as_secs_f64(),
        "rate_asked": quality.rate_asked,
        "wall_mode": quality.is_wall,
        "verdict": verdict(profile),
        "functions": rows,
    })
}

/// A share as JSON: the fraction and the ends of its 95 % interval.
pub fn share_json(share: Share) -> Value {
    json!({ "value": share.value, "low": share.low, "high": share.high })
}

/// The samples of the threads of these names or numbers.
fn of_threads(profile: &Profile, wanted: &[String]) -> Result<Profile> {
    let is_wanted = |id| {
        let thread = profile.thread(id);
        let tid = thread.tid.map(|tid| tid.to_string());
        let is = |text: &String| text == thread.name || Some(text) == tid.as_ref();
        wanted.iter().any(is)
    };
    let mut part = Profile::with_unit(profile.unit());
    for sample in profile.samples().filter(|sample| is_wanted(sample.thread)) {
        let thread = part.thread_id(profile.thread(sample.thread));
        let mut path: Vec<_> = profile.frames_of(sample.stack).collect();
        path.reverse();
        let mut stack = None;
        for frame in path {
            stack = Some(part.stack_id(stack, profile.frame(frame)));
        }
        let stack = stack.expect("a stack has a frame");
        part.observe(thread, stack, sample.weight);
    }
    if part.samples().next().is_none() {
        let names: Vec<String> = profile
            .thread_ids()
            .map(|id| label(profile.thread(id)))
            .collect();
        bail!(Hinted::new(
            format!("no samples of a thread `{}`", wanted.join("`, `")),
            format!("the profile has {}", names.join(", ")),
        ));
    }
    Ok(part)
}
