//! A flame graph per benchmark, from `cargo bench -- --profile-time 5`.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use criterion::profiler::Profiler;

use crate::error::{Error, Result};
use crate::format::flame_graph;
use crate::sampler::{Options, Sampler, Session};

/// Profiles criterion's benchmarks; hand it to `Criterion::with_profiler`.
///
/// Each benchmark's folder gets a `flame.svg`. The stacks begin below criterion's own
/// functions. What goes wrong is printed, since criterion has no place for it.
#[derive(Debug)]
pub struct FlameGraphProfiler {
    options: Options,
    session: Option<Session>,
}

impl FlameGraphProfiler {
    /// Makes a profiler that samples with `options`.
    pub fn new(options: Options) -> Self {
        Self {
            options,
            session: None,
        }
    }

    fn finish(&mut self, benchmark: &str, folder: &Path) -> Result<()> {
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        let profile = session.stop()?;
        let measured = profile.root_at(|function| function.contains("criterion::bencher::Bencher"));
        // A benchmark that criterion measures in some other way is drawn whole.
        let profile = if measured.total() == crate::Weight::default() {
            profile
        } else {
            measured
        };
        let mut drawing = flame_graph::Options::new();
        benchmark.clone_into(&mut drawing.title);
        std::fs::create_dir_all(folder).map_err(Error::io("create the benchmark's folder"))?;
        let file = File::create(folder.join("flame.svg")).map_err(Error::io("create flame.svg"))?;
        flame_graph::write(&profile, &drawing, BufWriter::new(file))
    }
}

impl Default for FlameGraphProfiler {
    fn default() -> Self {
        Self::new(Options::new())
    }
}

impl Profiler for FlameGraphProfiler {
    fn start_profiling(&mut self, benchmark_id: &str, _benchmark_dir: &Path) {
        match Sampler::start(self.options.clone()) {
            Ok(session) => self.session = Some(session),
            Err(error) => eprintln!("{benchmark_id}: not profiled: {error}"),
        }
    }

    fn stop_profiling(&mut self, benchmark_id: &str, benchmark_dir: &Path) {
        if let Err(error) = self.finish(benchmark_id, benchmark_dir) {
            eprintln!("{benchmark_id}: no flame graph: {error}");
        }
    }
}
