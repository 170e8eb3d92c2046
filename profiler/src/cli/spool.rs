//! Where a recording is kept while it runs, and how it is found again.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

/// How the names of spools end; they begin with a dot.
const ENDING: &str = ".spool";

/// The spool of a recording that is to become `output`: `.NAME.PID.spool` beside it,
/// with the number of this process, so that two recordings do not share one.
pub fn beside(output: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(output.file_name().unwrap_or("profile".as_ref()));
    name.push(format!(".{}{ENDING}", process::id()));
    output.with_file_name(name)
}

/// The spools in a folder, in the order of their names.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut spools = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if text.starts_with('.') && text.ends_with(ENDING) {
            spools.push(PathBuf::from(name));
        }
    }
    spools.sort();
    Ok(spools)
}

/// The recorder that is still writing to a spool, if it lives.
pub fn recorder(spool: &Path) -> Option<u32> {
    let name = spool.file_name()?.to_str()?;
    let (_, pid) = name.strip_suffix(ENDING)?.rsplit_once('.')?;
    let pid: u32 = pid.parse().ok()?;
    let program = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    (program.trim_end() == env!("CARGO_BIN_NAME")).then_some(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spool_is_a_hidden_file_beside_its_output() {
        let pid = process::id();
        let name = |output: &str| beside(Path::new(output)).display().to_string();
        assert_eq!(name("flame.svg"), format!(".flame.svg.{pid}.spool"));
        assert_eq!(name("out/a.pb.gz"), format!("out/.a.pb.gz.{pid}.spool"));
    }

    #[test]
    fn spools_are_found_again() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in [
            ".b.svg.12.spool",
            ".a.svg.7.spool",
            "a.svg",
            ".hidden",
            "x.spool",
        ] {
            fs::write(dir.path().join(name), "").expect("it can be written");
        }
        let found = list(dir.path()).expect("it is a folder");
        assert_eq!(
            found,
            [".a.svg.7.spool", ".b.svg.12.spool"].map(PathBuf::from)
        );
        // Number 0 is nobody's.
        assert_eq!(recorder(Path::new(".a.svg.0.spool")), None);
        assert_eq!(recorder(Path::new("spool")), None);
    }
}
