//! The domain values that the arguments stand for, and what is wrong with the others.
//!
//! Numbers are read here and not by clap, so that every refusal has one form: the
//! value, the option, and the rule that it breaks.

use std::path::Path;
use std::str::FromStr;

use backtest::case_study::Composition;
use backtest::exchange::{ExchangeName, FolderCheck, Logging};
use backtest::{Error, HourRange, Result, Timestamp};

use profiler::format::Format;

use super::args::{CaseStudyArgs, ExchangeArgs, RangeArgs, RunArgs};

impl RangeArgs {
    /// The range that the two times make; the talk's where they are not given.
    pub fn parse(&self) -> Result<HourRange> {
        let talk = Composition::talk().range;
        self.within(talk.start(), talk.end())
    }

    /// The range that the two times make, and these where they are not given.
    pub fn within(&self, start: Timestamp, end: Timestamp) -> Result<HourRange> {
        let given = |option, text: &Option<String>, otherwise| match text {
            Some(text) => parse_time(option, text),
            None => Ok(otherwise),
        };
        let start = given("--start", &self.start, start)?;
        let end = given("--end", &self.end, end)?;
        HourRange::new(start, end).ok_or_else(|| {
            let rule = format!("it has to be later than --start, which is {start}");
            invalid("--end", &end.to_string(), rule)
        })
    }
}

fn parse_time(option: &'static str, text: &str) -> Result<Timestamp> {
    let rule =
        "write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06";
    let time = Timestamp::parse(text).filter(|time| time.is_whole_hour());
    time.ok_or_else(|| invalid(option, text, rule))
}

/// The seed that an option gives.
pub fn parse_seed(option: &'static str, text: &str) -> Result<u64> {
    number(
        option,
        text,
        "it has to be a whole number from 0 to 2^64 - 1",
    )
}

/// The number that `text` stands for.
pub fn number<T: FromStr>(option: &'static str, text: &str, rule: impl Into<String>) -> Result<T> {
    text.trim().parse().map_err(|_| invalid(option, text, rule))
}

pub fn invalid(option: &'static str, text: &str, rule: impl Into<String>) -> Error {
    Error::Option {
        option,
        value: text.escape_debug().to_string(),
        rule: rule.into(),
    }
}

impl RunArgs {
    /// Where the profile goes, if one is wanted, and its format, by the file's ending.
    pub fn profile(&self) -> Result<Option<(&Path, Format)>> {
        let Some(path) = &self.profile else {
            return Ok(None);
        };
        let refuse = |rule| Err(invalid("--profile", &path.to_string_lossy(), rule));
        if path == Path::new("-") {
            refuse("name a file, such as flame.svg")
        } else if self.json.as_ref() == Some(path) {
            refuse("--json names the same file")
        } else if let Some(format) = Format::from_path(path) {
            Ok(Some((path, format)))
        } else {
            refuse("end its name in .svg, .html, .folded, .speedscope.json, .pprof or .json")
        }
    }
}

/// Windows that make a strategy: below two days it has no indicators, and two
/// years are as much as the market has before its last months.
const WINDOW_LIMITS: (usize, usize) = (48, 17_544);

impl CaseStudyArgs {
    /// What is run, before any calibration.
    pub fn composition(&self) -> Result<Composition> {
        let mut composition = Composition {
            range: self.range.parse()?,
            n_pairs: number("--pairs", &self.pairs, "it has to be a number from 1 to 20")?,
            seed: parse_seed("--seed", &self.seed)?,
            ..Composition::talk()
        };
        if let Some(text) = &self.window {
            let (least, most) = WINDOW_LIMITS;
            let rule = format!("it has to be a whole number of hours from {least} to {most}");
            let window = number("--window", text, &rule)?;
            if !(least..=most).contains(&window) {
                return Err(invalid("--window", text, rule));
            }
            composition.window = Some(window);
        }
        Ok(composition)
    }

    /// How many rounds are measured.
    pub fn rounds(&self) -> Result<usize> {
        let rule = "it has to be a whole number of at least 2, since one round has no spread \
                    to make an interval of";
        match number("--rounds", &self.rounds, rule)? {
            0 | 1 => Err(invalid("--rounds", &self.rounds, rule)),
            rounds => Ok(rounds),
        }
    }
}

impl ExchangeArgs {
    /// The data path's toggles, or `None` when prices come from memory.
    pub fn parse(&self) -> Result<Option<(Logging, FolderCheck, ExchangeName)>> {
        if self.logging.is_none() && self.folder_check.is_none() && self.exchange.is_none() {
            return Ok(None);
        }
        let name = self
            .exchange
            .as_deref()
            .map(ExchangeName::parse)
            .transpose()?;
        Ok(Some((
            self.logging.map_or(Logging::Lazy, Into::into),
            self.folder_check.map_or(FolderCheck::Once, Into::into),
            name.unwrap_or_default(),
        )))
    }
}
