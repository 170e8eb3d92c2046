//! Drawdown: how far the equity fell from its running peak.

use crate::money::Cash;

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

/// The worst drawdown so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunningDrawdown {
    peak: Cash,
    peak_tick: Option<usize>,
    n_ticks: usize,
    worst: Drawdown,
}

impl RunningDrawdown {
    /// Before the first tick: the capital is the first peak.
    pub(super) fn new(capital: Cash) -> Self {
        Self {
            peak: capital,
            peak_tick: None,
            n_ticks: 0,
            worst: Drawdown::default(),
        }
    }

    /// Takes in the equity of the next tick.
    pub(super) fn update(&mut self, equity: Cash) {
        if equity > self.peak {
            self.peak = equity;
            self.peak_tick = Some(self.n_ticks);
        } else if equity < self.peak {
            let fraction = (self.peak - equity).as_f64() / self.peak.as_f64();
            if fraction > self.worst.fraction {
                self.worst = Drawdown {
                    fraction,
                    peak_tick: self.peak_tick,
                    trough_tick: Some(self.n_ticks),
                };
            }
        }
        self.n_ticks += 1;
    }

    /// The worst of all ticks so far; the first one, if several are equal.
    pub(super) const fn worst(&self) -> Drawdown {
        self.worst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(curve: &[f64], fraction: f64, peak_tick: Option<usize>, trough_tick: Option<usize>) {
        let cash = |value| Cash::from_f64(value).expect("a sum of money");
        let mut running = RunningDrawdown::new(cash(100.0));
        for value in curve {
            running.update(cash(*value));
        }
        let expected = Drawdown {
            fraction,
            peak_tick,
            trough_tick,
        };
        assert_eq!(running.worst(), expected, "{curve:?}");
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
