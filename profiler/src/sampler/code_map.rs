//! Which code lies where, as libraries come and go.
//!
//! Samples are kept as *places*: the number of a module and the address in its file.
//! A library that is loaded where another was is not mistaken for it, and one that
//! comes back elsewhere is the same.

use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::collector::lock;
use crate::modules::{self, Module};
use crate::sys::{self, Interrupted, Published};
use crate::unwind::Unwinder;

/// Where code was at one time, and how to unwind it.
pub(super) struct Code {
    pub(super) unwinder: Unwinder,
    modules: Vec<(Module, u64)>,
    /// All code, in modules or not.
    ranges: Vec<Range<u64>>,
}

/// The code now, and all modules so far.
pub(super) struct CodeMap {
    published: Published<Arc<Code>>,
    state: Mutex<State>,
}

struct State {
    current: Arc<Code>,
    /// Distinct files; a module's number is its index here, plus one.
    seen: Vec<Module>,
    loader_changes: (u64, u64),
}

/// The bits of a place that hold the address in the file.
const ADDRESS_BITS: u32 = 48;

impl CodeMap {
    pub(super) fn new() -> io::Result<Self> {
        let loader_changes = sys::loader_changes();
        let mut seen = Vec::new();
        let current = Arc::new(Code::now(None, &mut seen)?);
        Ok(Self {
            published: Published::new(Arc::clone(&current)),
            state: Mutex::new(State {
                current,
                seen,
                loader_changes,
            }),
        })
    }

    /// Returns the code as handlers see it at `moment`.
    pub(super) fn at<'a>(&'a self, moment: &Interrupted<'a>) -> &'a Code {
        self.published.read(moment)
    }

    /// Returns the code as it was last seen.
    pub(super) fn current(&self) -> Arc<Code> {
        Arc::clone(&lock(&self.state).current)
    }

    /// Tells whether libraries have come or gone since the last look.
    pub(super) fn has_changed(&self) -> bool {
        sys::loader_changes() != lock(&self.state).loader_changes
    }

    /// Looks again. What cannot be read leaves things as they are.
    pub(super) fn refresh(&self) {
        let mut state = lock(&self.state);
        state.loader_changes = sys::loader_changes();
        let before = Arc::clone(&state.current);
        if let Ok(now) = Code::now(Some(&before), &mut state.seen) {
            state.current = Arc::new(now);
            self.published.replace(Arc::clone(&state.current));
        }
    }

    /// Returns all modules so far as if each were mapped at its places.
    pub(super) fn modules_by_place(&self) -> Vec<Module> {
        let state = lock(&self.state);
        let numbered = (1_u64..).zip(&state.seen);
        numbered
            .map(|(number, module)| {
                let base = number << ADDRESS_BITS;
                Module {
                    range: base..base + (1 << ADDRESS_BITS),
                    bias: base,
                    ..module.clone()
                }
            })
            .collect()
    }
}

impl Code {
    fn now(before: Option<&Self>, seen: &mut Vec<Module>) -> io::Result<Self> {
        let modules = modules::of_this_process()?;
        let mut unwinder = match before {
            Some(before) => before.unwinder.clone(),
            None => Unwinder::new(&[]),
        };
        let known: &[(Module, u64)] = before.map_or(&[], |before| &before.modules);
        let is_same = |a: &Module, b: &Module| a.range == b.range && a.path == b.path;
        for (gone, _) in known {
            if !modules.iter().any(|module| is_same(module, gone)) {
                unwinder.remove(gone.range.start);
            }
        }
        for new in &modules {
            if !known.iter().any(|(module, _)| is_same(module, new)) {
                unwinder.add(new);
            }
        }
        let modules = modules
            .into_iter()
            .map(|module| {
                let index = seen.iter().position(|known| known.path == module.path);
                let index = index.unwrap_or_else(|| {
                    seen.push(module.clone());
                    seen.len() - 1
                });
                (module, index as u64 + 1)
            })
            .collect();
        Ok(Self {
            unwinder,
            modules,
            ranges: modules::code_of_this_process()?,
        })
    }

    /// Tells whether there was code at `address`; `last` remembers where it was found.
    #[inline]
    pub(super) fn is_code(&self, address: u64, last: &mut usize) -> bool {
        if self
            .ranges
            .get(*last)
            .is_some_and(|range| range.contains(&address))
        {
            return true;
        }
        let after = self.ranges.partition_point(|range| range.start <= address);
        *last = after.saturating_sub(1);
        self.ranges
            .get(*last)
            .is_some_and(|range| range.contains(&address))
    }

    /// Returns the place of an address, `None` if it is in no module.
    pub(super) fn place(&self, address: u64) -> Option<u64> {
        let after = self
            .modules
            .partition_point(|(module, _)| module.range.start <= address);
        let (module, number) = self.modules.get(after.checked_sub(1)?)?;
        let in_file = address.wrapping_sub(module.bias) & ((1 << ADDRESS_BITS) - 1);
        module
            .range
            .contains(&address)
            .then_some(number << ADDRESS_BITS | in_file)
    }
}
