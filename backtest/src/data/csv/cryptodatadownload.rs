//! CryptoDataDownload's layout: columns by name, in any order and spelling of the
//! site's many vintages, newest first as a rule.
//!
//! The volume stands twice, in the base and in the quote currency, and each column
//! is named after its currency: only the pair tells them apart. The files that this
//! project writes have the same header with one plain `volume`.

use ::csv::ByteRecord;

use super::cell;
use super::cells::{Cells, Shown};
use super::columns::{Columns, TimeColumns};
use crate::instrument::Symbol;

const PRICES: [&str; 4] = ["open", "high", "low", "close"];
const UNIX: [&str; 3] = ["unix", "unix timestamp", "timestamp"];
const DATE: &str = "date";
const SYMBOL: &str = "symbol";
const PLAIN_VOLUME: &str = "volume";

/// The column names of a file, lower case.
pub struct Header {
    names: Vec<String>,
}

impl Header {
    /// The header that `record` is, or `None` when it does not name the four prices.
    pub fn new(record: &ByteRecord) -> Option<Self> {
        let name = |cell: &[u8]| Shown(cell.trim_ascii()).to_string().to_ascii_lowercase();
        let header = Self {
            names: record.iter().map(name).collect(),
        };
        let has_prices = PRICES.iter().all(|price| header.find(price).is_some());
        has_prices.then_some(header)
    }

    /// A column that the layout needs and the header does not have.
    pub fn missing(&self) -> Option<&'static str> {
        if self.time().is_none() {
            return Some("unix or date");
        }
        self.find(SYMBOL).is_none().then_some(SYMBOL)
    }

    /// The pair that a row of prices names and how it spells it, or what is wrong
    /// with the row.
    pub fn pair(&self, row: &ByteRecord) -> Result<(Symbol, String), String> {
        let column = self.find(SYMBOL).expect("no needed column is missing");
        let row = Cells::new(&self.names, row)?;
        Ok((
            row.get(column, cell::symbol)?,
            row.shown(column).to_string(),
        ))
    }

    /// Which column holds what, or `None` when none has the volume in the pair's
    /// base currency. `spelling` is how the file writes the pair.
    pub fn columns(&self, symbol: &Symbol, spelling: &str) -> Option<Columns> {
        Some(Columns {
            time: self.time()?,
            symbol: Some((self.find(SYMBOL)?, spelling.to_owned())),
            prices: PRICES.map(|price| self.find(price).expect("a header has the prices")),
            volume: self.base_volume(symbol)?,
            trades: None,
            names: self.names.clone(),
        })
    }

    fn time(&self) -> Option<TimeColumns> {
        let unix = UNIX.iter().find_map(|name| self.find(name));
        match (unix, self.find(DATE)) {
            (Some(unix), Some(date)) => Some(TimeColumns::UnixAndDate(unix, date)),
            (Some(unix), None) => Some(TimeColumns::Unix(unix)),
            (None, date) => date.map(TimeColumns::Date),
        }
    }

    /// `Volume BTC` of BTC/USD, also when it is spelled `Volume XBT`; else `volume`.
    fn base_volume(&self, symbol: &Symbol) -> Option<usize> {
        let is_base = |name: &String| {
            let currency = name.strip_prefix("volume ").map(str::trim);
            // A symbol knows the exchanges' aliases; the quote is only there to have one.
            currency
                .and_then(|currency| Symbol::parse(&format!("{currency}/USD")).ok())
                .is_some_and(|pair| pair.base() == symbol.base())
        };
        let named = self.names.iter().position(is_base);
        named.or_else(|| self.find(PLAIN_VOLUME))
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|found| found == name)
    }
}
