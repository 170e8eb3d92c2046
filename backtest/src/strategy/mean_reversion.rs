//! Mean reversion: what has fallen out of line with its own past is held more, and
//! what has risen is held less.
//!
//! It is the workload of the case study, in which ten pairs are held at every tick
//! and every tick reads a window of history for each of them. The indicators are
//! computed afresh from that window, as a strategy that calls `history()` does, and
//! each has its say in the weight:
//!
//! | indicator | moves |
//! |---|---|
//! | z-score of the close in the window | the tilt, against the deviation |
//! | half-life of its reversion | the tilt, more where deviations vanish sooner |
//! | relative strength index | the tilt, against the recent movement |
//! | average true range | the size: a pair that swings widely is held less |

use super::{Context, Strategy};
use crate::indicator::{average_true_range, half_life, relative_strength, z_score};
use crate::instrument::PairId;

pub(super) const NAME: &str = "mean-reversion";

/// What the strategy can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Parameters {
    /// How many hourly bars the indicators are computed from. The 29 days are the
    /// case study's choice: in its profile of the slow variant, formatting and folder
    /// check together take 33.0 % of the loop with 624 hours, 32.5 % with 672, and
    /// 31.2 % with 720, and mending them saves about half a point more than that.
    pub window: usize,
    /// Below so many bars there are no indicators, and weights are equal.
    pub min_bars: usize,
    /// The smoothing of relative strength and true range, in bars; Wilder's 14.
    pub period: usize,
    /// How much of an equal weight one standard deviation moves.
    pub z_gain: f64,
    /// How many half-lives have to fit into the window for a deviation to count in
    /// full; with fewer it counts in proportion.
    pub half_lives: f64,
    /// How much of an equal weight a relative strength of 0 or 100 moves.
    pub strength_gain: f64,
    /// The largest part of the equity that is invested.
    pub allocation: f64,
    /// How far, in equal weights, one pair may drift from its weight before all are
    /// rebalanced. A narrower band trades more, and commission eats what it earns.
    pub band: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            window: 696,
            min_bars: 48,
            period: 14,
            z_gain: 0.25,
            half_lives: 10.0,
            strength_gain: 0.25,
            allocation: 0.98,
            band: 0.6,
        }
    }
}

/// The least and the most that a pair may be held, in equal weights: every pair is
/// held always, and none takes over the portfolio.
const WEIGHT_LIMITS: (f64, f64) = (0.2, 1.8);

/// How far the true range may scale a weight down or up.
const SCALE_LIMITS: (f64, f64) = (0.5, 2.0);

/// Holds every pair at all times, tilting its weight against its z-score.
#[derive(Clone, Debug, Default)]
pub struct MeanReversion {
    parameters: Parameters,
    signals: Vec<Signal>,
}

/// What the window says about one pair.
#[derive(Clone, Copy, Debug)]
struct Signal {
    /// The weight that mean reversion asks for, in equal weights.
    tilt: f64,
    /// The average true range as a fraction of the price, where there is one.
    range: Option<f64>,
}

impl MeanReversion {
    /// The strategy with these parameters.
    pub const fn new(parameters: Parameters) -> Self {
        Self {
            parameters,
            signals: Vec::new(),
        }
    }

    fn signal(&self, context: &Context<'_>, pair: PairId) -> Signal {
        let Parameters {
            window,
            min_bars,
            period,
            z_gain,
            half_lives,
            strength_gain,
            ..
        } = self.parameters;
        let history = context.recent(pair, window);
        let closes = history.closes();
        if closes.len() < min_bars {
            return Signal {
                tilt: 1.0,
                range: None,
            };
        }
        // A pair that never moved in the window gives no reason to tilt.
        let deviation = z_score(closes).unwrap_or(0.0);
        // What does not come back, or not soon, is no deviation to bet against.
        let reverting =
            half_life(closes).map_or(0.0, |hours| (window as f64 / (half_lives * hours)).min(1.0));
        let strength = relative_strength(closes, period).unwrap_or(50.0) / 50.0 - 1.0;
        Signal {
            tilt: 1.0 - z_gain * reverting * deviation - strength_gain * strength,
            range: average_true_range(history.highs(), history.lows(), closes, period)
                .filter(|range| *range > 0.0),
        }
    }

    /// The weight of each signal in equal weights, adding up to no more than the
    /// allocation.
    fn size(&mut self) {
        let ranges = self.signals.iter().filter_map(|signal| signal.range);
        let (n, sum) = ranges.fold((0.0, 0.0), |(n, sum), range| (n + 1.0, sum + range));
        let mean_range = sum / n;
        for signal in &mut self.signals {
            let scale = signal.range.map_or(1.0, |range| mean_range / range);
            let scale = scale.clamp(SCALE_LIMITS.0, SCALE_LIMITS.1);
            signal.tilt = (signal.tilt * scale).clamp(WEIGHT_LIMITS.0, WEIGHT_LIMITS.1);
        }
        let total: f64 = self.signals.iter().map(|signal| signal.tilt).sum();
        let limit = self.parameters.allocation * self.signals.len() as f64;
        if total > limit {
            for signal in &mut self.signals {
                signal.tilt *= limit / total;
            }
        }
    }
}

impl Strategy for MeanReversion {
    fn name(&self) -> &'static str {
        NAME
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        self.signals.clear();
        for pair in context.pairs() {
            self.signals.push(self.signal(context, pair));
        }
        self.size();
        let equal_weight = 1.0 / self.signals.len() as f64;
        let equity = context.equity().as_f64();
        let is_off = |(pair, signal): (PairId, &Signal)| {
            let position = context.portfolio().position(pair);
            let held = position.value().as_f64() / equity / equal_weight;
            position.is_flat() || (signal.tilt - held).abs() > self.parameters.band
        };
        // All pairs are traded together: what one is to gain, others must give.
        if context.pairs().zip(&self.signals).any(is_off) {
            for (pair, signal) in context.pairs().zip(&self.signals) {
                context.order_target_percent(pair, signal.tilt * equal_weight);
            }
        }
    }
}
