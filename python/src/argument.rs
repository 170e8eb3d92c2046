//! Arguments as callers give them, refused in words.
//!
//! What PyO3 says of a wrong argument is which Rust type it is not. These name the argument,
//! show what was given and say what is allowed, as the engine does of options.

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::asset::Asset;
use crate::error::{self, WrongType};

/// An asset.
pub struct AnAsset<'py>(Bound<'py, Asset>);

impl<'py> AnAsset<'py> {
    pub fn get(&self) -> &Asset {
        self.0.get()
    }

    pub fn into_bound(self) -> Bound<'py, Asset> {
        self.0
    }
}

impl<'py> FromPyObject<'_, 'py> for AnAsset<'py> {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.cast::<Asset>() {
            Ok(asset) => Ok(Self(asset.to_owned())),
            Err(_) => Err(WrongType::new_err(format!(
                "`{}` is not an asset: symbol('btc_usdt') returns one",
                shown(&given)
            ))),
        }
    }
}

/// A number that may have a fraction.
pub fn number(argument: &'static str, given: &Bound<'_, PyAny>) -> PyResult<f64> {
    let number = given.extract();
    number.map_err(|_| wrong(argument, given, "it has to be a number"))
}

/// The same, where there is one.
pub fn perhaps<'py, T>(
    given: &Bound<'py, PyAny>,
    read: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Option<T>> {
    (!given.is_none()).then(|| read(given)).transpose()
}

/// A whole number of at least `least`.
pub fn count(argument: &'static str, given: &Bound<'_, PyAny>, least: u64) -> PyResult<u64> {
    let rule = format!("it has to be a whole number of at least {least}");
    match given.extract::<u64>() {
        Ok(count) if count >= least => Ok(count),
        // One that is too large, or negative.
        _ if given.is_instance_of::<PyInt>() => Err(error::option(argument, shown(given), rule)),
        _ => Err(wrong(argument, given, &rule)),
    }
}

/// A text.
pub fn text(argument: &'static str, given: &Bound<'_, PyAny>, rule: &str) -> PyResult<String> {
    match given.cast::<PyString>() {
        Ok(text) => Ok(text.to_str()?.to_owned()),
        Err(_) => Err(wrong(argument, given, rule)),
    }
}

/// The error about an argument of the wrong type.
pub fn wrong(argument: &str, given: &Bound<'_, PyAny>, rule: &str) -> PyErr {
    let given = shown(given);
    WrongType::new_err(format!("`{given}` is not a valid {argument}: {rule}"))
}

/// What was given, cut where it is too long for a message.
fn shown(given: &Bound<'_, PyAny>) -> String {
    const MOST: usize = 80;
    let text = given
        .str()
        .map_or_else(|_| String::from("?"), |text| text.to_string());
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
