//! Compiles the workloads that are written in C, where there is a C compiler.
//!
//! Rust code is built with frame pointers throughout this workspace, and a Rust
//! library that is loaded at run time would bring a second standard library; C is the
//! plain way to both a function without frame pointers and a small shared library.
//! Without a compiler `has_c_compiler` is not set, and those workloads are not listed.

use std::error::Error;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=src/c");
    println!("cargo::rustc-check-cfg=cfg(has_c_compiler)");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    match compile() {
        Ok(()) => println!("cargo::rustc-cfg=has_c_compiler"),
        Err(error) => println!("cargo::warning=no workloads in C: {error}"),
    }
}

fn compile() -> Result<(), Box<dyn Error>> {
    // Always optimised and with unwind tables: what a distribution's package has.
    let mut build = cc::Build::new();
    build.opt_level(2).debug(true).warnings(true);
    build.flag("-fasynchronous-unwind-tables");

    let out = std::env::var("OUT_DIR")?;
    let library = Path::new(&out).join("libloaded.so");
    let mut shared: Command = build.try_get_compiler()?.to_command();
    let linked = shared
        .args(["-shared", "-fPIC", "src/c/loaded.c", "-o"])
        .arg(&library)
        .status()?;
    if !linked.success() {
        return Err(format!("the shared library did not link: {linked}").into());
    }
    build
        .clone()
        .force_frame_pointer(true)
        .file("src/c/tail_calls.c")
        .try_compile("tail_calls")?;
    build
        .force_frame_pointer(false)
        .flag("-fomit-frame-pointer")
        .file("src/c/no_frame_pointer.c")
        .try_compile("no_frame_pointer")?;
    Ok(())
}
