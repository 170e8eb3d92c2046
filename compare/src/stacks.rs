//! The stacks that a profiler reported, whichever way it wrote them.

use anyhow::{Context, Result};

/// Stacks, root first, with their weights.
#[derive(Debug, Default)]
pub struct Stacks {
    /// Names of the functions from the root to the leaf, and what the stack counts for.
    pub stacks: Vec<(Vec<String>, f64)>,
    /// How many samples they are; the weight may be time.
    pub n_samples: f64,
}

impl Stacks {
    /// Reads folded stacks whose counts are samples; `name` makes a function's name of
    /// a frame, or leaves the frame out.
    ///
    /// # Errors
    ///
    /// When a line has no count.
    pub fn from_folded(text: &str, name: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut stacks = Self::from_weighted(text, name)?;
        stacks.n_samples = stacks.stacks.iter().map(|(_, weight)| weight).sum();
        Ok(stacks)
    }

    /// The same where each line is one sample, and its number a weight.
    ///
    /// # Errors
    ///
    /// When a line has no weight.
    pub fn from_weighted(text: &str, name: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut found = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let (stack, weight) = line
                .rsplit_once(' ')
                .with_context(|| format!("`{line}` is not a folded stack"))?;
            let weight = weight
                .parse()
                .with_context(|| format!("`{line}` does not end in a weight"))?;
            found
                .stacks
                .push((stack.split(';').filter_map(&name).collect(), weight));
            found.n_samples += 1.0;
        }
        Ok(found)
    }

    /// Leaves out the stacks that have the function, and their part of the samples.
    pub fn without(mut self, function: &str) -> Self {
        let samples_per_weight = self.n_samples / self.total().max(f64::MIN_POSITIVE);
        self.stacks
            .retain(|(stack, _)| stack.iter().all(|name| name != function));
        self.n_samples = samples_per_weight * self.total();
        self
    }

    /// Adds up all weights.
    pub fn total(&self) -> f64 {
        self.stacks.iter().map(|(_, weight)| weight).sum()
    }

    /// Adds up the weights of the stacks that have the function.
    pub fn weight_of(&self, function: &str) -> f64 {
        let wanted = last_part(function);
        let with = |stack: &[String]| stack.iter().any(|name| last_part(name) == wanted);
        let found = self.stacks.iter().filter(|(stack, _)| with(stack));
        found.map(|(_, weight)| weight).sum()
    }
}

/// Makes a native frame comparable: demangled, without hashes and offsets.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the readers' namers")]
pub fn native_name(frame: &str) -> Option<String> {
    let frame = frame.split("+0x").next().unwrap_or(frame);
    let name = format!("{:#}", rustc_demangle::demangle(frame));
    // Demangled as C++ names, the older Rust names keep their hash.
    let is_hash = |part: &str| part.len() == 17 && part.starts_with('h');
    match name.rsplit_once("::") {
        Some((path, last)) if is_hash(last) => Some(path.to_owned()),
        _ => Some(name),
    }
}

/// The last part of a path; the functions of one workload differ in it.
fn last_part(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_counted_once_a_stack() {
        let folded = "main;a::f;b;a::f 3\nmain;b::g 2\n";
        let stacks = Stacks::from_folded(folded, native_name).expect("it is folded");
        assert!((stacks.weight_of("x::f") - 3.0).abs() < 1e-9);
        assert!((stacks.total() - 5.0).abs() < 1e-9);
        assert!((stacks.n_samples - 5.0).abs() < 1e-9);
        assert!(Stacks::from_folded("main", native_name).is_err());
    }

    #[test]
    fn names_lose_what_is_not_theirs() {
        let cases = [
            ("a::b::h0123456789abcdef", "a::b"),
            ("_ZN1a1b17h0123456789abcdefE", "a::b"),
            ("memset+0x1f", "memset"),
            ("generate_in_library", "generate_in_library"),
        ];
        for (frame, name) in cases {
            assert_eq!(native_name(frame).as_deref(), Some(name));
        }
    }
}
