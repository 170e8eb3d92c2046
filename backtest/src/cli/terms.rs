//! Lists of terms, such as `maker=0.02,taker=0.05`.

use backtest::Result;

use super::options::invalid;

/// A list of `name=value`, taken apart term by term.
pub struct Terms<'a> {
    option: &'static str,
    text: &'a str,
    left: Vec<(&'a str, &'a str)>,
}

impl<'a> Terms<'a> {
    /// Takes a text apart.
    pub fn parse(option: &'static str, text: &'a str) -> Result<Self> {
        let term = |term: &'a str| {
            let (name, value) = term.split_once('=')?;
            Some((name.trim(), value.trim()))
        };
        let terms: Option<Vec<_>> = text.split(',').map(term).collect();
        let rule = "write terms as name=value,name=value";
        let left = terms.ok_or_else(|| invalid(option, text, rule))?;
        Ok(Self { option, text, left })
    }

    /// The value of a term, if it is given.
    pub fn take<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(idx) = self.left.iter().position(|(term, _)| *term == name) else {
            return Ok(None);
        };
        let (_, value) = self.left.remove(idx);
        let rule = || format!("`{value}` cannot be the {name}");
        let parsed = parse(value).ok_or_else(|| invalid(self.option, self.text, rule()))?;
        Ok(Some(parsed))
    }

    /// What nobody asked for is a typing mistake.
    pub fn finish(self, known: &str) -> Result<()> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => {
                let rule =
                    format!("there is no term `{name}`, or it stands twice; known are {known}");
                Err(invalid(self.option, self.text, rule))
            }
        }
    }
}
