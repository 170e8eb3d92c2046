//! What naming the functions of a large binary costs: the compiler's, where `rustc` can be
//! recorded.
//!
//! The samples are those of a compiler at work, saved in a spool; to recover it is to open
//! the files that were mapped, look up every address, and make a profile of the stacks.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use profiler::{Profile, RecordOptions, Recording, State, recover};

/// A program that keeps the compiler busy for some seconds.
fn program() -> String {
    let function = |n: u32| {
        format!(
            "fn f{n}(m: &mut std::collections::BTreeMap<(u8, [u8; {}]), Vec<String>>) {{ \
             m.entry(({}, [1; {}])).or_default().push(format!(\"{{:?}}\", m.len())); }}",
            n + 1,
            n % 200,
            n + 1
        )
    };
    let functions: Vec<String> = (0..250).map(function).collect();
    let calls: Vec<String> = (0..250)
        .map(|n| format!("f{n}(&mut Default::default());"))
        .collect();
    format!(
        "{}\nfn main() {{ {} }}",
        functions.join("\n"),
        calls.join(" ")
    )
}

/// Records the compiler once, and leaves the spool.
fn record(dir: &Path) -> Option<Profile> {
    let source = dir.join("program.rs");
    fs::write(&source, program()).ok()?;
    // Not a wrapper around it, which would be another process.
    let sysroot = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .ok()?;
    let sysroot = String::from_utf8(sysroot.stdout).ok()?;
    let mut rustc = Command::new(Path::new(sysroot.trim()).join("bin/rustc"));
    rustc
        .args(["-O", "--edition=2024", "--out-dir"])
        .arg(dir)
        .arg(&source);
    rustc
        .env_remove("RUSTFLAGS")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut options = RecordOptions::new();
    options.rate_hz = 5_000.0;
    options.spool = Some(dir.join("spool"));
    let mut recording = Recording::launch(rustc, options).ok()?;
    while recording.advance(Duration::from_secs(1)).ok()? == State::Running {}
    recording.finish().ok()
}

fn symbolize(criterion: &mut Criterion) {
    let dir = env::temp_dir().join(format!("symbolize-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("there is a folder for temporary files");
    if record(&dir).is_some() {
        let spool = dir.join("spool");
        let recovered = recover(&spool).expect("the recording has left it");
        let mut group = criterion.benchmark_group("symbolize");
        group.throughput(Throughput::Elements(recovered.total().as_samples()));
        group.sample_size(10);
        group.bench_function("rustc", |bencher| {
            bencher.iter(|| black_box(recover(&spool).is_ok()));
        });
        group.finish();
    } else {
        println!("skipped: the compiler cannot be recorded here");
    }
    fs::remove_dir_all(&dir).expect("it was made here");
}

criterion_group!(benches, symbolize);
criterion_main!(benches);
