//! What changed between two profiles, function by function.

use std::collections::BTreeMap;

use super::Share;
use super::significance::{self, Observed};
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
    /// How often chance makes as great a difference in this function (Fisher's exact
    /// test).
    pub p_value: f64,
    /// How often chance makes as clear a difference anywhere among the functions of the
    /// two profiles: `p_value`, corrected for their number by Holm's method.
    pub p_corrected: f64,
}

impl Change {
    /// Tells whether the change is more than chance: at a level of 5 %, two profiles of
    /// the same behaviour show no such change in 19 of 20 cases.
    ///
    /// Chance means that of sampling. That two runs of a program differ by themselves is
    /// for more runs to show.
    pub fn is_beyond_chance(&self) -> bool {
        self.p_corrected < 0.05
    }
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
    let (n_before, n_after) = (before.n_observations(), after.n_observations());
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
            let p_value = significance::p_value(
                Observed::of_share(before.value, n_before),
                Observed::of_share(after.value, n_after),
            );
            Change {
                name,
                before,
                after,
                difference: Difference::between(before, after),
                p_value,
                p_corrected: p_value,
            }
        })
        .collect();
    let mut p_values: Vec<f64> = changes.iter().map(|change| change.p_value).collect();
    significance::correct(&mut p_values);
    for (change, corrected) in changes.iter_mut().zip(p_values) {
        change.p_corrected = corrected;
    }
    // The sort keeps the order of names among equals.
    changes.sort_by(|a, b| {
        b.difference
            .value
            .abs()
            .total_cmp(&a.difference.value.abs())
    });
    changes
}
