//! Which pair a file has the prices of.

use super::file_name;
use super::header::Header;
use crate::data::DefectKind as K;
use crate::data::findings::Findings;
use crate::data::source_file::SourceFile;
use crate::instrument::Symbol;
use crate::{Error, Result};

/// The quote currency of a coin that is named alone.
const ASSUMED_QUOTE: &str = "USD";

/// The pair, from what the first row calls it, from the names of the volumes, from
/// the file's name, or as a last resort a name that is only there to have one.
pub fn pair(
    file: &SourceFile<'_>,
    spelling: Option<&[u8]>,
    header: Option<&Header>,
    findings: &mut Findings,
) -> Result<Option<Symbol>> {
    let by_name = || file_name::symbol_of(file.path());
    let named = header.and_then(Header::currencies);
    if let Some(spelling) = spelling.and_then(|cell| str::from_utf8(cell).ok()) {
        if let Ok(symbol) = Symbol::parse(spelling) {
            return Ok(Some(symbol));
        }
        // A coin alone, such as `BTC`: the money may be named elsewhere.
        let quote = named.and_then(|(_, quote)| quote.map(str::to_owned));
        let quote = quote.or_else(|| by_name().map(|symbol| symbol.quote().to_owned()));
        let quote = quote.unwrap_or_else(|| ASSUMED_QUOTE.into());
        return Ok(Symbol::parse(&format!("{spelling}/{quote}")).ok());
    }
    if let Some((base, quote)) = named {
        let quote = quote
            .map(str::to_owned)
            .or_else(|| by_name().map(|symbol| symbol.quote().to_owned()));
        if let Some(symbol) = quote.and_then(|quote| Symbol::parse(&format!("{base}/{quote}")).ok())
        {
            return Ok(Some(symbol));
        }
    }
    if let Some(symbol) = by_name() {
        return Ok(Some(symbol));
    }
    let nameless = || Error::NamelessFile {
        path: file.path().to_owned(),
    };
    let symbol = file_name::assumed_symbol(file.path()).ok_or_else(nameless)?;
    findings.defect(K::NamelessPair, 0, || {
        "the file does not say which pair its prices are of".into()
    });
    findings.set_detail(K::NamelessPair, format!("called {symbol}"));
    Ok(Some(symbol))
}
