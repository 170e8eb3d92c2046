//! Kraken's OHLCVT layout: no header, unix seconds, prices, volume, trades.
//!
//! The file's name is part of the layout: it alone says which pair and how many
//! minutes a bar has (`XBTUSD_60.csv`). Seven columns are what Kraken's downloads
//! have; eight, with the volume-weighted average price before the volume, are the
//! order of its public interface.

use std::path::Path;

use super::columns::{Columns, TimeColumns};
use crate::instrument::Symbol;

/// The minutes of a bar that Kraken has files of, besides the hourly ones.
const OTHER_INTERVALS: [&str; 8] = ["1", "5", "15", "30", "240", "720", "1440", "10080"];

/// The columns of a file with `width` columns, or `None` when Kraken has no such file.
pub fn columns(width: usize) -> Option<Columns> {
    let names: &[&str] = match width {
        7 => &["time", "open", "high", "low", "close", "volume", "trades"],
        8 => &[
            "time", "open", "high", "low", "close", "vwap", "volume", "trades",
        ],
        _ => return None,
    };
    Some(Columns {
        names: names.iter().map(ToString::to_string).collect(),
        time: TimeColumns::Unix(0),
        symbol: None,
        prices: [1, 2, 3, 4],
        volume: width - 2,
        trades: Some(width - 1),
    })
}

/// The pair that a file name such as `kraken_XBTUSD_60.csv` or `btc_usdt.csv` has.
pub fn symbol_of(path: &Path) -> Option<Symbol> {
    let parts: Vec<_> = path.file_stem()?.to_str()?.split('_').collect();
    // A part alone comes first: `kraken_XBTUSD` is not KRAKENXBT/USD. Two parts are
    // joined without the underscore, so that only a known quote currency ends a pair.
    let alone = parts.iter().map(ToString::to_string);
    alone
        .chain(parts.windows(2).map(<[&str]>::concat))
        .find_map(|name| Symbol::parse(&name).ok())
}

/// The minutes that a file name ends in, when they are not an hour's.
pub fn other_interval_of(path: &Path) -> Option<&str> {
    let (_, minutes) = path.file_stem()?.to_str()?.rsplit_once('_')?;
    OTHER_INTERVALS.contains(&minutes).then_some(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, symbol: Option<&str>, other_interval: Option<&str>) {
        let path = Path::new(path);
        let found = symbol_of(path).map(|symbol| symbol.to_string());
        assert_eq!(found.as_deref(), symbol);
        assert_eq!(other_interval_of(path), other_interval);
    }

    #[test]
    fn a_file_name_has_the_pair_and_the_minutes() {
        check("a_1440/kraken_XBTUSD_60.csv", Some("BTC/USD"), None);
        check("XBTUSD_60.csv", Some("BTC/USD"), None);
        check("XDGEUR.csv", Some("DOGE/EUR"), None);
        check("kraken_60.csv", None, None);
        check("ethusd_1440.csv", Some("ETH/USD"), Some("1440"));
        check("btc_usdt.csv", Some("BTC/USDT"), None);
        check("prices.csv", None, None);
        check("", None, None);
    }
}
