//! What the name of a file says that its content does not.

use std::path::Path;

use crate::instrument::Symbol;

/// The minutes of a bar that Kraken has files of, and that are longer than an hour.
const LONGER_INTERVALS: [&str; 4] = ["240", "720", "1440", "10080"];

/// The quote currency of a pair that a file name does not have.
const ASSUMED_QUOTE: &str = "USD";

/// The pair that a file name such as `kraken_XBTUSD_60.csv`, `btc_usdt.csv`,
/// `BTCUSD60.csv` or `BTCUSDT-1h-2018-01.csv` has.
pub fn symbol_of(path: &Path) -> Option<Symbol> {
    let stem = stem(path)?;
    let parts: Vec<_> = stem.split(|c: char| !c.is_alphanumeric()).collect();
    // A part alone comes first: `kraken_XBTUSD` is not KRAKENXBT/USD.
    let alone = parts.iter().find_map(|part| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let names = [part, letters];
        names.into_iter().find_map(|name| Symbol::parse(name).ok())
    });
    // Of parts that belong together the last come first: `gate_BTC_USDT` is not GATE/BTC.
    alone.or_else(|| parts.windows(2).rev().find_map(joined))
}

/// The pair of two parts, joined without the underscore, so that only a known quote
/// currency ends it. Poloniex has the money first: `USDT_BTC`.
fn joined(parts: &[&str]) -> Option<Symbol> {
    let symbol = Symbol::parse(&parts.concat()).ok()?;
    let turned = Symbol::parse(&[parts[1], parts[0]].concat()).ok();
    let is_coin = |symbol: &Symbol| matches!(symbol.quote(), "BTC" | "ETH");
    let turned = turned.filter(|turned| is_coin(&symbol) && !is_coin(turned));
    Some(turned.unwrap_or(symbol))
}

/// A name for a pair of which nothing is known but the file's name.
pub fn assumed_symbol(path: &Path) -> Option<Symbol> {
    let letters = stem(path)?.chars().filter(char::is_ascii_alphanumeric);
    let base: String = letters.take(16).collect();
    Symbol::parse(&format!("{base}/{ASSUMED_QUOTE}")).ok()
}

/// The minutes that a file name ends in, when they are more than an hour's.
pub fn longer_interval_of(path: &Path) -> Option<&str> {
    let (_, minutes) = stem(path)?.rsplit_once('_')?;
    LONGER_INTERVALS.contains(&minutes).then_some(minutes)
}

/// The name without what tells its kind, and that it is compressed.
fn stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    Path::new(name.strip_suffix(".gz").unwrap_or(name))
        .file_stem()?
        .to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, symbol: Option<&str>, longer_interval: Option<&str>) {
        let path = Path::new(path);
        let found = symbol_of(path).map(|symbol| symbol.to_string());
        assert_eq!(found.as_deref(), symbol);
        assert_eq!(longer_interval_of(path), longer_interval);
    }

    #[test]
    fn a_file_name_has_the_pair_and_the_minutes() {
        check("a_1440/kraken_XBTUSD_60.csv", Some("BTC/USD"), None);
        check("XBTUSD_60.csv", Some("BTC/USD"), None);
        check("XDGEUR.csv", Some("DOGE/EUR"), None);
        check("kraken_60.csv", None, None);
        check("ethusd_1440.csv", Some("ETH/USD"), Some("1440"));
        check("btc_usdt.csv", Some("BTC/USDT"), None);
        check("BTC-USD.csv", Some("BTC/USD"), None);
        check("BTCUSDT-1h-2018-01.csv", Some("BTC/USDT"), None);
        check("gate_BTC_USDT.csv", Some("BTC/USDT"), None);
        check("KUCOIN_BTC-USDT.csv", Some("BTC/USDT"), None);
        check("binance_eth_btc_1h.csv", Some("ETH/BTC"), None);
        check("poloniex_USDT_BTC.csv", Some("BTC/USDT"), None);
        check("BITSTAMP_BTCUSD, 60.csv", Some("BTC/USD"), None);
        check("BTCUSD60.csv", Some("BTC/USD"), None);
        check("prices.csv", None, None);
        check("ethusd_1440.csv.gz", Some("ETH/USD"), Some("1440"));
        check("", None, None);
    }

    #[test]
    fn a_pair_without_a_name_is_called_after_the_file() {
        let name = |path| assumed_symbol(Path::new(path)).map(|symbol| symbol.to_string());
        assert_eq!(name("my prices.csv").as_deref(), Some("MYPRICES/USD"));
        assert_eq!(name("é.csv"), None);
    }
}
