//! Many runs of one Rust strategy, on all cores, without Python in between.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use backtest::strategy::by_name;
use backtest::{MemoryPortal, run};
use pyo3::prelude::*;

use crate::argument;
use crate::market::Market;
use crate::outcome::Outcome;
use crate::trading::Trading;
use crate::{error, time};

/// How often Ctrl-C is looked for while the threads work.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs every strategy of `strategies` and calls `on_done(place, json)` for each, in the
/// order in which they finish.
#[pyfunction]
#[pyo3(signature = (
    market, strategies, on_done, capital, start=None, end=None, trading=None, threads=None,
))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the command line's options"
)]
pub fn sweep_native(
    py: Python<'_>,
    market: &Market,
    strategies: Vec<String>,
    on_done: &Bound<'_, PyAny>,
    capital: &Bound<'_, PyAny>,
    start: Option<&str>,
    end: Option<&str>,
    trading: Option<Trading>,
    threads: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    let listed = &market.0;
    let range = time::range(listed, start, end)?;
    let capital = argument::number("capital_base", capital)?;
    let options = trading.unwrap_or_default().options(listed, capital)?;
    // What is wrong with a strategy is known before the first run.
    for strategy in &strategies {
        by_name(strategy).map_err(error::engine)?;
    }
    let n_threads = match threads {
        Some(threads) => usize::try_from(argument::count("threads", &threads, 1)?)
            .expect("a computer of 64 bits"),
        None => thread::available_parallelism().map_or(1, NonZero::get),
    };
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (done, results) = mpsc::channel();
    let work = || {
        let done = done.clone();
        while !is_over.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(name) = strategies.get(place) else {
                break;
            };
            let outcome = by_name(name).and_then(|mut strategy| {
                let mut portal = MemoryPortal::new(&listed.market);
                run(&listed.market, range, &mut portal, &mut *strategy, &options)
            });
            let json = outcome.map(|outcome| {
                let options = options.clone();
                Outcome::new(Arc::clone(listed), name.clone(), options, outcome).brief()
            });
            if done.send((place, json)).is_err() {
                break;
            }
        }
    };
    let results = std::sync::Mutex::new(results);
    thread::scope(|scope| {
        for _ in 0..n_threads.min(strategies.len()) {
            scope.spawn(work);
        }
        let tell = || {
            for _ in 0..strategies.len() {
                let (place, json) = loop {
                    let result = py.detach(|| {
                        let results = results.lock().expect("one thread alone receives");
                        results.recv_timeout(PATIENCE)
                    });
                    match result {
                        Ok(result) => break result,
                        Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                        Err(RecvTimeoutError::Disconnected) => return Ok(()),
                    }
                };
                on_done.call1((place, json.map_err(error::engine)?))?;
            }
            Ok(())
        };
        let told = tell();
        is_over.store(true, Ordering::Relaxed);
        // The threads end their last runs without Python.
        told
    })
}
