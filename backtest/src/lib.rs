//! An hourly crypto back-tester.
//!
//! You bring a [`Market`], the hours to simulate, and a [`Strategy`]; [`run()`] plays
//! the one to the other and returns an [`Outcome`]: the equity at every tick, every
//! [`Fill`], what became of every order, and the [`Metrics`].
//!
//! What you can rely on:
//!
//! - A strategy sees bars that are closed, and nothing that it is given leads to the
//!   future. Its orders are executed in the next bar, unless the fill convention
//!   that is called `close` is asked for.
//! - Money is exact. Prices, quantities and cash are integers of their own types, so
//!   equity is cash plus positions to the last digit, after any number of ticks.
//! - Cash never goes below zero but on margin, and nothing is done in silence: every
//!   order is in the outcome, with what became of it and why.
//! - An hour that is absent from the data is never traded in: orders wait.
//! - The same input gives the same outcome, to the last bit, on every machine.
//!
//! # Example
//!
//! A coin that gains a unit an hour, bought at the second open, 101, with half of
//! the capital, and held:
//!
//! ```
//! use backtest::{
//!     Bar, BarSeries, Cash, Context, EngineOptions, HourRange, Listing, Market,
//!     MemoryPortal, Price, Ratio, Strategy, Symbol, Timestamp, run,
//! };
//!
//! struct Half;
//!
//! impl Strategy for Half {
//!     fn name(&self) -> &'static str {
//!         "half"
//!     }
//!
//!     fn on_tick(&mut self, context: &mut Context<'_>) {
//!         let pair = context.pairs().next().expect("a market has a pair");
//!         if context.portfolio().position(pair).is_flat() {
//!             context.order_target_percent(pair, 0.5);
//!         }
//!     }
//! }
//!
//! # fn main() -> backtest::Result<()> {
//! let start = Timestamp::parse("2016-01").expect("a month");
//! let mut bars = BarSeries::new(start);
//! for hour in 100..110_i64 {
//!     let price = |whole: i64| Price::from_units(whole * 10_000_000_000);
//!     let (open, close) = (price(hour), price(hour + 1));
//!     let open_time = bars.end();
//!     let (high, low) = (close, open);
//!     bars.push(Bar { open_time, open, high, low, close, volume: 1.0, filled: false });
//! }
//! let symbol = Symbol::parse("BTC/USD")?;
//! let market = Market::new(vec![Listing { symbol, bars }], "an example".into(), true)?;
//!
//! let range = HourRange::new(start, start.plus_hours(10)).expect("ten hours");
//! let mut options = EngineOptions::default();
//! options.capital = Cash::from_f64(20_200.0).expect("a sum of money");
//! options.set_commission(Ratio::default());
//! let mut portal = MemoryPortal::new(&market);
//! let outcome = run(&market, range, &mut portal, &mut Half, &options)?;
//!
//! // 10,100 buys 100 coins at 101, and each gains 9 until the last close.
//! assert_eq!(outcome.fills.len(), 1);
//! assert_eq!(outcome.final_value, Cash::from_f64(21_100.0).expect("a sum of money"));
//! # Ok(())
//! # }
//! ```

pub mod account;
pub mod bar;
pub mod bar_size;
mod broker;
pub mod case_study;
mod close_sums;
pub mod commission;
pub mod convention;
pub mod data;
pub mod engine;
pub mod error;
pub mod exchange;
pub mod fill;
mod history;
mod hour;
pub mod indicator;
pub mod instrument;
mod ledger;
pub mod lookahead;
pub mod market;
pub mod metrics;
pub mod money;
mod options;
pub mod order;
pub mod outcome;
pub mod output;
pub mod portal;
pub mod portfolio;
pub mod position;
mod rates;
pub mod report;
pub mod round_trip;
pub mod rules;
mod sleep;
pub mod slippage;
mod standing;
pub mod statistics;
pub mod strategy;
pub mod sweep;
pub mod time;
pub mod walk_forward;

pub use account::{Account, Margin};
pub use bar::{Bar, BarSeries};
pub use bar_size::BarSize;
pub use commission::{CommissionModel, Liquidity, PercentCommission, Trade};
pub use convention::{FillConvention, IntraBar, Sizing};
pub use engine::{EngineOptions, run};
pub use error::{Error, Result};
pub use fill::Fill;
pub use history::History;
pub use instrument::{PairId, Symbol};
pub use market::{Listing, Market};
pub use metrics::Metrics;
pub use money::{Cash, Price, Quantity, Ratio};
pub use order::{
    Amount, Kind, Order, OrderId, OrderRequest, Rejection, Status, TimeInForce, Trail,
};
pub use outcome::Outcome;
pub use portal::{DataPortal, MemoryPortal};
pub use portfolio::Portfolio;
pub use position::Position;
pub use round_trip::RoundTrip;
pub use rules::TradingRules;
pub use slippage::{NoSlippage, Offer, SlippageModel};
pub use strategy::{Context, Strategy};
pub use time::{HourRange, Timestamp};
