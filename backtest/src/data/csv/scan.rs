//! The parts that dates are made of: numbers, names of months and days, separators.

const MONTHS: [&[u8]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

const WEEKDAYS: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];

/// What is left of a text.
pub struct Scan<'a>(pub &'a [u8]);

impl Scan<'_> {
    /// The digits that come next as a number, and how many they are; none and zero
    /// when they are too many to be part of a date.
    pub fn number(&mut self) -> (u64, usize) {
        let mut value = 0;
        let mut width = 0;
        while let Some(byte) = self.0.get(width).filter(|byte| byte.is_ascii_digit()) {
            if width == 14 {
                return (0, 0);
            }
            value = value * 10 + u64::from(byte - b'0');
            width += 1;
        }
        self.0 = &self.0[width..];
        (value, width)
    }

    pub fn two_digits(&mut self) -> Option<u64> {
        let (value, width) = self.number();
        matches!(width, 1 | 2).then_some(value)
    }

    pub fn number_is_not_zero(&mut self) -> bool {
        let width = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at(width);
        self.0 = rest;
        digits.iter().any(|digit| *digit != b'0')
    }

    /// The year, month and day of a text that begins as `2018-02-01` does, which is how
    /// most dates are written.
    pub fn iso_day(&mut self) -> Option<[u64; 3]> {
        let (text, rest) = self.0.split_first_chunk::<10>()?;
        let parts = [&text[..4], &text[5..7], &text[8..]];
        let is_number = |part: &&[u8]| part.iter().all(u8::is_ascii_digit);
        let is_day = (text[4], text[7]) == (b'-', b'-')
            && parts.iter().all(is_number)
            && !rest.first().is_some_and(u8::is_ascii_digit);
        is_day.then(|| {
            self.0 = rest;
            let digit = |digit: &u8| u64::from(digit - b'0');
            let number = |part: &[u8]| part.iter().map(digit).fold(0, |n, digit| 10 * n + digit);
            parts.map(number)
        })
    }

    pub fn month_name(&mut self) -> Option<u64> {
        let letters = self
            .0
            .get(..3)
            .filter(|letters| letters[0].is_ascii_alphabetic())?;
        let month = MONTHS
            .iter()
            .position(|name| letters.eq_ignore_ascii_case(name))?;
        self.skip_letters();
        Some(month as u64 + 1)
    }

    /// Steps over `Thu, `, which a date tells anyway.
    pub fn skip_weekday(&mut self) {
        let is_name = |name: &&[u8]| {
            let letters = self.0.get(..3);
            letters.is_some_and(|letters| letters.eq_ignore_ascii_case(name))
        };
        let is_letter = self.0.first().is_some_and(u8::is_ascii_alphabetic);
        if is_letter && WEEKDAYS.iter().any(is_name) {
            self.skip_letters();
            while self.skip(b"., ").is_some() {}
        }
    }

    fn skip_letters(&mut self) {
        let is_letter = |byte: &&u8| byte.is_ascii_alphabetic();
        let n_letters = self.0.iter().take_while(is_letter).count();
        self.0 = &self.0[n_letters..];
    }

    /// Steps over the next byte if it is one of these, and returns it.
    pub fn skip(&mut self, wanted: &[u8]) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        wanted.contains(byte).then(|| {
            self.0 = rest;
            *byte
        })
    }
}
