//! A folder in which the command is run, and what is seen of a run.
//!
//! Each test has a sandbox of its own: the working folder, the data root and the
//! home folder all lie in it, so tests can run beside one another and none can
//! touch the user's own data.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A month of the embedded market, which takes the test build about a second.
pub const DECEMBER: &str = "--start=2017-12 --end=2018-01";

/// Hours in [`DECEMBER`].
pub const DECEMBER_TICKS: u64 = 31 * 24;

/// A new sandbox.
pub fn sandbox() -> Sandbox {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for folder in ["work", "home"] {
        fs::create_dir(dir.path().join(folder)).expect("it can be made");
    }
    Sandbox { dir }
}

/// Runs `backtest` with the words of `line` in a sandbox of its own.
pub fn backtest(line: &str) -> Ran {
    sandbox().backtest(line)
}

/// What `backtest` says when it refuses the words of `line`.
pub fn refusal(line: &str) -> String {
    sandbox().refusal(line)
}

pub struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    /// Puts a file into the working folder.
    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("it can be written");
        self
    }

    /// Puts a folder into the working folder.
    pub fn with_folder(self, name: &str) -> Self {
        fs::create_dir_all(self.path(name)).expect("it can be made");
        self
    }

    /// Where `name` is in the working folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("work").join(name)
    }

    /// The folder that the command keeps its data in; it is made by the command.
    pub fn data_root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    /// Where the bundle of a pair such as `btc_usdt` lies.
    pub fn bundle(&self, pair: &str) -> PathBuf {
        let folder = self
            .data_root()
            .join("data/exchanges/poloniex/hourly_bundle");
        folder.join(format!("{pair}.bars"))
    }

    /// The text of a file in the working folder.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it was written")
    }

    /// The command, at home in this sandbox.
    pub fn command(&self) -> Command {
        self.settle(Command::new(env!("CARGO_BIN_EXE_backtest")))
    }

    /// Another program, for which the command is at home in this sandbox.
    pub fn settle(&self, mut command: Command) -> Command {
        command
            .current_dir(self.dir.path().join("work"))
            .env("BACKDRAFT_ROOT", self.data_root())
            .env("HOME", self.dir.path().join("home"))
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs the command with the words of `line`.
    pub fn backtest(&self, line: &str) -> Ran {
        self.with_args(line.split_whitespace())
    }

    /// Runs the command with words that may be empty or hold spaces.
    pub fn with_args(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.seen(self.command().args(args))
    }

    /// Runs a command to its end.
    pub fn seen(&self, command: &mut Command) -> Ran {
        let output = command.output().expect("it can be started");
        let here = self.dir.path().to_str().expect("a plain path").to_owned();
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr).replace(&here, "[sandbox]"),
        }
    }

    /// What the command says when it refuses the words of `line`.
    pub fn refusal(&self, line: &str) -> String {
        self.refusal_of(line.split_whitespace())
    }

    /// What the command says when it refuses these words: it exits with 2, prints
    /// nothing to standard output, and leaves every file and folder as it was.
    pub fn refusal_of(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        let before = self.files();
        let ran = self.with_args(args).exits_with(2);
        assert_eq!(ran.stdout, "", "a refusal leaves standard output alone");
        assert_eq!(self.files(), before, "a refusal leaves nothing behind");
        ran.stderr
    }

    /// Every file with its content and every folder, by its path.
    pub fn files(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut files = BTreeMap::new();
        collect(self.dir.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
            files.insert(path, None);
        } else {
            let content = fs::read(&path).expect("a file");
            files.insert(path, Some(content));
        }
    }
}

/// What was seen of a run; two are equal when they print the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Asserts that it is done, and quietly so.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        let ran = self.exits_with(0);
        assert_eq!(ran.stderr, "", "nothing to say beside the result");
        ran
    }

    /// Asserts its exit code.
    #[track_caller]
    pub fn exits_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// The value of a row of the table.
    #[track_caller]
    pub fn row(&self, name: &str) -> &str {
        let row = self.stdout.lines().find_map(|line| {
            let value = line.strip_prefix(name)?;
            value.starts_with(' ').then(|| value.trim_start())
        });
        row.unwrap_or_else(|| panic!("no row {name:?} in\n{}", self.stdout))
    }

    /// The last line of standard output.
    #[track_caller]
    pub fn last_line(&self) -> &str {
        self.stdout.lines().last().expect("it printed something")
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("standard output is one JSON value")
    }
}
