//! What is known of one workload before it runs.

use std::fmt;

/// The language that a workload is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Run as the command `workload`.
    Rust,
    /// Run as `python3 workload.py`.
    Python,
    /// Run as `workload-c`.
    C,
}

/// Shows the name in lower case, as the JSON of a run has it.
impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::C => "c",
        })
    }
}

/// The clock, or clocks, by which a workload tests a profiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// It hardly waits: shares of CPU time are what it is about.
    Cpu,
    /// It sleeps or waits: its shares of CPU time and of wall time differ, and each has
    /// its own truth.
    Both,
}

/// A function of the truth, and what a complete stack of it looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The last part of its name, as a symbolizer prints it: `sieve_primes` of
    /// `bench_fixtures::workload::kernel::sieve_primes`.
    pub name: &'static str,
    /// The part of the CPU time that it is designed to get, from 0 to 1; what it really got
    /// is in the report of a run.
    pub share: f64,
    /// A callee that must be seen under it, such as `qsort`; see [`Scored::is_leaf`].
    ///
    /// No function that does not name a callee here ever calls it. So a stack that has such
    /// a frame and no function of the truth lost its caller, and one that has a function
    /// which does not name it shows a wrong one. Several functions may share a
    /// callee. A stripped C library hides the names of some.
    pub leaf: Option<&'static str>,
    /// The frames of a recursion in it.
    pub depth: Option<Depth>,
}

/// How often one function is on a complete stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Depth {
    /// The function that recurs, or with what the names of several begin; see
    /// [`Depth::is_frame`].
    pub frame: &'static str,
    /// How many such frames a stack with the scored function's leaf has; one without the
    /// leaf may be on its way down.
    pub n_frames: u32,
}

impl Depth {
    /// Tells whether a frame is one of those that are counted.
    pub fn is_frame(&self, name: &str) -> bool {
        begins_with(name, self.frame)
    }
}

impl Scored {
    /// Tells whether a frame is that of the callee.
    ///
    /// C libraries decorate names: `memset` is `__memset_avx2_unaligned_erms`, `malloc` is
    /// `__libc_malloc`. So the path and such prefixes are left out, and the rest is to
    /// begin with the name of the callee.
    pub fn is_leaf(&self, name: &str) -> bool {
        self.leaf.is_some_and(|leaf| begins_with(name, leaf))
    }

    pub(crate) const fn new(name: &'static str, share: f64) -> Self {
        Self {
            name,
            share,
            leaf: None,
            depth: None,
        }
    }

    pub(crate) const fn over(name: &'static str, share: f64, leaf: &'static str) -> Self {
        Self {
            name,
            share,
            leaf: Some(leaf),
            depth: None,
        }
    }

    pub(crate) const fn with_depth(mut self, frame: &'static str, n_frames: u32) -> Self {
        self.depth = Some(Depth { frame, n_frames });
        self
    }
}

/// A workload as the catalogue lists it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Name on the command line; unique within its language.
    pub name: &'static str,
    /// What it is written in.
    pub language: Language,
    /// One line on what it does.
    pub summary: &'static str,
    /// One sentence on the fault of a profiler that it catches.
    pub catches: &'static str,
    /// The clocks by which its shares are worth a test.
    pub clock: Clock,
    /// The rate in samples per second that it is made for; `None` for any.
    pub rate_hz: Option<u32>,
    /// The functions of its truth, in their order.
    pub functions: &'static [Scored],
}

impl Entry {
    /// A Rust workload of which nothing is said yet.
    pub(crate) const RUST: Self = Self::empty(Language::Rust);

    /// A C workload of which nothing is said yet.
    pub(crate) const C: Self = Self::empty(Language::C);

    /// A Python workload of which nothing is said yet.
    pub(crate) const PYTHON: Self = Self::empty(Language::Python);

    const fn empty(language: Language) -> Self {
        Self {
            name: "",
            language,
            summary: "",
            catches: "",
            clock: Clock::Cpu,
            rate_hz: None,
            functions: &[],
        }
    }
}

/// Compares the start of the last part of a frame's name.
fn begins_with(name: &str, start: &str) -> bool {
    let mut last = last_part(name);
    for prefix in ["__GI_", "__libc_", "_int_"] {
        last = last.strip_prefix(prefix).unwrap_or(last);
    }
    last.trim_start_matches('_').starts_with(start)
}

/// Leaves the path out, and what a function is generic over.
fn last_part(name: &str) -> &str {
    let (mut end, mut depth) = (name.len(), 0);
    for (at, letter) in name.char_indices().rev() {
        match letter {
            '>' => depth += 1,
            '<' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            end = if letter == '<' { at } else { end };
            break;
        }
    }
    let name = name[..end].trim_end_matches(':');
    name.rsplit("::").next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_generics_are_no_part_of_a_name() {
        for name in [
            "read",
            "std::fs::read",
            "std::fs::read::<std::path::Path>",
            "read<alloc::vec::Vec<u8>, alloc::alloc::Global>",
            "<&std::fs::File as std::io::Read>::read",
        ] {
            assert_eq!(last_part(name), "read");
        }
        assert_eq!(last_part("<impl a::B for c::D>"), "");
    }

    #[test]
    fn callees_are_found_under_their_libraries_names() {
        let memset = Scored::over("clear", 1.0, "memset");
        assert!(memset.is_leaf("__memset_avx2_unaligned_erms"));
        assert!(!memset.is_leaf("clear") && !memset.is_leaf("wmemset"));
        let malloc = Scored::over("churn", 1.0, "malloc");
        for name in [
            "malloc",
            "__libc_malloc",
            "_int_malloc",
            "__GI___libc_malloc",
        ] {
            assert!(malloc.is_leaf(name), "{name}");
        }
        assert!(Scored::over("format", 1.0, "write").is_leaf("core::fmt::write"));
        assert!(!Scored::new("split", 1.0).is_leaf("split"));
    }
}
