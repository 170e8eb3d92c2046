//! One function of a workload: its name, its share, and how to run it.

/// A function of known name that does a number of work units.
///
/// It never looks at a clock, since that would show in its profile.
#[derive(Clone, Copy)]
pub(super) struct Function<'a> {
    /// Full path, as a symbolizer prints it.
    pub name: &'static str,
    /// Part of the time that it should get, from 0 to 1.
    pub share: f64,
    /// What a unit takes on a machine of 2.6 GHz, in nanoseconds: a few thousand. Only
    /// a fixed amount of work relies on it, and there only for its proportions.
    pub unit_nanos: f64,
    /// Does so many units of work.
    pub run: &'a (dyn Fn(u64) + Sync),
}
