//! Self and total of each function.

use crate::profile::{LabelId, Profile, Weight};

use super::Share;

/// What one function accounts for.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionShare {
    /// The label of the function, or of the line in a profile taken by line.
    pub name: String,
    /// Samples in the function itself, without what it called.
    pub self_weight: Weight,
    /// Samples in the function or in anything that it called; a stack counts
    /// once, however often the function recurs in it.
    pub total_weight: Weight,
    /// `self_weight` as a share of all samples.
    pub self_share: Share,
    /// `total_weight` as a share of all samples.
    pub total_share: Share,
}

impl Profile {
    /// Returns self and total of every function, the largest self first; equal
    /// ones by total, then by name.
    pub fn functions(&self) -> Vec<FunctionShare> {
        let (self_weights, total_weights) = self.weights();
        let mut functions: Vec<FunctionShare> = self
            .tables()
            .labels()
            .filter(|label| total_weights[label.index()] > Weight::default())
            .map(|label| {
                let (self_weight, total_weight) =
                    (self_weights[label.index()], total_weights[label.index()]);
                FunctionShare {
                    name: self.tables().label(label).to_owned(),
                    self_weight,
                    total_weight,
                    self_share: self.share(self_weight),
                    total_share: self.share(total_weight),
                }
            })
            .collect();
        functions.sort_by(|a, b| {
            (b.self_weight, b.total_weight, &a.name).cmp(&(a.self_weight, a.total_weight, &b.name))
        });
        functions
    }

    /// Returns the share of samples with at least one function for which
    /// `predicate` holds anywhere in their stack.
    ///
    /// ```
    /// # use profiler::Profile;
    /// let profile = Profile::from_stacks([(["main", "parse"], 30), (["main", "draw"], 70)]);
    /// let parse = profile.share_of(|function| function == "parse");
    /// assert_eq!(parse.value, 0.30);
    /// assert!(parse.low > 0.21 && parse.high < 0.40);
    /// ```
    pub fn share_of(&self, predicate: impl Fn(&str) -> bool) -> Share {
        let matches = self.matching_labels(predicate);
        let hits: Weight = self
            .samples()
            .filter(|sample| {
                self.tables()
                    .frames_of(sample.stack)
                    .any(|frame| matches[self.tables().label_of(frame).index()])
            })
            .map(|sample| sample.weight)
            .sum();
        self.share(hits)
    }

    fn weights(&self) -> (Vec<Weight>, Vec<Weight>) {
        let n_labels = self.tables().label_count();
        let mut self_weights = vec![Weight::default(); n_labels];
        let mut total_weights = vec![Weight::default(); n_labels];
        // Remembers the last sample that counted a function, so that recursion counts once.
        let mut counted_by = vec![usize::MAX; n_labels];
        for (at, sample) in self.samples().enumerate() {
            let leaf: LabelId = self.tables().label_of(self.leaf(sample.stack));
            self_weights[leaf.index()] += sample.weight;
            for frame in self.frames_of(sample.stack) {
                let label = self.tables().label_of(frame);
                if counted_by[label.index()] != at {
                    counted_by[label.index()] = at;
                    total_weights[label.index()] += sample.weight;
                }
            }
        }
        (self_weights, total_weights)
    }
}
