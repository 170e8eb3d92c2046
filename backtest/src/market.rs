//! What a run trades on: pairs, their bars, and where these came from.

use std::sync::{Arc, OnceLock};

use crate::bar::BarSeries;
use crate::instrument::{PairId, Symbol};
use crate::metrics::Benchmark;
use crate::rates::Rates;
use crate::time::{HourRange, Timestamp};
use crate::{Error, Result};

/// One pair and all its bars.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The pair's name.
    pub symbol: Symbol,
    /// Its bars, absent hours filled.
    pub bars: BarSeries,
}

/// The pairs of a run in a fixed order, and the rates that count them in one currency.
#[derive(Clone, Debug)]
pub struct Market {
    listings: Vec<Listing>,
    rates: Rates,
    source: String,
    is_synthetic: bool,
    fingerprint: OnceLock<String>,
    /// That of the first range that it was asked for.
    benchmark: OnceLock<(HourRange, Arc<Benchmark>)>,
}

impl Market {
    /// Gathers listings under a description of their source, such as
    /// `kraken_XBTUSD_60.csv`.
    ///
    /// # Errors
    /// When there is no listing, a pair stands twice, or quote currencies differ and the
    /// market has no pair to exchange one for the other.
    pub fn new(listings: Vec<Listing>, source: String, is_synthetic: bool) -> Result<Self> {
        for (idx, listing) in listings.iter().enumerate() {
            if listings[..idx]
                .iter()
                .any(|earlier| earlier.symbol == listing.symbol)
            {
                return Err(Error::PairTwice {
                    symbol: listing.symbol.to_string(),
                });
            }
        }
        Ok(Self {
            rates: rates(&listings)?,
            listings,
            source,
            is_synthetic,
            fingerprint: OnceLock::new(),
            benchmark: OnceLock::new(),
        })
    }

    /// How many pairs there are; at least one.
    #[inline]
    pub fn n_pairs(&self) -> usize {
        self.listings.len()
    }

    /// The pairs, in the market's order.
    #[inline]
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = PairId> + use<> {
        (0..self.listings.len()).map(PairId)
    }

    /// A pair's name.
    pub fn symbol(&self, pair: PairId) -> &Symbol {
        &self.listings[pair.index()].symbol
    }

    /// A pair's bars.
    #[inline]
    pub fn bars(&self, pair: PairId) -> &BarSeries {
        &self.listings[pair.index()].bars
    }

    /// The currency that accounts are kept in: the quote currency of all pairs, or the
    /// one that the market can exchange all the others for.
    pub fn quote(&self) -> &str {
        self.rates.quote()
    }

    /// The pair whose price is the rate at which `pair`, quoted in another currency, is
    /// exchanged for the account's; `None` when it is quoted in that.
    #[inline]
    pub fn rate_pair(&self, pair: PairId) -> Option<PairId> {
        self.rates.through(pair)
    }

    /// Where the bars came from, for people.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the bars are generated rather than recorded.
    pub const fn is_synthetic(&self) -> bool {
        self.is_synthetic
    }

    /// The hours that every pair has bars for: first to one past the last.
    pub fn common_hours(&self) -> (Timestamp, Timestamp) {
        let start = self
            .listings
            .iter()
            .map(|listing| listing.bars.start())
            .max();
        let end = self.listings.iter().map(|listing| listing.bars.end()).min();
        start.zip(end).expect("a market has at least one pair")
    }

    /// A short text that differs when any pair, price, volume or hour does: the
    /// CRC-32 of all of them, with the numbers of pairs and bars.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.digest())
    }

    fn digest(&self) -> String {
        let mut hasher = crc32fast::Hasher::new();
        let mut n_bars = 0;
        for Listing { symbol, bars } in &self.listings {
            n_bars += bars.len();
            hasher.update(symbol.to_string().as_bytes());
            hasher.update(&bars.start().as_seconds().to_le_bytes());
            for column in [bars.opens(), bars.highs(), bars.lows(), bars.closes()] {
                for price in column {
                    hasher.update(&price.as_units().to_le_bytes());
                }
            }
            for (volume, filled) in bars.volumes().iter().zip(bars.filled()) {
                hasher.update(&volume.to_le_bytes());
                hasher.update(&[u8::from(*filled)]);
            }
        }
        format!("{:08x}-{}-{n_bars}", hasher.finalize(), self.n_pairs())
    }

    /// What runs on a range that it has all of are compared with; worked out once for
    /// all runs on the first range.
    pub(crate) fn benchmark(&self, range: HourRange) -> Arc<Benchmark> {
        let new = || Arc::new(Benchmark::new(self, range));
        let (known, benchmark) = self.benchmark.get_or_init(|| (range, new()));
        if *known == range {
            Arc::clone(benchmark)
        } else {
            new()
        }
    }

    /// How many of a pair's bars in `range` stand for absent hours.
    pub fn n_filled(&self, pair: PairId, range: HourRange) -> usize {
        let bars = self.bars(pair);
        let skip = usize::try_from(range.start().hours_since(bars.start())).unwrap_or(0);
        let filled = bars.filled().iter().skip(skip).take(range.n_hours());
        filled.filter(|filled| **filled).count()
    }

    /// Keeps the named pairs, in the order asked for.
    ///
    /// # Errors
    /// [`Error::UnknownPair`] when the market does not have one of them.
    pub fn select(mut self, symbols: &[Symbol]) -> Result<Self> {
        let mut chosen = Vec::with_capacity(symbols.len());
        for symbol in symbols {
            let Some(listing) = self
                .listings
                .iter()
                .find(|listing| listing.symbol == *symbol)
            else {
                let known: Vec<_> = self.listings.iter().map(|l| l.symbol.to_string()).collect();
                return Err(Error::UnknownPair {
                    symbol: symbol.to_string(),
                    known: known.join(", "),
                });
            };
            chosen.push(listing.clone());
        }
        Self::new(chosen, std::mem::take(&mut self.source), self.is_synthetic)
    }

    /// Keeps the first `n_pairs` pairs.
    ///
    /// # Errors
    /// [`Error::Option`] when the market has fewer, or none is asked for.
    pub fn first(mut self, n_pairs: usize) -> Result<Self> {
        if !(1..=self.n_pairs()).contains(&n_pairs) {
            return Err(Error::Option {
                option: "--pairs",
                value: n_pairs.to_string(),
                rule: match self.n_pairs() {
                    1 => "the data has one pair".into(),
                    n => format!("the data has 1 to {n} pairs"),
                },
            });
        }
        self.listings.truncate(n_pairs);
        self.rates = rates(&self.listings)?;
        self.fingerprint.take();
        self.benchmark.take();
        Ok(self)
    }

    /// Checks that every pair has bars for all of `range`.
    ///
    /// # Errors
    /// [`Error::RangeOutsideData`] with the first pair that does not.
    pub fn require(&self, range: HourRange) -> Result<()> {
        for listing in &self.listings {
            if range.start() < listing.bars.start() || range.end() > listing.bars.end() {
                return Err(Error::RangeOutsideData {
                    symbol: listing.symbol.to_string(),
                    range: range.to_string(),
                    first: listing.bars.start(),
                    end: listing.bars.end(),
                });
            }
        }
        Ok(())
    }
}

fn rates(listings: &[Listing]) -> Result<Rates> {
    let symbols: Vec<_> = listings.iter().map(|listing| &listing.symbol).collect();
    Rates::find(&symbols)
}
