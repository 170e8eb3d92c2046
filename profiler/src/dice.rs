//! The random numbers behind the moments of sampling.

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014): one word of state, which suits a signal handler.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

/// 53 bits fill a double.
const STEPS: f64 = (1_u64 << 53) as f64;

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

    fn step(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) >> 11
    }
}
