//! One variant, run once in this process.

use std::iter;
use std::time::Instant;

use profiler::format::folded;
use profiler::{Options, Profile, Sampler};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::{Composition, Variant};
use crate::engine::EngineOptions;
use crate::exchange::{ExchangeOptions, ExchangePortal};
use crate::outcome::Outcome;
use crate::strategy::mean_reversion::Parameters;
use crate::strategy::{BuyAndHold, MeanReversion, Strategy};
use crate::{Error, Market, Result, data, engine};

/// What one run of one variant took and gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VariantRun {
    /// Seconds to make the market, and to write and open the bundle.
    pub prepare_seconds: f64,
    /// Seconds of processor time that the simulation loop took: what the case
    /// study measures. The wall clock would add what other processes took.
    pub loop_seconds: f64,
    /// Seconds that went by meanwhile.
    pub wall_seconds: f64,
    /// Prices looked up through the exchange's library, and so calls of `retry`.
    pub n_lookups: u64,
    /// A fingerprint of the whole result, equal for all variants.
    pub digest: u32,
    /// The capital, and the equity at the end of each day.
    pub equity: Vec<f64>,
    /// What the sampler saw of the loop, when it was asked to look.
    pub sampled: Option<SampledRun>,
}

/// A profile on its way between two processes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SampledRun {
    /// The stacks, folded.
    pub folded: String,
    /// Samples a CPU second that the sampler was asked for.
    pub rate_asked: f64,
    /// Samples a CPU second that it took.
    pub rate_obtained: f64,
    /// Samples that were due and not taken.
    pub lost: u64,
    /// Samples whose stack was cut short or could not be read to its root.
    pub incomplete: u64,
}

/// Runs one variant, sampled at `rate_hz` with `sampler_seed` if that is given.
///
/// # Errors
/// When the bundle cannot be prepared or the sampler cannot start.
pub fn simulate(
    composition: &Composition,
    variant: Variant,
    sampling: Option<(f64, u64)>,
) -> Result<VariantRun> {
    let began = Instant::now();
    let market = data::embedded(composition.n_pairs, composition.seed)?;
    let options = ExchangeOptions::new(variant.logging, variant.folder_check);
    let mut portal = ExchangePortal::prepare(&market, options)?;
    let prepare_seconds = began.elapsed().as_secs_f64();

    let mut strategy = strategy(composition);
    let (outcome, took, profile) =
        run_loop(composition, &market, &mut portal, &mut *strategy, sampling)?;
    Ok(VariantRun {
        prepare_seconds,
        loop_seconds: took.cpu,
        wall_seconds: took.wall,
        n_lookups: portal.n_lookups(),
        digest: digest(&outcome),
        equity: daily(&outcome),
        sampled: profile.as_ref().map(sampled_run).transpose()?,
    })
}

fn strategy(composition: &Composition) -> Box<dyn Strategy> {
    let Some(window) = composition.window else {
        return Box::new(BuyAndHold::default());
    };
    Box::new(MeanReversion::new(Parameters {
        window,
        ..Parameters::default()
    }))
}

fn run_loop(
    composition: &Composition,
    market: &Market,
    portal: &mut ExchangePortal,
    strategy: &mut dyn Strategy,
    sampling: Option<(f64, u64)>,
) -> Result<(Outcome, Stopwatch, Option<Profile>)> {
    let session = sampling
        .map(|(rate_hz, seed)| {
            let mut options = Options::default();
            options.rate_hz = rate_hz;
            options.seed = seed;
            Sampler::start(options)
        })
        .transpose()
        .map_err(Error::Profiler)?;
    let began = Stopwatch::now();
    let outcome = engine::run(
        market,
        composition.range,
        portal,
        strategy,
        &EngineOptions::default(),
    )?;
    let took = began.elapsed();
    let profile = session
        .map(profiler::Session::stop)
        .transpose()
        .map_err(Error::Profiler)?;
    Ok((outcome, took, profile))
}

/// Seconds on two clocks: of this thread's processor time, and of the wall.
#[derive(Clone, Copy, Debug)]
struct Stopwatch {
    cpu: f64,
    wall: f64,
}

impl Stopwatch {
    fn now() -> Self {
        Self {
            cpu: seconds(ClockId::ThreadCPUTime),
            wall: seconds(ClockId::Monotonic),
        }
    }

    /// Seconds since then.
    fn elapsed(self) -> Self {
        let now = Self::now();
        Self {
            cpu: now.cpu - self.cpu,
            wall: now.wall - self.wall,
        }
    }
}

fn seconds(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn sampled_run(profile: &Profile) -> Result<SampledRun> {
    let quality = profile.quality();
    let mut text = Vec::new();
    folded::write(profile, &mut text).map_err(Error::Profiler)?;
    Ok(SampledRun {
        folded: String::from_utf8(text).expect("folded stacks are text"),
        rate_asked: quality.rate_asked,
        rate_obtained: quality.rate_obtained(),
        lost: quality.lost.as_samples(),
        incomplete: (quality.truncated + quality.unreadable).as_samples(),
    })
}

/// The capital, and the equity at the end of each day.
fn daily(outcome: &Outcome) -> Vec<f64> {
    let days = outcome.equity.iter().skip(23).step_by(24);
    iter::once(&outcome.capital)
        .chain(days)
        .map(|point| point.as_f64())
        .collect()
}

/// A checksum over every tick's equity and every fill, to the last digit.
fn digest(outcome: &Outcome) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for point in &outcome.equity {
        hasher.update(&point.as_units().to_le_bytes());
    }
    for fill in &outcome.fills {
        hasher.update(format!("{fill:?}").as_bytes());
    }
    hasher.finalize()
}
