//! The study from beginning to end: predict, then measure.

use std::path::PathBuf;

use super::{
    Composition, Environment, Prediction, Profiled, Round, Savings, Variant, VariantProcess,
    VariantRun, Verdict,
};
use crate::{Error, Result};

/// How a study is done.
#[derive(Clone, Debug)]
pub struct StudyOptions {
    /// The back-test.
    pub composition: Composition,
    /// Interleaved rounds of the four variants, at least two: one has no spread.
    pub rounds: usize,
    /// Seeds the bootstrap and the sampler.
    pub seed: u64,
    /// This program, to run the variants in processes of their own.
    pub program: PathBuf,
}

/// What the study is busy with.
#[derive(Clone, Copy, Debug)]
pub enum Progress {
    /// Runs of the slow variant are being sampled; so far the widest interval is
    /// this far to either side, as a fraction.
    Predicting(Option<f64>),
    /// A variant of a round (from 0) is being measured.
    Measuring {
        /// The round.
        round: usize,
        /// The variant.
        variant: Variant,
    },
    /// The strategy that does nothing is being measured.
    DoingNothing,
    /// The mended variants are being sampled for their flame graphs.
    Drawing,
}

/// Everything that a study found.
#[derive(Clone, Debug)]
pub struct CaseStudy {
    /// The back-test.
    pub composition: Composition,
    /// The machine.
    pub environment: Environment,
    /// What the profile foretold, before anything was measured.
    pub prediction: Prediction,
    /// The measurements.
    pub rounds: Vec<Round>,
    /// What they say.
    pub savings: Savings,
    /// Rounds of "before" and "both" with a strategy that buys once and then does
    /// nothing.
    pub doing_nothing: [Vec<VariantRun>; 2],
    /// The variant with the first fix, sampled.
    pub lazy_profile: Profiled,
    /// The variant with both fixes, sampled.
    pub both_profile: Profiled,
    /// Seeds the bootstrap.
    pub seed: u64,
}

impl CaseStudy {
    /// Whether prediction and measurement overlap for both fixes and each of them.
    pub fn agrees(&self) -> bool {
        self.agreements().into_iter().all(|agrees| agrees)
    }

    /// The same for lazy formatting, the memo, and both.
    pub fn agreements(&self) -> [bool; 3] {
        let pairs = [
            (self.savings.lazy, self.prediction.lazy),
            (self.savings.cached, self.prediction.cached),
            (self.savings.both, self.prediction.both),
        ];
        pairs.map(|(measured, share)| measured.overlaps(100.0 * share.low, 100.0 * share.high))
    }

    /// Whether the talk's combined saving came out.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.savings.both)
    }

    /// Microseconds that one look-up took in the middle round: before, and what
    /// lazy formatting and the memo each took off.
    pub fn cost_per_lookup(&self) -> [f64; 3] {
        let seconds = super::rounds::seconds(&self.rounds, self.seed);
        let before = &self.rounds[0].runs[0];
        let per_lookup = 1e6 / before.n_lookups.max(1) as f64;
        [
            seconds[0].median * per_lookup,
            (seconds[0].median - seconds[1].median) * per_lookup,
            (seconds[0].median - seconds[2].median) * per_lookup,
        ]
    }

    /// The saving of both fixes, in per cent, when the strategy does nothing.
    pub fn saving_doing_nothing(&self) -> super::Estimate {
        let [before, both] = &self.doing_nothing;
        let savings: Vec<f64> = before
            .iter()
            .zip(both)
            .map(|(before, both)| 100.0 * (1.0 - both.loop_seconds / before.loop_seconds))
            .collect();
        super::Estimate::of(&savings, self.seed)
    }
}

/// Runs the study. The profile is taken and read before the first round, so that
/// the prediction cannot know the measurement.
///
/// # Errors
/// When a variant cannot be run, or when the variants disagree about the result.
pub fn run(options: &StudyOptions, mut progress: impl FnMut(Progress)) -> Result<CaseStudy> {
    let composition = &options.composition;
    let process = VariantProcess::new(options.program.clone());

    progress(Progress::Predicting(None));
    let prediction = Prediction::sample(&process, composition, options.seed, |widest| {
        progress(Progress::Predicting(Some(widest)));
    })?;

    let mut rounds = Vec::with_capacity(options.rounds);
    for round in 0..options.rounds {
        rounds.push(measure(&process, composition, round, &mut progress)?);
    }

    progress(Progress::DoingNothing);
    let nothing = composition.doing_nothing();
    let mut doing_nothing = [Vec::new(), Vec::new()];
    for _ in 0..options.rounds.min(3) {
        for (runs, variant) in doing_nothing
            .iter_mut()
            .zip([Variant::BEFORE, Variant::BOTH])
        {
            runs.push(process.run(&nothing, variant, None)?);
        }
    }

    progress(Progress::Drawing);
    let sampled = |variant| Profiled::gather(&process, composition, variant, options.seed);
    Ok(CaseStudy {
        composition: *composition,
        environment: Environment::read(),
        prediction,
        savings: Savings::of(&rounds, options.seed),
        rounds,
        doing_nothing,
        lazy_profile: sampled(Variant::LAZY)?,
        both_profile: sampled(Variant::BOTH)?,
        seed: options.seed,
    })
}

fn measure(
    process: &VariantProcess,
    composition: &Composition,
    round: usize,
    progress: &mut impl FnMut(Progress),
) -> Result<Round> {
    let mut runs: [Option<VariantRun>; 4] = [const { None }; 4];
    for idx in Round::order(round) {
        let variant = Variant::ALL[idx];
        progress(Progress::Measuring { round, variant });
        runs[idx] = Some(process.run(composition, variant, None)?);
    }
    let runs = runs.map(|run| run.expect("an order has every variant"));
    for (run, variant) in runs.iter().zip(Variant::ALL) {
        if run.digest != runs[0].digest {
            return Err(Error::Variant {
                variant: variant.label(),
                problem: "its result differs from that of the variant before the fixes".into(),
            });
        }
    }
    Ok(Round { runs })
}
