//! One aggregated observation: a stack, the thread it was seen on, and its weight.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use super::tables::{StackId, ThreadId};

/// What a sample counts for, in samples.
///
/// One unit is one arrival of the sampling schedule, so intervals can be
/// computed from weights directly. A single sample weighs more than one when
/// several arrivals fell into one long system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Weight(u64);

impl Weight {
    /// Counts `n` samples.
    pub const fn from_samples(n: u64) -> Self {
        Self(n)
    }

    /// Returns the number of samples.
    pub const fn as_samples(self) -> u64 {
        self.0
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(weights: I) -> Self {
        weights.fold(Self::default(), Add::add)
    }
}

/// All observations of one stack on one thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The stack that was seen.
    pub stack: StackId,
    /// The thread that it was seen on.
    pub thread: ThreadId,
    /// How often it was seen.
    pub weight: Weight,
}
