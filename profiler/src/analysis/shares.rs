//! Self and total of each function.

use crate::profile::{FrameId, Profile, Weight};

use super::Share;

/// What one function accounts for.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionShare {
    /// The name of the function.
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
        let n = self.total().as_samples();
        let (self_weights, total_weights) = self.weights();
        let mut functions: Vec<FunctionShare> = self
            .tables()
            .frames()
            .filter(|frame| total_weights[frame.index()] > Weight::default())
            .map(|frame| {
                let (self_weight, total_weight) =
                    (self_weights[frame.index()], total_weights[frame.index()]);
                FunctionShare {
                    name: self.frame_name(frame).to_owned(),
                    self_weight,
                    total_weight,
                    self_share: Share::new(self_weight.as_samples(), n),
                    total_share: Share::new(total_weight.as_samples(), n),
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
        let matches = self.matching_frames(predicate);
        let hits: Weight = self
            .samples()
            .filter(|sample| {
                self.tables()
                    .frames_of(sample.stack)
                    .any(|frame| matches[frame.index()])
            })
            .map(|sample| sample.weight)
            .sum();
        Share::new(hits.as_samples(), self.total().as_samples())
    }

    fn weights(&self) -> (Vec<Weight>, Vec<Weight>) {
        let n_frames = self.tables().frame_count();
        let mut self_weights = vec![Weight::default(); n_frames];
        let mut total_weights = vec![Weight::default(); n_frames];
        // Remembers the last sample that counted a function, so that recursion counts once.
        let mut counted_by = vec![usize::MAX; n_frames];
        for (at, sample) in self.samples().enumerate() {
            let leaf: FrameId = self.tables().leaf(sample.stack);
            self_weights[leaf.index()] += sample.weight;
            for frame in self.tables().frames_of(sample.stack) {
                if counted_by[frame.index()] != at {
                    counted_by[frame.index()] = at;
                    total_weights[frame.index()] += sample.weight;
                }
            }
        }
        (self_weights, total_weights)
    }
}
