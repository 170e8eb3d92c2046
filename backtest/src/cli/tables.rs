//! The tables of a run, one file each, in the folders that they were asked for in.

use std::fs;
use std::path::Path;

use backtest::output::OutputFile;
use backtest::report::{self, Frame};
use backtest::{Error, Market, Outcome, Result};

use super::args::RunArgs;

/// The names of the tables, in the order of [`frames`].
const NAMES: [&str; 5] = ["equity", "fills", "orders", "trades", "positions"];

/// Files for all tables, in every format that was asked for.
pub struct Tables(Vec<(Vec<OutputFile>, Encode)>);

/// What makes a file of a table.
type Encode = fn(&Frame) -> Vec<u8>;

impl Tables {
    /// Makes sure that all tables can be written; folders are made if need be.
    pub fn prepare(args: &RunArgs) -> Result<Self> {
        let formats: [(&Option<_>, _, Encode); 2] = [
            (&args.csv, "csv", Frame::to_csv),
            (&args.parquet, "parquet", Frame::to_parquet),
        ];
        let asked_for = formats.into_iter().filter_map(|(folder, ending, encode)| {
            let folder: &Path = folder.as_deref()?;
            Some(prepare(folder, ending).map(|files| (files, encode)))
        });
        asked_for.collect::<Result<_>>().map(Self)
    }

    /// Gives every file its table.
    pub fn write(self, outcome: &Outcome, market: &Market) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let frames = frames(outcome, market);
        for (files, encode) in self.0 {
            for (file, frame) in files.into_iter().zip(&frames) {
                file.write(&encode(frame))?;
            }
        }
        Ok(())
    }
}

fn prepare(folder: &Path, ending: &str) -> Result<Vec<OutputFile>> {
    fs::create_dir_all(folder).map_err(|source| Error::Io {
        action: "create",
        path: folder.to_owned(),
        source,
    })?;
    let file = |name| OutputFile::prepare(&folder.join(format!("{name}.{ending}")));
    NAMES.into_iter().map(file).collect()
}

fn frames(outcome: &Outcome, market: &Market) -> [Frame; NAMES.len()] {
    [
        report::equity(outcome),
        report::fills(outcome, market),
        report::orders(outcome, market),
        report::trades(outcome, market),
        report::positions(outcome, market),
    ]
}
