//! Which columns hold what, said by the user where the header does not.

use crate::{Error, Result};

/// The parts of a bar in the order of `--columns`.
const PARTS: [&str; 6] = ["time", "open", "high", "low", "close", "volume"];

/// The columns of time, open, high, low, close and, if there is one, volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnChoice {
    /// By their position, from 0.
    Positions(Vec<usize>),
    /// By their names in the header; or, where no line has these names, what each
    /// column of the file is, from the left.
    Names(Vec<String>),
}

impl ColumnChoice {
    /// Reads `time,open,high,low,close,volume`, names or numbers. Numbers count from
    /// 1, or from 0 when 0 is among them.
    ///
    /// # Errors
    /// [`Error::Option`] when there are fewer than five, or one stands twice.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |rule: &str| Error::Option {
            option: "--columns",
            value: text.escape_debug().to_string(),
            rule: rule.into(),
        };
        let names: Vec<_> = text
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let is_single = |name: &String| names.iter().filter(|other| *other == name).count() == 1;
        let is_sound = names.iter().all(|name| name == "_" || is_single(name));
        if names.len() < PARTS.len() - 1 || !is_sound {
            return Err(refuse(
                "name the columns of time,open,high,low,close,volume, or their numbers, each once",
            ));
        }
        let positions: Option<Vec<usize>> = names.iter().map(|name| name.parse().ok()).collect();
        let Some(mut positions) = positions else {
            return Ok(Self::Names(names));
        };
        if positions.len() > PARTS.len() {
            return Err(refuse("there are more numbers than parts of a bar"));
        }
        if !positions.contains(&0) {
            for position in &mut positions {
                *position -= 1;
            }
        }
        Ok(Self::Positions(positions))
    }

    /// The position of each part among the columns called `names`: time, the four
    /// prices, the volume; or what is wrong with the choice for this file.
    pub(super) fn positions(&self, names: &[String]) -> Result<Vec<usize>, String> {
        let found = match self {
            Self::Positions(positions) => Some(positions.clone()),
            Self::Names(chosen) => positions_of(chosen.iter().map(String::as_str), names)
                .filter(|found| found.len() <= PARTS.len())
                .or_else(|| positions_of(PARTS.into_iter(), chosen))
                .or_else(|| positions_of(PARTS[..5].iter().copied(), chosen)),
        };
        let positions =
            found.ok_or_else(|| format!("has no columns {self}; it has {}", names.join(", ")))?;
        match positions.iter().find(|position| **position >= names.len()) {
            None => Ok(positions),
            Some(_) => Err(format!(
                "has {} columns, fewer than --columns needs",
                names.len()
            )),
        }
    }
}

impl std::fmt::Display for ColumnChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Names(names) => f.write_str(&names.join(", ")),
            Self::Positions(positions) => write!(f, "{positions:?}"),
        }
    }
}

/// Where each of `wanted` stands in `names`, if all do.
fn positions_of<'a>(wanted: impl Iterator<Item = &'a str>, names: &[String]) -> Option<Vec<usize>> {
    wanted
        .map(|name| names.iter().position(|found| found == name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(choice: &str, names: &str, expected: Option<&[usize]>) {
        let names: Vec<_> = names.split(',').map(str::to_owned).collect();
        let choice = ColumnChoice::parse(choice).expect("it can be read");
        assert_eq!(choice.positions(&names).ok().as_deref(), expected);
    }

    #[test]
    fn columns_are_chosen_by_name_number_or_place() {
        let header = "symbol,when,first,top,bottom,last,coins";
        check(
            "when,first,top,bottom,last,coins",
            header,
            Some(&[1, 2, 3, 4, 5, 6]),
        );
        check(
            "When, First,top,bottom,last",
            header,
            Some(&[1, 2, 3, 4, 5]),
        );
        check("2,3,4,5,6,7", header, Some(&[1, 2, 3, 4, 5, 6]));
        check("1,2,3,4,5,0", header, Some(&[1, 2, 3, 4, 5, 0]));
        check("_,time,open,high,low,close", header, Some(&[1, 2, 3, 4, 5]));
        check(
            "time,close,open,low,high,_,volume",
            header,
            Some(&[0, 2, 4, 3, 1, 6]),
        );
        check("2,3,4,5,6,8", header, None);
        check("when,first,top,bottom,x", header, None);
    }

    #[test]
    fn what_is_no_choice_is_refused() {
        for text in [
            "",
            "time",
            "1,2,3,4",
            "1,1,2,3,4",
            "1,2,3,4,5,6,7",
            "a,b,c,d,d",
        ] {
            assert!(ColumnChoice::parse(text).is_err(), "{text}");
        }
    }
}
