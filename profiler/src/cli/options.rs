//! The domain values that the arguments stand for, and what is wrong with the others.
//!
//! Numbers are read here and not by clap, so that every refusal has one form: the
//! value, the option, and the rule that it breaks.

use std::ffi::OsString;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Result, bail};
use profiler::{Backend, DumpOptions, Mode, PythonFrames, RecordOptions};

use super::args::{
    BackendArg, ConvertArgs, DiffArgs, DumpArgs, ModeArg, OutputArgs, RecordArgs, ReportArgs,
    SamplingArgs, TargetArgs, TopArgs,
};
use super::output::Outputs;
use super::refusal::Refusal;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A process that runs already.
    Process(u32),
    /// A program to start, and its arguments.
    Command(OsString, Vec<OsString>),
}

impl TargetArgs {
    pub fn parse(&self) -> Result<Target> {
        match (&self.pid, self.command.split_first()) {
            (Some(pid), None) => Ok(Target::Process(parse_pid(pid)?)),
            (None, Some((program, args))) => Ok(Target::Command(program.clone(), args.to_vec())),
            _ => unreachable!("clap asks for exactly one of them"),
        }
    }
}

impl SamplingArgs {
    pub fn parse(&self) -> Result<RecordOptions> {
        let mut options = RecordOptions::new();
        let rule = "it has to be a number from 0.1 to 5000, in samples per second";
        options.rate_hz = number("--rate", &self.rate, rule)?;
        if !(0.1..=5000.0).contains(&options.rate_hz) {
            bail!(Refusal::new("--rate", &self.rate, rule));
        }
        let rule = "it has to be a whole number from 0 to 2^64 - 1";
        options.seed = number("--seed", &self.seed, rule)?;
        options.mode = match self.mode {
            ModeArg::Cpu if !self.idle => Mode::Cpu,
            ModeArg::Cpu | ModeArg::Wall => Mode::Wall,
        };
        options.python = python_frames(self.native, self.no_python);
        options.gil = self.gil;
        options.backend = match self.backend {
            BackendArg::Auto => Backend::Auto,
            BackendArg::Perf => Backend::PerfEvent,
            BackendArg::Ptrace => Backend::Ptrace,
        };
        options.subprocesses = self.subprocesses;
        options.lines = self.line;
        options.max_memory = parse_size("--max-memory", &self.max_memory)?;
        options.max_overhead = self
            .max_overhead
            .as_deref()
            .map(parse_overhead)
            .transpose()?;
        Ok(options)
    }
}

impl RecordArgs {
    pub fn duration(&self) -> Result<Option<Duration>> {
        let duration = self.duration.as_deref();
        duration
            .map(|text| parse_duration("--duration", text))
            .transpose()
    }
}

impl TopArgs {
    pub fn duration(&self) -> Result<Option<Duration>> {
        let duration = self.duration.as_deref();
        duration
            .map(|text| parse_duration("--duration", text))
            .transpose()
    }

    pub fn interval(&self) -> Result<Duration> {
        let interval = parse_duration("--interval", &self.interval)?;
        if interval < Duration::from_millis(100) {
            let rule = "it has to be at least 100ms";
            bail!(Refusal::new("--interval", &self.interval, rule));
        }
        Ok(interval)
    }
}

impl DumpArgs {
    pub fn pid(&self) -> Result<u32> {
        parse_pid(&self.pid)
    }

    pub fn options(&self) -> DumpOptions {
        let mut options = DumpOptions::new();
        options.python = python_frames(self.native, self.no_python);
        options.locals = self.locals;
        options
    }
}

fn python_frames(native: bool, no_python: bool) -> PythonFrames {
    match (native, no_python) {
        (_, true) => PythonFrames::Off,
        (true, false) => PythonFrames::Joined,
        (false, false) => PythonFrames::Only,
    }
}

impl ReportArgs {
    /// How many rows are printed at most.
    pub fn limit(&self) -> Result<usize> {
        parse_limit(&self.limit)
    }
}

impl DiffArgs {
    /// How many rows are printed at most.
    pub fn limit(&self) -> Result<usize> {
        parse_limit(&self.limit)
    }
}

impl OutputArgs {
    /// Makes sure that every output can be written. If none is named, it is a page, or
    /// nothing where `default` says so.
    pub fn prepare(&self, default: Option<&str>) -> Result<Outputs> {
        let format = self.format.as_deref();
        match default {
            Some(default) if self.output.is_empty() => Outputs::prepare(&[default], format),
            _ => Outputs::prepare(&self.output, format),
        }
    }

    /// The headline asked for, or else this one.
    pub fn title_or(&self, title: impl FnOnce() -> String) -> String {
        self.title.clone().unwrap_or_else(title)
    }
}

impl ConvertArgs {
    /// Makes sure that the output can be written.
    pub fn prepare(&self) -> Result<Outputs> {
        Outputs::prepare(&[&self.output], self.format.as_deref())
    }
}

fn parse_pid(text: &str) -> Result<u32> {
    let rule = "it has to be the number of a process, as `pgrep NAME` prints it";
    match number("--pid", text, rule)? {
        0 => bail!(Refusal::new("--pid", text, rule)),
        pid => Ok(pid),
    }
}

fn parse_limit(text: &str) -> Result<usize> {
    let rule = "it has to be a whole number, 0 for all rows";
    match number("--limit", text, rule)? {
        0 => Ok(usize::MAX),
        limit => Ok(limit),
    }
}

const DURATION: &str =
    "write seconds, or a number with ms, s, m or h, such as 10, 1.5, 500ms or 2m";

/// Reads a length of time from a millisecond to ten years.
pub fn parse_duration(option: &'static str, text: &str) -> Result<Duration> {
    let (digits, seconds_per_unit) = split_unit(
        text,
        &[
            ("", 1.0),
            ("ms", 0.001),
            ("s", 1.0),
            ("m", 60.0),
            ("h", 3600.0),
        ],
    )
    .ok_or_else(|| Refusal::new(option, text, DURATION))?;
    let count: f64 =
        number(option, digits, DURATION).map_err(|_| Refusal::new(option, text, DURATION))?;
    let seconds = count * seconds_per_unit;
    if !(0.001..=3.2e8).contains(&seconds) {
        bail!(Refusal::new(
            option,
            text,
            "it has to be from 1ms to ten years"
        ));
    }
    Ok(Duration::from_secs_f64(seconds))
}

const SIZE: &str = "write bytes, or a number with KiB, MiB or GiB, such as 64MiB";

fn parse_size(option: &'static str, text: &str) -> Result<usize> {
    const LIMITS: (u64, u64) = (1 << 20, 1 << 40);
    let units: &[(&str, u64)] = &[
        ("", 1),
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
    ];
    let lower = text.to_ascii_lowercase();
    let (digits, unit) =
        split_unit(&lower, units).ok_or_else(|| Refusal::new(option, text, SIZE))?;
    let count: u64 = digits
        .parse()
        .map_err(|_| Refusal::new(option, text, SIZE))?;
    let bytes = count
        .checked_mul(unit)
        .filter(|bytes| (LIMITS.0..=LIMITS.1).contains(bytes));
    bytes
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| Refusal::new(option, text, "it has to be from 1MiB to 1024GiB").into())
}

fn parse_overhead(text: &str) -> Result<f64> {
    let rule = "write a percentage from 0.01% to 100%, such as 1%";
    let refusal = || Refusal::new("--max-overhead", text, rule);
    let digits = text.trim().strip_suffix('%').ok_or_else(refusal)?;
    let percent: f64 = digits.trim().parse().map_err(|_| refusal())?;
    if !(0.01..=100.0).contains(&percent) {
        bail!(refusal());
    }
    Ok(percent / 100.0)
}

/// Parts a number from its unit, which follows with or without a space.
fn split_unit<'a, T: Copy>(text: &'a str, units: &[(&str, T)]) -> Option<(&'a str, T)> {
    let text = text.trim();
    let end = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let (_, value) = units.iter().find(|(name, _)| *name == unit)?;
    Some((digits.trim_end(), *value))
}

/// The number that `text` stands for.
pub fn number<T: FromStr>(option: &'static str, text: &str, rule: &str) -> Result<T> {
    let number = text.trim().parse();
    number.map_err(|_| Refusal::new(option, text, rule).into())
}

/// The last part of a path, for people.
pub fn short_name(path: &Path) -> String {
    match path.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, millis) in [
            ("10", 10_000),
            ("1.5", 1_500),
            ("500ms", 500),
            ("2m", 120_000),
            ("1h", 3_600_000),
            (" 3 s ", 3_000),
        ] {
            let duration = parse_duration("--duration", text).expect(text);
            assert_eq!(duration, Duration::from_millis(millis), "{text}");
        }
        for text in [
            "", "s", "-1", "0", "1d", "1m30s", "nan", "inf", "1e99", "ten", "0.0001",
        ] {
            let refusal = parse_duration("--duration", text).expect_err(text);
            assert!(
                refusal.to_string().starts_with(&format!("`{text}` is not")),
                "{refusal}"
            );
        }
    }

    #[test]
    fn sizes_are_powers_of_two() {
        assert_eq!(
            parse_size("--max-memory", "64MiB").expect("a size"),
            64 << 20
        );
        assert_eq!(parse_size("--max-memory", "1gib").expect("a size"), 1 << 30);
        assert_eq!(
            parse_size("--max-memory", "1048576").expect("a size"),
            1 << 20
        );
        for text in ["64MB", "0", "1", "-1", "1.5MiB", "99999999999999GiB", "MiB"] {
            assert!(parse_size("--max-memory", text).is_err(), "{text}");
        }
    }

    #[test]
    fn overhead_is_a_percentage() {
        let parsed = |text| parse_overhead(text).ok();
        assert_eq!(parsed("1%"), Some(0.01));
        assert_eq!(parsed("0.5 %"), Some(0.005));
        // One per cent, or all of it? The sign is asked for.
        assert_eq!(parsed("1"), None);
        assert_eq!(parsed("0%"), None);
        assert_eq!(parsed("nan%"), None);
    }
}
