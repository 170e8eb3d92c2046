//! The heat map: subjects by workloads, each cell opening into its plot.
//!
//! One file without scripts: cells open by the browser's own popovers. Colour is never
//! alone: each cell has its verdict as a sign and its bias as a number.

use std::fmt::Write as _;

use super::super::family::Family;
use super::super::grade::{FunctionGrade, Grade, Verdict};
use super::super::results::Results;
use super::super::slowdown::{Ratio, Slowdown};
use super::number::{change, or_dash, percent};
use super::text::name;

/// Writes the page.
pub fn html(results: &Results) -> String {
    let mut page = String::from(concat!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width\">\n",
        "<title>Profilers against the truth</title>\n<style>\n",
        include_str!("heat_map.css"),
        "</style>\n</head>\n<body>\n<h1>Profilers against the truth</h1>\n"
    ));
    let count = |verdict| results.count(verdict);
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "<p>{} passed, {} failed, {} broken, {} skipped. A cell is the worst error of a function's \
         share over all repeats, in percentage points; press it to see what it is made of.</p>",
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::Broken),
        count(Verdict::Skipped)
    );
    page.push_str(LEGEND);
    write_map(&mut page, results);
    let plan = &results.plan;
    let _ = writeln!(
        page,
        "<p class=\"small\">{}, {}. {} Hz asked for, {} repeats of about {} CPU seconds, from seed {}; \
         a correct profiler fails anywhere with a probability of {} %.</p>",
        escape(&results.date),
        escape(&results.machine),
        plan.rate_hz,
        plan.n_repeats,
        plan.seconds,
        plan.seed,
        100.0 * plan.level
    );
    for (number, grade) in results.results.iter().enumerate() {
        write_details(&mut page, number, grade);
    }
    page.push_str("</body>\n</html>\n");
    page
}

const LEGEND: &str = concat!(
    "<p class=\"legend\">",
    "<span><span class=\"cell pass\">✓ 0.3</span> nothing that chance does not explain</span>",
    "<span><span class=\"cell fail heat2\">✗ 9.1</span> wrong, the darker the more</span>",
    "<span><span class=\"cell broken\">! broken</span> no profile</span>",
    "<span><span class=\"cell skipped\">– skipped</span></span></p>\n",
);

fn write_map(page: &mut String, results: &Results) {
    let mut workloads: Vec<String> = Vec::new();
    for grade in &results.results {
        if !workloads.contains(&name(grade)) {
            workloads.push(name(grade));
        }
    }
    page.push_str("<div class=\"scroll\"><table>\n<thead><tr><td></td>");
    for subject in &results.subjects {
        let version = match &subject.version {
            Ok(version) => version,
            Err(reason) => reason,
        };
        let _ = write!(
            page,
            "<th scope=\"col\" title=\"{}\">{}</th>",
            escape(version),
            escape(&subject.name)
        );
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for workload in &workloads {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escape(workload));
        for subject in &results.subjects {
            let mut grades = results.results.iter().enumerate();
            let found =
                grades.find(|(_, grade)| grade.subject == subject.name && name(grade) == *workload);
            match found {
                Some((number, grade)) => write_cell(page, number, grade),
                None => page.push_str("<td></td>"),
            }
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n<tfoot>");
    for family in Family::ALL {
        for (title, of) in FOOT {
            write_foot(page, results, family, title, of);
        }
    }
    page.push_str("</tfoot></table></div>\n");
}

/// The side of a slow-down that a row is about.
type Side = fn(&Slowdown) -> Ratio;

const FOOT: [(&str, Side); 2] = [
    ("more CPU time", |slowdown| slowdown.cpu),
    ("more wall time", |slowdown| slowdown.wall),
];

/// A row of slow-downs over the workloads of a family, where anything is known of it.
fn write_foot(page: &mut String, results: &Results, family: Family, title: &str, of: Side) {
    let slowdowns = results.subjects.iter();
    let slowdowns = slowdowns.map(|subject| subject.slowdown.get(&family));
    if slowdowns.clone().all(|slowdown| slowdown.is_none()) {
        return;
    }
    let _ = write!(
        page,
        "<tr><th scope=\"row\">{title}, {}</th>",
        family.title()
    );
    for slowdown in slowdowns {
        let text = slowdown.map_or_else(String::new, |slowdown| change(Some(of(slowdown))));
        let _ = write!(page, "<td class=\"number\">{text}</td>");
    }
    page.push_str("</tr>\n");
}

fn write_cell(page: &mut String, number: usize, grade: &Grade) {
    let bias = grade.bias_pp.unwrap_or_default();
    let (class, text) = match grade.verdict {
        Verdict::Pass => ("pass".to_owned(), format!("✓ {bias:.1}")),
        Verdict::Fail => {
            let heat = [2.0, 5.0, 15.0, 40.0]
                .iter()
                .filter(|&&limit| bias > limit)
                .count();
            (format!("fail heat{heat}"), format!("✗ {bias:.1}"))
        }
        Verdict::Broken => ("broken".to_owned(), "! broken".to_owned()),
        Verdict::Skipped => ("skipped".to_owned(), "– skipped".to_owned()),
    };
    let _ = write!(
        page,
        "<td><button class=\"cell {class}\" popovertarget=\"d{number}\">{text}</button></td>"
    );
}

fn write_details(page: &mut String, number: usize, grade: &Grade) {
    let _ = write!(
        page,
        "<section popover id=\"d{number}\"><h2>{} on {}</h2>",
        escape(&grade.subject),
        escape(&name(grade))
    );
    for finding in &grade.findings {
        let _ = write!(
            page,
            "<p><b>{}</b>: {}</p>",
            escape(&finding.kind),
            escape(&finding.text)
        );
    }
    if !grade.functions.is_empty() {
        write_plot(page, &grade.functions);
    }
    if let Some(causal) = &grade.causal {
        let _ = write!(
            page,
            "<p><code>{}</code> slowed {} times: its share should go from {:.1} to {:.1} %, and went to {:.1} %.</p>",
            escape(&causal.function),
            causal.factor,
            100.0 * causal.before,
            100.0 * causal.expected,
            100.0 * causal.reported
        );
    }
    let facts = [
        (
            "worst error in one repeat",
            format!("{} points", or_dash(grade.max_error_pp, 1)),
        ),
        ("in standard errors", or_dash(grade.z, 1)),
        (
            "variance over that of chance",
            or_dash(grade.variance_ratio, 2),
        ),
        ("samples", format!("{:.0}", grade.samples)),
        (
            "rate obtained",
            format!(
                "{} of {:.0} Hz",
                or_dash(grade.rate_obtained, 0),
                grade.rate_asked
            ),
        ),
        (
            "complete stacks",
            format!("{} %", percent(grade.complete_stacks)),
        ),
        ("lost callers", format!("{} %", percent(grade.lost_callers))),
        (
            "wrong callers",
            format!("{} %", percent(grade.wrong_callers)),
        ),
        ("more CPU time", change(grade.slowdown)),
        ("own CPU", format!("{} %", percent(grade.own_cpu))),
    ];
    page.push_str("<dl>");
    for (term, value) in facts {
        if !value.starts_with('-') {
            let _ = write!(page, "<dt>{term}</dt><dd>{}</dd>", escape(&value));
        }
    }
    page.push_str("</dl></section>\n");
}

/// Height of a function's row in the plot, and where its scale begins and ends.
const ROW: usize = 34;
const LEFT: f64 = 10.0;
const RIGHT: f64 = 590.0;

/// For each function its true share as a bar, and the reported one with its interval.
fn write_plot(page: &mut String, functions: &[FunctionGrade]) {
    let at = |share: f64| LEFT + (RIGHT - LEFT) * share;
    let height = functions.len() * ROW + 20;
    let _ = write!(
        page,
        "<svg viewBox=\"0 0 600 {height}\" role=\"img\" aria-label=\"true and reported shares\">"
    );
    for (percent, anchor) in [
        (0, "start"),
        (25, "middle"),
        (50, "middle"),
        (75, "middle"),
        (100, "end"),
    ] {
        let x = at(f64::from(percent) / 100.0);
        let _ = write!(
            page,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{}\"/>\
             <text class=\"scale\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{height}\">{percent} %</text>",
            height - 14
        );
    }
    for (number, function) in functions.iter().enumerate() {
        let y = number * ROW;
        let (truth, low, high, reported) = (
            at(function.truth),
            at(function.low),
            at(function.high),
            at(function.reported),
        );
        let middle = y + 22;
        let _ = write!(
            page,
            "<text x=\"{LEFT}\" y=\"{}\">{} {:.1} %, reported {:.1} %</text>\
             <rect class=\"truth\" x=\"{LEFT}\" y=\"{}\" width=\"{:.1}\" height=\"12\"/>\
             <line class=\"interval\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle}\" y2=\"{middle}\"/>\
             <circle class=\"reported\" cx=\"{reported:.1}\" cy=\"{middle}\" r=\"4\"/>",
            y + 11,
            escape(&function.name),
            100.0 * function.truth,
            100.0 * function.reported,
            y + 16,
            truth - LEFT
        );
    }
    page.push_str("</svg><p class=\"small\">Bars are true, points are reported, with their 95 % intervals.</p>");
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
