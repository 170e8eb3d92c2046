//! The threads of a process, and the processes that it has started.

use std::fs;
use std::io;

/// Lists the threads of a process in the order of their numbers.
pub(super) fn threads_of(pid: u32) -> io::Result<Vec<u32>> {
    let mut tids: Vec<u32> = fs::read_dir(format!("/proc/{pid}/task"))?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    tids.sort_unstable();
    Ok(tids)
}

/// Lists the processes that a process has started, and theirs.
pub(super) fn descendants_of(pid: u32) -> Vec<u32> {
    let mut all = children_of(pid);
    let mut at = 0;
    while let Some(&parent) = all.get(at) {
        all.extend(children_of(parent));
        at += 1;
    }
    all
}

/// Lists the processes that a process has started, as far as the kernel tells.
pub(super) fn children_of(pid: u32) -> Vec<u32> {
    let mut children = Vec::new();
    for tid in threads_of(pid).unwrap_or_default() {
        let list = fs::read_to_string(format!("/proc/{pid}/task/{tid}/children"));
        let list = list.unwrap_or_default();
        children.extend(
            list.split_ascii_whitespace()
                .filter_map(|child| child.parse::<u32>().ok()),
        );
    }
    children
}
