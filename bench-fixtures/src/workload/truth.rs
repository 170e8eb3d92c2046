//! What each function of a workload truly cost.
//!
//! Times are exclusive of one another: no two functions of a truth are ever on the
//! same stack, so their shares add up to one.

use std::fmt;

/// What one function took, with all that it called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionTime {
    /// Full path, as a symbolizer prints it.
    pub name: &'static str,
    /// Thread CPU time, in nanoseconds.
    pub cpu_nanos: u64,
    /// Wall time of its thread, in nanoseconds; the same unless it slept or had to
    /// wait for a processor.
    pub wall_nanos: u64,
    /// Wall time in ticks of the processor's time stamp counter; 0 where there is none.
    pub ticks: u64,
    /// Units of work done.
    pub n_units: u64,
    /// Phases that these were done in, each between two readings of the clocks.
    pub n_phases: u64,
}

impl FunctionTime {
    pub(super) fn none(name: &'static str) -> Self {
        Self {
            name,
            cpu_nanos: 0,
            wall_nanos: 0,
            ticks: 0,
            n_units: 0,
            n_phases: 0,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.cpu_nanos += other.cpu_nanos;
        self.wall_nanos += other.wall_nanos;
        self.ticks += other.ticks;
        self.n_units += other.n_units;
        self.n_phases += other.n_phases;
    }

    pub(super) fn subtract(&mut self, part: &Self) {
        self.cpu_nanos -= part.cpu_nanos;
        self.wall_nanos -= part.wall_nanos;
        self.ticks -= part.ticks;
        self.n_units -= part.n_units;
        self.n_phases -= part.n_phases;
    }
}

/// What the threads of one name took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadTime {
    /// The name that the threads gave themselves.
    pub name: String,
    /// How many threads had that name.
    pub n_threads: u64,
    /// What its functions took on these threads.
    pub functions: Vec<FunctionTime>,
}

/// States what each named function of one run took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    functions: Vec<FunctionTime>,
    threads: Vec<ThreadTime>,
    others_cpu_nanos: u64,
}

impl Truth {
    /// One thread's truth.
    pub(super) fn new(functions: Vec<FunctionTime>) -> Self {
        Self {
            functions,
            threads: Vec::new(),
            others_cpu_nanos: 0,
        }
    }

    /// Adds up what several threads did.
    pub(super) fn of_threads(threads: Vec<ThreadTime>) -> Self {
        let mut functions: Vec<FunctionTime> = Vec::new();
        for time in threads.iter().flat_map(|thread| &thread.functions) {
            match functions.iter_mut().find(|sum| sum.name == time.name) {
                Some(sum) => sum.add(time),
                None => functions.push(time.clone()),
            }
        }
        Self {
            functions,
            threads,
            others_cpu_nanos: 0,
        }
    }

    /// Says what CPU time other processes took in all, in nanoseconds; what their
    /// functions took is among that of the threads.
    pub(super) fn with_others(mut self, cpu_nanos: u64) -> Self {
        self.others_cpu_nanos = cpu_nanos;
        self
    }

    /// CPU time of other processes that took part, in nanoseconds.
    pub(super) fn others_cpu_nanos(&self) -> u64 {
        self.others_cpu_nanos
    }

    /// Lists what each function took.
    pub fn functions(&self) -> &[FunctionTime] {
        &self.functions
    }

    /// Lists the threads where there are several; empty where there is one.
    pub fn threads(&self) -> &[ThreadTime] {
        &self.threads
    }

    /// Adds up the CPU time of all functions, in nanoseconds.
    pub fn total(&self) -> u64 {
        self.functions.iter().map(|time| time.cpu_nanos).sum()
    }

    /// Adds up the wall time of all functions, in nanoseconds; that of threads which
    /// ran side by side adds up as well.
    pub fn wall_total(&self) -> u64 {
        self.functions.iter().map(|time| time.wall_nanos).sum()
    }

    /// Returns one function's part of the CPU time, from 0 to 1.
    ///
    /// The name is the full path or its last part. `None` for a name that is not
    /// there, and when nothing was measured at all.
    pub fn share(&self, name: &str) -> Option<f64> {
        let time = self.find(name)?;
        (self.total() > 0).then(|| time.cpu_nanos as f64 / self.total() as f64)
    }

    /// Returns one function's part of the wall time; otherwise like [`Self::share`].
    pub fn wall_share(&self, name: &str) -> Option<f64> {
        let time = self.find(name)?;
        (self.wall_total() > 0).then(|| time.wall_nanos as f64 / self.wall_total() as f64)
    }

    fn find(&self, name: &str) -> Option<&FunctionTime> {
        self.functions
            .iter()
            .find(|time| time.name == name || time.name.rsplit("::").next() == Some(name))
    }
}

/// Shows each function's share, on one line, for the message of a failed test.
impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (total, wall_total) = (self.total().max(1), self.wall_total().max(1));
        for time in &self.functions {
            let cpu = 100.0 * time.cpu_nanos as f64 / total as f64;
            let wall = 100.0 * time.wall_nanos as f64 / wall_total as f64;
            write!(f, "{} {cpu:.2} % (wall {wall:.2} %); ", time.name)?;
        }
        write!(f, "{:.3} CPU seconds", self.total() as f64 / 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_parts_of_the_total() {
        let truth = Truth::new(vec![time("a::b", 30, 30), time("a::c", 10, 90)]);
        assert_eq!(truth.total(), 40);
        assert_eq!(truth.share("b"), Some(0.75));
        assert_eq!(truth.share("a::c"), Some(0.25));
        assert_eq!(truth.wall_share("a::c"), Some(0.75));
        assert_eq!(truth.share("a"), None);
        assert_eq!(Truth::new(vec![time("a", 0, 0)]).share("a"), None);
        let shown = "a::b 75.00 % (wall 25.00 %); a::c 25.00 % (wall 75.00 %); 0.000 CPU seconds";
        assert_eq!(truth.to_string(), shown);
    }

    #[test]
    fn threads_add_up() {
        let thread = |name: &str, functions| ThreadTime {
            name: name.into(),
            n_threads: 1,
            functions,
        };
        let truth = Truth::of_threads(vec![
            thread("one", vec![time("f", 1, 2), time("g", 4, 4)]),
            thread("two", vec![time("f", 3, 4)]),
        ]);
        assert_eq!(truth.functions(), [time("f", 4, 6), time("g", 4, 4)]);
        assert_eq!(truth.threads().len(), 2);
    }

    fn time(name: &'static str, cpu_nanos: u64, wall_nanos: u64) -> FunctionTime {
        FunctionTime {
            cpu_nanos,
            wall_nanos,
            ..FunctionTime::none(name)
        }
    }
}
