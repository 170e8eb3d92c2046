//! All subjects side by side in one table, for a document.

use std::fmt::Write as _;

use super::super::family::Family;
use super::super::grade::{Grade, Verdict};
use super::super::results::{Results, SubjectResult};
use super::number::change;
use super::text::name;

/// Writes the table, with a list of what was run and what was found.
pub fn markdown(results: &Results) -> String {
    let mut text = HEAD.to_owned();
    let (present, absent): (Vec<&SubjectResult>, Vec<&SubjectResult>) = results
        .subjects
        .iter()
        .partition(|subject| subject.version.is_ok());
    write_tables(&mut text, results, &present);
    let plan = &results.plan;
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "- {}, {}. {} Hz asked for where a workload asks for no other rate, {} repeats of about {} CPU seconds, from seed {}.",
        results.date, results.machine, plan.rate_hz, plan.n_repeats, plan.seconds, plan.seed
    );
    for subject in &present {
        if let Ok(version) = &subject.version {
            let _ = writeln!(text, "- {}: {version}.", subject.name);
        }
    }
    for subject in &absent {
        if let Err(reason) = &subject.version {
            let _ = writeln!(text, "- {}: left out, {reason}.", subject.name);
        }
    }
    text.push_str("\n## What was found\n\n");
    for grade in &results.results {
        if present.iter().any(|subject| subject.name == grade.subject) {
            for finding in &grade.findings {
                let _ = writeln!(
                    text,
                    "- {}, {}: {}.",
                    grade.subject,
                    name(grade),
                    finding.text
                );
            }
        }
    }
    text
}

/// One table for each family, of the subjects that know it.
fn write_tables(text: &mut String, results: &Results, subjects: &[&SubjectResult]) {
    for family in Family::ALL {
        let grades: Vec<&Grade> = results
            .results
            .iter()
            .filter(|grade| Family::of(&grade.language) == family)
            .collect();
        let able: Vec<&&SubjectResult> = subjects
            .iter()
            .filter(|subject| grades.iter().any(|grade| grade.subject == subject.name))
            .collect();
        if able.is_empty() {
            continue;
        }
        let title = match family {
            Family::Native => "Native code",
            Family::Python => "Python",
        };
        let _ = writeln!(text, "## {title}\n");
        let heads: Vec<&str> = able.iter().map(|subject| subject.name.as_str()).collect();
        let _ = writeln!(text, "| | {} |", heads.join(" | "));
        let _ = writeln!(text, "|---{}|", "|---".repeat(able.len()));
        let mut workloads: Vec<String> = Vec::new();
        for grade in &grades {
            if !workloads.contains(&name(grade)) {
                workloads.push(name(grade));
            }
        }
        for workload in workloads {
            let cells = able.iter().map(|subject| {
                let mut found = grades.iter();
                let found =
                    found.find(|grade| grade.subject == subject.name && name(grade) == workload);
                found.map_or_else(String::new, |grade| cell(grade))
            });
            let cells: Vec<String> = cells.collect();
            let _ = writeln!(text, "| {workload} | {} |", cells.join(" | "));
        }
        let row = |title: &str, of: &dyn Fn(&SubjectResult) -> String| {
            let cells: Vec<String> = able.iter().map(|subject| of(subject)).collect();
            format!("| {title} | {} |\n", cells.join(" | "))
        };
        let of = |subject: &SubjectResult| -> Vec<&Grade> {
            let mine = grades.iter().filter(|grade| grade.subject == subject.name);
            mine.copied().collect()
        };
        text.push_str(&row("slow-down, CPU", &|subject| {
            change(subject.slowdown.get(&family).map(|slowdown| slowdown.cpu))
        }));
        text.push_str(&row("slow-down, wall", &|subject| {
            change(subject.slowdown.get(&family).map(|slowdown| slowdown.wall))
        }));
        text.push_str(&row("own CPU", &|subject| {
            range(
                &of(subject),
                |grade| grade.own_cpu.map(|own| 100.0 * own),
                " %",
            )
        }));
        text.push_str(&row("memory, MiB", &|subject| {
            range(
                &of(subject),
                |grade| grade.max_rss.map(|bytes| bytes as f64 / f64::from(1 << 20)),
                "",
            )
        }));
        text.push_str(&row("samples obtained", &|subject| {
            let obtained = |grade: &Grade| {
                grade
                    .rate_obtained
                    .map(|rate| 100.0 * rate / grade.rate_asked)
            };
            range(&of(subject), obtained, " %")
        }));
        text.push('\n');
    }
}

fn cell(grade: &Grade) -> String {
    let mark = match grade.verdict {
        Verdict::Pass => "",
        Verdict::Fail => " **FAIL**",
        Verdict::Broken => return "**broken**".to_owned(),
        Verdict::Skipped => return "skipped".to_owned(),
    };
    let bias = grade.bias_pp.unwrap_or_default();
    format!("{bias:.1} (z {:.1}){mark}", grade.z.unwrap_or_default())
}

/// The least and the most over the workloads.
fn range(grades: &[&Grade], value: impl Fn(&Grade) -> Option<f64>, unit: &str) -> String {
    let values: Vec<f64> = grades.iter().filter_map(|grade| value(grade)).collect();
    let least = values.iter().copied().reduce(f64::min);
    let most = values.iter().copied().reduce(f64::max);
    match least.zip(most) {
        Some((least, most)) => format!("{least:.0} to {most:.0}{unit}"),
        None => "-".to_owned(),
    }
}

const HEAD: &str = "\
# How accurate profilers are

Made by `just compare-profilers`: every profiler on the same workloads, in turns, on one
machine. A workload knows what each of its functions took, by its threads' own clocks. A
cell says by how many percentage points the worst function's share is off over all repeats
(bias), and how many binomial standard errors the worst share of any single repeat is off
(z; of some hundred shares, one is off by 3 by chance). **FAIL** marks what chance does not
explain, at a level of 1 % for all workloads of a profiler together, and what must not
happen at all: lost callers, cut stacks, stacks that cannot be.

Slow-down is the CPU time (or wall time) of the same work with the profiler and without,
run in turns, over the workloads of its table, with a 95 % interval. Own CPU is what the profiler took
for itself until its stacks had names, for each CPU second of the program; samply's is
without names, which its viewer looks up. Memory is the profiler's; where it is a library,
its program's as well. Ranges are over the workloads.

";
