//! What a profile says of the functions of a workload.

use bench_fixtures::catalogue::Scored;
use serde::{Deserialize, Serialize};

use crate::profile::Profile;

/// What one profile shows of a workload's functions, in shares of all its observations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sighting {
    /// For each function, the share of the observations that have it on their stack.
    pub shares: Vec<f64>,
    /// How many independent observations there are in all.
    pub n: f64,
    /// The share of the observations with none of the functions on their stack.
    pub outside: f64,
    /// Two functions at once that never run at once.
    pub impossible: Rate,
    /// Callees that are known to be called by a function, and are seen without any.
    pub lost_callers: Rate,
    /// Callees that are seen under a function which never calls them.
    pub wrong_callers: Rate,
    /// Stacks of a recursion that lack some of its frames.
    pub cut: Rate,
}

/// How often something happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// How many observations show it.
    pub hits: f64,
    /// How many could.
    pub n: f64,
}

impl Rate {
    /// The part of them, from 0 to 1; zero where none could.
    pub fn value(self) -> f64 {
        self.hits / self.n.max(f64::MIN_POSITIVE)
    }

    pub(super) fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.n += other.n;
    }
}

impl Sighting {
    /// Looks for the functions in a profile whose frames `name` makes comparable.
    ///
    /// `n` is the number of independent observations, where it is not that of the
    /// profile: a file of times does not tell how many samples they were.
    pub fn of<'a>(
        profile: &'a Profile,
        functions: &[Scored],
        n: Option<f64>,
        name: impl Fn(&'a str) -> &'a str,
    ) -> Self {
        let n = n.unwrap_or_else(|| profile.n_observations());
        let total = profile.total().as_units() as f64;
        let mut found = Self {
            shares: vec![0.0; functions.len()],
            n,
            ..Self::default()
        };
        if total <= 0.0 {
            return found;
        }
        for (stack, weight) in profile.stacks() {
            let names: Vec<&str> = stack.iter().map(|frame| last_part(name(frame))).collect();
            let share = weight.as_units() as f64 / total;
            found.add_stack(&names, share, functions);
        }
        found
    }

    fn add_stack(&mut self, names: &[&str], share: f64, functions: &[Scored]) {
        let n = share * self.n;
        let has = |wanted: &str| names.contains(&wanted);
        let on_stack: Vec<usize> = (0..functions.len())
            .filter(|&at| has(functions[at].name))
            .collect();
        for &at in &on_stack {
            // An impossible stack counts for each of its functions in equal parts.
            self.shares[at] += share / on_stack.len() as f64;
            // On its way down a recursion has fewer frames, and not yet its leaf.
            let is_at_leaf = functions[at].leaf.is_none()
                || names.iter().any(|name| functions[at].is_leaf(name));
            if let Some(depth) = functions[at].depth.filter(|_| is_at_leaf) {
                let frames = names.iter().filter(|name| depth.is_frame(name));
                let is_cut = frames.count() < depth.n_frames as usize;
                self.cut.add(Rate::once(is_cut, n));
            }
        }
        if on_stack.is_empty() {
            self.outside += share;
        }
        self.impossible.add(Rate::once(on_stack.len() > 1, n));
        let is_function = |name: &str| functions.iter().any(|function| function.name == name);
        let is_called = |caller: &&Scored| {
            let mut names = names.iter();
            names.any(|name| caller.is_leaf(name) && !is_function(name))
        };
        for caller in with_own_callee(functions).filter(is_called) {
            let calls = |&at: &usize| functions[at].leaf == caller.leaf;
            let is_right = on_stack.iter().any(calls);
            self.lost_callers.add(Rate::once(on_stack.is_empty(), n));
            let is_wrong = !is_right && !on_stack.is_empty();
            self.wrong_callers.add(Rate::once(is_wrong, n));
        }
    }
}

impl Rate {
    fn once(is_hit: bool, n: f64) -> Self {
        Self {
            hits: if is_hit { n } else { 0.0 },
            n,
        }
    }
}

/// The first caller of each callee.
fn with_own_callee(functions: &[Scored]) -> impl Iterator<Item = &Scored> {
    functions.iter().enumerate().filter_map(|(at, function)| {
        let is_new = functions[..at]
            .iter()
            .all(|other| other.leaf != function.leaf);
        (is_new && function.leaf.is_some()).then_some(function)
    })
}

/// The last part of a path; the functions of one workload differ in it.
fn last_part(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bench_fixtures::catalogue::Depth;

    const CALLERS: [Scored; 3] = [
        scored("ask", Some("stat")),
        scored("sort", Some("qsort")),
        scored("rest", None),
    ];

    const fn scored(name: &'static str, leaf: Option<&'static str>) -> Scored {
        Scored {
            name,
            leaf,
            depth: None,
            share: 0.5,
        }
    }

    fn sighting(stacks: &[(&[&str], u64)], functions: &[Scored]) -> Sighting {
        let stacks = stacks.iter().map(|(stack, n)| (stack.iter(), *n));
        Sighting::of(&Profile::from_stacks(stacks), functions, None, |frame| {
            frame
        })
    }

    #[test]
    fn callers_are_right_wrong_or_lost() {
        let found = sighting(
            &[
                (&["main", "a::ask", "stat"], 60),
                (&["main", "a::sort", "stat"], 10),
                (&["stat"], 20),
                (&["main", "a::rest"], 10),
            ],
            &CALLERS,
        );
        assert!((found.shares[0] - 0.6).abs() < 1e-12);
        assert!((found.outside - 0.2).abs() < 1e-12);
        assert!((found.wrong_callers.value() - 10.0 / 90.0).abs() < 1e-12);
        assert!((found.lost_callers.value() - 20.0 / 90.0).abs() < 1e-12);
        assert!(found.impossible.hits < 1e-12);
    }

    #[test]
    fn two_functions_at_once_are_impossible() {
        let found = sighting(
            &[(&["main", "ask", "sort"], 5), (&["main", "rest"], 15)],
            &CALLERS,
        );
        assert!((found.impossible.value() - 0.25).abs() < 1e-12);
        assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_recursion_has_all_its_frames() {
        let descend = [Scored {
            name: "descend",
            leaf: None,
            depth: Some(Depth {
                frame: "descend",
                n_frames: 3,
            }),
            share: 0.5,
        }];
        let whole: &[&str] = &["main", "descend", "descend", "descend", "leaf"];
        let cut: &[&str] = &["descend", "descend", "leaf"];
        let found = sighting(&[(whole, 9), (cut, 1)], &descend);
        assert!((found.cut.value() - 0.1).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_seen_in_an_empty_profile() {
        let found = sighting(&[], &CALLERS);
        assert!(found.n < 1e-12 && found.shares == [0.0; 3]);
    }
}
