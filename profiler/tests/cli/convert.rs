//! `profiler convert`: through every format and back.

use std::path::Path;

use profiler::format::Format;

use crate::sandbox::{sandbox, with_profiles};

#[test]
fn every_format_is_written_by_its_name() {
    let sandbox = with_profiles();
    for format in Format::all() {
        let out = format!("out.{format}.bin");
        sandbox
            .run(&format!("convert before.folded {out} --format {format}"))
            .succeeds();
        assert!(!sandbox.files()[&out].is_empty(), "{format}");
    }
}

#[test]
fn what_is_read_back_is_what_was_written() {
    let sandbox = with_profiles();
    for format in ["folded", "speedscope", "pprof", "firefox", "json"] {
        sandbox
            .run(&format!("convert before.folded there --format {format}"))
            .succeeds();
        sandbox.run("convert there back.folded").succeeds();
        assert_eq!(
            sandbox.text("back.folded"),
            sandbox.text_sorted("before.folded"),
            "{format}"
        );
    }
}

#[test]
fn extensions_choose_the_format() {
    let sandbox = with_profiles();
    for (name, format) in [
        ("a.svg", Format::Svg),
        ("a.pb.gz", Format::Pprof),
        ("a.speedscope.json", Format::Speedscope),
        ("a.json", Format::Json),
    ] {
        assert_eq!(Format::from_path(Path::new(name)), Some(format));
        sandbox
            .run(&format!("convert before.folded {name}"))
            .succeeds();
        sandbox
            .run(&format!("convert before.folded same --format {format}"))
            .succeeds();
        let files = sandbox.files();
        assert!(files[name] == files["same"], "{name}");
    }
}

#[test]
fn standard_streams_are_files_as_well() {
    let sandbox = with_profiles();
    let mut command = sandbox.command();
    command
        .args(["convert", "-", "-", "--format", "folded"])
        .write_stdin(sandbox.text("before.folded"));
    let ran = sandbox
        .seen(command.output().expect("it can be started"))
        .succeeds();
    assert_eq!(ran.stdout, sandbox.text_sorted("before.folded"));
}

#[test]
fn threads_become_roots() {
    let ran = with_profiles()
        .run("convert after.folded - --format folded --threads")
        .succeeds();
    assert!(
        ran.stdout.lines().all(|line| line.starts_with("main;main")),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_output_of_perf_script_is_read() {
    let script = "\
workload 4242 100.000001:    1000000 cpu-clock:u:
\t    55d0c0de1000 hot+0x10 (/tmp/workload)
\t    55d0c0de2000 main+0x20 (/tmp/workload)

workload 4242 100.001001:    1000000 cpu-clock:u:
\t    55d0c0de2000 main+0x20 (/tmp/workload)

";
    let sandbox = sandbox().with("perf.txt", script);
    let ran = sandbox.run("convert perf.txt - --format folded").succeeds();
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[1].starts_with("main;hot "), "{}", ran.stdout);
}

#[test]
fn the_old_file_stays_if_the_input_is_bad() {
    let sandbox = with_profiles()
        .with("bad", "no profile\n")
        .with("out.svg", "old");
    sandbox.refusal("convert bad out.svg");
    assert_eq!(sandbox.text("out.svg"), "old");
}
