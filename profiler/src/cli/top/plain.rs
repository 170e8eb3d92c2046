//! The table as text, for a pipe.

use std::fmt::Write as _;

use super::model::Model;
use super::view::{activity, sampling};
use crate::cli::numbers::{elapsed, share};

/// Rows that are printed at every interval.
const ROWS: usize = 20;

/// One interval's table, with an empty line at its end.
pub fn table(model: &Model) -> String {
    let mut text = format!(
        "{}  {}  {}  {}\n",
        model.title,
        elapsed(model.passed),
        activity(model),
        sampling(model)
    );
    for column in model.subject.columns() {
        write!(text, "{column:>12}  ").expect("a string takes every write");
    }
    text.push_str("function\n");
    for row in model.rows().iter().take(ROWS) {
        for &column in &row.shares {
            write!(text, "{:>12}  ", column.map_or("-".to_owned(), share))
                .expect("a string takes every write");
        }
        text.push_str(&row.name);
        text.push('\n');
    }
    text.push('\n');
    text
}
