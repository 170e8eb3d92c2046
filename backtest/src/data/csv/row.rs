//! From the cells of a line to a row, and the rules a row must keep.

use super::columns::Columns;
use super::flaw::Flaw;
use super::number;
use super::plain::Plain;
use super::records::Record;
use super::shown::Shown;
use crate::bar::Bar;
use crate::data::DefectKind as K;
use crate::data::findings::Findings;
use crate::data::policy::Policy;
use crate::instrument::Symbol;
use crate::time::Timestamp;

/// A bar as it stands in its file: of any length, at any second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub offset: usize,
    pub bar: Bar,
}

/// Reads rows, and counts what is unusual about them.
pub struct RowReader<'a> {
    pub columns: &'a Columns,
    pub symbol: &'a Symbol,
    pub policy: Policy,
    /// The unit of the first time, or `DATE`.
    pub first_unit: Option<i64>,
    /// The unit of the first unix time that is not in plain seconds.
    pub noted_unit: Option<i64>,
    /// How far dates are from the unix times beside them, in hours: least and most.
    pub lags: Option<(i64, i64)>,
    /// Whether any date has a time of day.
    pub has_clock: bool,
}

impl<'a> RowReader<'a> {
    pub fn new(columns: &'a Columns, symbol: &'a Symbol, policy: Policy) -> Self {
        Self {
            columns,
            symbol,
            policy,
            first_unit: None,
            noted_unit: None,
            lags: None,
            has_clock: false,
        }
    }

    /// The row that a record is, or what is wrong with it.
    pub fn read(
        &mut self,
        offset: usize,
        record: Record<'_>,
        findings: &mut Findings,
    ) -> Result<Row, Flaw> {
        self.require_width(record)?;
        let moment = self.time(offset, record, findings)?;
        let [open, high, low, close] = self.columns.prices;
        let mut is_scientific = false;
        let mut is_grouped = false;
        let mut rounded = None;
        let mut price = |column: usize| {
            if let Some(price) = record.number(column).and_then(Plain::price) {
                return Ok(price);
            }
            let cell = record.cell(column);
            let price = number::price(cell).map_err(|flaw| self.called(record, column, &flaw))?;
            is_grouped |= number::is_grouped(cell);
            is_scientific |= cell.len() > 3 && number::is_scientific(cell);
            if number::is_rounded(cell, price) {
                rounded = Some(column);
            }
            Ok(price)
        };
        let mut bar = Bar {
            open_time: Timestamp::from_seconds(moment),
            open: price(open)?,
            high: price(high)?,
            low: price(low)?,
            close: price(close)?,
            volume: 0.0,
            filled: false,
        };
        self.order_prices(offset, record, &mut bar, findings);
        bar.volume = self.volume(offset, record, &bar, findings)?;
        if let Some(column) = rounded {
            findings.defect(K::RoundedPrices, offset, || {
                self.problem(record, column, "has more than ten decimals")
            });
        }
        if is_grouped {
            findings.note(K::ThousandsSeparators, offset);
        }
        if is_scientific {
            findings.note(K::ScientificNotation, offset);
        }
        if let Some(trades) = self.columns.trades {
            let cell = record.cell(trades);
            if cell.is_empty() {
                return Err(Flaw::unreadable(self.empty(trades)));
            }
            if !cell.iter().all(u8::is_ascii_digit) {
                let flaw = Flaw::unreadable("is not a count of trades");
                return Err(self.called(record, trades, &flaw));
            }
        }
        self.require_pair(record)?;
        Ok(Row { offset, bar })
    }

    fn require_width(&self, record: Record<'_>) -> Result<(), Flaw> {
        let (found, wanted) = (record.len(), self.columns.names.len());
        // Some vendors end every line with a delimiter.
        if found == wanted
            || found > wanted && (wanted..found).all(|cell| record.cell(cell).is_empty())
        {
            return Ok(());
        }
        Err(Flaw::unreadable(format!(
            "the line has {found} column{}, where {wanted} belong ({})",
            if found == 1 { "" } else { "s" },
            self.columns.names.join(", "),
        )))
    }

    /// Makes the low the lowest and the high the highest price, or says that they
    /// are not.
    fn order_prices(
        &self,
        offset: usize,
        record: Record<'_>,
        bar: &mut Bar,
        findings: &mut Findings,
    ) {
        let lowest = bar.open.min(bar.close).min(bar.high).min(bar.low);
        let highest = bar.open.max(bar.close).max(bar.high).max(bar.low);
        if (lowest, highest) == (bar.low, bar.high) {
            return;
        }
        findings.defect(K::BrokenRanges, offset, || self.broken_range(record, bar));
        if self.policy != Policy::Keep {
            (bar.low, bar.high) = (lowest, highest);
        }
    }

    fn broken_range(&self, record: Record<'_>, bar: &Bar) -> String {
        let [open, high, low, close] = self.columns.prices;
        let rules = [
            (bar.low <= bar.high, low, "above", high),
            (bar.low <= bar.open, low, "above", open),
            (bar.low <= bar.close, low, "above", close),
            (bar.open <= bar.high, high, "below", open),
            (bar.close <= bar.high, high, "below", close),
        ];
        let broken = rules.into_iter().find(|(is_kept, ..)| !is_kept);
        let (_, column, side, other) = broken.expect("the range is broken");
        let other_name = &self.columns.names[other];
        let rule = format!("is {side} {other_name} ({})", Shown(record.cell(other)));
        self.problem(record, column, &rule)
    }

    /// The volume in the base currency.
    fn volume(
        &self,
        offset: usize,
        record: Record<'_>,
        bar: &Bar,
        findings: &mut Findings,
    ) -> Result<f64, Flaw> {
        let Some(column) = self.columns.volume else {
            return Ok(0.0);
        };
        let read = |column: usize| match record.number(column).and_then(Plain::volume) {
            Some(volume) => Ok(volume),
            None => number::volume(record.cell(column)),
        };
        let volume = match read(column) {
            Ok(volume) => volume,
            Err(flaw) if flaw.kind == Some(K::BadVolumes) => {
                findings.defect(K::BadVolumes, offset, || {
                    self.called(record, column, &flaw).problem
                });
                return Ok(0.0);
            }
            Err(flaw) => return Err(self.called(record, column, &flaw)),
        };
        let Some(Ok(money)) = self.columns.quote_volume.map(read) else {
            return Ok(volume);
        };
        if is_swapped(volume, money, bar) {
            findings.defect(K::SwappedVolumes, offset, || {
                self.problem(record, column, "is the volume in the quote currency")
            });
            if self.policy != Policy::Keep {
                return Ok(money);
            }
        }
        Ok(volume)
    }

    fn require_pair(&self, record: Record<'_>) -> Result<(), Flaw> {
        let Some((column, spelling)) = &self.columns.symbol else {
            return Ok(());
        };
        // Comparing text first saves parsing a symbol in every row.
        let cell = record.cell(*column);
        if cell == spelling {
            return Ok(());
        }
        if cell.is_empty() {
            return Err(Flaw::unreadable(self.empty(*column)));
        }
        let found = number::text_of(cell)
            .ok()
            .and_then(|text| Symbol::parse(text).ok());
        let flaw = match found {
            Some(found) if found == *self.symbol => return Ok(()),
            Some(_) => Flaw::fatal(format!("is not the file's pair, {}", self.symbol)),
            None => Flaw::unreadable("is not the name of a pair"),
        };
        Err(self.called(record, *column, &flaw))
    }

    /// A flaw of a cell as a flaw of its row.
    pub fn called(&self, record: Record<'_>, column: usize, flaw: &Flaw) -> Flaw {
        let problem = if record.cell(column).is_empty() {
            self.empty(column)
        } else {
            self.problem(record, column, &flaw.problem)
        };
        Flaw {
            kind: flaw.kind,
            problem,
        }
    }

    pub fn empty(&self, column: usize) -> String {
        format!("column {} is empty", self.columns.names[column])
    }

    pub fn problem(&self, record: Record<'_>, column: usize, rule: &str) -> String {
        let name = &self.columns.names[column];
        format!(
            "column {name} holds {}, which {rule}",
            Shown(record.cell(column))
        )
    }
}

/// Whether money and coins stand in each other's columns: the average price that
/// they make lies within the bar only when they change places. Two per cent are for
/// what vendors round.
fn is_swapped(volume: f64, money: f64, bar: &Bar) -> bool {
    if volume <= 0.0 || money <= 0.0 {
        return false;
    }
    let (low, high) = (bar.low.as_f64() * 0.98, bar.high.as_f64() * 1.02);
    let is_price = |price: f64| (low..=high).contains(&price);
    !is_price(money / volume) && is_price(volume / money)
}
