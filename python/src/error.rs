//! Errors as Python sees them: one hierarchy, the words of the command line.
//!
//! The classes are written in Python (`backdraft/errors.py`), because some of them are
//! also a `ValueError` or a `LookupError`; here is which error becomes which.

use pyo3::prelude::*;
use pyo3::{PyErr, import_exception};

import_exception!(backdraft.errors, DataError);
import_exception!(backdraft.errors, FileError);
import_exception!(backdraft.errors, NotRunning);
import_exception!(backdraft.errors, NotSupported);
import_exception!(backdraft.errors, OptionError);
import_exception!(backdraft.errors, ProfilerError);
import_exception!(backdraft.errors, RangeError);
import_exception!(backdraft.errors, TooRich);
import_exception!(backdraft.errors, UnknownPair);
import_exception!(backdraft.errors, WrongType);

/// The engine's error, with its hint as a note below it.
pub fn engine(error: backtest::Error) -> PyErr {
    use backtest::Error;
    let error = match error {
        // The command line spells it with dashes.
        Error::Option {
            option,
            value,
            rule,
        } => Error::Option {
            option: option.trim_start_matches('-'),
            value,
            rule,
        },
        other => other,
    };
    let text = chain(&error);
    let hint = error.hint().map(|hint| hint.replace("--", ""));
    let raised = match error {
        Error::Io { .. } | Error::NoDataRoot => FileError::new_err(text),
        Error::UnknownPair { .. } | Error::Symbol { .. } => UnknownPair::new_err(text),
        Error::RangeOutsideData { .. } => RangeError::new_err(text),
        Error::Option { .. } => OptionError::new_err(text),
        Error::TooRich { .. } => TooRich::new_err(text),
        Error::Profiler(_) => ProfilerError::new_err(text),
        _ => DataError::new_err(text),
    };
    with_hint(raised, hint)
}

/// The profiler's error.
pub fn profiler(error: profiler::Error) -> PyErr {
    match error {
        profiler::Error::BadOption {
            option: name,
            value,
            allowed,
        } => {
            let name = if name == "rate_hz" { "rate" } else { name };
            option(name, value, format!("it has to be {allowed}"))
        }
        _ => ProfilerError::new_err(chain(&error)),
    }
}

/// An option of which the value makes no sense, in the engine's words.
pub fn option(option: &'static str, value: impl ToString, rule: impl Into<String>) -> PyErr {
    engine(backtest::Error::Option {
        option,
        value: value.to_string(),
        rule: rule.into(),
    })
}

/// Adds what can be done about an error, as the command line prints it.
pub fn with_hint(error: PyErr, hint: Option<String>) -> PyErr {
    if let Some(hint) = hint {
        Python::attach(|py| {
            let value = error.value(py);
            let told = value
                .setattr("hint", &hint)
                .and_then(|()| value.call_method1("add_note", (format!("hint: {hint}"),)));
            // An error without its hint is better than an error about a hint.
            drop(told);
        });
    }
    error
}

/// The error and its causes, as the command line prints them.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
