//! Sampling the running Python process, and what was seen.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use profiler::format::{Format, WriteOptions, html};
use profiler::{Options, Session};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument;
use crate::error::{self, ProfilerError};
use crate::table::{Table, counts, floats, texts};

/// A sampler of this process.
#[pyclass(frozen, module = "backdraft")]
pub struct Sampler {
    options: Options,
    session: Mutex<Option<Session>>,
}

#[pymethods]
impl Sampler {
    #[new]
    #[pyo3(signature = (rate, seed, max_overhead=None, is_random=true))]
    fn new(
        rate: &Bound<'_, PyAny>,
        seed: &Bound<'_, PyAny>,
        max_overhead: Option<Bound<'_, PyAny>>,
        is_random: bool,
    ) -> PyResult<Self> {
        let mut options = Options::new();
        options.rate_hz = argument::number("rate", rate)?;
        options.seed = argument::count("seed", seed, 0)?;
        let max_overhead = max_overhead.map(|most| argument::number("max_overhead", &most));
        options.max_overhead = max_overhead.transpose()?;
        if !is_random {
            options.intervals = profiler::Intervals::Fixed;
        }
        Ok(Self {
            options,
            session: Mutex::new(None),
        })
    }

    /// Begins to sample all threads of the process.
    fn start(&self) -> PyResult<()> {
        let mut options = self.options.clone();
        options.python = profiler::PythonFrames::Joined;
        let session = profiler::Sampler::start(options).map_err(error::profiler)?;
        *self.session.lock().expect("nothing panics under this lock") = Some(session);
        Ok(())
    }

    /// Ends sampling and returns what was seen.
    fn stop(&self, py: Python<'_>) -> PyResult<Profile> {
        let session = self
            .session
            .lock()
            .expect("nothing panics under this lock")
            .take();
        let session =
            session.ok_or_else(|| ProfilerError::new_err("this sampler has not been started"))?;
        py.detach(|| session.stop())
            .map(Profile)
            .map_err(error::profiler)
    }
}

/// Stacks with their weights, and how well they were taken.
#[pyclass(frozen, module = "backdraft")]
pub struct Profile(profiler::Profile);

#[pymethods]
impl Profile {
    /// Every function: samples in it (`self`) and in what it called (`total`), their shares
    /// as fractions, and the ends of the 95 % intervals of these.
    #[getter]
    fn functions(&self) -> Table {
        let functions = self.0.functions();
        let share = |of: fn(&profiler::FunctionShare) -> f64| floats(functions.iter().map(of));
        let samples = |of: fn(&profiler::FunctionShare) -> profiler::Weight| {
            let samples = functions.iter().map(|function| of(function).as_samples());
            counts(samples.map(|n| usize::try_from(n).expect("a count fits")))
        };
        Table::new(vec![
            ("function", texts(functions.iter().map(|f| f.name.as_str()))),
            ("self_samples", samples(|f| f.self_weight)),
            ("total_samples", samples(|f| f.total_weight)),
            ("self", share(|f| f.self_share.value)),
            ("self_low", share(|f| f.self_share.low)),
            ("self_high", share(|f| f.self_share.high)),
            ("total", share(|f| f.total_share.value)),
            ("total_low", share(|f| f.total_share.low)),
            ("total_high", share(|f| f.total_share.high)),
        ])
    }

    /// What changed from this profile to `after`, function by function.
    fn changes(&self, after: &Self) -> Table {
        let changes = profiler::changes(&self.0, &after.0);
        let number = |of: fn(&profiler::Change) -> f64| floats(changes.iter().map(of));
        Table::new(vec![
            ("function", texts(changes.iter().map(|c| c.name.as_str()))),
            ("before", number(|c| c.before.value)),
            ("after", number(|c| c.after.value)),
            ("difference", number(|c| c.difference.value)),
            ("difference_low", number(|c| c.difference.low)),
            ("difference_high", number(|c| c.difference.high)),
            ("p_corrected", number(|c| c.p_corrected)),
        ])
    }

    /// The share of samples with a function on their stack whose name contains `part`:
    /// `(value, low, high)`, as fractions.
    fn share_of(&self, part: &str) -> (f64, f64, f64) {
        let share = self.0.share_of(|function| function.contains(part));
        (share.value, share.low, share.high)
    }

    /// The samples that pass through a function whose name contains `part`, each cut off
    /// above it.
    fn root_at(&self, part: &str) -> Self {
        Self(self.0.root_at(|function| function.contains(part)))
    }

    /// Stacks, root first, with their samples.
    fn stacks(&self) -> Vec<(Vec<String>, u64)> {
        let stacks = self.0.stacks().map(|(stack, weight)| {
            let stack = stack.into_iter().map(str::to_owned).collect();
            (stack, weight.as_samples())
        });
        stacks.collect()
    }

    /// How many samples there are.
    #[getter]
    fn n_samples(&self) -> u64 {
        self.0.total().as_samples()
    }

    /// One line on how well it was sampled.
    #[getter]
    fn quality(&self) -> String {
        self.0.quality().to_string()
    }

    /// Refuses a name that says no format.
    #[staticmethod]
    fn require_format(name: PathBuf) -> PyResult<()> {
        format_of(&name).map(drop)
    }

    /// The profile as a file of that name would hold it.
    #[pyo3(signature = (name, title=None))]
    fn render<'py>(
        &self,
        py: Python<'py>,
        name: PathBuf,
        title: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let format = format_of(&name)?;
        let mut options = WriteOptions::for_path(&name);
        options.title = title.unwrap_or(options.title);
        let mut bytes = Vec::new();
        format
            .write(&self.0, &options, &mut bytes)
            .map_err(error::profiler)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// A page that shows this profile and `after` side by side.
    #[pyo3(signature = (after, title=None))]
    fn comparison(&self, after: &Self, title: Option<String>) -> PyResult<String> {
        let mut options = html::Options::new();
        options.title = title.unwrap_or(options.title);
        let mut bytes = Vec::new();
        html::write_comparison(&self.0, &after.0, &options, &mut bytes).map_err(error::profiler)?;
        Ok(String::from_utf8(bytes).expect("a page is text"))
    }

    /// The top of the table of functions, as the command line prints it.
    #[pyo3(signature = (n_rows=20))]
    fn text(&self, n_rows: usize) -> PyResult<String> {
        let mut bytes = Vec::new();
        profiler::format::table::write(&self.0, n_rows, &mut bytes).map_err(error::profiler)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The format that the ending of a file's name chooses.
fn format_of(name: &Path) -> PyResult<Format> {
    Format::from_path(name).ok_or_else(|| {
        let rule = "end its name in .svg, .html, .folded, .speedscope.json, .pb.gz, \
                    .firefox.json or .json";
        error::option("path", name.display(), rule)
    })
}
