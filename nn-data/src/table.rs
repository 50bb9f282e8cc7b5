//! CSV: texts and numbers in columns with names.

use std::io::Read;
use std::path::Path;

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use crate::error::{DataError, Named, Result, shown, unfit};
use crate::numbers::{Numbers, Values};
use crate::source::{open, unpacked};

/// How a file of columns is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CsvOptions {
    /// What stands between two fields: `b','`, or `b'\t'`, or `b';'`.
    pub delimiter: u8,
    /// Whether the first line has the names of the columns; without it they are `0`, `1`, ….
    pub header: bool,
    /// The number that a missing one becomes: an empty field, `NA`, `NaN` or `?`. Without it a missing number is an error.
    pub missing: Option<f64>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { delimiter: b',', header: true, missing: None }
    }
}

/// The rows of a CSV file.
///
/// ```
/// use nn_data::{CsvOptions, Table};
///
/// let file = "text,stars,price\n\"good, cheap\",5,9.5\nbad,1,20\n";
/// let table = Table::from_bytes(file.as_bytes(), CsvOptions::default())?;
/// assert_eq!(table.texts("text")?, ["good, cheap", "bad"]);
/// assert_eq!(table.numbers(&["price", "stars"])?.samples::<nn_core::Tensor1<2>>()?[0].0, [9.5, 5.0]);
/// assert_eq!(table.labels::<u8>("stars")?, [5, 1]);
///
/// let error = table.numbers(&["text"]).unwrap_err();
/// assert_eq!(error.to_string(), "`bytes`, line 2, column `text`: expected a number, found `good, cheap`");
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    file: String,
    names: Vec<String>,
    rows: Vec<StringRecord>,
    missing: Option<f64>,
}

impl Table {
    /// Reads a file, also one packed by gzip.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no UTF-8, has lines of another number of fields than the first, or two columns of one name.
    pub fn read(path: impl AsRef<Path>, options: CsvOptions) -> Result<Self> {
        let path = path.as_ref();
        Self::parse(open(path)?, &shown(path), options)
    }

    /// The same of bytes.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn from_bytes(bytes: &[u8], options: CsvOptions) -> Result<Self> {
        match unpacked(bytes) {
            Ok(bytes) => Self::parse(bytes, "bytes", options),
            Err(error) => Named("bytes").unread("the start", error),
        }
    }

    fn parse(from: Box<dyn Read + '_>, name: &str, options: CsvOptions) -> Result<Self> {
        let file = Named(name);
        let mut reader =
            ReaderBuilder::new().delimiter(options.delimiter).has_headers(options.header).from_reader(from);
        let mut names = Vec::new();
        if options.header {
            let header = reader.headers().or_else(|error| unread(file, error))?;
            // What Excel puts before the first name.
            names.extend(header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()));
        }
        let rows = reader.into_records().map(|row| row.or_else(|error| unread(file, error)));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        if !options.header {
            names.extend((0..rows.first().map_or(0, StringRecord::len)).map(|column| column.to_string()));
        }
        let twice = names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|other| other == *name));
        if let Some((_, name)) = twice {
            return file.wrong("the header", "a name for each column", format!("`{name}` twice"));
        }
        Ok(Self { file: name.to_owned(), names, rows, missing: options.missing })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A column as texts.
    ///
    /// # Errors
    ///
    /// If there is no such column.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let column = self.column(name)?;
        Ok(self.rows.iter().map(|row| row.get(column).unwrap_or_default()).collect())
    }

    /// Columns as numbers, side by side in this order.
    ///
    /// # Errors
    ///
    /// If there is no such column, a field is no number, or one is missing and nothing stands for it.
    pub fn numbers<S: AsRef<str>>(&self, names: &[S]) -> Result<Numbers> {
        let columns = names.iter().map(|name| self.column(name.as_ref())).collect::<Result<Vec<_>>>()?;
        let mut numbers = Vec::with_capacity(self.rows.len().saturating_mul(columns.len()));
        for row in &self.rows {
            for column in &columns {
                numbers.push(self.number(row, *column)?);
            }
        }
        Ok(Numbers::of(vec![self.rows.len(), columns.len()], Values::F64(numbers)))
    }

    /// A column as one number for each row, of the type that targets have.
    ///
    /// # Errors
    ///
    /// As [`numbers`](Self::numbers), and if one is none of the type.
    pub fn labels<T: crate::Label>(&self, name: &str) -> Result<Vec<T>> {
        self.numbers(&[name])?.labels()
    }

    fn column(&self, name: &str) -> Result<usize> {
        match self.names.iter().position(|own| own == name) {
            Some(column) => Ok(column),
            None => {
                let names: Vec<String> = self.names.iter().take(20).map(|name| format!("`{name}`")).collect();
                unfit("Table", format!("one of its columns {}", names.join(", ")), format!("`{name}`"))
            }
        }
    }

    fn number(&self, row: &StringRecord, column: usize) -> Result<f64> {
        let field = row.get(column).unwrap_or_default().trim();
        if matches!(field, "" | "NA" | "NaN" | "nan" | "?")
            && let Some(number) = self.missing
        {
            return Ok(number);
        }
        match field.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => {
                let line = row.position().map_or(0, csv::Position::line);
                let name = self.names.get(column).map(String::as_str).unwrap_or_default();
                let shown: String = field.chars().take(40).collect();
                let found = if field.is_empty() { "nothing".to_owned() } else { format!("`{shown}`") };
                Named(&self.file).wrong(format!("line {line}, column `{name}`"), "a number", found)
            }
        }
    }
}

fn unread<T>(file: Named<'_>, error: csv::Error) -> Result<T> {
    let line = error.position().map_or_else(|| "a line".to_owned(), |position| format!("line {}", position.line()));
    match error.into_kind() {
        ErrorKind::Io(error) => file.unread(&line, error),
        ErrorKind::Utf8 { err, .. } => file.wrong(line, "UTF-8", format!("other bytes in field {}", err.field())),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            file.wrong(line, format!("{expected_len} fields"), len.to_string())
        }
        kind => Err(DataError::Format {
            file: file.0.to_owned(),
            place: line,
            expected: "fields of a CSV file".to_owned(),
            found: format!("{kind:?}"),
        }),
    }
}
