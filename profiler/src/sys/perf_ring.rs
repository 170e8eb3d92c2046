//! A perf event of another process or of a whole processor, and the ring that the
//! kernel writes its records to.
//!
//! The ring is shared with the kernel: what lies between our tail and its head is
//! ours to read and does not change until the tail is moved on.

use std::ffi::c_void;
use std::io;
use std::mem::offset_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use perf_event_open_sys as perf;
use perf_event_open_sys::bindings;

use super::check;
use crate::nanos::nanos;

/// The registers that every sample carries, in the kernel's numbering and order:
/// frame pointer (6), stack pointer (7), instruction pointer (8).
const REGISTERS: u64 = 1 << 6 | 1 << 7 | 1 << 8;

/// Kind (4), flags (2) and length (2).
const HEADER_BYTES: usize = 8;

/// What an event is opened for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventPlan {
    /// The thread, or `None` for all of them.
    pub(crate) tid: Option<u32>,
    /// The processor.
    pub(crate) cpu: u32,
    /// What makes samples.
    pub(crate) trigger: EventTrigger,
    /// Bytes of stack to copy with each sample; a multiple of 8.
    pub(crate) stack_bytes: u32,
    /// Whether threads that the thread starts are covered as well.
    pub(crate) inherit: bool,
    /// Whether records of mappings, names, forks and ends are wanted.
    pub(crate) track: bool,
}

/// What makes an event take samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventTrigger {
    /// The passing of processor time.
    CpuClock(Duration),
    /// A thread's leaving a processor; its coming and going are recorded as well.
    ContextSwitch,
}

/// An open event.
pub(crate) struct RingEvent(OwnedFd);

/// The ring of one event, or of several on the same processor.
pub(crate) struct Ring {
    /// The control page, followed by the data.
    base: NonNull<c_void>,
    control_bytes: usize,
    /// A power of two.
    data_bytes: usize,
}

// SAFETY: the mapping belongs to the ring alone, and its methods that move the tail
// need `&mut self`.
unsafe impl Send for Ring {}

/// One record in the ring.
pub(crate) struct RecordBytes<'a> {
    ring: &'a Ring,
    start: u64,
    len: usize,
}

impl RingEvent {
    /// Opens an event, which does nothing before it is enabled.
    ///
    /// The kernel's part of the time is always counted; where that is forbidden, this
    /// fails.
    pub(crate) fn open(plan: EventPlan) -> io::Result<Self> {
        let mut attributes = bindings::perf_event_attr {
            type_: bindings::PERF_TYPE_SOFTWARE,
            size: u32::try_from(size_of::<bindings::perf_event_attr>())
                .expect("the struct is small"),
            sample_type: u64::from(
                bindings::PERF_SAMPLE_IP
                    | bindings::PERF_SAMPLE_TID
                    | bindings::PERF_SAMPLE_TIME
                    | bindings::PERF_SAMPLE_CPU
                    | bindings::PERF_SAMPLE_PERIOD
                    | bindings::PERF_SAMPLE_REGS_USER
                    | bindings::PERF_SAMPLE_STACK_USER,
            ),
            sample_regs_user: REGISTERS,
            sample_stack_user: plan.stack_bytes,
            clockid: libc::CLOCK_MONOTONIC,
            ..Default::default()
        };
        match plan.trigger {
            EventTrigger::CpuClock(period) => {
                attributes.config = u64::from(bindings::PERF_COUNT_SW_CPU_CLOCK);
                attributes.__bindgen_anon_1.sample_period = nanos(period);
            }
            EventTrigger::ContextSwitch => {
                attributes.config = u64::from(bindings::PERF_COUNT_SW_CONTEXT_SWITCHES);
                attributes.__bindgen_anon_1.sample_period = 1;
                attributes.set_context_switch(1);
            }
        }
        attributes.set_disabled(1);
        attributes.set_exclude_idle(1);
        attributes.set_inherit(plan.inherit.into());
        attributes.set_sample_id_all(1);
        attributes.set_use_clockid(1);
        if plan.track {
            attributes.set_mmap(1);
            attributes.set_mmap2(1);
            attributes.set_comm(1);
            attributes.set_comm_exec(1);
            attributes.set_task(1);
        }
        // The reader looks by itself: being woken by samples would tie the moments at
        // which it runs to what the program does.
        attributes.set_watermark(1);
        attributes.__bindgen_anon_2.wakeup_watermark = u32::MAX;
        let tid = plan.tid.map_or(-1, u32::cast_signed);
        let cpu = plan.cpu.cast_signed();
        let flags = libc::c_ulong::from(bindings::PERF_FLAG_FD_CLOEXEC);
        // SAFETY: the attributes are valid and state their size.
        let fd = check(unsafe { perf::perf_event_open(&raw mut attributes, tid, cpu, -1, flags) })?;
        // SAFETY: the descriptor is new and nobody else's.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Starts the event.
    pub(crate) fn enable(&self) -> io::Result<()> {
        // SAFETY: the descriptor is a perf event.
        check(unsafe { perf::ioctls::ENABLE(self.0.as_raw_fd(), 0) }).map(drop)
    }

    /// Stops the event.
    pub(crate) fn disable(&self) -> io::Result<()> {
        // SAFETY: the descriptor is a perf event.
        check(unsafe { perf::ioctls::DISABLE(self.0.as_raw_fd(), 0) }).map(drop)
    }

    /// Sets the time between samples, of which the first begins now.
    pub(crate) fn set_period(&self, period: Duration) -> io::Result<()> {
        let nanos = nanos(period);
        // The binding asks for a number, but the kernel takes the address of one.
        let place = (&raw const nanos).expose_provenance() as u64;
        // SAFETY: the descriptor is a perf event, and the place valid during the call.
        check(unsafe { perf::ioctls::PERIOD(self.0.as_raw_fd(), place) }).map(drop)
    }

    /// Has the kernel write the records to the ring of `other`, an event on the same
    /// processor.
    pub(crate) fn write_to_ring_of(&self, other: &Self) -> io::Result<()> {
        let other = other.0.as_raw_fd();
        // SAFETY: both descriptors are perf events.
        check(unsafe { perf::ioctls::SET_OUTPUT(self.0.as_raw_fd(), other) }).map(drop)
    }

    /// Maps a ring of about `bytes` for the event's records.
    pub(crate) fn map_ring(&self, bytes: usize) -> io::Result<Ring> {
        let page = rustix::param::page_size();
        // The kernel wants a power of two.
        let data = bytes.max(page).next_power_of_two();
        // SAFETY: a new mapping at a place of the kernel's choice.
        let base = unsafe {
            rustix::mm::mmap(
                ptr::null_mut(),
                page + data,
                rustix::mm::ProtFlags::READ | rustix::mm::ProtFlags::WRITE,
                rustix::mm::MapFlags::SHARED,
                &self.0,
                0,
            )
        }?;
        Ok(Ring {
            base: NonNull::new(base).ok_or(io::ErrorKind::OutOfMemory)?,
            control_bytes: page,
            data_bytes: data,
        })
    }
}

impl Ring {
    /// Returns the position of the end of the records that are there now.
    pub(crate) fn end(&self) -> u64 {
        self.head().load(Ordering::Acquire)
    }

    /// Hands the records before `end` to `read`, oldest first, and frees their room.
    pub(crate) fn drain(&mut self, end: u64, read: impl FnMut(&RecordBytes<'_>)) {
        self.read_to(end, read);
        self.tail().store(end, Ordering::Release);
    }

    /// Hands all records to `read`, oldest first, and keeps them.
    pub(crate) fn peek(&self, read: impl FnMut(&RecordBytes<'_>)) {
        self.read_to(self.end(), read);
    }

    fn read_to(&self, end: u64, mut read: impl FnMut(&RecordBytes<'_>)) {
        let mut at = self.tail().load(Ordering::Relaxed);
        while at != end {
            let mut record = RecordBytes {
                ring: self,
                start: at,
                len: HEADER_BYTES,
            };
            record.len = usize::from(record.u16_at(6));
            if record.len < HEADER_BYTES {
                // Cannot be; but going on would never end.
                return;
            }
            read(&record);
            at = at.wrapping_add(record.len as u64);
        }
    }

    fn head(&self) -> &AtomicU64 {
        self.control(offset_of!(bindings::perf_event_mmap_page, data_head))
    }

    fn tail(&self) -> &AtomicU64 {
        self.control(offset_of!(bindings::perf_event_mmap_page, data_tail))
    }

    fn control(&self, offset: usize) -> &AtomicU64 {
        let field = self.base.as_ptr().wrapping_byte_add(offset).cast::<u64>();
        // SAFETY: the field is an aligned word of the control page, which is mapped while
        // the ring lives, and is only ever used atomically, by the kernel too.
        unsafe { AtomicU64::from_ptr(field) }
    }

    /// Copies bytes that lie between tail and head, from position `at` of the stream.
    fn copy(&self, at: u64, to: &mut [u8]) {
        let mask = self.data_bytes as u64 - 1;
        let start = usize::try_from(at & mask).expect("less than the ring's size");
        let first = to.len().min(self.data_bytes - start);
        let (head, rest) = to.split_at_mut(first);
        for (part, start) in [(head, start), (rest, 0)] {
            let from = self
                .base
                .as_ptr()
                .wrapping_byte_add(self.control_bytes + start);
            // SAFETY: the bytes are inside the mapping. They are between tail and head,
            // so the kernel does not write to them.
            unsafe { ptr::copy_nonoverlapping(from.cast::<u8>(), part.as_mut_ptr(), part.len()) };
        }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let bytes = self.control_bytes + self.data_bytes;
        // SAFETY: this is the whole mapping, and nobody else has it.
        let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), bytes) };
    }
}

impl RecordBytes<'_> {
    /// Returns the number of bytes, the header of 8 included.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns what kind of record it is.
    pub(crate) fn kind(&self) -> u32 {
        self.u32_at(0)
    }

    /// Returns the flags of the header.
    pub(crate) fn misc(&self) -> u16 {
        self.u16_at(4)
    }

    pub(crate) fn u64_at(&self, at: usize) -> u64 {
        u64::from_ne_bytes(self.array_at(at))
    }

    pub(crate) fn u32_at(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.array_at(at))
    }

    fn u16_at(&self, at: usize) -> u16 {
        u16::from_ne_bytes(self.array_at(at))
    }

    fn array_at<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        self.read(at, &mut bytes);
        bytes
    }

    /// Copies the bytes from `at` on; what is beyond the record's end becomes zero.
    pub(crate) fn read(&self, at: usize, to: &mut [u8]) {
        let n = to.len().min(self.len.saturating_sub(at));
        let (inside, beyond) = to.split_at_mut(n);
        self.ring.copy(self.start.wrapping_add(at as u64), inside);
        beyond.fill(0);
    }
}
