//! A tradable pair, by the exchange's name for it.

use std::fmt;

use crate::{Error, Result};

/// Exchanges' own tickers for coins that the rest of the world names differently.
const ALIASES: [(&str, &str); 2] = [("XBT", "BTC"), ("XDG", "DOGE")];

/// Quote currencies that end a ticker without a separator, longest first.
const QUOTES: [&str; 10] = [
    "USDT", "USDC", "BUSD", "USD", "EUR", "GBP", "JPY", "XBT", "BTC", "ETH",
];

/// A pair of base and quote currency, such as `BTC/USDT`.
///
/// The parts are upper-case ASCII letters and digits, so a symbol is always a safe
/// file name once its slash is replaced.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    base: String,
    quote: String,
}

impl Symbol {
    /// Reads `BTC/USDT`, `btc_usdt`, `BTC-USDT` or `BTCUSDT`; `XBT` is `BTC`.
    ///
    /// # Errors
    /// [`Error::Symbol`] when there is no base or quote, or when a character other
    /// than a letter or digit is in either.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::Symbol {
            text: text.to_owned(),
        };
        let upper = text.to_ascii_uppercase();
        let (base, quote) = match upper.split_once(['/', '_', '-']) {
            Some(parts) => parts,
            None => QUOTES
                .iter()
                .find_map(|quote| Some((upper.strip_suffix(quote)?, *quote)))
                .ok_or_else(invalid)?,
        };
        let is_ticker = |part: &str| {
            (1..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if !is_ticker(base) || !is_ticker(quote) {
            return Err(invalid());
        }
        let world = |part: &str| {
            let alias = ALIASES.iter().find(|(exchange, _)| *exchange == part);
            alias.map_or(part, |(_, world)| world).to_owned()
        };
        Ok(Self {
            base: world(base),
            quote: world(quote),
        })
    }

    /// The currency that is bought and sold.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The currency that prices are in.
    pub fn quote(&self) -> &str {
        &self.quote
    }

    /// The symbol as catalyst and most file names spell it: `btc_usdt`.
    pub fn file_stem(&self) -> String {
        format!("{}_{}", self.base, self.quote).to_ascii_lowercase()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.quote)
    }
}

/// Which pair of a market is meant; valid only for the market that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairId(pub(crate) usize);

impl PairId {
    /// The first pair of any market.
    pub const FIRST: Self = Self(0);

    /// The pair's place in the market, from 0.
    #[inline]
    pub const fn index(self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            Symbol::parse(text).ok().map(|s| s.to_string()).as_deref(),
            expected
        );
    }

    #[test]
    fn every_spelling_of_a_pair_is_one_pair() {
        for text in ["BTC/USDT", "btc_usdt", "BTC-USDT", "BTCUSDT", "XBTUSDT"] {
            check(text, Some("BTC/USDT"));
        }
        check("XBTUSD", Some("BTC/USD"));
        check("ETHXBT", Some("ETH/BTC"));
        check("1INCH_USDT", Some("1INCH/USDT"));
    }

    #[test]
    fn a_symbol_cannot_be_a_path() {
        for text in [
            "",
            "/",
            "../USDT",
            "BTC/../x",
            "/etc/passwd",
            "BTC/US\0DT",
            "BTC//USDT",
            "FOO",
            "USDT",
        ] {
            check(text, None);
        }
    }
}
