//! The pages that help gives, as they stand on a page 80 columns wide.

use insta::assert_snapshot;

use crate::sandbox::sandbox;

#[test]
fn the_commands() {
    assert_snapshot!(help("-h"));
}

#[test]
fn record() {
    assert_snapshot!(help("record -h"));
}

#[test]
fn top() {
    assert_snapshot!(help("top -h"));
}

#[test]
fn dump() {
    assert_snapshot!(help("dump -h"));
}

#[test]
fn report() {
    assert_snapshot!(help("report -h"));
}

#[test]
fn diff() {
    assert_snapshot!(help("diff -h"));
}

#[test]
fn convert() {
    assert_snapshot!(help("convert -h"));
}

#[test]
fn recover() {
    assert_snapshot!(help("recover -h"));
}

#[test]
fn long_help_lists_the_same_options() {
    for command in [
        "record", "top", "dump", "report", "diff", "convert", "recover",
    ] {
        let options = |page: &str| -> Vec<String> {
            let words = page
                .lines()
                .filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")));
            words.map(str::to_owned).collect()
        };
        let (short, long) = (
            help(&format!("{command} -h")),
            help(&format!("{command} --help")),
        );
        for option in options(&short) {
            assert!(long.contains(&option), "{command} {option}");
        }
        assert_eq!(help(&format!("help {command}")), long);
    }
}

#[test]
fn no_command_is_a_question_for_help() {
    let ran = sandbox().run("").exits_with(2);
    assert!(
        ran.stderr.contains("Usage: profiler <COMMAND>"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_version_is_the_packages() {
    let version = concat!("profiler ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(sandbox().run("--version").succeeds().stdout, version);
}

fn help(line: &str) -> String {
    let sandbox = sandbox();
    let mut command = sandbox.command();
    command.args(line.split_whitespace()).env("COLUMNS", "80");
    let output = command.output().expect("it can be started");
    let page = sandbox.seen(output).succeeds().stdout;
    // clap pads the lines between paragraphs, and an editor may take that away.
    let lines: Vec<_> = page.lines().map(str::trim_end).collect();
    lines.join("\n")
}
