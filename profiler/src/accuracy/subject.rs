//! A profiler under test, as a file describes it.
//!
//! What is built in is described no differently from anyone's own: a few lines of TOML
//! say how to start it, what it writes, and which clock it goes by.

use std::collections::BTreeMap;
use std::path::Path;

use bench_fixtures::catalogue::Language;
use regex_lite::Regex;
use serde::Deserialize;

use crate::error::{Error, Result};

/// How to run a profiler and read what it says.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its name in tables and on the command line.
    pub name: String,
    /// The languages of the programs that it can profile.
    pub languages: Vec<Language>,
    /// The clock that it goes by.
    pub clock: SubjectClock,
    /// The command that profiles, in words, with placeholders.
    pub command: Vec<String>,
    /// A command whose output is the profile, for those that write their own format.
    pub after: Option<Vec<String>>,
    /// The command that prints its version, by which it is found out whether it is here.
    pub version: Vec<String>,
    /// How it is installed.
    pub install: Option<String>,
    /// What it writes.
    pub format: Reading,
    /// What its numbers count.
    pub weight: Counting,
    /// Seconds from its start until it samples, where it attaches to a running process.
    pub seconds_to_attach: f64,
    /// The only workloads that it is run on; empty for all of its languages.
    pub workloads: Vec<String>,
    /// Workloads that it is not made for.
    pub except: Vec<String>,
    names: Vec<(Regex, String)>,
    ignored: Vec<String>,
}

/// The clock by which a profiler samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectClock {
    /// It sees threads while they run.
    Cpu,
    /// It sees threads whether they run or wait.
    Wall,
}

/// What a profiler's file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Anything that [`format::read`](crate::format::read) knows.
    #[default]
    Auto,
    /// Folded stacks, with `#` before comments.
    Folded,
    /// What samply saves, whose addresses have to be looked up.
    Samply,
}

/// What the numbers in a profiler's file count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// Samples, or nanoseconds where the file says so.
    #[default]
    Samples,
    /// Microseconds, of which the rate tells how many samples they were.
    Microseconds,
    /// Exact times, not samples: an error is an error, but for half a percentage point
    /// that the two clocks may differ by.
    Exact,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default = "rust")]
    languages: Vec<LanguageName>,
    #[serde(default = "cpu")]
    clock: SubjectClock,
    command: String,
    after: Option<String>,
    version: Option<String>,
    install: Option<String>,
    #[serde(default)]
    format: Reading,
    #[serde(default)]
    weight: Counting,
    #[serde(default = "one_second")]
    seconds_to_attach: f64,
    #[serde(default)]
    workloads: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    /// Patterns and what they are replaced by.
    #[serde(default)]
    names: BTreeMap<String, String>,
    /// Functions whose stacks are left out.
    #[serde(default)]
    ignore: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LanguageName {
    Rust,
    Python,
    C,
}

fn rust() -> Vec<LanguageName> {
    vec![LanguageName::Rust, LanguageName::C]
}

const fn cpu() -> SubjectClock {
    SubjectClock::Cpu
}

const fn one_second() -> f64 {
    1.0
}

/// The words that a command is made with.
#[derive(Debug, Clone, Default)]
pub struct Placeholders {
    /// `{cmd}`: the program and its arguments.
    pub command: Vec<String>,
    /// `{args}`: its arguments alone.
    pub args: Vec<String>,
    /// `{pid}`, `{rate}` and so on.
    pub values: BTreeMap<&'static str, String>,
}

/// The placeholders of a single value.
const VALUES: [&str; 10] = [
    "pid",
    "rate",
    "interval_us",
    "duration",
    "out",
    "seed",
    "self",
    "python",
    "folder",
    "tools",
];

impl Subject {
    /// Reads a description.
    ///
    /// # Errors
    ///
    /// [`Error::BadFile`], with line and column, if it is not TOML or not a description.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| bad_toml(text, &error))?;
        let command = words("command", &file.command)?;
        let has = |placeholder: &str| file.command.contains(placeholder);
        if !has("{pid}") && !has("{cmd}") && !has("{args}") {
            return Err(bad(
                "command",
                "it says neither {cmd}, to start the program, nor {pid}, to attach to it",
            ));
        }
        if !has("{out}") {
            return Err(bad(
                "command",
                "it does not say where to write: {out} is missing",
            ));
        }
        let names = file.names.iter().map(|(pattern, replacement)| {
            let regex = Regex::new(pattern);
            let regex = regex.map_err(|error| bad("names", &format!("`{pattern}`: {error}")))?;
            Ok((regex, replacement.clone()))
        });
        let version = match &file.version {
            Some(version) => words("version", version)?,
            None => vec![command[0].clone(), "--version".to_owned()],
        };
        if !(0.0..=60.0).contains(&file.seconds_to_attach) {
            return Err(bad("seconds_to_attach", "it has to be from 0 to 60"));
        }
        Ok(Self {
            names: names.collect::<Result<_>>()?,
            after: file.after.map(|text| words("after", &text)).transpose()?,
            command,
            version,
            languages: file.languages.into_iter().map(language).collect(),
            name: file.name,
            clock: file.clock,
            install: file.install,
            format: file.format,
            weight: file.weight,
            seconds_to_attach: file.seconds_to_attach,
            workloads: file.workloads,
            except: file.except,
            ignored: file.ignore,
        })
    }

    /// Reads a description from a file.
    ///
    /// # Errors
    ///
    /// Like [`Subject::parse`]; [`Error::Io`] if the file cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io {
            action: "read the description of a profiler",
            source,
        })?;
        Self::parse(&text)
    }

    /// Lists those that are built in, ours first.
    pub fn built_in() -> Vec<Self> {
        let parse = |text| Self::parse(text).expect("what is built in is tested");
        BUILT_IN.iter().copied().map(parse).collect()
    }

    /// Tells whether it attaches to a program that runs already.
    pub fn attaches(&self) -> bool {
        self.command.iter().any(|word| word.contains("{pid}"))
    }

    /// Tells whether the program runs inside the command, not as a child of it.
    pub fn is_in_process(&self) -> bool {
        self.command.iter().any(|word| word == "{args}")
    }

    /// Tells whether it samples, and does not note every call.
    pub fn is_sampling(&self) -> bool {
        self.weight != Counting::Exact
    }

    /// Makes a frame's name comparable.
    pub fn name_of(&self, frame: &str) -> String {
        let mut name = native_name(frame);
        for (pattern, replacement) in &self.names {
            name = pattern
                .replace_all(&name, replacement.as_str())
                .into_owned();
        }
        name
    }

    /// Tells whether the stacks that have a function are to be left out.
    pub fn ignores(&self, name: &str) -> bool {
        self.ignored.iter().any(|ignored| ignored == name)
    }
}

/// Fills in the placeholders of a command.
pub fn fill_in(command: &[String], with: &Placeholders) -> Vec<String> {
    let mut filled = Vec::new();
    for word in command {
        match word.as_str() {
            "{cmd}" => filled.extend_from_slice(&with.command),
            "{args}" => filled.extend_from_slice(&with.args),
            _ => {
                let mut word = word.clone();
                for (name, value) in &with.values {
                    word = word.replace(&format!("{{{name}}}"), value);
                }
                filled.push(word);
            }
        }
    }
    filled
}

/// Splits a command like a shell, and refuses what nothing will be put in for.
fn words(key: &'static str, text: &str) -> Result<Vec<String>> {
    let words = shlex::split(text).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| bad(key, "a quote is open, or there is no word"))?;
    for word in &words {
        let placeholder = word
            .split_once('{')
            .and_then(|(_, rest)| rest.split_once('}'));
        if let Some((name, _)) = placeholder
            && !VALUES.contains(&name)
            && !(["cmd", "args"].contains(&name) && word.len() == name.len() + 2)
        {
            let known = VALUES.join("}, {");
            return Err(bad(
                key,
                &format!(
                    "{{{name}}} is not known here; there are {{{known}}}, and {{cmd}} or {{args}} as a word"
                ),
            ));
        }
    }
    Ok(words)
}

const fn language(name: LanguageName) -> Language {
    match name {
        LanguageName::Rust => Language::Rust,
        LanguageName::Python => Language::Python,
        LanguageName::C => Language::C,
    }
}

fn bad(key: &str, problem: &str) -> Error {
    Error::BadFile {
        format: "description of a profiler",
        place: format!("`{key}`"),
        problem: problem.to_owned(),
    }
}

fn bad_toml(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().map_or("", |span| &text[..span.start]);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    Error::BadFile {
        format: "description of a profiler",
        place: format!("line {line}, column {column}"),
        problem: error.message().to_owned(),
    }
}

/// Makes a native frame comparable: demangled, without hashes and offsets.
pub(super) fn native_name(frame: &str) -> String {
    let frame = frame.split("+0x").next().unwrap_or(frame);
    let name = format!("{:#}", rustc_demangle::demangle(frame));
    // Demangled as C++ names, the older Rust names keep their hash.
    let is_hash = |part: &str| part.len() == 17 && part.starts_with('h');
    match name.rsplit_once("::") {
        Some((path, last)) if is_hash(last) => path.to_owned(),
        _ => name,
    }
}

const BUILT_IN: [&str; 15] = [
    include_str!("subjects/ours-in-process.toml"),
    include_str!("subjects/ours-launched.toml"),
    include_str!("subjects/ours-attached.toml"),
    include_str!("subjects/perf-fp.toml"),
    include_str!("subjects/perf-dwarf.toml"),
    include_str!("subjects/samply.toml"),
    include_str!("subjects/pprof-rs.toml"),
    include_str!("subjects/py-spy.toml"),
    include_str!("subjects/py-spy-nonblocking.toml"),
    include_str!("subjects/py-spy-native.toml"),
    include_str!("subjects/austin.toml"),
    include_str!("subjects/cprofile.toml"),
    include_str!("subjects/yappi.toml"),
    include_str!("subjects/pyinstrument.toml"),
    include_str!("subjects/scalene.toml"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "name = 'mine'\ncommand = 'mine -r {rate} -o \"{out}\" -- {cmd}'\n";

    #[test]
    fn what_is_built_in_is_well_described() {
        let subjects = Subject::built_in();
        let mut names: Vec<_> = subjects.iter().map(|subject| &subject.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), BUILT_IN.len());
    }

    #[test]
    fn a_command_is_filled_in_word_by_word() {
        let subject = Subject::parse(OWN).expect("it is well described");
        let with = Placeholders {
            command: vec!["a program".into(), "--flag".into()],
            args: Vec::new(),
            values: BTreeMap::from([("rate", "1000".into()), ("out", "a b".into())]),
        };
        let words = fill_in(&subject.command, &with);
        assert_eq!(
            words,
            [
                "mine",
                "-r",
                "1000",
                "-o",
                "a b",
                "--",
                "a program",
                "--flag"
            ]
        );
        assert_eq!(subject.version, ["mine", "--version"]);
        assert!(!subject.attaches());
    }

    #[test]
    fn a_bad_description_says_what_and_where() {
        let problem = |text: &str| Subject::parse(text).expect_err(text).to_string();
        insta::assert_snapshot!(
            [
                problem("name = 'a'\n"),
                problem("name = 'a'\ncommand = 'a {out}'\n"),
                problem("name = 'a'\ncommand = 'a {cmd}'\n"),
                problem("name = 'a'\ncommand = 'a {cmd} {out} {rat}'\n"),
                problem("name = 'a'\ncommand = 'a {cmd} -o{out} \"'\n"),
                problem(&format!("{OWN}clock = 'sun'\n")),
                problem(&format!("{OWN}colour = 1\n")),
                problem(&format!("{OWN}names = {{ '(' = '' }}\n")),
                problem("name = 'a"),
            ]
            .join("\n"),
            @r"
        description of a profiler, line 1, column 1: missing field `command`
        description of a profiler, `command`: it says neither {cmd}, to start the program, nor {pid}, to attach to it
        description of a profiler, `command`: it does not say where to write: {out} is missing
        description of a profiler, `command`: {rat} is not known here; there are {pid}, {rate}, {interval_us}, {duration}, {out}, {seed}, {self}, {python}, {folder}, {tools}, and {cmd} or {args} as a word
        description of a profiler, `command`: a quote is open, or there is no word
        description of a profiler, line 3, column 9: unknown variant `sun`, expected `cpu` or `wall`
        description of a profiler, line 3, column 1: unknown field `colour`, expected one of `name`, `languages`, `clock`, `command`, `after`, `version`, `install`, `format`, `weight`, `seconds_to_attach`, `workloads`, `except`, `names`, `ignore`
        description of a profiler, `names`: `(`: found open group without closing ')'
        description of a profiler, line 1, column 10: invalid literal string, expected `'`
        "
        );
    }

    #[test]
    fn names_lose_what_is_not_theirs() {
        let austin = format!("{OWN}names = {{ '^.*:([^:]+):\\d+$' = '$1' }}\n");
        let austin = Subject::parse(&austin).expect("it is well described");
        for (frame, name) in [
            ("a::b::h0123456789abcdef", "a::b"),
            ("_ZN1a1b17h0123456789abcdefE", "a::b"),
            ("memset+0x1f", "memset"),
            ("/tmp/workload.py:hash_text:31", "hash_text"),
        ] {
            assert_eq!(austin.name_of(frame), name);
        }
    }
}
