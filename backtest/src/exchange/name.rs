//! The name of an exchange, which is also the name of a folder.

use std::fmt;

use crate::{Error, Result};

/// An exchange's name: 1 to 32 lower-case ASCII letters, digits, `-` or `_`.
///
/// A name of this form cannot be absolute, contain a NUL or a separator, or climb
/// out of the data root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeName(String);

impl ExchangeName {
    /// Checks a text for the rule above.
    ///
    /// # Errors
    /// [`Error::Option`] when the text breaks it.
    pub fn parse(text: &str) -> Result<Self> {
        let is_plain =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
        if (1..=32).contains(&text.len()) && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::Option {
                option: "--exchange",
                value: text.escape_debug().to_string(),
                rule: "1 to 32 lower-case letters, digits, - or _".into(),
            })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ExchangeName {
    /// The exchange of the talk's data, `poloniex`.
    fn default() -> Self {
        Self("poloniex".into())
    }
}

impl fmt::Display for ExchangeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_the_data_root() {
        assert!(ExchangeName::parse("poloniex").is_ok());
        assert!(ExchangeName::parse("gate-io_2").is_ok());
        for text in [
            "",
            "..",
            "../x",
            "/etc",
            "a/b",
            "a\0b",
            "a b",
            "Poloniex",
            "é",
            &"x".repeat(33),
        ] {
            assert!(ExchangeName::parse(text).is_err(), "{text:?}");
        }
    }
}
