//! Why cases are not covered yet: `uncovered.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

/// What `uncovered.toml` says: for what a case needs, why it is not covered.
pub struct Uncovered(BTreeMap<String, String>);

impl Uncovered {
    /// Reads the file.
    ///
    /// # Panics
    ///
    /// If it cannot be read.
    pub fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let table: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let reason = |entry: Value| Some(entry.get("reason")?.as_str()?.to_string());
        Self(table.into_iter().filter_map(|(gap, entry)| Some((gap, reason(entry)?))).collect())
    }

    /// Why this is not covered, if the file says so.
    pub fn reason(&self, gap: &str) -> Option<&str> {
        self.0.get(gap).map(String::as_str)
    }
}
