//! Times between Python and the engine: text in, seconds and hours out.

use backtest::{HourRange, Timestamp};
use pyo3::prelude::*;

use crate::error;
use crate::listed::Listed;

/// The range that two texts make; without one, as far as the data goes.
pub fn range(listed: &Listed, start: Option<&str>, end: Option<&str>) -> PyResult<HourRange> {
    let (first, last) = listed.market.common_hours();
    let start = start.map_or(Ok(first), |text| parse("start", text))?;
    let stop = end.map_or(Ok(last), |text| parse("end", text))?;
    HourRange::new(start, stop).ok_or_else(|| {
        error::option(
            "end",
            end.map_or_else(|| stop.to_string(), str::to_owned),
            format!("it has to be later than start, which is {start}"),
        )
    })
}

fn parse(option: &'static str, text: &str) -> PyResult<Timestamp> {
    let time = Timestamp::parse(text).filter(|time| time.is_whole_hour());
    time.ok_or_else(|| {
        let rule =
            "write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06";
        error::option(option, text, rule)
    })
}

/// Hours since 1970 of the last bar that is closed at `now`.
pub fn hour_of(now: Timestamp) -> i64 {
    now.hours_since(Timestamp::from_seconds(0)) - 1
}
