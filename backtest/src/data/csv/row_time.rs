//! The time of a row, and what is unusual about how it is written.

use super::columns::TimeColumns;
use super::date::date;
use super::flaw::Flaw;
use super::moment::{Form, Moment, is_believed, out_of_range, unix, whole_seconds};
use super::number;
use super::records::Record;
use super::row::RowReader;
use crate::data::DefectKind as K;
use crate::data::findings::Findings;
use crate::data::time_format::{TimeFormat, seconds_of};
use crate::time::Timestamp;

/// In place of a unit for a time that is no count.
const DATE: i64 = 0;

impl RowReader<'_> {
    /// Says in which unit times are, and how far dates were from them.
    pub fn tell(&self, findings: &mut Findings) {
        if let Some(unit) = self.noted_unit {
            let point = if unit == 1 { " with a point" } else { "" };
            findings.set_detail(K::TimeUnit, format!("{}{point}", unit_name(unit)));
        }
        if let Some((least, most)) = self.lags {
            let hours = if least == most {
                format!("{least:+}")
            } else {
                format!("{least:+} to {most:+}")
            };
            findings.set_detail(
                K::DatesOverruled,
                format!("the dates are off by {hours} hours"),
            );
        }
    }

    /// The second that the row's bar opened in.
    pub fn time(
        &mut self,
        offset: usize,
        record: Record<'_>,
        findings: &mut Findings,
    ) -> Result<i64, Flaw> {
        let (column, read) = match self.columns.time {
            TimeColumns::Unix(column) => (column, self.unix_or_date(record, column)),
            TimeColumns::Date(column) => (column, self.date_or_unix(record, column)),
            TimeColumns::DateAndClock(column, clock) => {
                let text = [record.cell(column), b" ", record.cell(clock)].concat();
                (column, self.date(&text))
            }
            TimeColumns::UnixAndDate(column, other) => {
                let read = self.unix(record, column);
                if let Ok(moment) = &read {
                    self.compare(offset, *moment, record, other, findings);
                }
                (column, read)
            }
        };
        let moment = read.map_err(|flaw| self.called(record, column, &flaw))?;
        match moment.form {
            Form::Unix {
                per_second,
                is_float,
                is_scientific,
            } => {
                if per_second != 1 || is_float || moment.has_rest {
                    self.noted_unit.get_or_insert(per_second);
                    findings.note(K::TimeUnit, offset);
                }
                if is_scientific {
                    findings.note(K::ScientificNotation, offset);
                }
                self.compare_units(offset, per_second, record, column, findings);
            }
            Form::Date { .. } => {
                self.compare_units(offset, DATE, record, column, findings);
                self.count_date(offset, moment.form, record, column, findings);
                if moment.has_rest {
                    // A second that no bar opens in; the hours are made of what remains.
                    findings.note(K::TimeUnit, offset);
                }
            }
        }
        Ok(moment.seconds)
    }

    /// Notices a time in another unit than the first, or a date among unix times.
    fn compare_units(
        &mut self,
        offset: usize,
        unit: i64,
        record: Record<'_>,
        column: usize,
        findings: &mut Findings,
    ) {
        let first = *self.first_unit.get_or_insert(unit);
        if first == unit {
            return;
        }
        let written = |unit| match unit {
            DATE => "a date".into(),
            unit => format!("in {}", unit_name(unit)),
        };
        findings.defect(K::MixedUnits, offset, || {
            let rule = format!("is {}, the first row's {}", written(unit), written(first));
            self.problem(record, column, &rule)
        });
    }

    fn count_date(
        &mut self,
        offset: usize,
        form: Form,
        record: Record<'_>,
        column: usize,
        findings: &mut Findings,
    ) {
        let Form::Date {
            is_am_pm,
            is_two_digit_year,
            has_clock,
        } = form
        else {
            return;
        };
        self.has_clock |= has_clock;
        if is_am_pm {
            findings.note(K::AmPm, offset);
        }
        if is_two_digit_year {
            findings.defect(K::TwoDigitYears, offset, || {
                self.problem(record, column, "has a year of two digits")
            });
        }
    }

    /// Compares a date with the unix time beside it.
    fn compare(
        &mut self,
        offset: usize,
        moment: Moment,
        record: Record<'_>,
        column: usize,
        findings: &mut Findings,
    ) {
        let cell = record.cell(column);
        let date = date(cell, self.columns.day_order);
        if let Ok(date) = &date {
            self.count_date(offset, date.form, record, column, findings);
            if date.seconds == moment.seconds {
                return;
            }
            let lag = (date.seconds - moment.seconds).div_euclid(3_600);
            let (least, most) = self.lags.unwrap_or((lag, lag));
            self.lags = Some((least.min(lag), most.max(lag)));
        }
        findings.defect(K::DatesOverruled, offset, || {
            let time = Timestamp::from_seconds(moment.seconds);
            self.problem(
                record,
                column,
                &format!("is not {time}, as the unix column has it"),
            )
        });
    }

    /// A unix time, or the date that some vendors have written in its column for a while.
    fn unix_or_date(&self, record: Record<'_>, column: usize) -> Result<Moment, Flaw> {
        self.unix(record, column)
            .or_else(|flaw| self.date(record.cell(column)).map_err(|_| flaw))
    }

    fn date_or_unix(&self, record: Record<'_>, column: usize) -> Result<Moment, Flaw> {
        self.date(record.cell(column))
            .or_else(|flaw| self.unix(record, column).map_err(|_| flaw))
    }

    fn unix(&self, record: Record<'_>, column: usize) -> Result<Moment, Flaw> {
        let cell = record.cell(column);
        let per_second = match self.columns.time_format {
            Some(TimeFormat::Unix(per_second)) => Some(per_second),
            _ => None,
        };
        let number = record.number(column).filter(|_| per_second.is_none());
        match number.and_then(|number| whole_seconds(cell, number)) {
            Some(moment) => Ok(moment),
            None => unix(cell, per_second),
        }
    }

    fn date(&self, cell: &[u8]) -> Result<Moment, Flaw> {
        let Some(TimeFormat::Strftime(format)) = &self.columns.time_format else {
            return date(cell, self.columns.day_order);
        };
        let seconds = seconds_of(number::text_of(cell)?, format).ok_or_else(|| {
            Flaw::new(
                K::ImpossibleDates,
                format!("is not a time in the form {format}"),
            )
        })?;
        if !is_believed(seconds) {
            return Err(out_of_range());
        }
        Ok(Moment {
            seconds,
            has_rest: false,
            form: Form::Date {
                is_am_pm: false,
                is_two_digit_year: false,
                has_clock: true,
            },
        })
    }
}

/// The name of a unit of which so many make a second.
fn unit_name(per_second: i64) -> &'static str {
    match per_second {
        1 => "seconds",
        1_000 => "milliseconds",
        1_000_000 => "microseconds",
        _ => "nanoseconds",
    }
}
