//! Where each part of a bar stands in a row, and the rules a row must keep.

use ::csv::ByteRecord;

use super::cell::{self, Rule};
use super::cells::Cells;
use crate::bar::Bar;
use crate::instrument::Symbol;
use crate::money::Price;
use crate::time::Timestamp;

/// The columns of a layout, by position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The name of every column, as errors call it; there are as many cells a row.
    pub names: Vec<String>,
    /// What tells the time.
    pub time: TimeColumns,
    /// The pair's name, and how the first row spells it; every row must agree.
    pub symbol: Option<(usize, String)>,
    /// Open, high, low and close, in this order.
    pub prices: [usize; 4],
    /// The volume in the base currency.
    pub volume: usize,
    /// A count that must be a whole number, so that a line cut short is found out.
    pub trades: Option<usize>,
}

/// Which columns tell a bar's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeColumns {
    /// Only a unix time.
    Unix(usize),
    /// Only a date.
    Date(usize),
    /// Both. The unix time is believed: dates have been seen in local time under a
    /// banner that calls them UTC.
    UnixAndDate(usize, usize),
}

impl Columns {
    /// The bar of a row, and whether its date tells another time than its unix
    /// seconds; or what is wrong with it.
    pub fn read(&self, record: &ByteRecord, symbol: &Symbol) -> Result<(Bar, bool), String> {
        let row = Cells::new(&self.names, record)?;
        let (open_time, is_date_overruled) = self.time(row)?;
        let [open, high, low, close] = self.prices;
        let price = |column| row.get(column, |text| Price::parse(text).map_err(|e| e.to_string()));
        let bar = Bar {
            open_time,
            open: price(open)?,
            high: price(high)?,
            low: price(low)?,
            close: price(close)?,
            volume: row.get(self.volume, cell::volume)?,
            filled: false,
        };
        self.require_ordered_prices(row, &bar)?;
        if let Some(trades) = self.trades {
            row.get(trades, |text| {
                text.parse::<u64>()
                    .map_err(|_| "is not a count of trades".into())
            })?;
        }
        if let Some((column, spelling)) = &self.symbol {
            // Comparing text first saves parsing a symbol in every row.
            row.get(*column, |text| {
                if text == spelling {
                    Ok(())
                } else {
                    require_symbol(text, symbol)
                }
            })?;
        }
        Ok((bar, is_date_overruled))
    }

    fn time(&self, row: Cells<'_>) -> Result<(Timestamp, bool), String> {
        match self.time {
            TimeColumns::Unix(unix) => Ok((row.get(unix, cell::unix)?, false)),
            TimeColumns::Date(date) => Ok((row.get(date, cell::date)?, false)),
            TimeColumns::UnixAndDate(unix, date) => {
                let time = row.get(unix, cell::unix)?;
                Ok((time, row.get(date, cell::date) != Ok(time)))
            }
        }
    }

    fn require_ordered_prices(&self, row: Cells<'_>, bar: &Bar) -> Result<(), String> {
        let [open, high, low, close] = self.prices;
        let rules = [
            (bar.low <= bar.high, low, "above", high),
            (bar.low <= bar.open, low, "above", open),
            (bar.low <= bar.close, low, "above", close),
            (bar.open <= bar.high, high, "below", open),
            (bar.close <= bar.high, high, "below", close),
        ];
        match rules.into_iter().find(|(is_kept, ..)| !is_kept) {
            None => Ok(()),
            Some((_, column, side, other)) => {
                let rule = format!("is {side} {} ({})", self.names[other], row.shown(other));
                Err(row.problem(column, &rule))
            }
        }
    }
}

fn require_symbol(text: &str, symbol: &Symbol) -> Result<(), Rule> {
    let found = cell::symbol(text)?;
    if found == *symbol {
        return Ok(());
    }
    Err(format!("is not the file's pair, {symbol}"))
}
