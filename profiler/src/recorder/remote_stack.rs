//! Copying the stack of a thread of another process.

use std::io;

use super::clock::now;
use super::python::{Locals, Pythons, RawStack};
use super::record::StackDump;
use crate::sys::{self, Tracer};
use crate::unwind::Registers;

/// How much of a stack is read, at most.
const MAX_BYTES: usize = 1 << 20;

/// How much is read at first.
const FIRST_BYTES: usize = 64 << 10;

/// What must be unchanged at the end of a copied part for the rest to belong to it.
const OVERLAP: usize = 4096;

/// What is looked at of a thread that stands still.
pub(super) struct Look<'a> {
    /// Reads Python's frames, where they are wanted.
    pub(super) pythons: Option<&'a mut Pythons>,
    /// Whether native frames are wanted of threads that run Python.
    pub(super) is_joined: bool,
    /// Whether the variables of Python's frames are wanted.
    pub(super) has_locals: bool,
}

/// Stops a thread, copies its registers and its stack, and lets it go. Also returns for how
/// many nanoseconds it stood still, and its variables if they are wanted.
pub(super) fn stop_and_copy(
    tracer: &mut Tracer,
    pid: u32,
    tid: u32,
    look: &mut Look<'_>,
) -> io::Result<(StackDump, u64, Vec<Locals>)> {
    if let Some(pythons) = &mut look.pythons {
        // One that is not known is a process like any other here.
        let _ = pythons.look_for(pid);
    }
    let stopped = tracer.stop(tid)?;
    let start = now();
    let (registers, thread_id) = stopped.registers()?;
    let mut raw = RawStack::default();
    let mut locals = Vec::new();
    if let Some(pythons) = &mut look.pythons {
        pythons.read(pid, thread_id, &mut raw);
        if look.has_locals {
            locals = pythons.locals(pid, &raw);
        }
    }
    let mut dump = StackDump {
        is_switch: false,
        registers: None,
        stack: Vec::new(),
        is_cut: false,
        python: None,
    };
    if look.is_joined || !raw.is_pythons() {
        copy(pid, registers, &mut dump);
    }
    drop(stopped);
    let nanos = now() - start;
    if let Some(pythons) = &mut look.pythons {
        dump.python = pythons.name(pid, &raw);
    }
    Ok((dump, nanos, locals))
}

/// Copies the native stack of a thread that stands still.
pub(super) fn copy(pid: u32, registers: Registers, dump: &mut StackDump) {
    let mut stack = vec![0; FIRST_BYTES];
    let mut n = sys::read_remote(pid, registers.stack_pointer, &mut stack);
    if n == FIRST_BYTES {
        stack.resize(MAX_BYTES, 0);
        let rest = registers.stack_pointer + FIRST_BYTES as u64;
        n += sys::read_remote(pid, rest, &mut stack[FIRST_BYTES..]);
    }
    stack.truncate(n);
    dump.registers = Some(registers);
    dump.stack = stack;
    dump.is_cut = n == MAX_BYTES;
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
