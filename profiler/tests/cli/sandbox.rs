//! A folder in which the command is run, and what is seen of a run.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A new sandbox.
pub fn sandbox() -> Sandbox {
    Sandbox {
        dir: tempfile::tempdir().expect("a temporary folder"),
    }
}

/// A sandbox with two profiles, `before.folded` and `after.folded`.
pub fn with_profiles() -> Sandbox {
    sandbox()
        .with("before.folded", include_str!("../data/before.folded"))
        .with("after.folded", include_str!("../data/after.folded"))
}

/// What `profiler` says when it refuses the words of `line`.
pub fn refusal(line: &str) -> String {
    sandbox().refusal(line)
}

pub struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    /// Puts a file into the folder.
    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("it can be written");
        self
    }

    /// Where `name` is in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The text of a file in the folder.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it was written")
    }

    /// The lines of a file in the folder in their order as profiles have it.
    pub fn text_sorted(&self, name: &str) -> String {
        let text = self.text(name);
        let mut lines: Vec<&str> = text.lines().collect();
        // By the stacks' frames, so that `a;b` comes before `a::c`.
        lines.sort_by_key(|line| {
            let (stack, _) = line.rsplit_once(' ').expect("a count");
            stack.split(';').collect::<Vec<_>>()
        });
        lines.join("\n") + "\n"
    }

    /// A profile in the folder.
    pub fn profile(&self, name: &str) -> profiler::Profile {
        let file = fs::File::open(self.path(name)).expect("it was written");
        profiler::format::read(file, Some(Path::new(name))).expect("it is a profile")
    }

    /// The command, at home in this sandbox.
    pub fn command(&self) -> Command {
        Command::from_std(self.settled(process::Command::new(env!("CARGO_BIN_EXE_profiler"))))
    }

    /// The command, started and left running.
    pub fn start(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> process::Child {
        self.settled(process::Command::new(env!("CARGO_BIN_EXE_profiler")))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started")
    }

    /// The command, started with a home of its own and left running.
    pub fn start_at(
        &self,
        home: &Path,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> process::Child {
        self.settled(process::Command::new(env!("CARGO_BIN_EXE_profiler")))
            .args(args)
            .env("HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be started")
    }

    fn settled(&self, mut command: process::Command) -> process::Command {
        command
            .current_dir(self.dir.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env_remove("PYROSCOPE_AUTH_TOKEN");
        command
    }

    /// Runs the command with the words of `line`.
    pub fn run(&self, line: &str) -> Ran {
        self.run_args(line.split_whitespace())
    }

    /// Runs the command with words that may be empty or hold spaces.
    pub fn run_args(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.seen(
            self.command()
                .args(args)
                .output()
                .expect("it can be started"),
        )
    }

    /// What was seen of a run that has ended.
    pub fn seen(&self, output: process::Output) -> Ran {
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
    /// nothing to standard output, and leaves every file as it was.
    pub fn refusal_of(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> String {
        let before = self.files();
        let ran = self.run_args(args).exits_with(2);
        assert_eq!(ran.stdout, "", "a refusal leaves standard output alone");
        assert_eq!(self.files(), before, "a refusal leaves nothing behind");
        ran.stderr
    }

    /// Every file with its content, by its name.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.dir.path()).expect("a folder");
        let file = |entry: fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("a file"))
        };
        entries
            .map(|entry| file(entry.expect("an entry")))
            .collect()
    }

    /// The names of all files.
    pub fn names(&self) -> Vec<String> {
        self.files().into_keys().collect()
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

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("standard output is one JSON value")
    }
}
