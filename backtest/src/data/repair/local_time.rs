//! Local time sold as UTC, where there is no unix column to tell.
//!
//! An updater that mistakes local time for UTC leaves a mark when it is mended: it goes
//! on after the last label it has, which is some hours early, and so fetches these
//! hours again. The file then has a block of bars twice, at times that are as many
//! hours apart as the block is long. Where the mistake began is not told by the rows:
//! labels go on without a hole, and the lost hours are at most a jump of the price. So
//! this is reported, and repaired only by a reference; see `reference`.

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;

/// No time zone is further from UTC.
const MOST_HOURS: usize = 14;

/// Fewer equal bars than this may be chance.
const LEAST_HOURS: usize = 2;

/// Looks for repeated blocks in sorted rows.
pub fn find(rows: &[Row], findings: &mut Findings) {
    let Some((start, n_hours)) = repeated_block(rows) else {
        return;
    };
    let time = rows[start].bar.open_time;
    for row in &rows[start - n_hours..start] {
        findings.defect(K::LocalTime, row.offset, || {
            format!("the {n_hours} bars before {time} stand again at and after it")
        });
    }
    findings.leave(K::LocalTime);
    findings.set_detail(
        K::LocalTime,
        format!(
            "{n_hours} bars from {time} on repeat those of {n_hours} hours before, so weeks of \
             dates beside them are local time; give --reference FILE to move them"
        ),
    );
}

/// Where a block of bars begins that repeats the block right before it, and how many
/// hours it is long.
fn repeated_block(rows: &[Row]) -> Option<(usize, usize)> {
    let closes: Vec<_> = rows.iter().map(|row| row.bar.close).collect();
    (LEAST_HOURS..rows.len()).find_map(|start| {
        let most = MOST_HOURS.min(start).min(rows.len() - start);
        // A block that begins here repeats this very close. Nearly every bar ends here.
        if !closes[start - most..start].contains(&closes[start]) {
            return None;
        }
        (LEAST_HOURS..=most)
            .rev()
            .find(|n_hours| is_repeated(&rows[start - n_hours..start + n_hours]))
            .map(|n_hours| (start, n_hours))
    })
}

/// Whether the second half of consecutive bars is the first half again, and no two
/// bars within it are alike, as they are when a feed has stopped.
fn is_repeated(rows: &[Row]) -> bool {
    let (first, second) = rows.split_at(rows.len() / 2);
    let hours = i64::try_from(first.len()).expect("at most fourteen");
    let is_pair = |(one, other): (&Row, &Row)| {
        one.bar.close == other.bar.close
            && one.bar.volume.to_bits() == other.bar.volume.to_bits()
            && one.bar.open == other.bar.open
            && one.bar.high == other.bar.high
            && one.bar.low == other.bar.low
            && other.bar.open_time == one.bar.open_time.plus_hours(hours)
            && one.bar.volume > 0.0
    };
    first.iter().zip(second).all(is_pair)
        && first.windows(2).all(|pair| {
            pair[0].bar.close != pair[1].bar.close
                && pair[1].bar.open_time == pair[0].bar.open_time.plus_hours(1)
        })
}
