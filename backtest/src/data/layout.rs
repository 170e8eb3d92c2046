//! How a price file is laid out.

use std::fmt;

/// How a price file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Kraken's OHLCVT files: no header, unix seconds, prices, volume, trades.
    Kraken,
    /// CryptoDataDownload's files, and those that this project writes: a banner
    /// line or none, then a header that names the columns, the pair's among them.
    CryptoDataDownload,
    /// Binance's klines: twelve columns with or without a header.
    Binance,
    /// Any other table with the columns of a bar.
    Csv,
    /// A JSON array of arrays, as `ccxt` and exchanges' interfaces give it, or of
    /// objects.
    Json,
    /// A Parquet file.
    Parquet,
    /// A file or stream of Arrow's IPC format, also called Feather.
    Arrow,
}

impl Layout {
    /// Every layout.
    pub(super) const ALL: [Self; 7] = [
        Self::Kraken,
        Self::CryptoDataDownload,
        Self::Binance,
        Self::Csv,
        Self::Json,
        Self::Parquet,
        Self::Arrow,
    ];
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kraken => "Kraken",
            Self::CryptoDataDownload => "CryptoDataDownload",
            Self::Binance => "Binance",
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
        })
    }
}
