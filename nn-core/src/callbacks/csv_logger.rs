//! `CSVLogger`.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use super::{Callback, CallbackResult, Control};
use crate::config::{self, Config, row};
use crate::train::{Logs, Watched};

/// Writes the logs of each epoch as a line of a CSV file: the epoch, counted from 0, then the values by name.
///
/// The columns are those of the first epoch; where a later epoch lacks one, it says `NA`.
///
/// ```
/// let logger = nn_core::callbacks::CSVLogger::new("training.csv").append(true);
/// ```
#[derive(Debug)]
pub struct CSVLogger {
    filename: PathBuf,
    separator: String,
    append: bool,
    file: Option<File>,
    header: bool,
    columns: Vec<String>,
}

row! {
    given CSVLogger, "CSVLogger", [];
    filename: text("", "a path"),
    separator: text(",", "a text"),
    append: flag(false);
    file, header, columns
}

impl CSVLogger {
    /// Writes to this file.
    pub fn new(filename: impl Into<PathBuf>) -> Self {
        Self { filename: filename.into(), ..Self::with_defaults() }
    }

    /// What stands between two values. Default `,`.
    pub fn separator(self, separator: char) -> Self {
        Self { separator: separator.into(), ..self }
    }

    /// Whether to keep what is in the file and to go on behind it. Default false.
    pub fn append(self, append: bool) -> Self {
        Self { append, ..self }
    }

    fn write(&mut self, cells: impl Iterator<Item = String>) -> std::io::Result<()> {
        let cells: Vec<_> = cells.map(|cell| self.quoted(cell)).collect();
        let line = cells.join(&self.separator);
        self.file.as_mut().map_or(Ok(()), |file| writeln!(file, "{line}"))
    }

    /// RFC 4180: a cell with a separator, a quote or a line break stands in quotes, its quotes doubled.
    fn quoted(&self, cell: String) -> String {
        match cell.contains(&self.separator) || cell.contains(['"', '\n', '\r']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        }
    }

    fn columns<N: Watched>(logs: &Logs, control: &Control<'_, N>) -> Vec<String> {
        let mut names: Vec<_> = logs.iter().map(|(name, _)| name.to_owned()).collect();
        names.sort_unstable();
        let of_validation = |name: &String| name.strip_prefix("val_").is_some_and(|name| logs.get(name).is_some());
        if control.validates() && !names.iter().any(of_validation) {
            let validated = names.iter().filter(|name| *name != "learning_rate");
            names.extend(validated.map(|name| format!("val_{name}")).collect::<Vec<_>>());
        }
        names
    }
}

impl<N: Watched> Callback<N> for CSVLogger {
    fn on_train_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        config::check(self)?;
        let old = fs::metadata(&self.filename).map_or(0, |metadata| metadata.len());
        self.header = !self.append || old == 0;
        self.columns.clear();
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(self.append).truncate(!self.append);
        let file = options.open(&self.filename);
        self.file = Some(file.map_err(|error| format!("cannot write `{}`: {error}", self.filename.display()))?);
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        if self.columns.is_empty() {
            self.columns = Self::columns(logs, control);
            if self.header {
                self.write(["epoch".to_owned()].into_iter().chain(self.columns.clone()))?;
            }
        }
        let value = |name: &String| logs.get(name).map_or_else(|| "NA".to_owned(), |value| value.to_string());
        let values: Vec<_> = self.columns.iter().map(value).collect();
        Ok(self.write([epoch.to_string()].into_iter().chain(values))?)
    }

    fn on_train_end(&mut self, _: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        self.file = None;
        Ok(())
    }
}
