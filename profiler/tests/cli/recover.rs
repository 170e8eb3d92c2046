//! `profiler recover`; how recordings come to need it is tested with signals.

use insta::assert_snapshot;

use crate::sandbox::sandbox;

#[test]
fn a_folder_without_spools_says_where_to_look() {
    let ran = sandbox().run("recover").exits_with(0);
    assert_eq!(ran.stdout, "");
    assert_snapshot!(ran.stderr, @"No spools here: look in the folder that the output was to go to.");
}

#[test]
fn other_files_are_no_spools() {
    let sandbox = sandbox().with(".a.svg.1.spool", "something else");
    assert_eq!(sandbox.run("recover").succeeds().stdout, ".a.svg.1.spool\n");
    assert_snapshot!(sandbox.refusal("recover .a.svg.1.spool -o a.svg"), @r"
    error: cannot recover `.a.svg.1.spool`: .a.svg.1.spool is not the spool file of a recording
    hint: `profiler recover` lists the spools in the current folder
    ");
    assert_snapshot!(sandbox.refusal("recover missing -o a.svg"), @r"
    error: cannot recover `missing`: could not read the spool file: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
}
