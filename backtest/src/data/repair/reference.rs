//! Moving rows to where another file's returns say that they belong.
//!
//! The shift of every row is found at once, as the cheapest path through all shifts
//! (Viterbi 1967, "Error bounds for convolutional codes"): a row costs what its shape
//! (close, high and low against the open) differs from the reference's at the shifted
//! hour, and a change of shift costs as
//! much as several rows that do not fit. So the hour at which local time began is
//! found as exactly as the bars allow.

use crate::bar::{Bar, BarSeries};
use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::time::Timestamp;

/// No time zone is further from UTC.
const MOST_HOURS: usize = 14;

/// The number of shifts.
const N_SHIFTS: usize = 2 * MOST_HOURS + 1;

/// What a row may cost at most: it differs from the reference by its own size, so that
/// wild hours count no more than calm ones.
const MOST_COST: f64 = 1.0;

/// What a change of shift costs, where the price goes on as if there were none.
const CHANGE_COST: f64 = 4.0;

/// A series whose hours are known to be right.
pub struct Reference {
    bars: BarSeries,
}

impl Reference {
    pub const fn new(bars: BarSeries) -> Self {
        Self { bars }
    }

    /// Moves sorted rows to the hours they belong to, and sorts them again.
    pub fn align(&self, rows: &mut [Row], findings: &mut Findings) {
        let shifts = self.shifts(rows);
        let moved = || shifts.iter().filter(|shift| **shift != 0);
        let (Some(least), Some(most)) = (moved().min().copied(), moved().max().copied()) else {
            return;
        };
        findings.restart(K::LocalTime);
        for (row, shift) in rows.iter_mut().zip(shifts.iter().copied()) {
            if shift == 0 {
                continue;
            }
            let time = row.bar.open_time;
            findings.defect(K::LocalTime, row.offset, || {
                format!("the bar of {time} belongs to {}", time.plus_hours(shift))
            });
            row.bar.open_time = time.plus_hours(shift);
        }
        rows.sort_by_key(|row| row.bar.open_time);
        let hours = if least == most {
            format!("{least:+}")
        } else {
            format!("{least:+} to {most:+}")
        };
        findings.set_detail(K::LocalTime, format!("moved by {hours} hours"));
    }

    /// The shift in hours of every row.
    fn shifts(&self, rows: &[Row]) -> Vec<i64> {
        let typical = typical_return(rows);
        let mut costs = [0.0_f64; N_SHIFTS];
        let mut before: Vec<[u8; N_SHIFTS]> = Vec::with_capacity(rows.len());
        let mut last_close = None;
        for row in rows {
            // Hours are lost where the shift changes, and so a price goes on elsewhere.
            let goes_on = last_close.replace(row.bar.close) == Some(row.bar.open);
            let change_cost = CHANGE_COST * if goes_on { 1.0 } else { 0.5 };
            // Of equally cheap shifts the one nearest to none.
            let cheapest = (0..N_SHIFTS)
                .min_by(|one, other| {
                    let away = |idx: usize| hours(idx).abs();
                    costs[*one]
                        .total_cmp(&costs[*other])
                        .then(away(*one).cmp(&away(*other)))
                })
                .expect("there are shifts");
            let change = costs[cheapest] + change_cost;
            let mut from = [0; N_SHIFTS];
            for (idx, cost) in costs.iter_mut().enumerate() {
                let is_change = change < *cost;
                let origin = if is_change { cheapest } else { idx };
                from[idx] = u8::try_from(origin).expect("there are 29 shifts");
                *cost = cost.min(change) + self.cost(row, hours(idx), typical);
            }
            before.push(from);
        }
        let mut idx = (0..N_SHIFTS)
            .min_by(|one, other| costs[*one].total_cmp(&costs[*other]))
            .expect("there are shifts");
        let mut shifts = vec![0; rows.len()];
        for (place, from) in before.iter().enumerate().rev() {
            shifts[place] = hours(idx);
            idx = usize::from(from[idx]);
        }
        shifts
    }

    /// How badly a row fits the hour that a shift moves it to.
    fn cost(&self, row: &Row, shift: i64, typical: f64) -> f64 {
        let found = self.bar(row.bar.open_time.plus_hours(shift));
        // Where the reference has nothing no shift is better than another.
        found.map_or(0.5 * MOST_COST, |found| {
            let (ours, theirs) = (shape_of(&row.bar), shape_of(&found));
            let (mut difference, mut size) = (0.0, typical);
            for (ours, theirs) in ours.into_iter().zip(theirs) {
                difference += (ours - theirs).abs();
                size += ours.abs().max(theirs.abs());
            }
            (difference / size).min(MOST_COST)
        })
    }

    fn bar(&self, time: Timestamp) -> Option<Bar> {
        let bar = self.bars.bar(self.bars.index_of(time)?);
        (!bar.filled).then_some(bar)
    }
}

fn hours(idx: usize) -> i64 {
    let hours = |idx| i64::try_from(idx).expect("there are 29 shifts");
    hours(idx) - hours(MOST_HOURS)
}

/// How far close, high and low are from the open.
fn shape_of(bar: &Bar) -> [f64; 3] {
    let open = bar.open.as_f64();
    [bar.close, bar.high, bar.low].map(|price| price.as_f64() / open - 1.0)
}

/// The median size of a return that is one.
fn typical_return(rows: &[Row]) -> f64 {
    let returns = rows.iter().map(|row| shape_of(&row.bar)[0].abs());
    let mut returns: Vec<f64> = returns.filter(|size| *size > 0.0).collect();
    if returns.is_empty() {
        return 1.0;
    }
    let middle = returns.len() / 2;
    *returns.select_nth_unstable_by(middle, f64::total_cmp).1
}
