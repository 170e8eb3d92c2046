//! Sweeps: one strategy with many parameters, each run by itself.
//!
//! What is run is a list of [`WorkUnit`]s, values that say all there is to know of a
//! run and that another machine could take over. They are worked off by as many
//! threads as there are cores, in any order, and are the same whoever does them: the
//! table comes out in the order of the list.

mod deflated;
mod journal;
mod objective;
mod space;
mod table;

pub use deflated::{DeflatedSharpe, deflated_sharpe};
pub use journal::Journal;
pub use objective::Objective;
pub use space::{Axis, Sampling, Space};
pub use table::{Row, Table};

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::{Deserialize, Serialize};

use crate::engine::{self, EngineOptions, FinalValue};
use crate::market::Market;
use crate::outcome::Outcome;
use crate::portal::MemoryPortal;
use crate::strategy::{Strategy, StrategySpec};
use crate::time::{HourRange, Timestamp};
use crate::{Error, Result};

/// One run of a sweep, as a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkUnit {
    /// The strategy with its parameters.
    pub strategy: StrategySpec,
    /// The fingerprint of the market, by which another machine finds or checks it.
    pub data: String,
    /// The first hour, in seconds since 1970.
    pub start: i64,
    /// The hour after the last, in seconds since 1970.
    pub end: i64,
    /// Whether the final value is all that is asked for.
    #[serde(default)]
    pub values_only: bool,
}

impl WorkUnit {
    /// Runs it on the market that it is meant for, with everything that a run finds.
    ///
    /// # Errors
    /// When `market` is another one, when the strategy does not take its parameters,
    /// and whatever [`engine::run`] fails with.
    pub fn run(&self, market: &Market, options: &EngineOptions) -> Result<Outcome> {
        let (range, mut strategy) = self.prepare(market)?;
        let mut portal = MemoryPortal::new(market);
        engine::run(market, range, &mut portal, strategy.as_mut(), options)
    }

    /// Runs it for its final value alone.
    ///
    /// # Errors
    /// Those of [`WorkUnit::run`].
    pub fn final_value(&self, market: &Market, options: &EngineOptions) -> Result<FinalValue> {
        let (range, mut strategy) = self.prepare(market)?;
        let mut portal = MemoryPortal::new(market);
        engine::final_value(market, range, &mut portal, strategy.as_mut(), options)
    }

    fn prepare(&self, market: &Market) -> Result<(HourRange, Box<dyn Strategy + Send>)> {
        if self.data != market.fingerprint() {
            return Err(Error::OtherData {
                wanted: self.data.clone(),
                found: market.fingerprint().to_owned(),
            });
        }
        let range = HourRange::new(
            Timestamp::from_seconds(self.start),
            Timestamp::from_seconds(self.end),
        );
        let range = range.ok_or_else(|| Error::Option {
            option: "the range of a work unit",
            value: format!("{} .. {}", self.start, self.end),
            rule: "it has to end after it begins, both on the hour".into(),
        })?;
        Ok((range, self.strategy.build()?))
    }
}

/// The work units of a strategy at every point of a space, with all that a run finds.
pub fn work_units(
    strategy: &StrategySpec,
    space: &Space,
    market: &Market,
    range: HourRange,
) -> Vec<WorkUnit> {
    let data = market.fingerprint();
    let unit = |point: Vec<(String, f64)>| WorkUnit {
        strategy: point.iter().fold(strategy.clone(), |spec, (name, value)| {
            spec.with(name, *value)
        }),
        data: data.to_owned(),
        start: range.start().as_seconds(),
        end: range.end().as_seconds(),
        values_only: false,
    };
    space.points().into_iter().map(unit).collect()
}

/// A short text that differs when any unit or option does, by which a sweep that was
/// broken off is known again.
pub fn identity(units: &[WorkUnit], options: &EngineOptions) -> String {
    let text = format!("{units:?} {options:?}");
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

/// Runs all units on `n_threads` threads and returns a row for each, in their order.
///
/// Rows that `done` has already are not run again. `on_row` is told of each new row
/// as it is finished, from one thread at a time, in no fixed order. A unit whose
/// strategy does not take its parameters is a row that says so.
///
/// # Errors
/// What a run failed with, the first in the order of units, or what `on_row` did.
pub fn run(
    units: &[WorkUnit],
    done: Vec<Option<Row>>,
    market: &Market,
    options: &EngineOptions,
    n_threads: usize,
    on_row: impl FnMut(usize, &Row) -> Result<()> + Send,
) -> Result<Vec<Row>> {
    assert_eq!(units.len(), done.len(), "one place a unit");
    let pending: Vec<usize> = (0..units.len())
        .filter(|idx| done[*idx].is_none())
        .collect();
    let next = AtomicUsize::new(0);
    let collected = Mutex::new((done, on_row, None::<(usize, Error)>));
    let work = || {
        while let Some(&idx) = pending.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row = Row::of(&units[idx], market, options);
            let (rows, on_row, failed) = &mut *collected.lock().expect("no thread panics");
            let told = row.and_then(|row| {
                on_row(idx, &row)?;
                rows[idx] = Some(row);
                Ok(())
            });
            if let Err(error) = told {
                if failed.as_ref().is_none_or(|(first, _)| idx < *first) {
                    *failed = Some((idx, error));
                }
                // The others finish what they are at, and nothing new is begun.
                next.store(pending.len(), Ordering::Relaxed);
            }
        }
    };
    // The closes are summed once, before the threads ask for them.
    for pair in market.pairs() {
        market.bars(pair).close_sums();
    }
    thread::scope(|scope| {
        for _ in 1..n_threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let (rows, _, failed) = collected.into_inner().expect("no thread panics");
    match failed {
        Some((_, error)) => Err(error),
        None => Ok(rows.into_iter().flatten().collect()),
    }
}
