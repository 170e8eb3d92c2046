//! Drawdown: how far the equity fell from its running peak.

/// A fall from a peak to the lowest point before the next peak.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drawdown {
    /// The fall as a fraction of the peak, from 0 to 1.
    pub fraction: f64,
    /// The tick of the peak, or `None` when that was the capital before the first.
    pub peak_tick: Option<usize>,
    /// The tick of the lowest point, or `None` when the equity never fell.
    pub trough_tick: Option<usize>,
}

/// The worst drawdown of a curve whose first point is the capital before the first
/// tick; the first one, if several are equal.
pub(super) fn worst(curve: &[f64]) -> Drawdown {
    let mut worst = Drawdown::default();
    let (mut peak, mut peak_at) = (curve[0], 0);
    // Compared as a share that is left, so that a new low costs a division and
    // nothing else does.
    let mut least = f64::INFINITY;
    for (n_before, values) in curve.chunks(N_AT_ONCE).enumerate() {
        // Most of the time there is neither a new peak nor a new low, which is seen of
        // many values at once.
        let lowest = least.min(peak);
        #[expect(
            clippy::needless_bitwise_bool,
            reason = "without a jump, many are compared in one instruction"
        )]
        let stays = values.iter().fold(true, |stays, value| {
            stays & (*value >= lowest) & (*value <= peak)
        });
        if stays {
            continue;
        }
        for (idx, value) in values.iter().copied().enumerate() {
            let at = n_before * N_AT_ONCE + idx;
            if value > peak {
                (peak, peak_at) = (value, at);
                least = peak * (1.0 - worst.fraction);
            } else if value < least.min(peak) {
                let fraction = (peak - value) / peak;
                if fraction > worst.fraction {
                    worst = Drawdown {
                        fraction,
                        peak_tick: peak_at.checked_sub(1),
                        trough_tick: Some(at - 1),
                    };
                }
                least = value;
            }
        }
    }
    worst
}

/// How many values are first looked at together.
const N_AT_ONCE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(curve: &[f64], fraction: f64, peak_tick: Option<usize>, trough_tick: Option<usize>) {
        let curve = [&[100.0], curve].concat();
        let expected = Drawdown {
            fraction,
            peak_tick,
            trough_tick,
        };
        assert_eq!(worst(&curve), expected, "{curve:?}");
    }

    #[test]
    fn the_worst_fall_is_found_with_its_place() {
        check(&[], 0.0, None, None);
        check(&[100.0, 100.0, 110.0], 0.0, None, None);
        check(&[75.0, 90.0], 0.25, None, Some(0));
        check(&[200.0, 150.0, 400.0, 200.0, 300.0], 0.5, Some(2), Some(3));
        check(&[200.0, 100.0, 400.0, 200.0], 0.5, Some(0), Some(1));
    }
}
