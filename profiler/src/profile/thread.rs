//! Whose stack a sample shows.

/// A thread, and the process that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Thread<'a> {
    /// The thread's name, or what stands for it.
    pub name: &'a str,
    /// The process, where it is known.
    pub pid: Option<u32>,
    /// The thread's number in the system, where it is known.
    pub tid: Option<u32>,
}

impl<'a> Thread<'a> {
    /// Makes a thread of which only the name is known.
    pub fn named(name: &'a str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}
