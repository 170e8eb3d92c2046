//! Finding CPython in a process.

use std::ops::Range;
use std::sync::Arc;

use super::layout::Layout;
use super::words::Words;
use crate::modules::Module;

/// A CPython that runs in a process, and how to read it.
#[derive(Debug, Clone)]
pub(crate) struct Interpreter {
    pub(super) layout: Layout,
    /// The address of `_PyRuntime`.
    pub(super) runtime: u64,
    /// All of `_PyRuntime`. From 3.11 on the first interpreter and the first thread's
    /// state are part of it.
    runtime_memory: Range<u64>,
    /// The type of code objects.
    pub(super) code_type: u64,
    /// Where the evaluator's code is.
    evaluator: Arc<[Range<u64>]>,
}

/// A version of Python whose frames cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownVersion(pub(crate) String);

const RUNTIME: &str = "_PyRuntime";
const VERSION: &str = "Py_Version";
const CODE_TYPE: &str = "PyCode_Type";
const EVALUATOR: &str = "_PyEval_EvalFrameDefault";
const COLD_EVALUATOR: &str = "_PyEval_EvalFrameDefault.cold";
/// What versions before 3.7 have, and no `_PyRuntime`.
const OLD_EVALUATOR: &str = "PyEval_EvalFrameEx";

impl Interpreter {
    /// Looks for the interpreter among the modules of a process.
    ///
    /// # Errors
    /// If there is one, of a version that is not known.
    pub(crate) fn find<'a>(
        modules: impl IntoIterator<Item = &'a Module>,
        words: &mut impl Words,
    ) -> Result<Option<Self>, UnknownVersion> {
        let mut old = None;
        for module in modules {
            let symbols = module.symbols(&[
                RUNTIME,
                VERSION,
                CODE_TYPE,
                EVALUATOR,
                COLD_EVALUATOR,
                OLD_EVALUATOR,
            ]);
            let [runtime, version, code_type, evaluator, cold, old_evaluator] = &symbols[..] else {
                continue;
            };
            let named = version_in_name(&module.name());
            let Some(runtime) = runtime else {
                old = old.or(old_evaluator.as_ref().map(|_| named));
                continue;
            };
            let minor = match version {
                Some(version) => words.half(version.start).ok(),
                None => None,
            };
            let (name, minor) = match (minor, named) {
                (Some(hex), _) => (format!("{}.{}", hex >> 24, hex >> 16 & 0xff), hex >> 16),
                (None, Some((3, minor))) => (format!("3.{minor}"), 0x0300 | minor),
                (None, _) => ("of an unknown version".to_owned(), 0),
            };
            let layout = match minor {
                0x030d => Layout::of_3_13(words, runtime.start),
                0x0308..=0x030c => Layout::fixed(minor & 0xff),
                _ => None,
            };
            let free_threaded = if minor == 0x030d {
                " without the interpreter's lock"
            } else {
                ""
            };
            let layout = layout.ok_or_else(|| UnknownVersion(name + free_threaded))?;
            return Ok(Some(Self {
                layout,
                runtime: runtime.start,
                runtime_memory: runtime.clone(),
                code_type: code_type.as_ref().map_or(0, |range| range.start),
                evaluator: [evaluator, cold].into_iter().flatten().cloned().collect(),
            }));
        }
        match old.flatten() {
            Some((major, minor)) => Err(UnknownVersion(format!("{major}.{minor}"))),
            None => Ok(None),
        }
    }

    /// Returns where the runtime's variable is.
    pub(crate) fn runtime_memory(&self) -> Range<u64> {
        self.runtime_memory.clone()
    }

    /// Returns where the evaluator's code is.
    pub(crate) fn evaluator(&self) -> &Arc<[Range<u64>]> {
        &self.evaluator
    }
}

/// Finds the version that follows `python` in the name of a file.
fn version_in_name(name: &str) -> Option<(u32, u32)> {
    let (_, rest) = name.split_once("python")?;
    let (major, rest) = rest.split_once('.')?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    Some((major.parse().ok()?, rest[..end].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_names_of_files() {
        assert_eq!(version_in_name("libpython3.10.so.1.0"), Some((3, 10)));
        assert_eq!(version_in_name("python3.8"), Some((3, 8)));
        assert_eq!(version_in_name("libpython2.7.so.1.0"), Some((2, 7)));
        assert_eq!(version_in_name("python3"), None);
        assert_eq!(version_in_name("libc.so.6"), None);
    }
}
