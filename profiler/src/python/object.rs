//! Reading objects: text, bytes, tuples, and values for people to see.

use super::layout::Layout;
use super::words::Words;

/// Where every object names its type.
pub(super) const TYPE: u64 = 8;

/// Where objects of varying size say how many items they have, and where text says how
/// many characters.
pub(super) const SIZE: u64 = 16;

/// The longest name, path or table that is believed.
const MAX_TEXT: u64 = 1 << 12;
const MAX_BYTES: u64 = 1 << 20;

/// Where text says how it is kept: two bits, then three for the bytes of a character,
/// then one if it is in one piece and one if it is ASCII (`PyASCIIObject`).
const TEXT_STATE: u64 = 32;

const BYTES_START: u64 = 32;
const TUPLE_START: u64 = 24;
const TYPE_NAME: u64 = 24;

impl Layout {
    /// Reads text.
    pub(super) fn text(&self, words: &mut impl Words, at: u64) -> Result<String, ()> {
        let n = words.word(at.wrapping_add(SIZE))?;
        self.text_up_to(words, at, n, MAX_TEXT)
    }

    /// Reads the beginning of text of `n` characters.
    pub(super) fn text_up_to(
        &self,
        words: &mut impl Words,
        at: u64,
        n: u64,
        max: u64,
    ) -> Result<String, ()> {
        let state = words.half(at.wrapping_add(TEXT_STATE))?;
        let (kind, is_compact, is_ascii) = (state >> 2 & 7, state >> 5 & 1, state >> 6 & 1);
        if is_compact == 0 || n > MAX_BYTES {
            return Err(());
        }
        // With its length in UTF-8 and a place for that, if it is not ASCII. Up to 3.11
        // that is three words, later two.
        let wide = if self.ascii_size == 48 { 24 } else { 16 };
        let start = at.wrapping_add(self.ascii_size + if is_ascii == 1 { 0 } else { wide });
        let n = usize::try_from(n.min(max)).map_err(|_| ())?;
        let width = usize::try_from(kind).map_err(|_| ())?;
        if !matches!(width, 1 | 2 | 4) {
            return Err(());
        }
        let bytes = words.bytes(start, n * width)?;
        let character = |unit: &[u8]| {
            let number = unit
                .iter()
                .rev()
                .fold(0, |n, &byte| n << 8 | u32::from(byte));
            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        Ok(bytes.chunks_exact(width).map(character).collect())
    }

    /// Reads bytes.
    pub(super) fn bytes(words: &mut impl Words, at: u64) -> Result<Vec<u8>, ()> {
        let n = words.word(at.wrapping_add(SIZE))?;
        if n > MAX_BYTES {
            return Err(());
        }
        words.bytes(
            at.wrapping_add(BYTES_START),
            usize::try_from(n).map_err(|_| ())?,
        )
    }

    /// Reads where the items of a tuple are.
    pub(super) fn tuple(words: &mut impl Words, at: u64) -> Result<Vec<u64>, ()> {
        let n = words.word(at.wrapping_add(SIZE))?;
        if n > MAX_TEXT {
            return Err(());
        }
        let item = |i| words.word(at.wrapping_add(TUPLE_START + 8 * i));
        (0..n).map(item).collect()
    }

    /// Reads the name of an object's type.
    pub(super) fn type_name(words: &mut impl Words, at: u64) -> Result<String, ()> {
        let kind = words.word(at.wrapping_add(TYPE))?;
        let name = words.word(kind.wrapping_add(TYPE_NAME))?;
        let mut text = String::new();
        for place in 0..128 {
            match words.byte(name.wrapping_add(place))? {
                0 => break,
                byte => text.push(char::from(byte)),
            }
        }
        Ok(text)
    }
}
