//! A text table of the functions that matter most, for the terminal.

use std::io::Write;

use crate::analysis::Share;
use crate::error::{Error, Result};
use crate::profile::Profile;

/// Writes the `n_rows` functions with the largest self time, each share with its 95 %
/// interval, and below them how the profile was taken.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, n_rows: usize, mut out: impl Write) -> Result<()> {
    let functions = profile.functions();
    let mut lines = vec![format!("{:>15}  {:>15}  function", "self %", "total %")];
    for function in functions.iter().take(n_rows) {
        let (own, total) = (
            per_cent(function.self_share),
            per_cent(function.total_share),
        );
        lines.push(format!("{own:>15}  {total:>15}  {}", function.name));
    }
    if functions.len() > n_rows {
        lines.push(format!("{} more functions", functions.len() - n_rows));
    }
    lines.push(format!("{}\n", profile.quality()));
    out.write_all(lines.join("\n").as_bytes())
        .map_err(Error::io("write a table"))
}

fn per_cent(share: Share) -> String {
    format!(
        "{:.2} ±{:.2}",
        share.value * 100.0,
        share.half_width() * 100.0
    )
}
