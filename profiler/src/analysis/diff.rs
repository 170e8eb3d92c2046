//! What changed between two profiles, function by function.

use std::collections::BTreeMap;

use super::Share;
use crate::profile::{Profile, Weight};

/// How one function's share of all samples changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The name of the function.
    pub name: String,
    /// Its total (with callees) before.
    pub before: Share,
    /// Its total (with callees) after.
    pub after: Share,
    /// `after - before` with its 95 % interval.
    pub difference: Difference,
}

/// The difference of two shares with its 95 % confidence interval, as fractions of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The observed difference.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Difference {
    /// Computes `after - before` of two independent profiles, with the hybrid score
    /// interval (R. G. Newcombe, "Interval estimation for the difference between
    /// independent proportions", Statistics in Medicine 17, 1998, 873-890, method 10).
    pub fn between(before: Share, after: Share) -> Self {
        let value = after.value - before.value;
        Self {
            value,
            low: value - (after.value - after.low).hypot(before.high - before.value),
            high: value + (after.high - after.value).hypot(before.value - before.low),
        }
    }

    /// Returns half the length of the interval.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// Compares the totals of all functions, the largest change first; equal ones by name.
///
/// Shares are compared, not counts, so the profiles may differ in length.
pub fn changes(before: &Profile, after: &Profile) -> Vec<Change> {
    let nothing = |profile: &Profile| profile.share(Weight::default());
    let mut shares: BTreeMap<String, (Share, Share)> = BTreeMap::new();
    for function in before.functions() {
        shares.insert(function.name, (function.total_share, nothing(after)));
    }
    for function in after.functions() {
        shares
            .entry(function.name)
            .or_insert((nothing(before), nothing(after)))
            .1 = function.total_share;
    }
    let mut changes: Vec<Change> = shares
        .into_iter()
        .map(|(name, (before, after))| {
            let difference = Difference::between(before, after);
            Change {
                name,
                before,
                after,
                difference,
            }
        })
        .collect();
    // The sort keeps the order of names among equals.
    changes.sort_by(|a, b| {
        b.difference
            .value
            .abs()
            .total_cmp(&a.difference.value.abs())
    });
    changes
}
