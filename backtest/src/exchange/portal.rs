//! Prices through the exchange's library, one retried look-up at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fmt, io, thread};

use chrono::{DateTime, Utc};

use super::trading_pair::{Stamp, utc};
use super::{
    BundleReader, Call, ExchangeFolders, ExchangeName, FolderCheck, Logging, Retrier, RetryPolicy,
    TradingPair, write_bundle,
};
use crate::instrument::PairId;
use crate::market::Market;
use crate::money::Price;
use crate::portal::DataPortal;
use crate::time::Timestamp;
use crate::{Error, Result};

/// How the exchange's library behaves; no choice changes a price.
#[derive(Clone, Debug)]
pub struct ExchangeOptions {
    /// Whose folder the bundle is in.
    pub exchange: ExchangeName,
    /// When retry messages are formatted.
    pub logging: Logging,
    /// How often the folder is looked for.
    pub folder_check: FolderCheck,
    /// How often a failed look-up is tried again.
    pub retry: RetryPolicy,
    /// Seeds the jitter of the pauses between attempts.
    pub seed: u64,
}

impl ExchangeOptions {
    /// The given toggles, with catalyst's retry and the default exchange.
    pub fn new(logging: Logging, folder_check: FolderCheck) -> Self {
        Self {
            exchange: ExchangeName::default(),
            logging,
            folder_check,
            retry: RetryPolicy::default(),
            seed: 0,
        }
    }
}

/// A [`DataPortal`] on a bundle on disk.
#[derive(Debug)]
pub struct ExchangePortal {
    pairs: Vec<TradingPair>,
    n_lookups: u64,
    bundle: ExchangeBundle,
    retrier: Retrier,
}

impl ExchangePortal {
    /// Writes the market's bundle into the exchange's folder, unless it is there
    /// already and whole, and opens a portal on it.
    ///
    /// # Errors
    /// When the folder or the bundle cannot be made.
    pub fn prepare(market: &Market, options: ExchangeOptions) -> Result<Self> {
        let mut folders = ExchangeFolders::new(options.folder_check);
        let pairs: Vec<_> = market
            .pairs()
            .map(|pair| describe(market, pair, &options.exchange))
            .collect();
        let folder = bundle_folder(&folders.folder(&options.exchange)?);
        let mut reader = BundleReader::new(folder.clone());
        for (pair, description) in market.pairs().zip(&pairs) {
            let written = write_bundle(&folder, &description.symbol, market.bars(pair))?;
            reader.open_and_verify(&description.symbol, written)?;
        }
        let readers = HashMap::from([(folder, reader)]);
        Ok(Self {
            pairs,
            n_lookups: 0,
            bundle: ExchangeBundle {
                exchange: options.exchange,
                folders,
                readers,
            },
            retrier: Retrier::new(options.retry, options.logging, options.seed, thread::sleep),
        })
    }

    /// How many prices were looked up so far.
    pub const fn n_lookups(&self) -> u64 {
        self.n_lookups
    }
}

impl DataPortal for ExchangePortal {
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> Result<Price> {
        let args = SpotValueArgs {
            pair: &self.pairs[pair.index()],
            field: "close",
            time: utc(bar_open.as_seconds()),
        };
        let bundle = &mut self.bundle;
        self.n_lookups += 1;
        self.retrier.retry(
            &Call {
                name: "_get_spot_value",
                args: &args,
            },
            is_transient,
            || {},
            || get_spot_value(bundle, args.pair, bar_open),
        )
    }
}

fn describe(market: &Market, pair: PairId, exchange: &ExchangeName) -> TradingPair {
    let bars = market.bars(pair);
    let sid = u32::try_from(pair.index()).expect("a market has few pairs");
    TradingPair::new(
        sid,
        market.symbol(pair).clone(),
        exchange.clone(),
        bars.start(),
        bars.end(),
    )
}

/// Whether the same look-up may succeed in a moment.
fn is_transient(error: &Error) -> bool {
    let Error::Io { source, .. } = error else {
        return false;
    };
    matches!(
        source.kind(),
        io::ErrorKind::Interrupted
            | io::ErrorKind::TimedOut
            | io::ErrorKind::WouldBlock
            | io::ErrorKind::ResourceBusy
    )
}

/// The arguments of a look-up as Python prints a tuple of them.
struct SpotValueArgs<'a> {
    pair: &'a TradingPair,
    field: &'static str,
    time: DateTime<Utc>,
}

impl fmt::Display for SpotValueArgs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "({}, '{}', Timestamp('{}', tz='UTC'), 'hourly')",
            self.pair,
            self.field,
            Stamp(self.time)
        )
    }
}

#[inline(never)]
fn get_spot_value(
    bundle: &mut ExchangeBundle,
    pair: &TradingPair,
    bar_open: Timestamp,
) -> Result<Price> {
    bundle.get_spot_values(pair, bar_open)
}

/// The bundles of one exchange, and the readers that are open on them.
#[derive(Debug)]
struct ExchangeBundle {
    exchange: ExchangeName,
    folders: ExchangeFolders,
    readers: HashMap<PathBuf, BundleReader>,
}

impl ExchangeBundle {
    #[inline(never)]
    fn get_spot_values(&mut self, pair: &TradingPair, bar_open: Timestamp) -> Result<Price> {
        Ok(self.get_reader()?.get_value(&pair.symbol, bar_open)?.close)
    }

    /// The open reader of the hourly bundle, by the path of its folder.
    #[inline(never)]
    fn get_reader(&mut self) -> Result<&mut BundleReader> {
        let folder = bundle_folder(&self.folders.folder(&self.exchange)?);
        Ok(self
            .readers
            .entry(folder)
            .or_insert_with_key(|folder| BundleReader::new(folder.clone())))
    }
}

fn bundle_folder(exchange_folder: &Path) -> PathBuf {
    exchange_folder.join("hourly_bundle")
}
