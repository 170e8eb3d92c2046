//! Where each part of a bar stands in a row, and the rules a row must keep.

use std::fmt;

use ::csv::ByteRecord;

use super::cell::{self, Rule};
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
        if record.len() != self.names.len() {
            return Err(format!(
                "the line has {} columns, where {} belong ({})",
                record.len(),
                self.names.len(),
                self.names.join(", "),
            ));
        }
        let row = Cells {
            names: &self.names,
            record,
        };
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

/// A row with the names of its columns.
#[derive(Clone, Copy)]
struct Cells<'a> {
    names: &'a [String],
    record: &'a ByteRecord,
}

impl<'a> Cells<'a> {
    /// Reads one cell, or says which column breaks which rule.
    fn get<T>(self, column: usize, read: impl Fn(&str) -> Result<T, Rule>) -> Result<T, String> {
        let cell = self.record[column].trim_ascii();
        if cell.is_empty() {
            return Err(format!("column {} is empty", self.names[column]));
        }
        str::from_utf8(cell)
            .map_err(|_| "is not UTF-8 text".into())
            .and_then(read)
            .map_err(|rule| self.problem(column, &rule))
    }

    fn problem(self, column: usize, rule: &str) -> String {
        let name = &self.names[column];
        format!("column {name} holds {}, which {rule}", self.shown(column))
    }

    fn shown(self, column: usize) -> Shown<'a> {
        Shown(self.record[column].trim_ascii())
    }
}

/// Bytes of a file in a message: escaped, and cut when they are long.
pub struct Shown<'a>(pub &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 60;
        let text = String::from_utf8_lossy(self.0);
        let mut characters = text.chars();
        for character in characters.by_ref().take(MOST) {
            write!(f, "{}", character.escape_debug())?;
        }
        if characters.next().is_some() {
            f.write_str("…")
        } else {
            Ok(())
        }
    }
}

fn require_symbol(text: &str, symbol: &Symbol) -> Result<(), Rule> {
    match Symbol::parse(text) {
        Ok(found) if found == *symbol => Ok(()),
        Ok(_) => Err(format!("is not the file's pair, {symbol}")),
        Err(_) => Err("is not the name of a pair".into()),
    }
}
