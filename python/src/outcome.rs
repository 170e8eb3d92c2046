//! What came of a run.

use std::sync::Arc;

use backtest::metrics::equal_weight;
use backtest::report::{self, RunReport};
use backtest::statistics::{self, Intervals, Statistic};
use backtest::{Cash, EngineOptions, Fill, PairId, Quantity, Timestamp};
use pyo3::prelude::*;

use crate::listed::Listed;
use crate::order::name_of;
use crate::table::{Table, floats, texts, times};

/// What the resamples of the intervals are drawn from, as on the command line.
const INTERVAL_SEED: u64 = 1;

/// What came of a run, as the engine has it.
#[pyclass(frozen, module = "backdraft")]
pub struct Outcome {
    listed: Arc<Listed>,
    strategy: String,
    options: EngineOptions,
    inner: backtest::Outcome,
}

impl Outcome {
    pub const fn new(
        listed: Arc<Listed>,
        strategy: String,
        options: EngineOptions,
        inner: backtest::Outcome,
    ) -> Self {
        Self {
            listed,
            strategy,
            options,
            inner,
        }
    }

    fn report<'a>(
        &'a self,
        statistics: &'a [Statistic],
        intervals: Option<Intervals>,
    ) -> RunReport<'a> {
        RunReport {
            strategy: &self.strategy,
            market: &self.listed.market,
            files: &self.listed.files,
            seed: self.listed.seed,
            options: &self.options,
            outcome: &self.inner,
            statistics,
            intervals,
        }
    }

    /// What a writer makes of all that can be said of the run.
    fn write<T>(&self, write: impl FnOnce(&RunReport<'_>) -> T) -> T {
        let statistics = statistics::statistics(&self.inner, &self.listed.market);
        let intervals = statistics::intervals(&self.inner, INTERVAL_SEED);
        write(&self.report(&statistics, intervals))
    }

    /// The cash at each tick, exactly: the equity without what is held, at its closes.
    fn cash(&self) -> Vec<Cash> {
        let market = &self.listed.market;
        let mut fills = self.inner.fills.iter().peekable();
        let mut held = vec![Quantity::ZERO; market.n_pairs()];
        let cash = self.inner.equity.iter().enumerate().map(|(tick, equity)| {
            let hour = i64::try_from(tick).expect("a tick fits");
            let open_time = self.inner.range.start().plus_hours(hour);
            while let Some(fill) = fills.next_if(|fill| bar_of(fill) <= open_time) {
                held[fill.pair.index()] += fill.quantity;
            }
            let invested = market
                .pairs()
                .zip(&held)
                .filter(|(_, held)| !held.is_zero());
            invested.fold(*equity, |cash, (pair, held)| {
                let bars = market.bars(pair);
                let hour = bars.index_of(open_time).expect("it was traded");
                cash - bars.closes()[hour] * *held
            })
        });
        cash.collect()
    }
}

/// When the bar of a fill opened; what is filled at its close is stamped with that.
fn bar_of(fill: &Fill) -> Timestamp {
    fill.time.plus_hours(if fill.at_close { -1 } else { 0 })
}

#[pymethods]
impl Outcome {
    /// Every tick: `time` (when its bar closed), `portfolio_value` and `cash` in the quote
    /// currency, `returns` since the tick before and `drawdown` from the peak, both as
    /// fractions, and what a unit of the `benchmark` has become.
    #[getter]
    fn equity(&self) -> Table {
        let start = self.inner.range.start();
        let closes = (1..=self.inner.equity.len())
            .map(|hour| start.plus_hours(i64::try_from(hour).expect("a tick fits")));
        let values: Vec<_> = self.inner.equity.iter().map(|cash| cash.as_f64()).collect();
        let mut before = self.inner.capital.as_f64();
        let returns = values.iter().map(|value| {
            let earlier = std::mem::replace(&mut before, *value);
            if earlier == 0.0 {
                0.0
            } else {
                value / earlier - 1.0
            }
        });
        let mut peak = self.inner.capital.as_f64();
        let drawdowns = values.iter().map(|value| {
            peak = peak.max(*value);
            if peak == 0.0 { 0.0 } else { 1.0 - value / peak }
        });
        let benchmark = equal_weight(&self.listed.market, self.inner.range);
        Table::new(vec![
            ("time", times(closes)),
            ("portfolio_value", floats(values.iter().copied())),
            ("cash", floats(self.cash().into_iter().map(Cash::as_f64))),
            ("returns", floats(returns)),
            ("drawdown", floats(drawdowns)),
            ("benchmark", floats(benchmark.into_iter().skip(1))),
        ])
    }

    /// Every fill: `time` (when its bar opened, or closed if it was filled then), `asset`, `amount` in coins,
    /// `price`, `value` and `commission` in the quote currency, `order`.
    #[getter]
    fn fills(&self) -> Table {
        let fills = &self.inner.fills;
        let orders: Vec<_> = fills.iter().map(|fill| name_of(fill.order)).collect();
        let names = fills.iter().map(|fill| self.name(fill.pair));
        Table::new(vec![
            ("time", times(fills.iter().map(|fill| fill.time))),
            ("asset", texts(names)),
            (
                "amount",
                floats(fills.iter().map(|fill| fill.quantity.as_f64())),
            ),
            (
                "price",
                floats(fills.iter().map(|fill| fill.price.as_f64())),
            ),
            (
                "value",
                floats(fills.iter().map(|fill| fill.value().as_f64())),
            ),
            (
                "commission",
                floats(fills.iter().map(|fill| fill.commission.as_f64())),
            ),
            ("order", texts(orders.iter().map(String::as_str))),
        ])
    }

    /// What is held at the end: `asset`, `amount` in coins, `price` and `value` in the
    /// quote currency.
    #[getter]
    fn positions(&self) -> Table {
        let positions = self.inner.portfolio.positions();
        let pairs = self.listed.market.pairs();
        let is_held = |pair: &PairId| positions[pair.index()].quantity != Quantity::ZERO;
        let held: Vec<_> = pairs.filter(is_held).collect();
        let of = |pair: &PairId| positions[pair.index()];
        Table::new(vec![
            ("asset", texts(held.iter().map(|pair| self.name(*pair)))),
            (
                "amount",
                floats(held.iter().map(|pair| of(pair).quantity.as_f64())),
            ),
            (
                "price",
                floats(held.iter().map(|pair| of(pair).price.as_f64())),
            ),
            (
                "value",
                floats(held.iter().map(|pair| of(pair).value().as_f64())),
            ),
        ])
    }

    /// The command line's report.
    fn text(&self) -> String {
        self.write(report::to_text)
    }

    /// The command line's JSON.
    fn json(&self) -> String {
        self.write(|report| report::to_json(report).to_string())
    }

    /// The same without what takes longer than the run.
    pub fn brief(&self) -> String {
        report::to_json(&self.report(&[], None)).to_string()
    }

    /// The command line's page.
    fn html(&self) -> String {
        self.write(report::to_html)
    }

    /// The final value in the quote currency, to the last digit.
    #[getter]
    fn final_value(&self) -> String {
        self.inner.final_value.to_string()
    }
}

impl Outcome {
    fn name(&self, pair: PairId) -> &str {
        &self.listed.names[pair.index()]
    }
}
