//! Text that is put together while the compiler evaluates constants.

use core::fmt;

/// A short text in a fixed buffer, which a `const fn` can build.
///
/// What does not fit is left out, and `…` stands for it.
///
/// ```
/// use nn_shape::Message;
/// const TEXT: Message = Message::new().text("an input of ").shape(&[28, 28, 1]);
/// assert_eq!(TEXT.as_str(), "an input of 28×28×1");
/// ```
#[derive(Clone, Copy)]
pub struct Message {
    bytes: [u8; Message::CAPACITY],
    len: usize,
    full: bool,
}

const ELLIPSIS: &[u8] = "…".as_bytes();

impl Message {
    /// The bytes that a message can hold.
    pub const CAPACITY: usize = 512;

    /// No text.
    pub const fn new() -> Self {
        Message { bytes: [0; Message::CAPACITY], len: 0, full: false }
    }

    /// Adds a text.
    pub const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let width = char_width(bytes[at]);
            self.push(bytes, at, width);
            at += width;
        }
        self
    }

    /// Adds a number.
    pub const fn number(mut self, number: usize) -> Self {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        while at < digits.len() {
            self.push(&digits, at, 1);
            at += 1;
        }
        self
    }

    /// Adds sizes: `28×28×1`.
    pub const fn shape(mut self, sizes: &[usize]) -> Self {
        let mut axis = 0;
        while axis < sizes.len() {
            if axis > 0 {
                self = self.text("×");
            }
            self = self.number(sizes[axis]);
            axis += 1;
        }
        self
    }

    /// Adds `1 filter` or `2 filters`: the number, then the noun with its ending.
    pub const fn count(self, number: usize, noun: &str) -> Self {
        let text = self.number(number).text(" ").text(noun);
        if number == 1 { text } else { text.text("s") }
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// Whether there is no text.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    const fn push(&mut self, from: &[u8], start: usize, width: usize) {
        if self.full {
            return;
        }
        if self.len + width + ELLIPSIS.len() > Message::CAPACITY {
            self.full = true;
            return self.copy(ELLIPSIS, 0, ELLIPSIS.len());
        }
        self.copy(from, start, width);
    }

    const fn copy(&mut self, from: &[u8], start: usize, width: usize) {
        let mut at = 0;
        while at < width {
            self.bytes[self.len] = from[start + at];
            self.len += 1;
            at += 1;
        }
    }
}

/// The bytes of the UTF-8 character that starts with this one.
const fn char_width(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

impl Default for Message {
    fn default() -> Self {
        Message::new()
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
