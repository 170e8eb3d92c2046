//! Copying the stack of a thread of another process.

use std::io;

use super::clock::now;
use super::record::StackDump;
use crate::sys::{self, Tracer};

/// How much of a stack is read, at most.
const MAX_BYTES: usize = 1 << 20;

/// How much is read at first.
const FIRST_BYTES: usize = 64 << 10;

/// What must be unchanged at the end of a copied part for the rest to belong to it.
const OVERLAP: usize = 4096;

/// Stops a thread, copies its registers and its stack, and lets it go. Also returns for how
/// many nanoseconds it stood still.
pub(super) fn stop_and_copy(
    tracer: &mut Tracer,
    pid: u32,
    tid: u32,
) -> io::Result<(StackDump, u64)> {
    let stopped = tracer.stop(tid)?;
    let start = now();
    let registers = stopped.registers()?;
    let mut stack = vec![0; FIRST_BYTES];
    let mut n = sys::read_remote(pid, registers.stack_pointer, &mut stack);
    if n == FIRST_BYTES {
        stack.resize(MAX_BYTES, 0);
        let rest = registers.stack_pointer + FIRST_BYTES as u64;
        n += sys::read_remote(pid, rest, &mut stack[FIRST_BYTES..]);
    }
    drop(stopped);
    let nanos = now() - start;
    stack.truncate(n);
    let dump = StackDump {
        is_switch: false,
        registers: Some(registers),
        stack,
        is_cut: n == MAX_BYTES,
    };
    Ok((dump, nanos))
}

/// Reads the rest of a stack that is larger than a record, from the thread's memory.
///
/// The thread runs on meanwhile. But if the end of the copied part is the same before
/// and after the reading, the frames further out have not been returned to yet, or at
/// least not been overwritten.
pub(super) fn read_on(pid: u32, dump: &mut StackDump) {
    let Some(registers) = dump.registers.filter(|_| dump.is_cut) else {
        return;
    };
    let Some(known) = dump.stack.len().checked_sub(OVERLAP) else {
        return;
    };
    let mut more = vec![0; OVERLAP + MAX_BYTES];
    let start = registers.stack_pointer + known as u64;
    let n = sys::read_remote(pid, start, &mut more);
    let mut again = [0; OVERLAP];
    let n_again = sys::read_remote(pid, start, &mut again);
    let is_same = n > OVERLAP && n_again == OVERLAP && again == dump.stack[known..];
    if is_same && more[..OVERLAP] == again {
        dump.stack.extend_from_slice(&more[OVERLAP..n]);
    }
}
