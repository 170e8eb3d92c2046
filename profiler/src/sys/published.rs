//! A value that handlers read and somebody else replaces.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::handler::Interrupted;
use super::slots::wait_for_handlers;

/// Holds a value that handlers may read at any time.
pub(crate) struct Published<T>(AtomicPtr<T>);

impl<T: Send + Sync> Published<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(AtomicPtr::new(Box::into_raw(Box::new(value))))
    }

    /// Returns the value as it is at `moment`, in whose handler it stays.
    pub(crate) fn read<'a>(&'a self, _moment: &Interrupted<'a>) -> &'a T {
        // SAFETY: it was made by `new` or `replace`, and is freed only when every handler
        // that could have read it is out; the moment ends with its handler.
        unsafe { &*self.0.load(Ordering::SeqCst) }
    }

    /// Puts another value in its place, and waits until no handler reads the old one.
    ///
    /// Must not be called from a handler.
    pub(crate) fn replace(&self, value: T) {
        let old = self
            .0
            .swap(Box::into_raw(Box::new(value)), Ordering::SeqCst);
        wait_for_handlers();
        // SAFETY: it was made by `new` or `replace`, and nobody has it any more.
        drop(unsafe { Box::from_raw(old) });
    }
}

impl<T> Drop for Published<T> {
    fn drop(&mut self) {
        let last = self.0.swap(ptr::null_mut(), Ordering::SeqCst);
        // SAFETY: as in `replace`; handlers reach this value only through references, of
        // which there are none.
        drop(unsafe { Box::from_raw(last) });
    }
}
