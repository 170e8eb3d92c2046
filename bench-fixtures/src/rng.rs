//! A tiny seeded generator whose stream never changes.
//!
//! The fixtures promise the same bytes for the same seed on any machine, in any
//! later version. A published crate may improve its stream in a new release,
//! which would silently change every market; these forty lines cannot.
//! The generator is xoshiro256++, seeded through SplitMix64 as its authors
//! advise (D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number
//! Generators", ACM TOMS 47(4), 2021; <https://prng.di.unimi.it>).
//!
//! Floating point stays reproducible because only `+ - * /` and the square root
//! are used, which IEEE 754 defines to the last bit, and `libm`, which is
//! plain Rust rather than the machine's own mathematics library.

/// Draws a reproducible stream of numbers from a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// Starts the stream that belongs to `seed`; every seed is a good one.
    pub fn new(seed: u64) -> Self {
        let mut mixer = seed;
        Self {
            state: std::array::from_fn(|_| split_mix_64(&mut mixer)),
        }
    }

    /// Starts the stream that belongs to `seed` and `label` together.
    ///
    /// Streams with different labels do not depend on each other, so that a
    /// series stays the same however many others are drawn beside it.
    pub fn labelled(seed: u64, label: &str) -> Self {
        Self::new(seed ^ fnv_1a_64(label.as_bytes()))
    }

    /// Draws 64 uniform bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Draws a uniform number in `[0, 1)`, a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        // The upper bits are the better ones, and 53 of them fill a mantissa.
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Draws a uniform whole number below `bound`, without bias; 0 if `bound` is 0.
    ///
    /// D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS
    /// 29(1), 2019.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let n_rejected = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            let low_half = product & u128::from(u64::MAX);
            if low_half >= u128::from(n_rejected) {
                return u64::try_from(product >> 64)
                    .expect("the upper half of a 128-bit number has 64 bits");
            }
        }
    }

    /// Draws a place among `n`, which is at least one.
    pub fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).expect("below a usize")
    }

    /// Puts items into a random order (Fisher and Yates's shuffle).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    /// Draws a standard normal number (Marsaglia's polar method, 1964).
    pub fn normal(&mut self) -> f64 {
        let (u, w) = self.in_unit_disc();
        u * (-2.0 * libm::log(w) / w).sqrt()
    }

    /// Draws from Student's t with four degrees of freedom: mean 0, variance 2,
    /// and tails as heavy as those of hourly returns.
    ///
    /// R. W. Bailey, "Polar Generation of Random Variates with the
    /// t-Distribution", Mathematics of Computation 62, 1994. With four degrees
    /// of freedom the formula's power is a square root, so no bit is in doubt.
    pub fn student_t4(&mut self) -> f64 {
        let (u, w) = self.in_unit_disc();
        u * (4.0 * (1.0 / w.sqrt() - 1.0) / w).sqrt()
    }

    /// Draws a point of the unit disc; returns its abscissa and squared radius.
    fn in_unit_disc(&mut self) -> (f64, f64) {
        loop {
            let u = 2.0 * self.uniform() - 1.0;
            let v = 2.0 * self.uniform() - 1.0;
            let w = u * u + v * v;
            if w > 0.0 && w < 1.0 {
                return (u, w);
            }
        }
    }
}

/// Advances SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) by one step.
fn split_mix_64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hashes a label (Fowler, Noll and Vo, FNV-1a).
fn fnv_1a_64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of SplitMix64 seeded with 1234567, as its reference
    /// implementation prints them.
    #[test]
    fn split_mix_matches_the_reference() {
        let mut state = 1_234_567;
        let got = [(); 3].map(|()| split_mix_64(&mut state));
        assert_eq!(
            got,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    /// The outputs of xoshiro256++ from the state 1, 2, 3, 4, as its reference
    /// implementation prints them.
    #[test]
    fn xoshiro_matches_the_reference() {
        let mut rng = Rng {
            state: [1, 2, 3, 4],
        };
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        for value in expected {
            assert_eq!(rng.next_u64(), value);
        }
    }

    #[test]
    fn labels_and_seeds_separate_streams() {
        let first = |seed, label| Rng::labelled(seed, label).next_u64();
        assert_eq!(first(1, "a"), first(1, "a"));
        assert_ne!(first(1, "a"), first(1, "b"));
        assert_ne!(first(1, "a"), first(2, "a"));
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut rng = Rng::new(7);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[usize::try_from(rng.below(7)).expect("below 7 fits")] += 1;
        }
        // Six standard deviations (93 each) around the 10,000 expected.
        for count in counts {
            assert!((9_440..=10_560).contains(&count), "{counts:?}");
        }
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
    }

    #[test]
    fn distributions_have_their_moments() {
        let n = 200_000;
        let mut rng = Rng::new(11);
        let uniform: Vec<f64> = (0..n).map(|_| rng.uniform()).collect();
        assert!(uniform.iter().all(|u| (0.0..1.0).contains(u)));
        let normal: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let student: Vec<f64> = (0..n).map(|_| rng.student_t4()).collect();

        // Each interval is about six standard errors wide on either side.
        let mean = |xs: &[f64]| xs.iter().sum::<f64>() / xs.len() as f64;
        assert!((mean(&uniform) - 0.5).abs() < 0.004);
        assert!(mean(&normal).abs() < 0.014);
        let squares: Vec<f64> = normal.iter().map(|x| x * x).collect();
        assert!((mean(&squares) - 1.0).abs() < 0.019);

        // The fourth moment of t4 does not exist, so its tail is tested instead:
        // P(|t4| < 0.740697) = 1/2 and P(|t4| > 4.604095) = 1/100.
        let share = |test: fn(f64) -> bool| {
            student.iter().filter(|&&x| test(x)).count() as f64 / f64::from(n)
        };
        assert!((share(|x| x.abs() < 0.740_697) - 0.5).abs() < 0.007);
        assert!((share(|x| x.abs() > 4.604_095) - 0.01).abs() < 0.0014);
    }
}
