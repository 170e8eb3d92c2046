//! Deterministic inputs, and programs whose profile is known in advance.
//!
//! Two things here can be trusted blindly, so that other crates can be tested
//! against them.
//!
//! - [`market`]: hourly prices that are *deterministic*. The same pair and seed
//!   give the same bytes on any machine and in any later version; a committed
//!   checksum proves it. Nothing is read from a file, a clock or a network.
//! - [`workload`]: programs with *ground truth*. Each one measures, by the clock
//!   of its own thread, what part of the CPU time each of its functions got. The
//!   shares are designed, the truth is what was measured. [`catalogue`] lists
//!   them beside those in Python and in C.
//!
//! You provide a pair and a seed, or a length of CPU time; in turn you get plain
//! integers. The crate knows no other crate of the workspace, so its rows reach
//! them only through their public loaders. It is not suitable as a source of
//! prices for any decision about money: the market is made up.
//!
//! ```
//! use bench_fixtures::market::{DEFAULT_SEED, FIRST_HOUR, pairs, series};
//!
//! let rows = series(0, DEFAULT_SEED);
//! assert_eq!(pairs()[0].base, "BTC");
//! assert_eq!(rows[0].open_time, FIRST_HOUR);
//!
//! // December 2015 has 744 hours and ends on Poloniex's close of 430.57315 USDT.
//! assert_eq!(rows[743].close, 43_057_315_000);
//! assert_eq!(rows, series(0, DEFAULT_SEED));
//! ```

pub mod catalogue;
pub mod market;
pub mod rng;
pub mod workload;
