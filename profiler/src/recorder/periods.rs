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
            dice: Dice(seed),
            block: None,
            behind: 0.0,
        }
    }

    /// Returns the moment for the next [`Periods::redraw`].
    pub(super) fn due(&self) -> u64 {
        self.block.map_or(0, |block| block.end)
    }

    /// Changes the rate from the next block on.
    pub(super) fn set_rate(&mut self, rate_hz: f64) {
        self.rate = rate_hz / 1e9;
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
        let period = nanos(Duration::from_nanos(period as u64).max(self.shortest));
        let length = (SAMPLES + self.dice.uniform()) * period as f64;
        self.block = Some(Block {
            start: now,
            period,
            end: now + length as u64,
        });
        Duration::from_nanos(period)
    }
}

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from 0 to 1, 1 excluded.
    pub(super) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64) / (1_u64 << 53) as f64
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
