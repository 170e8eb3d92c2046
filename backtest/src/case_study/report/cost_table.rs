//! A flame graph in numbers, for those who cannot see it or want to quote it.

use std::fmt::Write as _;

use profiler::Profile;

use super::template::escape;
use crate::case_study::text::share;

/// Functions listed.
const N_ROWS: usize = 12;

/// The rows of a table of the functions with the largest total, the largest first;
/// equal ones by name.
pub fn cost_rows(profile: &Profile) -> String {
    let mut functions = profile.functions();
    functions.sort_by(|a, b| (b.total_weight, &a.name).cmp(&(a.total_weight, &b.name)));
    let mut rows = String::new();
    for function in functions.iter().take(N_ROWS) {
        writeln!(
            rows,
            r#"<tr><th scope="row"><code>{}</code></th><td>{}</td><td>{}</td></tr>"#,
            escape(&function.name),
            share(function.total_share),
            share(function.self_share),
        )
        .expect("a string takes every write");
    }
    rows
}
