//! The crate's one public error type.
//!
//! Each variant says what was wrong and where; [`Error::hint`] says what to do
//! about it, where there is something to do.

use std::io;
use std::path::PathBuf;

use crate::time::Timestamp;

/// A result whose error is this crate's [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be used.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was being done, as in "cannot read".
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },

    /// A line of a data file breaks a rule.
    #[error("{}:{line}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// Which column, what it held, and which rule that breaks.
        problem: String,
    },

    /// A data file as a whole is not what it should be.
    #[error("`{}` {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },

    /// A data file is of no layout that is understood.
    #[error("`{}` has a layout that is not understood: {seen}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// What its first lines hold.
        seen: String,
    },

    /// A data file has bars, but not hourly ones.
    #[error("`{}` does not hold hourly bars: {found}", path.display())]
    NotHourly {
        /// The file.
        path: PathBuf,
        /// What tells how long its bars are.
        found: String,
    },

    /// A data file does not say which pair it has the prices of.
    #[error("`{}` does not say which pair its prices are of", path.display())]
    NamelessFile {
        /// The file.
        path: PathBuf,
    },

    /// A text is not the name of a pair.
    #[error("`{}` is not the name of a pair", text.escape_debug())]
    Symbol {
        /// The text.
        text: String,
    },

    /// The market does not have a pair.
    #[error("unknown pair {symbol}")]
    UnknownPair {
        /// The pair that was asked for.
        symbol: String,
        /// The pairs that there are.
        known: String,
    },

    /// A pair was given twice.
    #[error("the pair {symbol} stands twice")]
    PairTwice {
        /// The pair.
        symbol: String,
    },

    /// Quote currencies that the market cannot exchange for one another.
    #[error("{first} and {second} are quoted in different currencies")]
    MixedQuotes {
        /// The first pair.
        first: String,
        /// The one that differs.
        second: String,
        /// The pair that would tell the rate.
        missing: String,
    },

    /// A market without pairs.
    #[error("there is no pair to trade")]
    NoPairs,

    /// The hours asked for go beyond the data.
    #[error("{range} is outside the data of {symbol}, which has {first} .. {end}")]
    RangeOutsideData {
        /// The pair with too few bars.
        symbol: String,
        /// The hours asked for.
        range: String,
        /// The first hour of the data.
        first: Timestamp,
        /// The hour after the last.
        end: Timestamp,
    },

    /// A work unit is for other data than it was given.
    #[error("the work is for the data {wanted}, and this is {found}")]
    OtherData {
        /// The fingerprint of the data that it is for.
        wanted: String,
        /// The fingerprint of the data at hand.
        found: String,
    },

    /// There is no folder to keep data in.
    #[error("there is no home folder to keep data in")]
    NoDataRoot,

    /// The sampler could not do its work.
    #[error("cannot sample the run")]
    Profiler(#[source] profiler::Error),

    /// A variant of the case study did not run as it should.
    #[error("the variant \"{variant}\" failed: {problem}")]
    Variant {
        /// Which one.
        variant: &'static str,
        /// Its own words, or what is wrong with its answer.
        problem: String,
    },

    /// Prices rose so far that money no longer fits the numbers it is counted in.
    #[error("at {at} the account is worth more than can be counted exactly, some 3e13")]
    TooRich {
        /// The hour.
        at: Timestamp,
    },

    /// An option's value makes no sense.
    #[error("`{value}` is not a valid {option}: {rule}")]
    Option {
        /// The option, as the user spells it.
        option: &'static str,
        /// The value.
        value: String,
        /// The rule it breaks.
        rule: String,
    },
}

impl Error {
    /// What the user can do, when there is something to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { action, source, .. } => io_hint(action, source.kind()),
            Self::Row { .. } => Some("correct or delete this line, then run again".into()),
            Self::Layout { .. } => Some(
                "a table of prices has a time, open, high, low, close and a volume under their \
                 usual names; name other columns with --columns"
                    .into(),
            ),
            Self::NotHourly { .. } => Some(
                "use the hourly file of the pair (Kraken's end in _60.csv, \
                 CryptoDataDownload's in _1h.csv), or one of shorter bars"
                    .into(),
            ),
            Self::NamelessFile { .. } => {
                Some("rename it as Kraken does, for example XBTUSD_60.csv".into())
            }
            Self::Symbol { .. } => Some("write it as BTC/USDT or btc_usdt".into()),
            Self::UnknownPair { known, .. } => Some(format!("the data has {known}")),
            Self::PairTwice { .. } => Some("name each pair, and each pair's file, once".into()),
            Self::MixedQuotes { missing, .. } => Some(format!(
                "give --data a file of {missing} as well, or files of one quote currency"
            )),
            Self::RangeOutsideData { first, end, .. } => Some(format!(
                "choose --start and --end between {first} and {end}"
            )),
            Self::TooRich { .. } => {
                Some("start with less --capital, or look for an impossible price".into())
            }
            Self::OtherData { .. } => Some("load the files that the sweep began with".into()),
            Self::NoDataRoot => Some("set BACKDRAFT_ROOT to a folder".into()),
            Self::Profiler(_) => {
                Some("run without --profile, or in a place that permits it".into())
            }
            Self::File { .. } | Self::NoPairs | Self::Variant { .. } | Self::Option { .. } => None,
        }
    }
}

/// What is done to the files of the data root rather than to those of the user.
pub(crate) const CREATE_DATA_FOLDER: &str = "create the data folder";
pub(crate) const WRITE_BUNDLE: &str = "write the bundle";
pub(crate) const READ_BUNDLE: &str = "read the bundle";

fn io_hint(action: &str, kind: io::ErrorKind) -> Option<String> {
    let elsewhere = if matches!(action, CREATE_DATA_FOLDER | WRITE_BUNDLE | READ_BUNDLE) {
        "set BACKDRAFT_ROOT to another folder"
    } else {
        "name another place"
    };
    Some(match kind {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory if action == "read" => {
            "check the path for a typing mistake".into()
        }
        io::ErrorKind::NotFound => format!("make the folder that it lies in, or {elsewhere}"),
        io::ErrorKind::IsADirectory if action == WRITE_BUNDLE => {
            format!("remove the folder that has this name, or {elsewhere}")
        }
        io::ErrorKind::IsADirectory => "name a file, not a folder".into(),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            format!("a part of this path is a file where a folder is needed; {elsewhere}")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            format!("change the permissions, or {elsewhere}")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("free some disk space and run again, or {elsewhere}")
        }
        _ => return None,
    })
}
