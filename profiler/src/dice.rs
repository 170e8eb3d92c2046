//! The random numbers behind the moments of sampling.

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014): one word of state, which suits a signal handler.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

/// So many fill a double.
const BITS: u64 = 53;
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
const STEPS: f64 = (1_u64 << BITS) as f64;

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Draws from the half-open interval [0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.step() as f64 / STEPS
    }

    /// Draws from the half-open interval (0, 1], which has a logarithm everywhere.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.step() + 1) as f64 / STEPS
    }

    /// Returns another generator for each index, which has nothing to do with this one.
    pub(crate) fn fork(&self, index: u64) -> Self {
        Self(mix(self.0 ^ mix(index.wrapping_add(GAMMA))))
    }

    /// Tosses `n` fair coins and counts the heads.
    pub(crate) fn heads(&mut self, n: u64) -> u64 {
        let mut left = n;
        let mut heads = 0;
        while left > 0 {
            let n_coins = left.min(BITS);
            heads += u64::from((self.step() >> (BITS - n_coins)).count_ones());
            left -= n_coins;
        }
        heads
    }

    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0) >> (64 - BITS)
    }
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
