//! Is the talk's 30-35 % reproduced here?

use super::Estimate;

/// What the talk says both fixes saved together, in per cent.
pub const TALK_LOW: f64 = 30.0;
/// The upper end of what the talk says.
pub const TALK_HIGH: f64 = 35.0;

/// The answer of the case study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The interval of the combined saving meets 30-35 %.
    Reproduced,
    /// It does not.
    NotReproduced,
}

impl Verdict {
    /// Judges the combined saving.
    pub fn of(both: &Estimate) -> Self {
        if both.overlaps(TALK_LOW, TALK_HIGH) {
            Self::Reproduced
        } else {
            Self::NotReproduced
        }
    }

    /// The verdict in capitals, as it is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reproduced => "REPRODUCED",
            Self::NotReproduced => "NOT REPRODUCED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_has_to_meet_the_talks() {
        let verdict = |low, high| {
            Verdict::of(&Estimate {
                median: f64::midpoint(low, high),
                low,
                high,
            })
        };
        assert_eq!(verdict(31.0, 33.0), Verdict::Reproduced);
        assert_eq!(verdict(20.0, 30.0), Verdict::Reproduced);
        assert_eq!(verdict(20.0, 29.9), Verdict::NotReproduced);
        assert_eq!(verdict(35.1, 40.0), Verdict::NotReproduced);
    }
}
