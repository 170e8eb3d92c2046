//! The case study's data path: what a back-tester of 2018 did to learn one price.
//!
//! For every held position at every tick:
//!
//! ```text
//! ExchangePortal::spot_price
//! └ retry                         redo: attempts, back-off, and a debug message   ← anti-pattern 1
//!   └ get_spot_value
//!     └ ExchangeBundle::get_spot_values
//!       ├ get_reader
//!       │ └ get_exchange_folder                                                   ← anti-pattern 2
//!       │   ├ data_root           the environment, then the home folder
//!       │   └ ensure_directory    stat, mkdir (it exists), stat
//!       └ BundleReader::get_value one element of a column on disk
//! ```
//!
//! The names are those of the talk's libraries, so that its flame graphs and ours
//! can be laid side by side. [`Logging`] and [`FolderCheck`] turn each
//! anti-pattern on and off; neither changes a result.

mod bundle;
mod folder;
mod name;
mod portal;
mod retry;
mod trading_pair;

pub use bundle::{BundleHeader, BundleReader, write_bundle};
pub use folder::{ExchangeFolders, FolderCheck, data_root, ensure_directory, get_exchange_folder};
pub use name::ExchangeName;
pub use portal::{ExchangeOptions, ExchangePortal};
pub use retry::{Call, Logging, Retrier, RetryPolicy};
pub use trading_pair::TradingPair;
