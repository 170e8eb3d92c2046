//! Whether a difference is more than chance.
//!
//! Fisher's exact test (R. A. Fisher, "The Design of Experiments", 1935, chapter 2) asks
//! how often two profiles of one and the same behaviour would part their hits as
//! unevenly as these. It keeps its promise for functions that were seen three times as
//! well as for those seen a million times, which tests by the normal distribution do not.
//!
//! A table of a thousand functions is a thousand chances to be fooled. Holm's method
//! (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
//! Journal of Statistics 6, 1979, 65-70) bounds the probability of even one false alarm
//! in the table, however the functions depend on one another.

/// Returns the probability that chance alone makes as great a difference between `hits`
/// in `n` observations each: twice the smaller tail, at most 1.
pub(crate) fn p_value(before: Observed, after: Observed) -> f64 {
    let table = Table {
        hits: before.hits + after.hits,
        n_before: before.n,
        n_after: after.n,
    };
    if table.hits == 0 || before.n == 0 || after.n == 0 {
        return 1.0;
    }
    // The tail that leads away from the middle is short, and nearly always the smaller.
    let expected = table.hits as f64 * before.n as f64 / (before.n + after.n) as f64;
    let (outward, inward) = if (before.hits as f64) < expected {
        (Direction::Fewer, Direction::More)
    } else {
        (Direction::More, Direction::Fewer)
    };
    let mut tail = table.tail(before.hits, outward);
    if tail > 0.25 {
        tail = tail.min(table.tail(before.hits, inward));
    }
    (2.0 * tail).min(1.0)
}

/// How often something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) hits: u64,
    pub(crate) n: u64,
}

impl Observed {
    /// The counts behind a share of `n` observations.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count is a count"
    )]
    pub(crate) fn of_share(share: f64, n: f64) -> Self {
        Self {
            hits: (share * n).round() as u64,
            n: n.round() as u64,
        }
    }
}

/// Corrects p-values in place for being the best of many.
pub(crate) fn correct(p_values: &mut [f64]) {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut least = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        least = least
            .max((p_values.len() - rank) as f64 * p_values[at])
            .min(1.0);
        p_values[at] = least;
    }
}

/// All ways in which so many hits may fall on the two profiles.
struct Table {
    hits: u64,
    n_before: u64,
    n_after: u64,
}

#[derive(Clone, Copy)]
enum Direction {
    Fewer,
    More,
}

impl Table {
    /// The probability that `hits_before` of the hits, or more or fewer of them, are
    /// before. The terms are those of the hypergeometric distribution, each made of its
    /// neighbour, so that a tail takes as many steps as it has terms worth counting.
    fn tail(&self, hits_before: u64, direction: Direction) -> f64 {
        let first = self.ln_probability(hits_before);
        let (mut at, mut term, mut sum) = (hits_before, 1.0_f64, 1.0_f64);
        loop {
            let ratio = match direction {
                Direction::More => self.ratio_to_next(at),
                Direction::Fewer if at == self.hits.saturating_sub(self.n_after) => 0.0,
                Direction::Fewer => 1.0 / self.ratio_to_next(at - 1),
            };
            term *= ratio;
            sum += term;
            // Once the terms fall, they fall ever faster.
            if term == 0.0 || (ratio < 1.0 && term < sum * 1e-17) {
                break;
            }
            at = match direction {
                Direction::More => at + 1,
                Direction::Fewer => at - 1,
            };
        }
        (first + sum.ln()).exp().min(1.0)
    }

    /// The probability of one more hit before, over that of `hits_before`.
    fn ratio_to_next(&self, hits_before: u64) -> f64 {
        let Some(hits_after) = self.hits.checked_sub(hits_before) else {
            return 0.0;
        };
        let more = hits_after as f64 * (self.n_before - hits_before) as f64;
        let fewer =
            (hits_before + 1) as f64 * ((self.n_after + hits_before + 1) - self.hits) as f64;
        more / fewer
    }

    fn ln_probability(&self, hits_before: u64) -> f64 {
        ln_choose(self.n_before, hits_before) + ln_choose(self.n_after, self.hits - hits_before)
            - ln_choose(self.n_before + self.n_after, self.hits)
    }
}

fn ln_choose(n: u64, k: u64) -> f64 {
    let ln_factorial = |n: u64| libm::lgamma(n as f64 + 1.0);
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(before: (u64, u64), after: (u64, u64)) -> f64 {
        let observed = |(hits, n)| Observed { hits, n };
        p_value(observed(before), observed(after))
    }

    fn close(actual: f64, expected: f64) {
        let error = (actual / expected - 1.0).abs();
        assert!(error < 1e-8, "{actual} instead of {expected}");
    }

    /// Sums all terms as products of fractions, which is slow and obvious.
    fn by_hand(before: (u64, u64), after: (u64, u64)) -> f64 {
        let (hits, n) = (before.0 + after.0, before.1 + after.1);
        let choose = |n: u64, k: u64| {
            (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
        };
        let term = |k: u64| {
            if k > before.1 || hits - k > after.1 {
                return 0.0;
            }
            choose(before.1, k) * choose(after.1, hits - k) / choose(n, hits)
        };
        let fewer: f64 = (0..=before.0).map(term).sum();
        let more: f64 = (before.0..=hits).map(term).sum();
        (2.0 * fewer.min(more)).min(1.0)
    }

    #[test]
    fn the_lady_tasting_tea() {
        // All four cups told rightly: one way in seventy, either way round.
        close(p((4, 4), (0, 4)), 2.0 / 70.0);
        close(p((3, 4), (1, 4)), 2.0 * 17.0 / 70.0);
    }

    #[test]
    fn every_small_table_agrees_with_the_sum_of_all_its_terms() {
        for n_before in 1..=12 {
            for n_after in 1..=9 {
                for before in 0..=n_before {
                    for after in 0..=n_after {
                        let (before, after) = ((before, n_before), (after, n_after));
                        close(p(before, after), by_hand(before, after));
                    }
                }
            }
        }
    }

    #[test]
    fn large_profiles_agree_with_the_normal_distribution() {
        // Difference 0.003 at 0.2 of a million each: z = 5.30, two-sided 1.2e-7.
        let large = p((200_000, 1_000_000), (203_000, 1_000_000));
        assert!((1.0e-7..1.3e-7).contains(&large), "{large}");
    }

    #[test]
    fn nothing_seen_or_nothing_changed_is_no_evidence() {
        close(p((0, 100), (0, 50)), 1.0);
        close(p((0, 0), (10, 50)), 1.0);
        close(p((100, 100), (50, 50)), 1.0);
        close(p((10, 100), (10, 100)), 1.0);
    }

    #[test]
    fn holm_multiplies_the_smallest_most_and_keeps_the_order() {
        let mut p_values = [0.04, 0.01, 0.9, 0.02];
        correct(&mut p_values);
        for (actual, expected) in p_values.into_iter().zip([0.08, 0.04, 0.9, 0.06]) {
            close(actual, expected);
        }
        correct(&mut []);
    }
}
