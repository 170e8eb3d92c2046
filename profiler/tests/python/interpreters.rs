//! The interpreters that there are to test with.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The second parts of the versions to test with: the oldest and the newest, or all with
/// `PYTHONS=all`, as before a release.
pub fn minors() -> Vec<u32> {
    all_or(&[8, 13])
}

/// The same, with one between them, whose layout is of neither.
pub fn layouts() -> Vec<u32> {
    all_or(&[8, 11, 13])
}

fn all_or(some: &[u32]) -> Vec<u32> {
    if env::var_os("PYTHONS").is_some_and(|wish| wish == "all") {
        (8..=13).collect()
    } else {
        some.to_vec()
    }
}

/// Calls `test` with the interpreter of each of these versions that is there, and says which
/// are not.
pub fn each(minors: impl IntoIterator<Item = u32>, mut test: impl FnMut(u32, &PathBuf)) {
    for minor in minors {
        match find(minor) {
            Some(python) => test(minor, &python),
            None => eprintln!("skipped: there is no Python 3.{minor} here"),
        }
    }
}

/// Finds a version where pyenv keeps them, or among the programs that can be started.
pub fn find(minor: u32) -> Option<PathBuf> {
    let name = format!("python3.{minor}");
    let of_pyenv = env::home_dir().and_then(|home| {
        let versions = fs::read_dir(home.join(".pyenv/versions")).ok()?;
        let mut paths: Vec<PathBuf> = versions
            .flatten()
            .map(|version| version.path().join("bin").join(&name))
            .filter(|path| path.exists())
            .collect();
        paths.sort();
        paths.pop()
    });
    of_pyenv
        .into_iter()
        .chain([PathBuf::from(&name)])
        .find(|python| {
            let mut command = Command::new(python);
            command
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        })
}
