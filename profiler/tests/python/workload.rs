//! A workload in Python, its truth, and what a profile says of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bench_fixtures::catalogue;
use profiler::Profile;
use profiler::accuracy::Truth;

/// Beyond this, chance is to blame in one comparison of two million; there are some hundred.
pub const MAX_Z: f64 = 5.0;

/// The scripts of the workloads, in a folder of their own.
pub struct Scripts {
    pub folder: tempfile::TempDir,
    pub script: PathBuf,
}

impl Scripts {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = catalogue::write_python(folder.path()).expect("scripts can be written");
        Self { folder, script }
    }

    pub fn command(&self, python: &Path, workload: &str, seconds: &str) -> Command {
        let mut command = Command::new(python);
        command
            .arg(&self.script)
            .args([workload, "--seconds", seconds]);
        command
    }
}

/// A workload that waits to be let go.
pub struct Waiting(Child);

impl Waiting {
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .arg("--wait")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the interpreter is there");
        let mut line = String::new();
        let stderr = child.stderr.as_mut().expect("it is piped");
        BufReader::new(stderr).read_line(&mut line).expect("text");
        assert_eq!(line, "ready\n");
        Self(child)
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    pub fn go(&mut self) {
        let mut stdin = self.0.stdin.take().expect("it is piped");
        stdin.write_all(b"go\n").expect("it reads");
    }

    pub fn truth(mut self) -> Truth {
        let mut text = String::new();
        let stdout = self.0.stdout.as_mut().expect("it is piped");
        stdout.read_to_string(&mut text).expect("text");
        assert!(self.0.wait().expect("it is ours").success(), "{text}");
        Truth::find_in(&text).expect("its report")
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The bare name of a function: without its class, its file and its line.
pub fn bare(label: &str) -> &str {
    let name = label.split(" (").next().unwrap_or(label);
    name.rsplit('.').next().unwrap_or(name)
}

/// Asserts that each function's share of the time in all of them is what the workload
/// measured, but for chance.
pub fn assert_true(profile: &Profile, truth: &Truth, what: &str) {
    let mut counts = vec![0_u64; truth.functions.len()];
    for (stack, weight) in profile.stacks() {
        let at = truth
            .functions
            .iter()
            .position(|function| stack.iter().any(|frame| bare(frame) == function.name));
        if let Some(at) = at {
            counts[at] += weight.as_samples();
        }
    }
    let n = counts.iter().sum::<u64>() as f64;
    assert!(n > 100.0, "{what}: {n} samples, {}", profile.quality());
    for (function, count) in truth.functions.iter().zip(counts) {
        let (seen, share) = (count as f64 / n, function.share);
        let error = (share * (1.0 - share) / n).sqrt();
        let off = ((seen - share).abs() - function.share_uncertainty).max(0.0);
        assert!(
            off < MAX_Z * error,
            "{what}: {} has {seen:.3} of {n} samples, truly {share:.3}; z = {:.1}; {}",
            function.name,
            off / error,
            profile.quality()
        );
    }
    // What is in none of them is the interpreter's start and end, and what measures.
    let in_functions = truth.functions_cpu_seconds();
    let per_second = n / in_functions;
    let asked = profile.quality().rate_asked;
    assert!(
        (0.7..1.2).contains(&(per_second / asked)),
        "{what}: {per_second:.0} samples a second of {asked:.0}; {}",
        profile.quality()
    );
}
