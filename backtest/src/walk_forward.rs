//! Walking forward: parameters are chosen on the past and tried on what came next.
//!
//! Pardo, "The Evaluation and Optimization of Trading Strategies" (2008). Each test
//! begins with the money of the one before and with no position, and what the
//! windows earn together is what nobody could have fitted.

use chrono::{DateTime, Months};

use crate::Result;
use crate::engine::EngineOptions;
use crate::market::Market;
use crate::money::Cash;
use crate::outcome::Outcome;
use crate::strategy::StrategySpec;
use crate::sweep::{self, Objective, Space, Table};
use crate::time::{HourRange, Timestamp};

/// A length on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar months.
    Months(u32),
    /// Hours.
    Hours(i64),
}

impl Span {
    /// Reads `6m`, `8w`, `30d` or `12h`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let n: u32 = number.parse().ok().filter(|n| (1..100_000).contains(n))?;
        let hours = |each: i64| Self::Hours(i64::from(n) * each);
        Some(match unit {
            "m" => Self::Months(n),
            "w" => hours(7 * 24),
            "d" => hours(24),
            "h" => hours(1),
            _ => return None,
        })
    }

    /// The moment so much later, or `None` beyond the calendar.
    fn after(self, start: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Hours(hours) => Some(start.plus_hours(hours)),
            Self::Months(months) => {
                let moment = DateTime::from_timestamp(start.as_seconds(), 0)?;
                let later = moment.checked_add_months(Months::new(months))?;
                Some(Timestamp::from_seconds(later.timestamp()))
            }
        }
    }
}

/// A past to choose on and a future to try it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The hours on which parameters are chosen.
    pub train: HourRange,
    /// The hours on which the choice is tried.
    pub test: HourRange,
}

/// The windows in `range`: each test follows its train, and the next one follows the
/// test. The last test may be shorter.
pub fn windows(range: HourRange, train: Span, test: Span) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut start = range.start();
    while let Some(middle) = train.after(start)
        && middle < range.end()
        && let Some(end) = test.after(middle)
        && let Some(next) = test.after(start)
    {
        let train = HourRange::new(start, middle).expect("a span is longer than nothing");
        let test = HourRange::new(middle, end.min(range.end())).expect("it begins in the range");
        windows.push(Window { train, test });
        start = next;
    }
    windows
}

/// What came of one window.
#[derive(Clone, Debug)]
pub struct Step {
    /// The window.
    pub window: Window,
    /// The strategy that was chosen.
    pub chosen: StrategySpec,
    /// The objective on the hours it was chosen on.
    pub in_sample: f64,
    /// The run on the hours after.
    pub outcome: Outcome,
}

/// What is chosen from in each window, and how.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The strategy whose parameters are chosen.
    pub strategy: &'a StrategySpec,
    /// The points to choose from.
    pub space: &'a Space,
    /// What the choice is made by.
    pub objective: Objective,
    /// What is traded on.
    pub market: &'a Market,
    /// By which conventions and at what costs; the first test begins with its capital.
    pub options: &'a EngineOptions,
    /// How many runs go on at a time.
    pub n_threads: usize,
}

impl Search<'_> {
    /// Walks through the windows; those where no point has the objective are left out,
    /// and nothing follows a test that lost all. `on_window` is told of each window.
    ///
    /// # Errors
    /// Whatever a run fails with.
    pub fn walk(&self, windows: &[Window], mut on_window: impl FnMut()) -> Result<Vec<Step>> {
        let mut steps: Vec<Step> = Vec::new();
        for window in windows {
            let last = steps.last();
            let capital = last.map_or(self.options.capital, |step| step.outcome.final_value);
            if capital <= Cash::ZERO {
                break;
            }
            steps.extend(self.step(window, capital)?);
            on_window();
        }
        Ok(steps)
    }

    /// Chooses on the window's past and tries the choice on its future.
    fn step(&self, window: &Window, capital: Cash) -> Result<Option<Step>> {
        let mut options = self.options.clone();
        options.capital = capital;
        let units = sweep::work_units(self.strategy, self.space, self.market, window.train);
        let nothing = vec![None; units.len()];
        let n_threads = self.n_threads;
        let rows = sweep::run(&units, nothing, self.market, &options, n_threads, |_, _| {
            Ok(())
        })?;
        let table = Table {
            rows,
            objective: self.objective,
        };
        let Some(best) = table.best(1).first().copied() else {
            return Ok(None);
        };
        let found = table.rows[best].result.as_ref();
        let mut unit = units[best].clone();
        unit.start = window.test.start().as_seconds();
        unit.end = window.test.end().as_seconds();
        Ok(Some(Step {
            window: *window,
            chosen: unit.strategy.clone(),
            in_sample: found
                .and_then(|found| self.objective.value(found))
                .unwrap_or(f64::NAN),
            outcome: unit.run(self.market, &options)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_follow_each_other() {
        let time = |text| Timestamp::parse(text).expect("a time");
        let range = HourRange::new(time("2016-01"), time("2016-06-15")).expect("a range");
        let train = Span::parse("3m").expect("a span");
        let test = Span::parse("1m").expect("a span");
        let found: Vec<_> = windows(range, train, test)
            .iter()
            .map(|w| format!("{} | {}", w.train, w.test))
            .collect();
        assert_eq!(
            found,
            [
                "2016-01-01 00:00 .. 2016-04-01 00:00 | 2016-04-01 00:00 .. 2016-05-01 00:00",
                "2016-02-01 00:00 .. 2016-05-01 00:00 | 2016-05-01 00:00 .. 2016-06-01 00:00",
                "2016-03-01 00:00 .. 2016-06-01 00:00 | 2016-06-01 00:00 .. 2016-06-15 00:00",
            ]
        );
    }

    #[test]
    fn spans_are_numbers_with_a_unit() {
        assert_eq!(Span::parse("2w"), Some(Span::Hours(336)));
        for wrong in ["", "m", "0m", "6", "6y", "-1d", "é"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }
}
