//! One aggregated observation: a stack, the thread it was seen on, and its weight.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::time::Duration;

use super::tables::{StackId, ThreadId};

/// What a sample counts for, in the profile's [`WeightUnit`].
///
/// In a profile that was sampled here, one unit is one arrival of the sampling
/// schedule. A single sample weighs more than one when several arrivals fell into one
/// long system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Weight(u64);

/// What weights count. Only profiles read from other tools' files have anything but
/// samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WeightUnit {
    /// Samples.
    #[default]
    Samples,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
    /// Something that the file does not name.
    Unknown,
}

impl Weight {
    /// Counts `n` samples.
    pub const fn from_samples(n: u64) -> Self {
        Self(n)
    }

    /// Counts `n` of the profile's unit.
    pub const fn from_units(n: u64) -> Self {
        Self(n)
    }

    /// Returns the number of samples.
    pub const fn as_samples(self) -> u64 {
        self.0
    }

    /// Returns the number of the profile's units.
    pub const fn as_units(self) -> u64 {
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

impl fmt::Display for WeightUnit {
    /// Writes the unit as the plural of a word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Samples => "samples",
            Self::Nanoseconds => "nanoseconds",
            Self::Bytes => "bytes",
            Self::Unknown => "units",
        })
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

/// One observation at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time since the profile was started.
    pub at: Duration,
    /// The stack that was seen.
    pub stack: StackId,
    /// The thread that it was seen on.
    pub thread: ThreadId,
    /// What the observation counts for.
    pub weight: Weight,
}
