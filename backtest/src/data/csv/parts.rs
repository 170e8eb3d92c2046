//! Which column is what, by a header, by the user's choice or by the rows.

use super::header::Header;
use super::headerless::Headerless;
use crate::data::layout::Layout;

/// Which column is what, before the time is understood and the pair known.
pub struct Parts {
    pub layout: Layout,
    pub names: Vec<String>,
    pub times: Vec<usize>,
    pub symbol: Option<usize>,
    pub prices: [usize; 4],
    pub volume: Option<usize>,
    pub quote_volume: Option<usize>,
    pub trades: Option<usize>,
}

impl Parts {
    /// What a header says.
    pub fn named(header: &Header) -> Self {
        let mut times = header.times();
        if times.is_empty() && header.names[0].is_empty() {
            // The index of a data frame has no name.
            times.push(0);
        }
        Self {
            layout: match header.symbol() {
                _ if header.is_binance() => Layout::Binance,
                Some(_) => Layout::CryptoDataDownload,
                None => Layout::Csv,
            },
            names: header.names.clone(),
            times,
            symbol: header.symbol(),
            prices: header.prices().expect("a header names the prices"),
            volume: None,
            quote_volume: None,
            trades: None,
        }
    }

    /// What the user says.
    pub fn chosen(positions: &[usize], header: &Header) -> Self {
        let mut names = header.names.clone();
        for (position, name) in positions
            .iter()
            .zip(["time", "open", "high", "low", "close", "volume"])
        {
            if names[*position].parse::<usize>().is_ok() {
                names[*position] = name.into();
            }
        }
        Self {
            layout: Layout::Csv,
            names,
            times: vec![positions[0]],
            symbol: header.symbol().filter(|column| !positions.contains(column)),
            prices: [positions[1], positions[2], positions[3], positions[4]],
            volume: positions.get(5).copied(),
            quote_volume: None,
            trades: None,
        }
    }

    /// What the rows of a file without a header say.
    pub fn headerless(found: Headerless) -> Self {
        Self {
            layout: if found.is_kraken {
                Layout::Kraken
            } else if found.is_binance {
                Layout::Binance
            } else {
                Layout::Csv
            },
            names: found.names,
            times: found.times,
            symbol: found.symbol,
            prices: found.prices,
            volume: found.volume,
            quote_volume: found.quote_volume,
            trades: found.trades,
        }
    }
}
