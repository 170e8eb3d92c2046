//! Rows that have the time of another.
//!
//! Of equal rows one is as good as another. Of rows that disagree the one with the
//! greatest volume is kept, the first in the file when volumes are equal: the usual
//! cause is an hour that was downloaded once while it ran and once when it was over,
//! and the whole hour has traded more. `freqtrade` decides the same case likewise (it
//! joins such rows, which for a part and a whole gives the whole:
//! `freqtrade/data/converter/converter.py`, `clean_ohlcv_dataframe`), but makes a bar
//! that no source has of rows that truly differ.

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::data::source_file::SourceFile;

/// Keeps one of sorted rows for each time.
pub fn drop(rows: &mut Vec<Row>, file: &SourceFile<'_>, findings: &mut Findings) {
    let is_same = |one: &Row, other: &Row| one.bar.open_time == other.bar.open_time;
    if rows.windows(2).all(|pair| !is_same(&pair[0], &pair[1])) {
        return;
    }
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let Some(last) = kept.last_mut().filter(|last| is_same(last, row)) else {
            kept.push(*row);
            continue;
        };
        let time = row.bar.open_time;
        if last.bar == row.bar {
            findings.defect(K::EqualDuplicates, row.offset, || {
                format!(
                    "the bar of {time} stands twice, in line {} too",
                    file.line_at(last.offset)
                )
            });
            continue;
        }
        let first = last.offset.min(row.offset);
        findings.defect(K::ConflictingDuplicates, row.offset, || {
            format!(
                "the bar of {time} differs from that of line {}, and only one can be right",
                file.line_at(first),
            )
        });
        if row.bar.volume > last.bar.volume {
            *last = *row;
        }
    }
    *rows = kept;
}
