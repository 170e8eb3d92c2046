//! The module that a Rust function is in, as far as its source file tells.
//!
//! Line tables name an inlined function `fmt` or `{closure#0}`, which in a flame graph
//! could be any of a hundred. Its file, by Rust's own layout, is its module.

/// Puts the module path of `file` before a function's bare `name`; a name that has a
/// path already, or whose file is no Rust source, stays as it is.
pub(crate) fn qualify(name: &str, file: Option<&str>) -> String {
    let bare = name.split('<').next().unwrap_or(name);
    let path = file.filter(|_| !bare.contains("::") && !name.starts_with('<'));
    match path.and_then(module_path) {
        Some(path) => format!("{path}::{}", without_long_arguments(name)),
        None => name.to_owned(),
    }
}

/// Types longer than this say more of the compiler than of the program.
const LONGEST_ARGUMENTS: usize = 40;

/// Puts `<…>` for the types that a function is made for where they fill a line or more.
fn without_long_arguments(name: &str) -> String {
    match name.split_once('<') {
        Some((function, types)) if types.len() > LONGEST_ARGUMENTS => format!("{function}<…>"),
        _ => name.to_owned(),
    }
}

/// `…/chrono-0.4.45/src/format/mod.rs` is `chrono::format`, and a file that is in no
/// `src` folder, such as a test or a benchmark, is a crate of its own.
fn module_path(file: &str) -> Option<String> {
    let modules = file.strip_suffix(".rs")?;
    let Some((before, modules)) = modules.rsplit_once("/src/") else {
        return Some(modules.rsplit('/').next()?.to_owned());
    };
    let folder = before.rsplit('/').next()?;
    let mut path = crate_name(folder).replace('-', "_");
    for module in modules.split('/') {
        if !matches!(module, "lib" | "main" | "mod") {
            path.push_str("::");
            path.push_str(module);
        }
    }
    Some(path)
}

/// A package's folder without the version that cargo's registry adds.
fn crate_name(folder: &str) -> &str {
    let is_version =
        |text: &str| text.contains('.') && text.starts_with(|c: char| c.is_ascii_digit());
    match folder
        .match_indices('-')
        .find(|(at, _)| is_version(&folder[at + 1..]))
    {
        Some((at, _)) => &folder[..at],
        None => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, file: &str, expected: &str) {
        assert_eq!(qualify(name, Some(file)), expected);
    }

    #[test]
    fn the_file_tells_the_module() {
        check(
            "signal",
            "backtest/src/strategy/mean_reversion.rs",
            "backtest::strategy::mean_reversion::signal",
        );
        check(
            "fmt",
            "/rustc/59807616e/library/core/src/fmt/mod.rs",
            "core::fmt::fmt",
        );
        check(
            "fmt",
            "/r/index-1949/chrono-0.4.45/src/format/formatting.rs",
            "chrono::format::formatting::fmt",
        );
        check(
            "read",
            "/r/index-1949/my-crate-1.0.0-rc.1/src/lib.rs",
            "my_crate::read",
        );
        check(
            "{closure#0}<i32>",
            "bench-fixtures/src/rng.rs",
            "bench_fixtures::rng::{closure#0}<i32>",
        );
        check("mark<a::b::C>", "x/src/y.rs", "x::y::mark<a::b::C>");
        check(
            "fold<alloc::vec::into_iter::IntoIter<a::b::C, alloc::alloc::Global>, u64>",
            "/rustc/59807616e/library/core/src/iter/adapters/map.rs",
            "core::iter::adapters::map::fold<…>",
        );
        check(
            "{closure#0}",
            "backtest/benches/engine.rs",
            "engine::{closure#0}",
        );
    }

    #[test]
    fn a_name_that_says_enough_stays() {
        check(
            "core::fmt::write",
            "/x/library/core/src/fmt/mod.rs",
            "core::fmt::write",
        );
        check("<a::B as c::D>::fmt", "x/src/y.rs", "<a::B as c::D>::fmt");
        check("memcpy", "../sysdeps/x86_64/memcpy.S", "memcpy");
        assert_eq!(qualify("memcpy", None), "memcpy");
    }
}
