//! Losses, metrics and optimizers with their options, as the reference of `nn_core::config` lists them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A row of the reference.
pub struct Row {
    title: String,
    /// The class, then its other names.
    pub names: Vec<String>,
    pub options: Vec<String>,
}

/// The reference, which is written from the rows of the types.
pub fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../nn-core/src/config/reference.md")
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| read(&std::fs::read_to_string(reference()).expect("the reference")));

/// What has this name below this title: a class, or another name of it.
pub fn find(title: &str, name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.title == title && row.names.iter().any(|other| other == name))
}

/// The rows of the tables; one that names no class goes on with the options of the one before.
fn read(text: &str) -> Vec<Row> {
    let (mut rows, mut title) = (Vec::<Row>::new(), "");
    for line in text.lines() {
        title = line.strip_prefix("# ").unwrap_or(title);
        let words = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let cells: Vec<_> = line.split('|').map(words).collect();
        let [_, class, others, option, ..] = &cells[..] else { continue };
        if !class.is_empty() {
            rows.push(Row { title: title.to_owned(), names: [&class[..], others].concat(), options: Vec::new() });
        }
        if let Some(row) = rows.last_mut() {
            row.options.extend_from_slice(option);
        }
    }
    rows
}
