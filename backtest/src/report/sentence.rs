//! The last word of a run, in the manner of the talk.

use crate::outcome::Outcome;

/// Says in one sentence what became of the capital.
pub fn sentence(outcome: &Outcome) -> String {
    of(1.0 + outcome.metrics.total_return)
}

/// The sentence for a capital that became `multiple` times itself.
pub(crate) fn of(multiple: f64) -> String {
    let percent = 100.0 * (multiple - 1.0);
    if multiple >= 2.0 {
        format!("Your strategy made {multiple:.1}x")
    } else if percent >= 0.05 {
        format!("Your strategy made {percent:.1} %")
    } else if percent > -0.05 {
        "Your strategy ended where it began".into()
    } else if percent > -10.0 {
        format!("You lost {:.1} % of your starting capital", -percent)
    } else {
        format!("You lost {:.0} % of your starting capital", -percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_fits_the_fate() {
        for (multiple, expected) in [
            (10.3, "Your strategy made 10.3x"),
            (2.0, "Your strategy made 2.0x"),
            (1.5, "Your strategy made 50.0 %"),
            (1.0, "Your strategy ended where it began"),
            (0.95, "You lost 5.0 % of your starting capital"),
            (0.1, "You lost 90 % of your starting capital"),
            (0.0, "You lost 100 % of your starting capital"),
        ] {
            assert_eq!(of(multiple), expected);
        }
    }
}
