//! The measurements as a table: what the terminal prints, for a room.

use std::fmt::Write as _;

use super::fix::{FIXES, Fix};
use crate::case_study::rounds::seconds;
use crate::case_study::text::interval;
use crate::case_study::{CaseStudy, Variant};

/// The rows of the table, one a variant.
pub fn savings_rows(study: &CaseStudy) -> String {
    let mut rows = String::new();
    let seconds = seconds(&study.rounds, study.seed);
    let fixes = std::iter::once(None).chain(FIXES.map(Some));
    for ((variant, seconds), fix) in Variant::ALL.iter().zip(seconds).zip(fixes) {
        let cells = match fix {
            None => r#"<td class="none">–</td><td class="none">–</td><td class="none">–</td>"#
                .to_owned(),
            Some(fix) => format!(
                "<td>{}</td><td>{}</td><td>{}</td>",
                interval(&fix.measured(study), 1),
                interval(&fix.predicted(study), 1),
                agreement(fix.agrees(study)),
            ),
        };
        writeln!(
            rows,
            r#"<tr class="{}"><th scope="row"><span class="swatch" aria-hidden="true"></span>{}</th><td>{}</td>{cells}</tr>"#,
            fix.map_or("before", Fix::class),
            variant.label(),
            interval(&seconds, 2),
        )
        .expect("a string takes every write");
    }
    rows
}

const fn agreement(agrees: bool) -> &'static str {
    if agrees {
        r#"<strong class="yes">✓ AGREES</strong>"#
    } else {
        r#"<strong class="no">✗ DIFFERS</strong>"#
    }
}
