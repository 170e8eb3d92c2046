//! An hourly crypto back-tester. (Skeleton of the vocabulary; the engine follows.)

pub mod bar;
pub mod error;
pub mod exchange;
pub mod instrument;
pub mod market;
pub mod money;
pub mod portal;
pub mod time;

pub use bar::{Bar, BarSeries};
pub use error::{Error, Result};
pub use instrument::{PairId, Symbol};
pub use market::{Listing, Market};
pub use money::{Cash, Price, Quantity, Ratio};
pub use portal::{DataPortal, MemoryPortal};
pub use time::{HourRange, Timestamp};
