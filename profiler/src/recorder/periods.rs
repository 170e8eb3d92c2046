//! When to take samples: periods drawn anew, at random, for a few samples at a time.
//!
//! A fixed period locks onto periodic programs. To draw a new interval for every sample
//! would cost more than the sample, so a period serves a *block* of [`SAMPLES`] samples
//! and is then drawn anew at a random moment of its last interval, which is discarded.
//! Nothing of this depends on what the program does.
//!
//! Periods are uniform within half the mean around the mean. The spread decides two
//! things. Wide enough, the phases that a block meets in a periodic program are as good
//! as independent: where the program's period is the mean one, uniform phases are exact,
//! and for no other is the variance of a share more than 1.5 times the binomial one. But
//! blocks of `k` samples of unequal length also make the number of samples in a stretch
//! of the program's life vary, by `k cv²` times a Poisson number's variance (renewal
//! reward theorem): with a coefficient of variation of `cv = 1/√12`, 0.7 times, where
//! exponential periods would make it 8 times.

use std::time::Duration;

use crate::dice::Dice;
use crate::nanos::nanos;

use super::clock::whole;

/// Samples that a period serves.
const SAMPLES: f64 = 8.0;

/// Half the range of periods, as a part of their mean.
const SPREAD: f64 = 0.5;

/// How many blocks it takes to make up for samples that are behind or ahead.
const CATCH_UP_BLOCKS: f64 = 8.0;

/// Draws the periods of one event.
#[derive(Debug, Clone)]
pub(super) struct Periods {
    rate: f64,
    shortest: Duration,
    dice: Dice,
    block: Option<Block>,
    /// Samples by which the event is behind its rate.
    behind: f64,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    start: u64,
    period: u64,
    end: u64,
}

impl Periods {
    /// Draws for `rate_hz` samples a second, none closer together than `shortest`.
    pub(super) fn new(rate_hz: f64, shortest: Duration, seed: u64) -> Self {
        Self {
            rate: rate_hz / 1e9,
            shortest,
            dice: Dice::new(seed),
            block: None,
            behind: 0.0,
        }
    }

    /// Returns the moment for the next [`Periods::redraw`].
    pub(super) fn due(&self) -> u64 {
        self.block.map_or(0, |block| block.end)
    }

    /// Changes the rate; the next redrawing is due at once.
    pub(super) fn set_rate(&mut self, rate_hz: f64) {
        self.rate = rate_hz / 1e9;
        // What was behind or ahead was so by the old rate.
        (self.block, self.behind) = (None, 0.0);
    }

    /// Ends a block, later than it was due perhaps, and draws the period for the next,
    /// which begins `now`.
    pub(super) fn redraw(&mut self, now: u64) -> Duration {
        if let Some(block) = self.block {
            let lasted = now.saturating_sub(block.start);
            self.behind += lasted as f64 * self.rate - (lasted / block.period) as f64;
        }
        // A block of n samples lasts n and a half periods on average. If the redrawing
        // was late, blocks had more samples than planned, hence the correction.
        let correction = (self.behind / (CATCH_UP_BLOCKS * SAMPLES)).clamp(-0.5, 0.5);
        let mean = SAMPLES / (SAMPLES + 0.5) / self.rate * (1.0 - correction);
        let period = mean * (1.0 + SPREAD * (2.0 * self.dice.uniform() - 1.0));
        let period = nanos(Duration::from_nanos(whole(period)).max(self.shortest));
        let length = (SAMPLES + self.dice.uniform()) * period as f64;
        self.block = Some(Block {
            start: now,
            period,
            end: now + whole(length),
        });
        Duration::from_nanos(period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays an event whose periods are redrawn `late` nanoseconds too late on average, and
    /// returns the moments of at least `n` samples, and that of the end.
    fn samples(rate_hz: f64, late: f64, n: usize) -> (Vec<u64>, u64) {
        let mut periods = Periods::new(rate_hz, Duration::from_micros(100), 7);
        let mut dice = Dice::new(3);
        let (mut now, mut samples) = (0, Vec::new());
        while samples.len() < n {
            let period = nanos(periods.redraw(now));
            let end = periods.due() + whole(2.0 * late * dice.uniform());
            samples.extend((1..).map(|k| now + k * period).take_while(|&at| at < end));
            now = end;
        }
        (samples, now)
    }

    #[test]
    fn there_are_as_many_samples_as_asked_for_however_late_the_redrawing() {
        for rate in [10.0, 199.0, 1000.0, 5000.0] {
            for late in [0.0, 2e5, 5e6] {
                let (samples, end) = samples(rate, late, 20_000);
                let due = end as f64 / 1e9 * rate;
                let n = samples.len() as f64;
                assert!((n / due - 1.0).abs() < 0.005, "{rate} {late}: {n} of {due}");
            }
        }
    }

    /// By the variance of shares, in binomial ones, for a program that spends the first
    /// half of each cycle in one function: see the module for what is to be expected.
    #[test]
    fn shares_vary_no_more_than_promised_whatever_the_cycle() {
        let (samples, _) = samples(1000.0, 1e5, 2_000_000);
        for cycle in [
            300_000,
            940_000,
            1_000_000,
            1_900_000,
            10_000_000,
            100_000_000,
        ] {
            let parts: Vec<f64> = samples
                .chunks_exact(1000)
                .map(|part| {
                    let first = |&&at: &&u64| at % cycle < cycle / 2;
                    part.iter().filter(first).count() as f64 / 1000.0
                })
                .collect();
            let n = parts.len() as f64;
            let mean = parts.iter().sum::<f64>() / n;
            let variance = parts.iter().map(|part| (part - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let binomial = 0.25 / 1000.0;
            // 2000 parts tell a variance to 3 % (one standard error); 1.5 and 5 of these.
            assert!(
                variance < 1.75 * binomial,
                "{cycle}: {}",
                variance / binomial
            );
            let z = (mean - 0.5) / (binomial / n).sqrt();
            assert!(z.abs() < 5.0, "{cycle}: {mean}");
        }
    }
}
