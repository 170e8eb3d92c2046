//! What a profile of the slow variant alone says about the savings.
//!
//! A fix can save what the code that it removes costs, so the prediction for a fix
//! is the share of samples with that code's function on their stack. The function
//! of the first anti-pattern formats and discards the message; that of the second
//! finds the folder. Neither lies below the other, so "both" is the share of
//! samples with either.

use profiler::format::folded;
use profiler::{Profile, Share};

use super::{Composition, SampledRun, Variant, VariantProcess};
use crate::{Error, Result};

/// The function that the first fix removes.
pub const EAGER_FUNCTION: &str = "log_eagerly";
/// The function that the second fix removes.
pub const FOLDER_FUNCTION: &str = "get_exchange_folder";

/// Samples a second of CPU time. Prime, and high enough that two runs or so
/// narrow every interval to what is wanted.
pub const SAMPLE_RATE_HZ: f64 = 1_499.0;

/// The half-width at which sampling stops, as a fraction: one percentage point.
const HALF_WIDTH: f64 = 0.01;

/// Runs after which sampling stops in any case; the widest possible interval
/// needs 9,604 samples.
const MAX_RUNS: u64 = 40;

/// The shares of the simulation loop that the fixes remove.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// What lazy formatting removes.
    pub lazy: Share,
    /// What the memo removes.
    pub cached: Share,
    /// What both remove.
    pub both: Share,
    /// The profile behind the prediction.
    pub profile: Profiled,
}

/// A profile gathered over one or more runs of one variant.
#[derive(Clone, Debug)]
pub struct Profiled {
    /// All samples together.
    pub profile: Profile,
    /// The runs, each without its stacks.
    pub runs: Vec<SampledRun>,
}

impl Profiled {
    /// Samples one run of a variant.
    ///
    /// # Errors
    /// When a run fails.
    pub fn gather(
        process: &VariantProcess,
        composition: &Composition,
        variant: Variant,
        seed: u64,
    ) -> Result<Self> {
        let mut gathered = Self {
            profile: Profile::new(),
            runs: Vec::new(),
        };
        gathered.add_run(process, composition, variant, seed)?;
        Ok(gathered)
    }

    fn add_run(
        &mut self,
        process: &VariantProcess,
        composition: &Composition,
        variant: Variant,
        seed: u64,
    ) -> Result<()> {
        let run = process.run(composition, variant, Some((SAMPLE_RATE_HZ, seed)))?;
        let failed = |problem: String| Error::Variant {
            variant: variant.label(),
            problem,
        };
        let mut sampled = run
            .sampled
            .ok_or_else(|| failed("it was not sampled".into()))?;
        let profile = folded::read(sampled.folded.as_bytes())
            .map_err(|error| failed(format!("its profile is not understood: {error}")))?;
        self.profile.merge(&profile);
        sampled.folded.clear();
        self.runs.push(sampled);
        Ok(())
    }

    /// Samples a second of CPU time that the runs took on average.
    pub fn rate_obtained(&self) -> f64 {
        self.runs.iter().map(|run| run.rate_obtained).sum::<f64>() / self.runs.len() as f64
    }

    /// Samples that were due and not taken.
    pub fn n_lost(&self) -> u64 {
        self.runs.iter().map(|run| run.lost).sum()
    }

    /// Samples whose stack was cut short or could not be read.
    pub fn n_incomplete(&self) -> u64 {
        self.runs.iter().map(|run| run.incomplete).sum()
    }
}

impl Prediction {
    /// Samples the slow variant until each share's 95 % interval is at most one
    /// percentage point to either side.
    ///
    /// # Errors
    /// When a run fails.
    pub fn sample(
        process: &VariantProcess,
        composition: &Composition,
        seed: u64,
        mut on_run: impl FnMut(f64),
    ) -> Result<Self> {
        let mut gathered = Profiled::gather(process, composition, Variant::BEFORE, seed)?;
        loop {
            let prediction = Self::from_profile(gathered);
            let widest = prediction.widest();
            on_run(widest);
            let n_runs = prediction.profile.runs.len() as u64;
            if widest <= HALF_WIDTH || n_runs >= MAX_RUNS {
                return Ok(prediction);
            }
            gathered = prediction.profile;
            gathered.add_run(process, composition, Variant::BEFORE, seed + n_runs)?;
        }
    }

    fn from_profile(gathered: Profiled) -> Self {
        let profile = &gathered.profile;
        let eager = |frame: &str| frame.contains(EAGER_FUNCTION);
        let folder = |frame: &str| frame.contains(FOLDER_FUNCTION);
        Self {
            lazy: profile.share_of(eager),
            cached: profile.share_of(folder),
            both: profile.share_of(|frame| eager(frame) || folder(frame)),
            profile: gathered,
        }
    }

    fn widest(&self) -> f64 {
        let half_widths = [self.lazy, self.cached, self.both].map(|share| share.half_width());
        half_widths.into_iter().fold(0.0, f64::max)
    }
}
