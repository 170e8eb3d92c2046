//! What each function of a workload truly cost.

use std::fmt;

/// States the measured CPU time of each named function of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    functions: Vec<(&'static str, u64)>,
}

impl Truth {
    pub(super) fn new(functions: Vec<(&'static str, u64)>) -> Self {
        Self { functions }
    }

    /// Lists each function's full path, as a symbolizer prints it, and the thread
    /// CPU time in nanoseconds that was spent in it and in all that it called.
    pub fn functions(&self) -> &[(&'static str, u64)] {
        &self.functions
    }

    /// Adds up the CPU time of all functions, in nanoseconds.
    pub fn total(&self) -> u64 {
        self.functions.iter().map(|(_, nanos)| nanos).sum()
    }

    /// Returns one function's part of the total, from 0 to 1.
    ///
    /// The name is the full path or its last part. `None` for a name that is not
    /// there, and when nothing was measured at all.
    pub fn share(&self, name: &str) -> Option<f64> {
        let total = self.total();
        let (_, nanos) = self
            .functions
            .iter()
            .find(|(path, _)| *path == name || path.rsplit("::").next() == Some(name))?;
        (total > 0).then(|| *nanos as f64 / total as f64)
    }
}

/// Shows the functions as a JSON array of objects.
///
/// The names are paths of Rust functions, so nothing needs escaping.
impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total().max(1) as f64;
        f.write_str("[")?;
        for (n_before, (name, nanos)) in self.functions.iter().enumerate() {
            let comma = if n_before == 0 { "" } else { "," };
            let share = *nanos as f64 / total;
            write!(
                f,
                r#"{comma}{{"name":"{name}","nanoseconds":{nanos},"share":{share:.6}}}"#
            )?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_parts_of_the_total() {
        let truth = Truth::new(vec![("a::b", 30), ("a::c", 10)]);
        assert_eq!(truth.total(), 40);
        assert_eq!(truth.share("b"), Some(0.75));
        assert_eq!(truth.share("a::c"), Some(0.25));
        assert_eq!(truth.share("a"), None);
        assert_eq!(Truth::new(vec![("a", 0)]).share("a"), None);
        assert_eq!(
            truth.to_string(),
            r#"[{"name":"a::b","nanoseconds":30,"share":0.750000},{"name":"a::c","nanoseconds":10,"share":0.250000}]"#
        );
    }
}
