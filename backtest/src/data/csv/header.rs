//! Which column is which, from the names in a header.
//!
//! Names are compared without case, blanks and punctuation: `Open Time`, `open_time`
//! and `OPENTIME` are one. The words are those of the exchanges, data vendors and
//! charting programs whose exports were at hand.

use super::records::Record;
use super::shown::Shown;
use crate::instrument::Symbol;

const OPEN: &[&str] = &["open", "o", "openprice", "priceopen", "opening"];
const HIGH: &[&str] = &["high", "h", "highprice", "pricehigh", "max", "highest"];
const LOW: &[&str] = &["low", "l", "lowprice", "pricelow", "min", "lowest"];
const CLOSE: &[&str] = &[
    "close",
    "c",
    "closeprice",
    "priceclose",
    "last",
    "closelast",
    "closing",
    // Investing.com's, beside an open.
    "price",
];
const TIME: &[&str] = &[
    "unix",
    "unixtimestamp",
    "unixtime",
    "timestamp",
    "timestampms",
    "epoch",
    "date",
    "datetime",
    "time",
    "opentime",
    "opentimestamp",
    "gmttime",
    "utctime",
    "timeutc",
    "dateutc",
    "utc",
    "datetimeutc",
    "timestamputc",
    "localtime",
    "starttime",
    "start",
    "timestart",
    "begin",
    "timeperiodstart",
    "periodstart",
    "candlebegintime",
    "snappedat",
    "ts",
    "t",
    "mts",
    "index",
    "indexlevel0",
    "dtyyyymmdd",
    "day",
    "timeopen",
];
const SYMBOL: &[&str] = &[
    "symbol",
    "pair",
    "ticker",
    "market",
    "instrument",
    "product",
    "productid",
];
const VOLUME: &[&str] = &[
    "volumefrom",
    "basevolume",
    "volumebase",
    "volumecoin",
    "volumetraded",
    "volume",
    "vol",
    "v",
    "tickvolume",
    "tickvol",
    "amount",
    "quantity",
    "qty",
    "size",
];
const QUOTE_VOLUME: &[&str] = &[
    "volumeto",
    "quotevolume",
    "volumequote",
    "volumecurrency",
    "quoteassetvolume",
    "quotevol",
    "turnover",
    // Beside a `volume` or `vol` it is the other of the two; which is which, prices tell.
    "amount",
];

/// The names of a file's columns.
#[derive(Clone)]
pub struct Header {
    /// As messages show them, lower case.
    pub names: Vec<String>,
    /// Letters and digits only.
    keys: Vec<String>,
}

impl Header {
    /// The header that `record` is, or `None` when it does not name the four prices.
    pub fn new(record: Record<'_>) -> Option<Self> {
        let header = Self::unchecked(record);
        header.prices().map(|_| header)
    }

    /// A header of a file that has none, in which every column has a number.
    pub fn numbered(width: usize) -> Self {
        let names: Vec<_> = (1..=width).map(|number| format!("{number}")).collect();
        Self {
            keys: names.clone(),
            names,
        }
    }

    /// A header of plain names, for a file whose columns are chosen by name.
    pub fn unchecked(record: Record<'_>) -> Self {
        let mut names: Vec<_> = record
            .cells()
            .map(|cell| Shown(cell).to_string().to_lowercase())
            .collect();
        // A line may end in a delimiter; the rows then may as well.
        while names.len() > 1 && names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Self {
            keys: names.iter().map(|name| key(name)).collect(),
            names,
        }
    }

    /// Open, high, low and close.
    pub fn prices(&self) -> Option<[usize; 4]> {
        Some([
            self.find_price(OPEN)?,
            self.find_price(HIGH)?,
            self.find_price(LOW)?,
            self.find_price(CLOSE)?,
        ])
    }

    /// Every column that may tell the time, the likeliest first.
    pub fn times(&self) -> Vec<usize> {
        TIME.iter()
            .filter_map(|name| self.find(std::slice::from_ref(name)))
            .collect()
    }

    /// The pair's name.
    pub fn symbol(&self) -> Option<usize> {
        self.find(SYMBOL)
    }

    /// The pair that columns such as `Volume BTC` and `Volume USD` name; the quote is
    /// `None` when only the base is named.
    pub fn currencies(&self) -> Option<(&str, Option<&str>)> {
        if self.find(&["volume", "vol"]).is_some() {
            // What follows the word in other columns is no currency: `Volume MA`.
            return None;
        }
        let mut named = self
            .keys
            .iter()
            .filter_map(|key| currency_of(key))
            .filter(|currency| !matches!(*currency, "currency" | "quote" | "base" | "coin"));
        let base = named.next()?;
        Some((base, named.next()))
    }

    /// The columns of the volumes in base and in quote currency, where there are any.
    pub fn volumes(&self, symbol: &Symbol) -> (Option<usize>, Option<usize>) {
        // Poloniex calls the coins `quoteVolume` and the money `volume`.
        if self.find(&["weightedaverage"]).is_some()
            && let Some(coins) = self.find(&["quotevolume"])
        {
            return (Some(coins), self.find(&["volume"]));
        }
        let of = |currency: &str| {
            self.keys.iter().position(|key| {
                // A symbol knows the exchanges' aliases; the other half is only there to
                // have one.
                currency_of(key)
                    .and_then(|found| Symbol::parse(&format!("{found}/X")).ok())
                    .is_some_and(|found| found.base() == currency)
            })
        };
        let base = of(symbol.base()).or_else(|| self.find(VOLUME));
        let quote = of(symbol.quote()).or_else(|| self.find(QUOTE_VOLUME));
        (base, quote.filter(|quote| Some(*quote) != base))
    }

    /// Whether the columns are those of Binance's klines.
    pub fn is_binance(&self) -> bool {
        self.keys.iter().any(|key| key.starts_with("takerbuy"))
    }

    fn find(&self, names: &[&str]) -> Option<usize> {
        names
            .iter()
            .find_map(|name| self.keys.iter().position(|key| key == name))
    }

    /// The column of a price: one of these names or, where there is none, the only
    /// column with the first of them among its words, as `Close (USD)` and `btc_close`.
    fn find_price(&self, names: &[&str]) -> Option<usize> {
        let has_word = |column: &usize| {
            let mut words = self.names[*column].split(|c: char| !c.is_alphanumeric());
            words.any(|word| word == names[0])
        };
        self.find(names).or_else(|| {
            let mut found = (0..self.names.len()).filter(has_word);
            found.next().filter(|_| found.next().is_none())
        })
    }
}

/// The letters and digits of a name, lower case.
fn key(name: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || *c == char::REPLACEMENT_CHARACTER;
    name.chars().filter(is_kept).collect()
}

/// `btc` of `volumebtc` and of `volbtc`.
fn currency_of(key: &str) -> Option<&str> {
    let currency = key
        .strip_prefix("volume")
        .or_else(|| key.strip_prefix("vol"))?;
    let is_other = matches!(currency, "" | "from" | "to" | "traded" | "ume");
    let is_code = currency.len() <= 6 && currency.is_ascii();
    (!is_other && is_code).then_some(currency)
}
