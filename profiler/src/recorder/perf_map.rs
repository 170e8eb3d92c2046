//! Names of code that a program makes as it runs.
//!
//! Such code is in no file. By a convention of Linux's perf tool, its makers (CPython
//! with `-X perf`, Node.js with `--perf-basic-prof`, Java agents) list it in
//! `/tmp/perf-PID.map`, a line for each function: start and size in hexadecimal, name.

use std::fs;

/// The functions of one process, in the order of their addresses.
#[derive(Debug, Default)]
pub(super) struct PerfMap(Vec<(u64, u64, String)>);

impl PerfMap {
    /// Reads the list of a process; empty if there is none.
    pub(super) fn of_process(pid: u32) -> Self {
        // The process may have another number, and another /tmp, in its container.
        let inside = fs::read_to_string(format!("/proc/{pid}/status")).ok();
        let inside = inside.as_deref().and_then(innermost_pid).unwrap_or(pid);
        let places = [
            format!("/proc/{pid}/root/tmp/perf-{inside}.map"),
            format!("/tmp/perf-{pid}.map"),
        ];
        let text = places.iter().find_map(|path| fs::read_to_string(path).ok());
        text.map_or_else(Self::default, |text| Self::parse(&text))
    }

    /// Returns the function at an address.
    pub(super) fn function(&self, address: u64) -> Option<&str> {
        let after = self.0.partition_point(|(start, ..)| *start <= address);
        let (start, size, name) = &self.0[after.checked_sub(1)?];
        (address - start < *size).then_some(name)
    }

    fn parse(text: &str) -> Self {
        let hex = |digits: &str| {
            let digits = digits.strip_prefix("0x").unwrap_or(digits);
            u64::from_str_radix(digits, 16).ok()
        };
        let mut functions: Vec<_> = text
            .lines()
            .filter_map(|line| {
                let (start, rest) = line.split_once(' ')?;
                let (size, name) = rest.split_once(' ')?;
                Some((hex(start)?, hex(size)?, name.to_owned()))
            })
            .collect();
        // Stable: of two at the same address, the later one has taken the place.
        functions.sort_by_key(|(start, ..)| *start);
        Self(functions)
    }
}

fn innermost_pid(status: &str) -> Option<u32> {
    let line = status.lines().find(|line| line.starts_with("NSpid:"))?;
    line.split_ascii_whitespace().last()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_by_address() {
        let map =
            PerfMap::parse("2000 10 py::b:/x y.py\n1000 0x20 py::a\nnonsense\n2000 8 py::c\n");
        assert_eq!(map.function(0x1000), Some("py::a"));
        assert_eq!(map.function(0x101f), Some("py::a"));
        assert_eq!(map.function(0x1020), None);
        assert_eq!(map.function(0xfff), None);
        assert_eq!(map.function(0x2004), Some("py::c"));
        assert_eq!(innermost_pid("Name:\tx\nNSpid:\t812\t7\n"), Some(7));
    }
}
