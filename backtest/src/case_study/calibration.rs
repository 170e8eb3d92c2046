//! The window that restores the talk's proportions on this machine.
//!
//! System calls cost differently on bare metal, in a container and under WSL, and
//! formatting differently from one processor to the next. Calibration takes
//! the shares of both from a profile, what an hour of window costs from two runs, and
//! solves for the window:
//!
//! ```text
//! (format + folder) / (format + folder + rest(window)) = the talk's combined saving
//! rest(window) = fixed + slope * window
//! ```

use std::fmt;
use std::path::PathBuf;

use super::verdict::{TALK_HIGH, TALK_LOW};
use super::{Composition, Prediction, Variant, VariantProcess};
use crate::Result;

/// Windows that make a strategy: two days to about three months.
const WINDOW_LIMITS: (usize, usize) = (48, 2_000);

/// What three things cost on this machine, and the window that follows.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Microseconds to format one message eagerly.
    pub format_us: f64,
    /// Microseconds to look for the folder once.
    pub folder_us: f64,
    /// Microseconds of everything else for each price looked up, with the window
    /// that the study began with.
    pub rest_us: f64,
    /// How many of these each further hour of window adds.
    pub rest_us_per_hour: f64,
    /// The window that brings the combined saving to the middle of the talk's.
    pub window: usize,
    /// The combined saving, in per cent, that this window should give.
    pub expected: f64,
}

/// Measures the costs in processes of their own and chooses the window.
///
/// The shares of the two habits come from a profile, which is steadier than the
/// small difference of two large times.
///
/// # Errors
/// When a run fails.
pub fn calibrate(composition: &Composition, program: PathBuf, seed: u64) -> Result<Calibration> {
    let process = VariantProcess::new(program);
    let window = composition.window.unwrap_or(WINDOW_LIMITS.0);
    let single = Composition {
        window: Some(window),
        ..*composition
    };
    let double = Composition {
        window: Some(2 * window),
        ..*composition
    };
    let profile = Prediction::sample(&process, &single, seed, |_| {})?;
    let cost = |composition, variant| -> Result<f64> {
        let run = process.run(composition, variant, None)?;
        Ok(1e6 * run.loop_seconds / run.n_lookups.max(1) as f64)
    };
    let before = cost(&single, Variant::BEFORE)?;
    let slope = (cost(&double, Variant::BOTH)? - cost(&single, Variant::BOTH)?) / window as f64;
    let format_us = before * profile.lazy.value;
    let folder_us = before * profile.cached.value;
    let rest_us = before - format_us - folder_us;
    Ok(solve(window, format_us, folder_us, rest_us, slope))
}

impl fmt::Display for Calibration {
    /// Says what was measured and what was done about it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            format_us,
            folder_us,
            rest_us,
            rest_us_per_hour,
            window,
            expected,
        } = self;
        write!(
            f,
            "Calibrated: on this machine a message costs {format_us:.2} µs, a folder check {folder_us:.2} µs, \
             and the rest of a price {rest_us:.2} µs plus {:.2} µs for each further 100 hours of window. \
             A window of {window} hours makes both fixes save about {expected:.1} %.",
            100.0 * rest_us_per_hour
        )
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the limits, which are small and positive"
)]
fn solve(window: usize, format_us: f64, folder_us: f64, rest_us: f64, slope: f64) -> Calibration {
    let mended = format_us + folder_us;
    let target = f64::midpoint(TALK_LOW, TALK_HIGH) / 100.0;
    let wanted_rest = mended * (1.0 / target - 1.0);
    let limits = (WINDOW_LIMITS.0 as f64, WINDOW_LIMITS.1 as f64);
    let exact = window as f64 + (wanted_rest - rest_us) / slope.max(1e-6);
    let chosen = exact.clamp(limits.0, limits.1).round();
    let rest = rest_us + slope * (chosen - window as f64);
    Calibration {
        format_us,
        folder_us,
        rest_us,
        rest_us_per_hour: slope,
        window: chosen as usize,
        expected: 100.0 * mended / (mended + rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_makes_the_fixes_a_third_of_the_run() {
        let calibration = solve(500, 2.0, 4.0, 10.0, 0.02);
        // 6 µs of 32.5 % leave 12.46 µs for the rest: 2.46 more, 123 hours.
        assert_eq!(calibration.window, 623);
        assert!((calibration.expected - 32.5).abs() < 0.1);
    }

    #[test]
    fn a_machine_out_of_reach_gets_the_nearest_window() {
        let slow_calls = solve(500, 2.0, 400.0, 10.0, 0.02);
        assert_eq!(slow_calls.window, 2_000);
        assert!(slow_calls.expected > 35.0);
        let free_calls = solve(500, 0.1, 0.1, 10.0, 0.02);
        assert_eq!(free_calls.window, 48);
    }
}
