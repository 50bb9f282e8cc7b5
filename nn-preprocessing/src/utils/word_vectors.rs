//! Word vectors from files of GloVe and word2vec.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use hashbrown::HashMap;

use crate::data::{Array, filled};
use crate::error::{self, PreprocessingError, Result};

/// How a file of word vectors is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A line for each word: the word, and its numbers, with spaces between.
    /// [GloVe](https://nlp.stanford.edu/projects/glove/)'s files, as `glove.6B.100d.txt`.
    Glove,
    /// As `Glove`, after a line with the number of words and of numbers for each. word2vec's text files, and
    /// fastText's `.vec`.
    Word2Vec,
    /// That line, and for each word the word, a space, and its numbers as little-endian `f32`.
    /// [word2vec](https://code.google.com/archive/p/word2vec/)'s `.bin`.
    Word2VecBinary,
}

/// The vectors of the words of a vocabulary, as the rows of an `Embedding`, and which words had one.
///
/// ```
/// use nn_preprocessing::TextVectorization;
/// use nn_preprocessing::utils::{Format, WordVectors};
///
/// let mut words = TextVectorization::default();
/// words.adapt(&["a cat", "a dog"])?;
///
/// let file = "the 0.1 0.2\ncat 0.3 0.4\na 0.5 0.6\n";
/// let vectors = WordVectors::read(file.as_bytes(), Format::Glove, &words.vocabulary())?;
/// assert_eq!(vectors.to_string(), "2 of 5 words have a vector of 2 numbers; without: ``, `[UNK]`, `dog`");
///
/// let mut embeddings = [[9.0; 2]; 5];      // the table of an `Embedding<5, 2>`: what has no vector stays what it is
/// vectors.write_to(&mut embeddings)?;
/// assert_eq!(embeddings, [[9.0, 9.0], [9.0, 9.0], [0.5, 0.6], [9.0, 9.0], [0.3, 0.4]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WordVectors {
    matrix: Array<f32>,
    found: Vec<bool>,
    missing: Vec<String>,
}

/// The longest line or word that is read: longer ones are of no file of word vectors.
const LONGEST: usize = 1 << 20;

/// The most numbers of a vector, for the same reason.
const WIDEST: usize = 1 << 16;

/// How many words a report names.
const SHOWN: usize = 10;

impl WordVectors {
    /// Reads the vectors of the words of a vocabulary from a file. Of a word that is there twice it takes the first.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is not of the format: the message says at which line or word.
    pub fn load<S: AsRef<str>>(path: impl AsRef<Path>, format: Format, vocabulary: &[S]) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| PreprocessingError::File {
            action: "read",
            path: path.to_owned(),
            source,
        })?;
        Self::read_named(BufReader::with_capacity(1 << 16, file), &path.display().to_string(), format, vocabulary)
    }

    /// As [`load`](Self::load), of anything that can be read.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read<S: AsRef<str>>(reader: impl BufRead, format: Format, vocabulary: &[S]) -> Result<Self> {
        Self::read_named(reader, "the word vectors", format, vocabulary)
    }

    fn read_named<S: AsRef<str>>(reader: impl BufRead, name: &str, format: Format, vocabulary: &[S]) -> Result<Self> {
        let mut rows = HashMap::with_capacity(vocabulary.len());
        for (row, word) in vocabulary.iter().enumerate() {
            rows.entry(word.as_ref().as_bytes()).or_insert(row);
        }
        let mut file = Words { reader, name, format, width: 0, place: 0, line: Vec::new(), left: None };
        file.start()?;
        let (mut data, mut found) = (Vec::new(), vec![false; vocabulary.len()]);
        let mut vector = Vec::new();
        while let Some(word) = file.next()? {
            if data.is_empty() {
                data = filled("WordVectors", &[vocabulary.len(), file.width])?;
            }
            let Some(row) = rows.get(file.word(word)).copied() else { continue };
            let known = found.get_mut(row).is_none_or(|found| std::mem::replace(found, true));
            if known {
                continue;
            }
            file.vector(word, &mut vector)?;
            if let Some(place) = data.get_mut(row * file.width..(row + 1) * file.width) {
                place.copy_from_slice(&vector);
            }
        }
        if data.is_empty() {
            data = filled("WordVectors", &[vocabulary.len(), file.width])?;
        }
        let missing = vocabulary.iter().zip(&found).filter(|(_, found)| !**found);
        let missing = missing.map(|(word, _)| word.as_ref().to_string()).collect();
        Ok(Self { matrix: Array::of(vec![vocabulary.len(), file.width], data), found, missing })
    }

    /// The words of a file, in its order: a vocabulary for [`StringLookup`](crate::StringLookup), if they are to be
    /// all. Words that are not UTF-8 are left out.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn words(reader: impl BufRead, format: Format) -> Result<Vec<String>> {
        let name = "the word vectors";
        let mut file = Words { reader, name, format, width: 0, place: 0, line: Vec::new(), left: None };
        file.start()?;
        let mut words = Vec::new();
        while let Some(word) = file.next()? {
            words.extend(str::from_utf8(file.word(word)).ok().map(str::to_string));
        }
        Ok(words)
    }

    /// A row for each word of the vocabulary, in its order; zeros for words without a vector. The shape is `[words,
    /// numbers]`.
    pub fn matrix(&self) -> &Array<f32> {
        &self.matrix
    }

    /// Whether each word of the vocabulary has a vector.
    pub fn found(&self) -> &[bool] {
        &self.found
    }

    /// The words without a vector.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Writes the vectors to the table of an `Embedding` whose ids are those of the vocabulary. Rows of words without
    /// a vector stay what they are, as the network was initialised.
    ///
    /// Training goes on from them; with `Embedding<…, trainable = false>` they stay.
    ///
    /// # Errors
    ///
    /// If the table has fewer rows than the vocabulary has words, or rows of another length than the vectors. The
    /// table is as it was.
    pub fn write_to<const N: usize>(&self, table: &mut [[f32; N]]) -> Result<()> {
        self.write_to_rows(table.as_flattened_mut(), N)
    }

    /// The same for the table of a network without a type, row after row of `width` numbers: `weight("embedding.embeddings")` of
    /// `nn::run::Network`, to be given to its `set_weight`.
    ///
    /// # Errors
    ///
    /// As [`write_to`](Self::write_to).
    pub fn write_to_rows(&self, table: &mut [f32], width: usize) -> Result<()> {
        let own = self.matrix.shape().last().copied().unwrap_or(0);
        let rows = table.len().checked_div(width).unwrap_or(0);
        if own != width || rows < self.found.len() {
            let expected = format!("a table of {} rows of {own} numbers", self.found.len());
            return error::shape("WordVectors", expected, format!("it has {rows} rows of {width}"));
        }
        let rows = table.chunks_exact_mut(width.max(1)).zip(self.matrix.rows()).zip(&self.found);
        for ((row, vector), _) in rows.filter(|(_, found)| **found) {
            row.copy_from_slice(vector);
        }
        Ok(())
    }
}

/// What was found, in a sentence.
impl fmt::Display for WordVectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, missing) = (self.found.len(), self.missing.len());
        let width = self.matrix.shape().last().copied().unwrap_or(0);
        write!(f, "{} of {all} words have a vector of {width} numbers", all - missing)?;
        for (index, word) in self.missing.iter().take(SHOWN).enumerate() {
            write!(f, "{}`{word}`", if index == 0 { "; without: " } else { ", " })?;
        }
        if missing > SHOWN {
            write!(f, " and {} more", missing - SHOWN)?;
        }
        Ok(())
    }
}

/// A file, word by word.
struct Words<'a, R> {
    reader: R,
    name: &'a str,
    format: Format,
    /// The numbers of each vector; 0 if it is not known yet.
    width: usize,
    /// The line or word that is read, counted from 1.
    place: usize,
    /// The line without its end, or the word and its numbers.
    line: Vec<u8>,
    /// How many words the file says there are still.
    left: Option<usize>,
}

impl<R: BufRead> Words<'_, R> {
    fn wrong<T>(&self, expected: &str, found: impl Into<String>) -> Result<T> {
        let part = if self.format == Format::Word2VecBinary { "word" } else { "line" };
        Err(PreprocessingError::Format {
            what: format!("{part} {} of {}", self.place, self.name),
            expected: expected.to_string(),
            found: found.into(),
        })
    }

    /// Reads the bytes up to this one, which is left out; false at the end of the file.
    fn until(&mut self, end: u8) -> Result<bool> {
        self.line.clear();
        let read = (&mut self.reader).take(LONGEST as u64).read_until(end, &mut self.line);
        match read {
            Ok(0) => Ok(false),
            Ok(_) if self.line.last() == Some(&end) => {
                self.line.pop();
                Ok(true)
            }
            Ok(LONGEST) => self.wrong("one of word vectors", "it is too long"),
            Ok(_) => Ok(true),
            Err(error) => self.wrong("readable", error.to_string()),
        }
    }

    /// Reads the line before the words, if the format has one.
    fn start(&mut self) -> Result<()> {
        if self.format == Format::Glove {
            return Ok(());
        }
        let is_there = self.until(b'\n')?;
        let text = String::from_utf8_lossy(&self.line).into_owned();
        let mut numbers = text.split_ascii_whitespace().map(str::parse::<usize>);
        match (numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(words)), Some(Ok(width)), None) if is_there && (1..=WIDEST).contains(&width) => {
                (self.left, self.width) = (Some(words), width);
                Ok(())
            }
            _ => {
                let start: String = text.chars().take(60).collect();
                Err(PreprocessingError::Format {
                    what: format!("the start of {}", self.name),
                    expected: "a line with the number of words and of numbers for each".to_string(),
                    found: format!("it is `{start}`"),
                })
            }
        }
    }

    /// Reads the next word; gives the length of it in `line`.
    fn next(&mut self) -> Result<Option<usize>> {
        self.place += 1;
        match self.format {
            Format::Word2VecBinary => self.next_binary(),
            Format::Glove | Format::Word2Vec => self.next_line(),
        }
    }

    fn next_binary(&mut self) -> Result<Option<usize>> {
        match &mut self.left {
            Some(0) => return Ok(None),
            Some(left) => *left -= 1,
            None => {}
        }
        if !self.until(b' ')? {
            return self.wrong("there", "the file ends before it");
        }
        // Some programs end each vector with a line feed.
        if self.line.first() == Some(&b'\n') {
            self.line.remove(0);
        }
        let word = self.line.len();
        self.line.resize(word + 4 * self.width, 0);
        match self.line.get_mut(word..).map(|numbers| self.reader.read_exact(numbers)) {
            Some(Ok(())) => Ok(Some(word)),
            Some(Err(error)) => self.wrong("whole", error.to_string()),
            None => Ok(None),
        }
    }

    fn next_line(&mut self) -> Result<Option<usize>> {
        loop {
            if !self.until(b'\n')? {
                return Ok(None);
            }
            while self.line.last().is_some_and(u8::is_ascii_whitespace) {
                self.line.pop();
            }
            if !self.line.is_empty() {
                break;
            }
            self.place += 1;
        }
        let fields = self.line.iter().filter(|byte| **byte == b' ').count();
        if self.width == 0 {
            if !(1..=WIDEST).contains(&fields) {
                return self.wrong("a word and its numbers", format!("there are {fields} numbers"));
            }
            self.width = fields;
        }
        if fields < self.width {
            return self.wrong(&format!("a word and {} numbers", self.width), format!("there are {fields} numbers"));
        }
        // A word may have spaces in it: the numbers are the last of the line.
        let mut spaces = (0..self.line.len()).rev().filter(|&at| self.line.get(at) == Some(&b' '));
        Ok(spaces.nth(self.width - 1))
    }

    /// The word of this length.
    fn word(&self, len: usize) -> &[u8] {
        self.line.get(..len).unwrap_or_default()
    }

    /// Reads the numbers of the word of this length.
    fn vector(&self, word: usize, vector: &mut Vec<f32>) -> Result<()> {
        vector.clear();
        let numbers = self.line.get(word..).unwrap_or_default();
        match self.format {
            Format::Word2VecBinary => {
                vector.extend(numbers.as_chunks().0.iter().map(|&number| f32::from_le_bytes(number)));
            }
            Format::Glove | Format::Word2Vec => {
                let text = String::from_utf8_lossy(numbers);
                for field in text.split_ascii_whitespace() {
                    match field.parse() {
                        Ok(number) => vector.push(number),
                        Err(_) => return self.wrong("a word and its numbers", format!("`{field}` is no number")),
                    }
                }
            }
        }
        if vector.len() != self.width {
            return self.wrong(&format!("of {} numbers", self.width), format!("there are {}", vector.len()));
        }
        match vector.iter().find(|number| !number.is_finite()) {
            Some(number) => self.wrong("of finite numbers", format!("one is {number}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: [&str; 5] = ["", "[UNK]", "cat", ". .", "dog"];

    fn read(file: &[u8], format: Format) -> Result<WordVectors> {
        WordVectors::read(file, format, &VOCABULARY)
    }

    #[test]
    fn all_formats_give_the_same() {
        let glove = b"the 1 2 3\n. . 4e0 -5 .5\r\ndog 7 8 9\n\ncat 0.1 0.2 0.3\ndog 0 0 0";
        let word2vec = [b"5 3\n", &glove[..]].concat();
        let mut binary = b"3 3\n".to_vec();
        for (word, numbers) in [("the", [1.0_f32, 2.0, 3.0]), ("dog", [7.0, 8.0, 9.0]), ("cat", [0.1, 0.2, 0.3])] {
            binary.extend([word.as_bytes(), b" "].concat());
            binary.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        let mut with_lines = b"1 3\n\ncat ".to_vec();
        with_lines.extend([0.1_f32, 0.2, 0.3].iter().flat_map(|number| number.to_le_bytes()));
        for (file, format) in [(&glove[..], Format::Glove), (&word2vec, Format::Word2Vec)] {
            let vectors = read(file, format).expect("a file");
            let want = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 4.0, -5.0, 0.5, 7.0, 8.0, 9.0];
            assert_eq!((vectors.matrix().shape(), vectors.matrix().as_slice()), (&[5, 3][..], &want[..]));
            assert_eq!(vectors.found(), [false, false, true, true, true]);
            assert_eq!(vectors.missing(), ["", "[UNK]"]);
            assert_eq!(WordVectors::words(file, format).expect("a file"), ["the", ". .", "dog", "cat", "dog"]);
        }
        let vectors = read(&binary, Format::Word2VecBinary).expect("a file");
        assert_eq!(vectors.found(), [false, false, true, false, true]);
        assert_eq!(vectors.matrix().as_slice()[12..], [7.0, 8.0, 9.0]);
        let vectors = read(&with_lines, Format::Word2VecBinary).expect("a file");
        assert_eq!(vectors.matrix().as_slice()[6..9], [0.1, 0.2, 0.3]);
        let (mut few, mut narrow) = ([[0.0; 3]; 4], [[0.0; 2]; 5]);
        assert!(vectors.write_to(&mut few).is_err() && vectors.write_to(&mut narrow).is_err());
        let mut flat = [9.0; 15];
        vectors.write_to_rows(&mut flat, 3).expect("five rows of three");
        assert_eq!(flat, [9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 0.1, 0.2, 0.3, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]);
        assert!(vectors.write_to_rows(&mut flat, 5).is_err() && vectors.write_to_rows(&mut flat[..14], 3).is_err());
    }

    #[test]
    fn what_is_no_file_of_word_vectors_is_said() {
        let message = |file: &[u8], format| read(file, format).expect_err("no file of word vectors").to_string();
        let (glove, text, binary) = (Format::Glove, Format::Word2Vec, Format::Word2VecBinary);
        assert_eq!(
            message(b"cat 1 2\ndog 1\n", glove),
            "line 2 of the word vectors is not a word and 2 numbers: there are 1 numbers"
        );
        assert_eq!(
            message(b"cat 1 x\n", glove),
            "line 1 of the word vectors is not a word and its numbers: `x` is no number"
        );
        assert_eq!(message(b"cat 1 inf\n", glove), "line 1 of the word vectors is not of finite numbers: one is inf");
        assert!(message(b"cat\n", glove).contains("there are 0 numbers"));
        assert!(message(b"cat 1 2\n", text).starts_with("the start of the word vectors is not a line with the number"));
        assert!(message(b"", binary).contains("the start of"));
        assert!(message(b"1 99999999999\n", binary).contains("the start of"));
        assert!(message(b"2 1\ncat \0\0\0\0", binary).starts_with("word 2 of the word vectors is not there"));
        assert!(message(b"1 2\ncat \0\0\0\0", binary).starts_with("word 1 of the word vectors is not whole"));
        assert!(message(&vec![b'a'; LONGEST + 5], glove).ends_with("it is too long"));
        // Several tokens may stand for what is not in a vocabulary: the first gets the vector.
        let twice = WordVectors::read(&b"a 1"[..], glove, &["a", "a"]).expect("a file");
        assert_eq!(twice.found(), [true, false]);
        assert!(
            WordVectors::load("/no/such/file", glove, &["a"])
                .is_err_and(|error| error.to_string().contains("/no/such/file"))
        );
        // An empty file has no words, and no vector has a length.
        assert_eq!(read(b"", glove).expect("no words").matrix().shape(), [5, 0]);
    }
}
