//! What threads need to be sampled, used again as they come and go, within a limit of
//! memory.

use std::sync::Arc;

use super::ring::Ring;
use crate::sys::HandlerMemory;
use crate::unwind::Cache;

/// All kits of a session.
pub(super) struct Kits {
    free: Vec<Kit>,
    /// What all take, those in use as well.
    bytes: usize,
    max_memory: usize,
}

/// What a thread needs to be sampled and another can use after it.
pub(super) struct Kit {
    pub(super) ring: Arc<Ring>,
    pub(super) cache: Cache,
    pub(super) memory: Box<HandlerMemory>,
}

const SMALL_RING: usize = 64 << 10;
const LARGE_RING: usize = 256 << 10;

/// What a kit takes beside its ring: the handler's stack, unwinding rules, copied pages.
const KIT_BYTES: usize = 128 << 10;

impl Kits {
    /// Allows three quarters of `max_memory`.
    pub(super) fn new(max_memory: usize) -> Self {
        Self {
            free: Vec::new(),
            bytes: 0,
            max_memory,
        }
    }

    /// Takes one that is free, or makes one; `None` beyond the limit of memory.
    pub(super) fn take(&mut self) -> Option<Kit> {
        if let Some(kit) = self.free.pop() {
            return Some(kit);
        }
        let ring = if self.bytes < self.max_memory / 4 {
            LARGE_RING
        } else {
            SMALL_RING
        };
        let bytes = ring + KIT_BYTES;
        if self.bytes + bytes > self.max_memory / 4 * 3 {
            return None;
        }
        self.bytes += bytes;
        Some(Kit {
            ring: Arc::new(Ring::with_bytes(ring)),
            cache: Cache::new(),
            memory: HandlerMemory::new(),
        })
    }

    /// Takes one back.
    pub(super) fn give_back(&mut self, kit: Kit) {
        self.free.push(kit);
    }
}
