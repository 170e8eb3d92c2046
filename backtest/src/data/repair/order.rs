//! The order of rows by time.

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::data::report::RowOrder;

/// Sorts rows by time, those of one time as they stand in the file, and says how
/// they stood.
pub fn sort(rows: &mut [Row], findings: &mut Findings) -> RowOrder {
    let is_sorted = |pair: &[Row]| pair[0].bar.open_time <= pair[1].bar.open_time;
    let n_ascending = rows.windows(2).filter(|pair| is_sorted(pair)).count();
    let n_steps = rows.len().saturating_sub(1);
    if n_ascending == n_steps {
        return RowOrder::Ascending;
    }
    let is_reversed = |pair: &[Row]| pair[0].bar.open_time >= pair[1].bar.open_time;
    if rows.windows(2).all(is_reversed) {
        for row in rows.iter() {
            findings.note(K::Descending, row.offset);
        }
        rows.reverse();
        // Rows of one time stand as in the file again.
        rows.chunk_by_mut(|one, other| one.bar.open_time == other.bar.open_time)
            .for_each(<[Row]>::reverse);
        return RowOrder::Descending;
    }
    let is_ascending = n_ascending * 2 >= n_steps;
    for pair in rows.windows(2) {
        let is_kept = if is_ascending {
            is_sorted(pair)
        } else {
            is_reversed(pair)
        };
        if !is_kept {
            findings.defect(K::MixedOrder, pair[1].offset, || {
                format!(
                    "the bar of {} stands after that of {}",
                    pair[1].bar.open_time, pair[0].bar.open_time
                )
            });
        }
    }
    rows.sort_by_key(|row| row.bar.open_time);
    RowOrder::Mixed
}
