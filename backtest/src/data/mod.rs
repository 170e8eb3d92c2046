//! Where a market comes from: price files, or the embedded synthetic market.
//!
//! Both end in the same [`Market`]: hourly bars in columns, absent hours filled.
//! A file passes three stations, and each knows only its own trade: `csv` turns
//! text into rows and names the cell that breaks a rule, `repair` turns rows into
//! consecutive bars, and [`LoadReport`] says what was found and what was done about
//! it. Nothing is repaired in silence.

mod csv;
mod embedded;
mod repair;
mod report;
mod source_file;

use std::path::Path;

pub use csv::Layout;
pub use embedded::{DEFAULT_PAIRS, DEFAULT_SEED, embedded, embedded_pairs};
pub use report::{AbsentHours, AbsentRun, LoadReport, RowOrder};

use crate::Result;
use crate::market::{Listing, Market};
use source_file::SourceFile;

/// A market read from files, with what there is to say about each of them.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The pairs, in the order of the files.
    pub market: Market,
    /// One report a file, in the same order.
    pub reports: Vec<LoadReport>,
}

/// Reads price files, one pair each; the layout is found out from the content.
///
/// # Errors
/// When a file cannot be read, has a layout that is not understood, or has a row
/// that breaks a rule; when a pair stands twice, when quote currencies differ, and
/// when there is no file.
pub fn load(paths: &[impl AsRef<Path>]) -> Result<Loaded> {
    let mut listings = Vec::with_capacity(paths.len());
    let mut reports = Vec::with_capacity(paths.len());
    for path in paths {
        let (listing, report) = load_file(path.as_ref())?;
        listings.push(listing);
        reports.push(report);
    }
    let names: Vec<_> = reports.iter().map(LoadReport::file_name).collect();
    let is_synthetic = reports.iter().any(|report| report.is_synthetic);
    Ok(Loaded {
        market: Market::new(listings, names.join(", "), is_synthetic)?,
        reports,
    })
}

fn load_file(path: &Path) -> Result<(Listing, LoadReport)> {
    let file = SourceFile::read(path)?;
    let table = csv::read(&file)?;
    let n_rows = table.rows.len();
    let repaired = repair::repair(table.rows, &file)?;
    let report = LoadReport {
        file: path.to_owned(),
        symbol: table.symbol.clone(),
        layout: table.layout,
        is_synthetic: table.is_synthetic,
        order: repaired.order,
        n_rows,
        n_equal_duplicates: repaired.n_equal_duplicates,
        n_dates_overruled: table.n_dates_overruled,
        absent: repaired.absent,
        first: repaired.bars.start(),
        last: repaired.bars.end().plus_hours(-1),
    };
    let listing = Listing {
        symbol: table.symbol,
        bars: repaired.bars,
    };
    Ok((listing, report))
}
