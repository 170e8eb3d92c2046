//! What a strategy may know of the market at the running tick: `data`.

use std::sync::Arc;

use backtest::{PairId, indicator};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::{self, AnAsset};
use crate::asset::{Asset, moment};
use crate::error::{self, NotSupported};
use crate::field::Field;
use crate::listed::Listed;
use crate::window::{Window, mean_of_units};
use crate::{tick, time};

/// Prices up to the running tick.
#[pyclass(frozen, module = "backdraft")]
pub struct Data {
    listed: Arc<Listed>,
}

impl Data {
    pub const fn new(listed: Arc<Listed>) -> Self {
        Self { listed }
    }

    /// The place of the last closed bar in the pair's series.
    fn last(&self, pair: PairId) -> PyResult<usize> {
        let now = tick::with(|context| context.now())?;
        let bars = self.listed.market.bars(pair);
        let last = bars.index_of(now.plus_hours(-1));
        Ok(last.expect("the engine stays within the data"))
    }

    fn value(&self, pair: PairId, field: Field) -> PyResult<f64> {
        let last = self.last(pair)?;
        let bars = self.listed.market.bars(pair);
        Ok(match field.prices(bars) {
            Some(prices) => prices[last].as_f64(),
            None => bars.volumes()[last],
        })
    }

    /// What an indicator says of the last `n_bars` bars; NaN until there are so many.
    fn ask(
        &self,
        asset: &Asset,
        n_bars: usize,
        ask: impl FnOnce(backtest::History<'_>) -> Option<f64>,
    ) -> PyResult<f64> {
        let pair = self.pair(asset)?;
        let answer = tick::with(|context| context.history(pair, n_bars).and_then(ask))?;
        Ok(answer.unwrap_or(f64::NAN))
    }

    fn pair(&self, asset: &Asset) -> PyResult<PairId> {
        self.listed.require(asset)
    }
}

#[pymethods]
impl Data {
    /// The last value of one field of one asset, or a table of several.
    fn current<'py>(
        slf: &Bound<'py, Self>,
        assets: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (Ok(asset), Ok(field)) = (assets.cast::<Asset>(), fields.cast::<PyString>()) else {
            let frames = slf.py().import("backdraft._frames")?;
            return frames.call_method1("current", (slf, assets, fields));
        };
        let data = slf.get();
        let pair = data.pair(asset.get())?;
        let field = field.to_str()?;
        match field {
            "last_traded" => data.last_traded(slf.py(), pair),
            "contract" => Ok(asset.clone().into_any()),
            _ => {
                let value = data.value(pair, Field::parse(field)?)?;
                Ok(value.into_pyobject(slf.py())?.into_any())
            }
        }
    }

    /// The last `bar_count` values of one field of one asset, or a table of several.
    #[pyo3(signature = (assets, fields, bar_count, frequency))]
    fn history<'py>(
        slf: &Bound<'py, Self>,
        assets: &Bound<'py, PyAny>,
        fields: &Bound<'py, PyAny>,
        bar_count: &Bound<'py, PyAny>,
        frequency: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (Ok(asset), Ok(field)) = (assets.cast::<Asset>(), fields.cast::<PyString>()) else {
            let frames = slf.py().import("backdraft._frames")?;
            let arguments = (slf, assets, fields, bar_count, frequency);
            return frames.call_method1("history", arguments);
        };
        let data = slf.get();
        let pair = data.pair(asset.get())?;
        let field = Field::parse(field.to_str()?)?;
        let BarCount(n_bars) = bar_count.extract()?;
        let step = hours_of(&argument::text(
            "frequency",
            frequency,
            "write 1h, 4h or 1d",
        )?)?;
        let window = Window::new(&data.listed, (pair, field), data.last(pair)?, n_bars, step);
        Ok(Bound::new(slf.py(), window)?.into_any())
    }

    /// Whether the asset was traded in the last hour, so that an order need not wait.
    fn can_trade<'py>(
        slf: &Bound<'py, Self>,
        assets: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Ok(asset) = assets.cast::<Asset>() else {
            let frames = slf.py().import("backdraft._frames")?;
            return frames.call_method1("can_trade", (slf, assets));
        };
        let data = slf.get();
        let pair = data.pair(asset.get())?;
        let last = data.last(pair)?;
        // A bar that stands for a day has the day's hours behind it.
        let hours = if data.listed.is_daily { 24 } else { 1 };
        let filled = data.listed.market.bars(pair).filled();
        let is_traded = filled[(last + 1).saturating_sub(hours)..=last].contains(&false);
        Ok(is_traded.into_pyobject(slf.py())?.to_owned().into_any())
    }

    /// The mean of the last `n_bars` hourly closes, of their exact sum.
    fn sma(&self, asset: AnAsset<'_>, n_bars: BarCount) -> PyResult<f64> {
        let BarCount(n_bars) = n_bars;
        let pair = self.pair(asset.get())?;
        let end = self.last(pair)? + 1;
        if n_bars > end {
            return Ok(f64::NAN);
        }
        let sum = self.listed.sum(pair, end - n_bars, end);
        Ok(mean_of_units(sum, n_bars))
    }

    /// Wilder's relative strength index over `period` hours, 0 to 100.
    #[pyo3(signature = (asset, period=BarCount(14)), text_signature = "($self, asset, period=14)")]
    fn rsi(&self, asset: AnAsset<'_>, period: BarCount) -> PyResult<f64> {
        let BarCount(period) = period;
        // Ten periods let the first average be forgotten.
        let n_bars = period.saturating_mul(10).saturating_add(1);
        self.ask(asset.get(), n_bars, |history| {
            indicator::relative_strength(history.closes(), period)
        })
    }

    /// How many standard deviations the last close is from the mean of `n_bars` hours.
    fn z_score(&self, asset: AnAsset<'_>, n_bars: BarCount) -> PyResult<f64> {
        let BarCount(n_bars) = n_bars;
        self.ask(asset.get(), n_bars, |history| {
            indicator::z_score(history.closes())
        })
    }

    /// When the last bar closed.
    #[getter]
    fn current_dt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let now = tick::with(|context| context.now())?;
        moment(py, now.as_seconds())
    }

    /// Hours since 1970 of the last closed bar.
    #[getter]
    fn hour(&self) -> PyResult<i64> {
        Ok(time::hour_of(tick::with(|context| context.now())?))
    }
}

impl Data {
    /// When the last bar closed that was not filled.
    fn last_traded<'py>(&self, py: Python<'py>, pair: PairId) -> PyResult<Bound<'py, PyAny>> {
        let last = self.last(pair)?;
        let bars = self.listed.market.bars(pair);
        let traded = bars.filled()[..=last].iter().rposition(|filled| !filled);
        let after = i64::try_from(traded.unwrap_or(last) + 1).expect("an index fits");
        moment(py, bars.start().plus_hours(after).as_seconds())
    }
}

/// A count of bars, at least one.
struct BarCount(usize);

impl<'a, 'py> FromPyObject<'a, 'py> for BarCount {
    type Error = PyErr;

    fn extract(bar_count: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(n_bars) = bar_count.extract::<usize>()
            && n_bars > 0
        {
            return Ok(Self(n_bars));
        }
        let rule = "it has to be a whole number of bars, at least one";
        Err(error::option("bar_count", bar_count.str()?, rule))
    }
}

/// The hours of a bar: `1h`, `4H`, `1d`, and whole hours of minutes, such as `60T`.
fn hours_of(frequency: &str) -> PyResult<usize> {
    let refuse = || {
        NotSupported::new_err(format!(
            "bars of `{frequency}` cannot be had, prices are hourly: write 1h, 4h or 1d"
        ))
    };
    let digits = frequency.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = frequency.split_at(digits);
    let minutes = match unit {
        "h" | "H" => 60,
        "d" | "D" => 24 * 60,
        "T" | "min" | "m" => 1,
        _ => return Err(refuse()),
    };
    let number: usize = if number.is_empty() {
        1
    } else {
        number.parse().map_err(|_| refuse())?
    };
    let minutes = number.checked_mul(minutes).ok_or_else(refuse)?;
    let hours = minutes / 60;
    ((1..=24_000).contains(&hours) && minutes.is_multiple_of(60))
        .then_some(hours)
        .ok_or_else(refuse)
}
