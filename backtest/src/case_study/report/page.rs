//! The page: the story in the talk's order, filled with what the study found.

use super::code;
use super::equity_chart::equity_chart;
use super::fix::Fix;
use super::flame_graph::{Subject, flame_graph};
use super::savings_chart::savings_chart;
use super::savings_table::savings_rows;
use super::template::{escape, fill};
use crate::Result;
use crate::case_study::prediction::{EAGER_FUNCTION, FOLDER_FUNCTION};
use crate::case_study::rounds::seconds;
use crate::case_study::text::{CATALYST, UNSEEN, conclusion, interval};
use crate::case_study::{CaseStudy, Estimate, Verdict};
use crate::report::thousands;
use crate::time::Timestamp;

/// The whole page.
///
/// # Errors
/// When a flame graph cannot be drawn.
pub fn page(study: &CaseStudy) -> Result<String> {
    Ok(fill(
        include_str!("page.html"),
        &[
            ("style", include_str!("page.css")),
            ("script", include_str!("page.js")),
            ("body", &body(study)?),
        ],
    ))
}

/// What is different from study to study.
pub fn body(study: &CaseStudy) -> Result<String> {
    let [opening, finds, results, method] = [
        opening(study)?,
        finds(study)?,
        results(study)?,
        method(study),
    ];
    Ok([opening, finds, results, method].concat())
}

/// The verdict, the command, and the profile of the program as it was found.
fn opening(study: &CaseStudy) -> Result<String> {
    let (verdict, class) = match study.verdict() {
        Verdict::Reproduced => (study.verdict().as_str(), "yes"),
        Verdict::NotReproduced => (study.verdict().as_str(), "no"),
    };
    let conclusion = conclusion(study);
    let reason = conclusion
        .strip_prefix(verdict)
        .unwrap_or(&conclusion)
        .trim_start_matches(':')
        .trim();
    let seconds = seconds(&study.rounds, study.seed);
    let before = flame_graph(
        "before",
        "Before: as the talk found it",
        r#"Wide means often seen. <b class="lazy">Amber</b> formats a message, <b class="memo">teal</b> looks for a folder."#,
        Subject::Profile(&study.prediction.profile),
    )?;
    Ok(fill(
        include_str!("opening.html"),
        &[
            ("verdict", verdict),
            ("verdict_class", class),
            ("reason", &escape(reason)),
            ("both", &figure(&Fix::Both.measured(study))),
            ("lazy", &figure(&Fix::Lazy.measured(study))),
            ("memo", &figure(&Fix::Memo.measured(study))),
            ("before_s", &format!("{:.2}", seconds[0].median)),
            ("before_interval", &ends(&seconds[0], 2)),
            ("after_s", &format!("{:.2}", seconds[3].median)),
            ("after_interval", &ends(&seconds[3], 2)),
            (
                "ticks",
                &thousands(study.composition.range.n_hours() as f64, 0),
            ),
            ("pairs", &study.composition.n_pairs.to_string()),
            ("window", &study.composition.window.unwrap_or(0).to_string()),
            ("command", &escape(&run_command(study))),
            ("rate", &rate_asked(study)),
            ("before_graph", &before),
        ],
    ))
}

/// The two finds, each with its prediction, its code and the flame graph afterwards.
fn finds(study: &CaseStudy) -> Result<String> {
    let [before, format, folder] = study.cost_per_lookup();
    let lazy = flame_graph(
        "lazy",
        "After the first fix",
        "The amber is gone; everything else takes a larger share of a shorter run.",
        Subject::Profile(&study.lazy_profile),
    )?;
    let both = flame_graph(
        "both",
        "After both fixes",
        "Neither is left. What remains is the back-test.",
        Subject::Profile(&study.both_profile),
    )?;
    Ok(fill(
        include_str!("finds.html"),
        &[
            ("eager_function", EAGER_FUNCTION),
            ("folder_function", FOLDER_FUNCTION),
            ("lazy_predicted", &interval(&Fix::Lazy.predicted(study), 1)),
            ("memo_predicted", &interval(&Fix::Memo.predicted(study), 1)),
            ("both_predicted", &interval(&Fix::Both.predicted(study), 1)),
            ("before_us", &format!("{before:.1}")),
            ("format_us", &format!("{format:.1}")),
            ("folder_us", &format!("{folder:.1}")),
            ("eager", &escape(code::EAGER)),
            ("lazy", &escape(code::LAZY)),
            ("every_call", &escape(code::EVERY_CALL)),
            ("once", &escape(code::ONCE)),
            ("lazy_graph", &lazy),
            ("both_graph", &both),
        ],
    ))
}

/// Prediction beside measurement, the differential, the honest comparison, the curve.
fn results(study: &CaseStudy) -> Result<String> {
    let difference = flame_graph(
        "difference",
        "What the fixes removed",
        "The shape is that of before. Red is what has a smaller share, or none, after both fixes; \
         blue is what has a larger one, because less is left beside it; \
         the stronger, the greater the change. A plus in a tooltip is the share that went.",
        Subject::Removed(&study.prediction.profile, &study.both_profile),
    )?;
    let run = &study.rounds[0].runs[0];
    let agreement = if study.agrees() {
        "All three predictions overlap their measurement.".to_owned()
    } else {
        format!("Not every prediction overlaps its measurement. {UNSEEN}")
    };
    let catalyst: Vec<String> = CATALYST
        .iter()
        .map(|(pairs, saving)| {
            format!(
                "<tr><th scope=\"row\">the real catalyst, {pairs} held pairs</th><td>{}</td></tr>\n",
                interval(saving, 1)
            )
        })
        .collect();
    Ok(fill(
        include_str!("results.html"),
        &[
            ("chart", &savings_chart(study)),
            ("rows", &savings_rows(study)),
            ("n_rounds", &study.rounds.len().to_string()),
            ("agreement", &agreement),
            ("difference_graph", &difference),
            ("both", &interval(&Fix::Both.measured(study), 1)),
            ("nothing", &interval(&study.saving_doing_nothing(), 1)),
            ("catalyst", &catalyst.concat()),
            (
                "equity",
                &equity_chart(&run.equity, study.composition.range.start()),
            ),
            ("notice", &escape(bench_fixtures::market::SYNTHETIC_NOTICE)),
        ],
    ))
}

/// How it was measured, on what, and how to do it again.
fn method(study: &CaseStudy) -> String {
    let profile = &study.prediction.profile;
    let environment = &study.environment;
    let prepare: Vec<f64> = study
        .rounds
        .iter()
        .flat_map(|round| &round.runs)
        .map(|run| run.prepare_seconds)
        .collect();
    let virtualization = environment.virtualization.as_deref().unwrap_or("none seen");
    fill(
        include_str!("method.html"),
        &[
            ("n_rounds", &study.rounds.len().to_string()),
            ("prepare", &interval(&Estimate::of(&prepare, study.seed), 2)),
            ("rate_asked", &rate_asked(study)),
            ("rate_obtained", &format!("{:.0}", profile.rate_obtained())),
            (
                "n_samples",
                &thousands(profile.profile.total().as_samples() as f64, 0),
            ),
            ("n_runs", &runs(profile.runs.len())),
            ("n_lost", &profile.n_lost().to_string()),
            ("n_incomplete", &profile.n_incomplete().to_string()),
            ("cpu", &escape(&environment.cpu)),
            ("cores", &environment.cores.to_string()),
            ("system", &escape(&environment.system)),
            ("file_system", &escape(&environment.file_system)),
            ("virtualization", &escape(virtualization)),
            ("version", environment.version),
            ("build", environment.build),
            ("seed", &study.seed.to_string()),
            ("command", &escape(&study_command(study))),
        ],
    )
}

/// Samples a second that the runs behind the prediction were asked for.
fn rate_asked(study: &CaseStudy) -> String {
    let runs = &study.prediction.profile.runs;
    runs.first()
        .map_or_else(String::new, |run| format!("{:.0}", run.rate_asked))
}

fn runs(n: usize) -> String {
    if n == 1 {
        "one run".to_owned()
    } else {
        format!("{n} runs")
    }
}

/// A saving as a headline: the median, and its interval below.
fn figure(estimate: &Estimate) -> String {
    format!(
        r#"<b>{:.1} %</b> <span class="interval">{} %</span>"#,
        estimate.median,
        ends(estimate, 1)
    )
}

/// `9.9 to 11.2`
fn ends(estimate: &Estimate, decimals: usize) -> String {
    format!(
        "{:.decimals$} to {:.decimals$}",
        estimate.low, estimate.high
    )
}

/// A moment in the shortest form that the command line reads.
fn argument(at: Timestamp) -> String {
    let text = at.to_string();
    let short = text
        .strip_suffix("-01 00:00")
        .or_else(|| text.strip_suffix(" 00:00"))
        .unwrap_or(&text);
    short.replace(' ', "T")
}

/// The back-test as a user would start it, with both anti-patterns in place.
fn run_command(study: &CaseStudy) -> String {
    let composition = &study.composition;
    format!(
        "backtest --start={} --end={} --pairs={} --seed={} \\\n    --logging=eager --folder-check=every-call",
        argument(composition.range.start()),
        argument(composition.range.end()),
        composition.n_pairs,
        composition.seed,
    )
}

/// The command that repeats the study.
fn study_command(study: &CaseStudy) -> String {
    let composition = &study.composition;
    let window = composition
        .window
        .map(|window| format!(" --window={window}"))
        .unwrap_or_default();
    format!(
        "backtest case-study --start={} --end={} --pairs={} --seed={} \\\n   {window} --rounds={} --report=report",
        argument(composition.range.start()),
        argument(composition.range.end()),
        composition.n_pairs,
        study.seed,
        study.rounds.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_command_line_reads_them() {
        for text in ["2016-01", "2016-02-29", "2016-01-31T06:00"] {
            let at = Timestamp::parse(text).expect("a moment");
            assert_eq!(argument(at), text);
        }
    }
}
