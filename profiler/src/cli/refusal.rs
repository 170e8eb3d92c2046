//! What is wrong with what was typed, in one form: the value, the option, the rule.

use std::fmt;

/// A value that an option cannot take.
#[derive(Debug)]
pub struct Refusal {
    option: &'static str,
    value: String,
    rule: String,
}

impl Refusal {
    pub fn new(option: &'static str, value: &str, rule: impl Into<String>) -> Self {
        Self {
            option,
            value: value.escape_debug().to_string(),
            rule: rule.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a valid {}: {}",
            self.value, self.option, self.rule
        )
    }
}

impl std::error::Error for Refusal {}

/// A failure that comes with what to do about it.
#[derive(Debug)]
pub struct Hinted {
    message: String,
    /// What to do.
    pub hint: String,
}

impl Hinted {
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hinted {}
