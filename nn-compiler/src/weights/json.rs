//! As much of JSON as the header of a weight file needs.
//!
//! A library for it would double the time that this crate takes to compile, for a few lines.

/// JSON, read from the front; `None` where it is not what was asked for.
pub struct Reader<'a> {
    len: usize,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Reader { len: text.len(), rest: text }
    }

    /// How far it got, in bytes.
    pub fn position(&self) -> usize {
        self.len - self.rest.len()
    }

    /// Nothing but space.
    pub fn end(&self) -> Option<()> {
        trimmed(self.rest).is_empty().then_some(())
    }

    /// `{"key": …, …}`: `value` reads what belongs to each key.
    pub fn object(&mut self, mut value: impl FnMut(&mut Self, String) -> Option<()>) -> Option<()> {
        self.list('{', '}', |reader| {
            let key = reader.string()?;
            reader.take(':')?;
            value(reader, key)
        })
    }

    /// `[1, 2, 3]`.
    pub fn numbers(&mut self) -> Option<Vec<usize>> {
        let mut numbers = Vec::new();
        self.list('[', ']', |reader| {
            numbers.push(reader.number()?);
            Some(())
        })?;
        Some(numbers)
    }

    /// `"text"`.
    pub fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        loop {
            let plain = self.rest.find(['"', '\\'])?;
            text.push_str(&self.rest[..plain]);
            self.rest = &self.rest[plain..];
            if self.letter()? == '"' {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn list(&mut self, open: char, close: char, mut entry: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            entry(self)?;
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(',')?;
        }
    }

    fn number(&mut self) -> Option<usize> {
        let text = trimmed(self.rest);
        let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let number = digits.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    /// What stands behind a `\`.
    fn escape(&mut self) -> Option<char> {
        Some(match self.letter()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            letter @ ('"' | '\\' | '/') => letter,
            _ => return None,
        })
    }

    /// `\u00fc`, in UTF-16: the characters that came late to Unicode are two of them.
    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        let second = match self.rest.strip_prefix("\\u") {
            Some(rest) if (0xD800..0xDC00).contains(&first) => {
                self.rest = rest;
                Some(self.unit()?)
            }
            _ => None,
        };
        char::decode_utf16([first].into_iter().chain(second)).next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        self.rest = &self.rest[4..];
        u16::from_str_radix(digits, 16).ok()
    }

    fn letter(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    fn take(&mut self, mark: char) -> Option<()> {
        self.rest = trimmed(self.rest).strip_prefix(mark)?;
        Some(())
    }
}

/// Without what JSON calls space at the front.
fn trimmed(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        let string = |text: &str| Reader::new(text).string();
        assert_eq!(string(r#" "a\"\\\/\b\f\n\r\tz" "#).as_deref(), Some("a\"\\/\u{8}\u{c}\n\r\tz"));
        assert_eq!(string(r#""\u00fc\ud83d\ude00ü""#).as_deref(), Some("ü😀ü"));
        for broken in
            ["", "a", "\"", "\"a", r#""\x""#, r#""\u00g0""#, r#""\u00"#, r#""\ud83d""#, r#""\ud83d\u0041""#, "\"\\"]
        {
            assert_eq!(string(broken), None, "{broken}");
        }
    }

    #[test]
    fn numbers_are_whole_and_positive() {
        let numbers = |text: &str| Reader::new(text).numbers();
        assert_eq!(numbers(" [ 1 ,20, 0 ]"), Some(vec![1, 20, 0]));
        assert_eq!(numbers("[]"), Some(vec![]));
        for broken in ["[1,]", "[1.5]", "[-1]", "[1", "[99999999999999999999]", "[,1]", "1", "[a]"] {
            assert_eq!(numbers(broken), None, "{broken}");
        }
    }
}
