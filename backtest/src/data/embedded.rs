//! The market that needs no file: `bench-fixtures`' synthetic pairs as bars.

use std::num::NonZero;
use std::thread;

use bench_fixtures::market::{self, N_PAIRS, Row};

use crate::bar::{Bar, BarSeries};
use crate::instrument::Symbol;
use crate::market::{Listing, Market};
use crate::money::{PRICE_DECIMALS, Price};
use crate::time::Timestamp;
use crate::{Error, Result};

/// The seed of the embedded market where none is given.
pub const DEFAULT_SEED: u64 = market::DEFAULT_SEED;

/// How many pairs a run trades where it names none.
pub const DEFAULT_PAIRS: usize = 10;

/// Decimals of the generator's prices and volumes.
const ROW_DECIMALS: u32 = 8;

/// The first `n_pairs` pairs of the embedded market.
///
/// A series depends on its pair and on `seed`, never on which others are asked for.
///
/// # Errors
/// [`Error::Option`] when there are not that many pairs, or `n_pairs` is zero.
pub fn embedded(n_pairs: usize, seed: u64) -> Result<Market> {
    if !(1..=N_PAIRS).contains(&n_pairs) {
        return Err(Error::Option {
            option: "--pairs",
            value: n_pairs.to_string(),
            rule: format!("the embedded market has 1 to {N_PAIRS} pairs"),
        });
    }
    let pair_idxs: Vec<_> = (0..n_pairs).collect();
    generate(&pair_idxs, seed)
}

/// The named pairs of the embedded market, in the order asked for.
///
/// # Errors
/// [`Error::UnknownPair`] for a pair that it does not have, [`Error::PairTwice`]
/// and [`Error::NoPairs`].
pub fn embedded_pairs(symbols: &[Symbol], seed: u64) -> Result<Market> {
    let known: Vec<_> = (0..N_PAIRS).map(symbol).collect();
    let idx_of = |wanted: &Symbol| {
        let found = known.iter().position(|symbol| symbol == wanted);
        found.ok_or_else(|| Error::UnknownPair {
            symbol: wanted.to_string(),
            known: known
                .iter()
                .map(Symbol::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    let pair_idxs = symbols.iter().map(idx_of).collect::<Result<Vec<_>>>()?;
    generate(&pair_idxs, seed)
}

/// Makes the listings on all cores: one pair is independent of another.
fn generate(pair_idxs: &[usize], seed: u64) -> Result<Market> {
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = pair_idxs.len().div_ceil(n_threads).max(1);
    let listings = thread::scope(|scope| {
        let workers: Vec<_> = pair_idxs
            .chunks(share)
            .map(|chunk| scope.spawn(move || listings(chunk, seed)))
            .collect();
        let done = workers.into_iter().flat_map(|worker| {
            worker
                .join()
                .expect("the generator has no input that it could fail on")
        });
        done.collect()
    });
    Market::new(
        listings,
        format!("embedded synthetic market, seed {seed}"),
        true,
    )
}

fn listings(pair_idxs: &[usize], seed: u64) -> Vec<Listing> {
    let listing = |&pair_idx: &usize| Listing {
        symbol: symbol(pair_idx),
        bars: bars(&market::series(pair_idx, seed)),
    };
    pair_idxs.iter().map(listing).collect()
}

fn symbol(pair_idx: usize) -> Symbol {
    let pair = &market::pairs()[pair_idx];
    Symbol::parse(&format!("{}/{}", pair.base, pair.quote)).expect("its pairs have plain names")
}

/// The rows as bars; the generator leaves no hour out.
fn bars(rows: &[Row]) -> BarSeries {
    let price = |units: i64| Price::from_units(units * 10_i64.pow(PRICE_DECIMALS - ROW_DECIMALS));
    let mut series = BarSeries::new(Timestamp::from_seconds(market::FIRST_HOUR));
    for row in rows {
        series.push(Bar {
            open_time: Timestamp::from_seconds(row.open_time),
            open: price(row.open),
            high: price(row.high),
            low: price(row.low),
            close: price(row.close),
            // Division, not multiplication by 1e-8: so it equals the parsed decimal.
            volume: row.volume as f64 / 10_f64.powi(ROW_DECIMALS.cast_signed()),
            filled: false,
        });
    }
    series
}
