//! The kernel's records, as values; see perf_event_open(2) for their layouts.

use perf_event_open_sys::bindings;

use super::python::PythonStack;
use crate::modules::Mapping;
use crate::sys::RecordBytes;
use crate::unwind::Registers;

/// Something that the kernel has written to a ring.
#[derive(Debug)]
pub(super) struct Record {
    /// Nanoseconds of the monotonic clock.
    pub(super) time: u64,
    pub(super) pid: u32,
    pub(super) tid: u32,
    pub(super) event: Event,
}

#[derive(Debug)]
pub(super) enum Event {
    /// A thread was seen at work, or leaving the processor.
    Sample(Box<StackDump>),
    /// Part of a file was mapped with code in it.
    Map(MapEvent),
    /// A thread has a new name, or a process runs another program under it.
    Name { name: String, is_exec: bool },
    /// A thread was started; a process, if `pid` is not that of the parent.
    Fork { parent: u32, parent_thread: u32 },
    /// A thread has ended.
    Exit,
    /// Records were lost because the ring was full.
    Lost(u64),
    /// A thread came to a processor.
    Arrive,
}

/// What a sample shows of a thread.
#[derive(Debug)]
pub(super) struct StackDump {
    /// `None` for a thread that is about to end and has no user side any more.
    pub(super) registers: Option<Registers>,
    /// The memory from the stack pointer on.
    pub(super) stack: Vec<u8>,
    /// Whether there may be more of the stack.
    pub(super) is_cut: bool,
    /// Whether the thread was about to leave the processor.
    pub(super) is_switch: bool,
    /// What Python was doing, if it was looked for and had a part in it.
    pub(super) python: Option<PythonStack>,
}

/// A mapping that has come to be.
#[derive(Debug)]
pub(super) struct MapEvent {
    pub(super) start: u64,
    pub(super) len: u64,
    pub(super) offset: u64,
    pub(super) inode: u64,
    pub(super) path: String,
}

impl MapEvent {
    /// A mapping that a running process has had for longer.
    pub(super) fn of(mapping: &Mapping<'_>) -> Self {
        Self {
            start: mapping.range.start,
            len: mapping.range.end - mapping.range.start,
            offset: mapping.offset,
            inode: mapping.inode,
            path: mapping.path.to_owned(),
        }
    }
}

/// The bytes that follow every record but samples: pid, tid, time, cpu.
const TRAILER: usize = 24;

impl Record {
    /// Reads a record of a process in which `wants` is interested; `None` for others.
    pub(super) fn read(bytes: &RecordBytes<'_>, wants: impl Fn(u32) -> bool) -> Option<Self> {
        if bytes.kind() == bindings::PERF_RECORD_SAMPLE {
            return Self::read_sample(bytes, wants);
        }
        let trailer = bytes.len().checked_sub(TRAILER)?;
        let mut record = Self {
            time: bytes.u64_at(trailer + 8),
            pid: bytes.u32_at(8),
            tid: bytes.u32_at(12),
            event: Event::Exit,
        };
        record.event = match bytes.kind() {
            bindings::PERF_RECORD_MMAP2 if wants(record.pid) => Event::Map(MapEvent {
                start: bytes.u64_at(16),
                len: bytes.u64_at(24),
                offset: bytes.u64_at(32),
                inode: bytes.u64_at(48),
                path: text(bytes, 72, trailer),
            }),
            bindings::PERF_RECORD_COMM if wants(record.pid) => Event::Name {
                name: text(bytes, 16, trailer),
                is_exec: u32::from(bytes.misc()) & bindings::PERF_RECORD_MISC_COMM_EXEC != 0,
            },
            bindings::PERF_RECORD_FORK => {
                let parent = bytes.u32_at(12);
                record.tid = bytes.u32_at(16);
                Event::Fork {
                    parent,
                    parent_thread: bytes.u32_at(20),
                }
            }
            bindings::PERF_RECORD_EXIT if wants(record.pid) => {
                record.tid = bytes.u32_at(16);
                Event::Exit
            }
            bindings::PERF_RECORD_LOST => Event::Lost(bytes.u64_at(16)),
            bindings::PERF_RECORD_SWITCH | bindings::PERF_RECORD_SWITCH_CPU_WIDE => {
                record.pid = bytes.u32_at(trailer);
                record.tid = bytes.u32_at(trailer + 4);
                // That it leaves is known from the sample.
                let is_out = u32::from(bytes.misc()) & bindings::PERF_RECORD_MISC_SWITCH_OUT != 0;
                if is_out || !wants(record.pid) {
                    return None;
                }
                Event::Arrive
            }
            _ => return None,
        };
        Some(record)
    }

    /// Tells whether a record is a sample, of whichever process.
    pub(super) fn is_sample(bytes: &RecordBytes<'_>) -> bool {
        bytes.kind() == bindings::PERF_RECORD_SAMPLE
    }

    /// Reads the time, the parent and the child of a fork that made a process.
    pub(super) fn read_fork(bytes: &RecordBytes<'_>) -> Option<(u64, u32, u32)> {
        let (pid, parent) = (bytes.u32_at(8), bytes.u32_at(12));
        let is_fork = bytes.kind() == bindings::PERF_RECORD_FORK && pid != parent;
        is_fork.then(|| (bytes.u64_at(24), parent, pid))
    }

    fn read_sample(bytes: &RecordBytes<'_>, wants: impl Fn(u32) -> bool) -> Option<Self> {
        // ip, pid and tid, time, cpu, period, then the registers' ABI.
        let pid = bytes.u32_at(16);
        if !wants(pid) {
            return None;
        }
        let abi = bytes.u64_at(48);
        let mut dump = StackDump {
            registers: None,
            stack: Vec::new(),
            is_cut: false,
            // The clock's period is never so short.
            is_switch: bytes.u64_at(40) == 1,
            python: None,
        };
        if abi == u64::from(bindings::PERF_SAMPLE_REGS_ABI_64) {
            dump.registers = Some(Registers {
                frame_pointer: bytes.u64_at(56),
                stack_pointer: bytes.u64_at(64),
                instruction: bytes.u64_at(72),
            });
            let reserved = usize::try_from(bytes.u64_at(80)).ok()?;
            if reserved > 0 {
                let copied = usize::try_from(bytes.u64_at(88 + reserved)).ok()?;
                dump.stack.resize(copied.min(reserved), 0);
                bytes.read(88, &mut dump.stack);
                dump.is_cut = copied >= reserved;
            }
        }
        Some(Self {
            time: bytes.u64_at(24),
            pid,
            tid: bytes.u32_at(20),
            event: Event::Sample(Box::new(dump)),
        })
    }
}

/// Reads text that ends at a null byte.
fn text(bytes: &RecordBytes<'_>, start: usize, end: usize) -> String {
    let mut text = vec![0; end.saturating_sub(start)];
    bytes.read(start, &mut text);
    let len = text
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(text.len());
    String::from_utf8_lossy(&text[..len]).into_owned()
}
