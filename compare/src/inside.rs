//! Runs a workload in this process under a profiler that is a library.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use bench_fixtures::workload;
use clap::{Args, ValueEnum};
use std::time::Duration;

/// One run inside this process.
#[derive(Args)]
pub struct Inside {
    library: Library,
    workload: String,
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    #[arg(long)]
    work: Option<u64>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    #[arg(long)]
    folded: Option<PathBuf>,
}

/// What samples.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Library {
    /// Nothing.
    None,
    /// Our sampler.
    Ours,
    /// The crate `pprof`.
    PprofRs,
}

impl Library {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ours => "ours",
            Self::PprofRs => "pprof-rs",
        }
    }
}

impl Inside {
    /// Runs, prints the report and writes the folded stacks.
    ///
    /// # Errors
    ///
    /// When there is no such workload or the sampler fails.
    pub fn run(&self) -> Result<()> {
        let (report, folded) = match self.library {
            Library::None => (self.workload()?, Vec::new()),
            Library::Ours => self.ours()?,
            Library::PprofRs => self.pprof_rs()?,
        };
        if let Some(path) = &self.folded {
            fs::write(path, folded).with_context(|| format!("writing {}", path.display()))?;
        }
        println!("{}", report.to_json());
        Ok(())
    }

    fn workload(&self) -> Result<workload::Report> {
        let found = workload::by_name(&self.workload);
        let found = found.with_context(|| format!("no workload `{}`", self.workload))?;
        let amount = match self.work {
            Some(n_units) => workload::Amount::Work(n_units),
            None => workload::Amount::CpuTime(Duration::from_secs_f64(self.seconds)),
        };
        Ok(workload::Report::of(found, amount, self.seed))
    }

    fn ours(&self) -> Result<(workload::Report, Vec<u8>)> {
        let mut options = profiler::Options::new();
        options.rate_hz = f64::from(self.rate);
        options.seed = self.seed;
        let session = profiler::Sampler::start(options)?;
        let report = self.workload()?;
        let profile = session.stop()?;
        let mut folded = Vec::new();
        profiler::format::folded::write(&profile, &mut folded)?;
        Ok((report, folded))
    }

    fn pprof_rs(&self) -> Result<(workload::Report, Vec<u8>)> {
        let rate = i32::try_from(self.rate).context("the rate is absurd")?;
        let guard = pprof::ProfilerGuardBuilder::default()
            .frequency(rate)
            .build()?;
        let report = self.workload()?;
        let found = guard.report().build()?;
        drop(guard);
        let mut folded = Vec::new();
        for (frames, count) in &found.data {
            let symbols = frames
                .frames
                .iter()
                .rev()
                .flat_map(|inlined| inlined.iter().rev());
            let names: Vec<String> = symbols
                .map(|symbol| symbol.name().replace(';', ","))
                .collect();
            writeln!(folded, "{} {count}", names.join(";"))?;
        }
        Ok((report, folded))
    }
}
