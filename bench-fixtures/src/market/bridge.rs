//! The hours between two month-end closes.
//!
//! Each hour's log return is a shock times a volatility. Shocks are Student's t
//! with four degrees of freedom, part the coin's own and part the whole market's,
//! so tails are fat and coins move together. Volatility follows GARCH(1,1)
//! (T. Bollerslev, Journal of Econometrics 31, 1986), so that wild hours come in
//! clusters; a month that moved far was also a wild month. What the month's walk
//! then lacks to the close it must reach is spread over its hours in proportion to
//! their variance, as a Brownian bridge with that volatility would do.
//! Highs and lows are drawn from the law of such a bridge's extremes.
//!
//! The constants were set by comparison with the hourly bars that Kraken recorded
//! for BTC and ETH over the same years.

use super::closes::{month_closes, to_units};
use super::pair::{Pair, pairs};
use super::{END_HOUR, FIRST_HOUR, HOUR, Row};
use crate::rng::Rng;
use chrono::{Months, NaiveDate, NaiveTime};

/// Months of the market: 2015-12 to 2018-02.
const N_MONTHS: u32 = 27;

/// GARCH(1,1): what one hour's squared shock and one hour's variance pass on.
const SHOCK_WEIGHT: f64 = 0.09;
const VARIANCE_WEIGHT: f64 = 0.89;
/// Variance never exceeds this multiple of its mean, nor a shock this many
/// standard deviations: an hour can halve a price, not erase it.
const MAX_VARIANCE: f64 = 9.0;
const MAX_SHOCK: f64 = 6.0;
/// Part of an hour's return that the next hour takes back. Kraken's BTC shows
/// 0.07, because trades alternate between bid and ask.
const BOUNCE: f64 = 0.06;
/// Largest gap between a close and the next open, in hourly standard deviations.
const MAX_GAP: f64 = 0.2;
/// Standard deviation within the hour that highs and lows are drawn with, as part
/// of the hour's own; below one because trades are few and prices stick.
const WICK: f64 = 0.7;
/// How much larger turnover is at the end of the market than at its start.
const TURNOVER_GROWTH: f64 = 1_000.0;

/// Generates one pair's rows: every hour of the market, ascending.
///
/// A series depends on its pair and on `seed`, never on which others are made.
/// One takes about two milliseconds.
///
/// # Panics
///
/// If `pair_idx` is not below [`N_PAIRS`](super::N_PAIRS), as indexing does.
pub fn series(pair_idx: usize, seed: u64) -> Vec<Row> {
    let pair = &pairs()[pair_idx];
    let mut walk = Walk::new(pair, seed);
    let mut rows = Vec::with_capacity(n_hours(FIRST_HOUR, END_HOUR));
    for (month, close) in month_starts().windows(2).zip(month_closes(pair, seed)) {
        walk.month(month[0], month[1], close, &mut rows);
    }
    rows
}

/// Lists where each month of the market begins, then where the last one ends.
fn month_starts() -> Vec<i64> {
    let first = NaiveDate::from_ymd_opt(2015, 12, 1).expect("the date exists");
    (0..=N_MONTHS)
        .map(|n| (first + Months::new(n)).and_time(NaiveTime::MIN))
        .map(|midnight| midnight.and_utc().timestamp())
        .collect()
}

fn n_hours(start: i64, end: i64) -> usize {
    usize::try_from((end - start) / HOUR).expect("end comes after start")
}

/// Walks one pair from month to month, carrying price and volatility along.
struct Walk<'a> {
    pair: &'a Pair,
    /// The coin's own shocks; a stream apart from what hides inside the hours, so
    /// that either may draw as often as it likes.
    own: Rng,
    /// The whole market's shocks: the same stream for every pair of a seed.
    market: Rng,
    /// Gaps, highs, lows and volumes.
    inside: Rng,
    own_share: f64,
    previous_close: Option<i64>,
    variance: f64,
    previous_move: f64,
    turnover: f64,
    turnover_growth: f64,
    steps: Vec<Step>,
}

/// What one hour does before the bridge corrects it.
struct Step {
    /// Log return, in units of the month's hourly volatility.
    log_return: f64,
    /// Variance of that return, in the same units squared.
    variance: f64,
}

impl<'a> Walk<'a> {
    fn new(pair: &'a Pair, seed: u64) -> Self {
        let n_hours = n_hours(FIRST_HOUR, END_HOUR);
        Self {
            pair,
            own: Rng::labelled(seed, &format!("hours of {}", pair.base)),
            market: Rng::labelled(seed, "market"),
            inside: Rng::labelled(seed, &format!("bars of {}", pair.base)),
            own_share: (1.0 - pair.market_share * pair.market_share).sqrt(),
            previous_close: None,
            variance: 1.0,
            previous_move: 0.0,
            turnover: pair.turnover,
            turnover_growth: libm::pow(TURNOVER_GROWTH, 1.0 / n_hours as f64),
            steps: Vec::new(),
        }
    }

    /// Appends the hours from `start` to `end`, the last of which ends on `target`.
    fn month(&mut self, start: i64, end: i64, target: i64, rows: &mut Vec<Row>) {
        let n_hours = n_hours(start, end);
        self.draw_steps(n_hours);

        let mut log_price = libm::log(self.previous_close.unwrap_or(self.pair.first_open) as f64);
        let log_move = libm::log(target as f64) - log_price;
        let vol = self.month_vol(log_move, n_hours);
        let walked: f64 = self.steps.iter().map(|step| step.log_return * vol).sum();
        let variance: f64 = self.steps.iter().map(|step| step.variance).sum();
        let correction = (log_move - walked) / variance;

        for (hour, open_time) in (start..end).step_by(3_600).enumerate() {
            let step = &self.steps[hour];
            let sigma = vol * step.variance.sqrt();
            log_price += step.log_return * vol + step.variance * correction;
            let close = if hour + 1 == n_hours {
                target
            } else {
                to_units(libm::exp(log_price))
            };
            rows.push(self.bar(open_time, close, sigma));
        }
    }

    /// Draws the shocks of a month and the volatility they feed.
    fn draw_steps(&mut self, n_hours: usize) {
        self.steps.clear();
        for _ in 0..n_hours {
            let market = self.pair.market_share * self.market.student_t4();
            let own = self.own_share * self.own.student_t4();
            // Student's t with four degrees of freedom has a variance of two.
            let shock =
                ((market + own) * std::f64::consts::FRAC_1_SQRT_2).clamp(-MAX_SHOCK, MAX_SHOCK);
            let fresh_move = shock * self.variance.sqrt();
            self.steps.push(Step {
                log_return: fresh_move - BOUNCE * self.previous_move,
                variance: self.variance,
            });
            self.previous_move = fresh_move;
            self.variance = (1.0 - SHOCK_WEIGHT - VARIANCE_WEIGHT
                + SHOCK_WEIGHT * fresh_move * fresh_move
                + VARIANCE_WEIGHT * self.variance)
                .min(MAX_VARIANCE);
        }
    }

    /// Hourly volatility of a month that must move by `log_move`.
    fn month_vol(&self, log_move: f64, n_hours: usize) -> f64 {
        let usual_move = self.pair.hourly_vol * (n_hours as f64).sqrt();
        self.pair.hourly_vol * (0.7 + 0.3 * log_move.abs() / usual_move).min(2.0)
    }

    /// Completes a bar around its close; `sigma` is the hour's volatility.
    fn bar(&mut self, open_time: i64, close: i64, sigma: f64) -> Row {
        // A gap at the open lets a test tell a fill at the next open from one at
        // this close, which would be look-ahead.
        let gap = MAX_GAP * sigma * (2.0 * self.inside.uniform() - 1.0);
        let open = self
            .previous_close
            .map_or(self.pair.first_open, |previous| {
                to_units(previous as f64 * (1.0 + gap))
            });
        let (bottom, top) = (open.min(close), open.max(close));
        let body = (top - bottom) as f64 / bottom as f64;
        let high = to_units(top as f64 * (1.0 + self.wick(body, sigma))).max(top);
        let low = to_units(bottom as f64 / (1.0 + self.wick(body, sigma))).min(bottom);
        self.previous_close = Some(close);
        Row {
            open_time,
            open,
            high,
            low,
            close,
            volume: self.volume(open_time, body / sigma, close),
        }
    }

    /// How far a price strays beyond its body within an hour, as a fraction.
    ///
    /// A Brownian bridge from `a` to `b` with variance `s²` exceeds `m` with
    /// probability `exp(-2 (m - a)(m - b) / s²)`; a uniform draw of that
    /// probability is solved for `m` (P. Glasserman, Monte Carlo Methods in
    /// Financial Engineering, 2004, section 6.4).
    fn wick(&mut self, body: f64, sigma: f64) -> f64 {
        let s = WICK * sigma;
        let exponential = -libm::log(1.0 - self.inside.uniform());
        0.5 * ((body * body + 2.0 * s * s * exponential).sqrt() - body)
    }

    /// Volume of an hour whose body is `stretch` standard deviations long.
    fn volume(&mut self, open_time: i64, stretch: f64, close: i64) -> i64 {
        // Busiest at 15:00 UTC, when Europe and America are both awake.
        let hour_of_day = open_time / HOUR % 24;
        let from_peak = (hour_of_day - 15).abs().min(24 - (hour_of_day - 15).abs());
        let daily = 1.3 - 0.05 * from_peak as f64;
        // A ratio with a long right tail: from 0.3 to 3.6 with a median of 0.6.
        let luck = 0.4 / (0.11 + self.inside.uniform());
        self.turnover *= self.turnover_growth;
        let turnover = self.turnover * daily * luck * (0.4 + stretch);
        to_units(turnover * 1e16 / close as f64)
    }
}
