//! Frames of Python by number, so that a stack is numbers whatever its frames are.

use std::collections::HashMap;

use crate::symbolize::Symbol;

/// Every function, or line of one, that was met.
#[derive(Debug, Default)]
pub(crate) struct FrameTable {
    frames: Vec<Symbol>,
    index: HashMap<Symbol, u64>,
}

/// Above all numbers that are given to files, and all addresses.
const PYTHON: u64 = 0xffff << 48;

/// Tells whether a place is one of this table.
pub(crate) fn is_python(place: u64) -> bool {
    place & PYTHON == PYTHON
}

impl FrameTable {
    /// Returns the place that stands for a frame, which is added if it is new.
    pub(crate) fn place(&mut self, frame: Symbol) -> u64 {
        let frames = &mut self.frames;
        PYTHON
            | *self.index.entry(frame).or_insert_with_key(|frame| {
                frames.push(frame.clone());
                frames.len() as u64 - 1
            })
    }

    /// Returns the frame at a place; `None` if it is none of this table.
    pub(crate) fn frame(&self, place: u64) -> Option<&Symbol> {
        let number = usize::try_from(place & !PYTHON).ok()?;
        self.frames.get(number).filter(|_| is_python(place))
    }

    /// Returns all frames in the order of their numbers.
    pub(crate) fn frames(&self) -> &[Symbol] {
        &self.frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_frames_have_one_place_and_addresses_have_none() {
        let mut table = FrameTable::default();
        let frame = |name| Symbol::unknown(name);
        let (one, other) = (table.place(frame("one")), table.place(frame("other")));
        assert_ne!(one, other);
        assert_eq!(table.place(frame("one")), one);
        assert_eq!(table.frame(other), Some(&frame("other")));
        assert_eq!(table.frame(other + 1), None);
        assert_eq!(table.frame(0), None);
        assert!(is_python(one) && !is_python(0x7fff_ffff_ffff));
    }
}
