//! Function names that fit into a flame graph.
//!
//! A full Rust name carries its whole path and every type parameter, often hundreds
//! of characters. What tells functions apart in a picture is the function and the
//! type or module that it belongs to.

/// The last two parts of a function's path, without type parameters.
///
/// `<a::b::Type as c::Trait>::method::<T>` becomes `Type::method`. A closure keeps the
/// function that it is in. A name in square brackets, which stands for an address or a
/// note, stays as it is.
pub fn shorten(name: &str) -> String {
    if name.starts_with('[') {
        return name.to_owned();
    }
    let plain = match name.strip_prefix('<').and_then(split_at_close) {
        Some((of, method)) => format!("{}::{}", self_type(of), without_parameters(method)),
        None => without_parameters(name),
    };
    let parts: Vec<&str> = plain
        .split("::")
        .filter(|part| !part.is_empty() && !part.starts_with("{impl"))
        .collect();
    let n_closures = parts.iter().filter(|part| part.starts_with('{')).count();
    let n_kept = 2 + usize::from(n_closures > 0);
    let kept = &parts[parts.len().saturating_sub(n_kept)..];
    if kept.is_empty() {
        name.to_owned()
    } else {
        kept.join("::")
    }
}

/// The last part of the type in `Type as Trait`.
fn self_type(of: &str) -> String {
    let plain = without_parameters(of);
    let of = plain.split(" as ").next().unwrap_or_default();
    let of = of.split(" + ").next().unwrap_or_default();
    of.rsplit("::").next().unwrap_or_default().to_owned()
}

/// Splits at the angle bracket that closes one opened before the text.
fn split_at_close(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        depth += step(before, character);
        if depth == 0 {
            return Some((&text[..at], &text[at + 1..]));
        }
        before = character;
    }
    None
}

/// Leaves out everything between angle brackets, brackets included.
fn without_parameters(text: &str) -> String {
    let mut plain = String::new();
    let (mut depth, mut before) = (0, ' ');
    for character in text.chars() {
        let change = step(before, character);
        if depth == 0 && change == 0 {
            plain.push(character);
        }
        depth += change;
        before = character;
    }
    plain
}

/// How a character changes the depth of angle brackets; an arrow is none.
fn step(before: char, character: char) -> i32 {
    match character {
        '<' => 1,
        '>' if before != '-' => -1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_tells_them_apart() {
        for (name, short) in [
            ("main", "main"),
            (
                "backtest::exchange::folder::ensure_directory",
                "folder::ensure_directory",
            ),
            (
                "backtest::exchange::retry::Retrier::retry",
                "Retrier::retry",
            ),
            (
                "backtest::exchange::retry::Call<A>::log_eagerly",
                "Call::log_eagerly",
            ),
            (
                "<backtest::exchange::portal::ExchangePortal as backtest::portal::DataPortal>::spot_price",
                "ExchangePortal::spot_price",
            ),
            ("mark<backtest::exchange::portal::ExchangePortal>", "mark"),
            ("call_once<fn() -> std::process::ExitCode, ()>", "call_once"),
            ("<[u8]>::to_vec", "[u8]::to_vec"),
            (
                "<std::sys::fs::unix::DirBuilder>::mkdir::{closure#0}",
                "DirBuilder::mkdir::{closure#0}",
            ),
            (
                "backtest::exchange::portal::{impl#4}::get_reader",
                "portal::get_reader",
            ),
            (
                "std::sys::helpers::run_with_cstr::<std::sys::FileAttr>",
                "helpers::run_with_cstr",
            ),
            (
                "<&dyn core::ops::Fn<(), Output = i32> + core::marker::Sync as core::ops::FnOnce<()>>::call_once",
                "Fn::call_once",
            ),
            ("{closure#1}", "{closure#1}"),
            ("[libc.so.6+0x97360]", "[libc.so.6+0x97360]"),
            ("a < b", "a "),
            ("<", "<"),
            (">>", ">>"),
            ("", ""),
        ] {
            assert_eq!(shorten(name), short, "{name}");
        }
    }
}
