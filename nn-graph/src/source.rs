//! Places in the source, and names that come from there.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

/// A place in the user's source. What it stands for is known to the front end alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct SourceId(pub u32);

impl SourceId {
    /// What the user has not written.
    pub const NONE: SourceId = SourceId(0);
}

/// The name of a layer or a value, and the place that it refers to.
#[derive(Clone, Debug)]
pub struct Name {
    /// An identifier.
    pub text: String,
    /// Where the layer stands that it is of.
    pub at: SourceId,
}

impl Name {
    /// A name of the compiler's own.
    pub fn made(text: &str) -> Self {
        Name { text: text.to_owned(), at: SourceId::NONE }
    }

    /// Another name for what stands at the same place.
    pub fn renamed(&self, text: String) -> Self {
        Name { text, at: self.at }
    }

    /// `conv1_linear` for `conv1`.
    pub fn suffixed(&self, suffix: &str) -> Self {
        self.renamed(self.text.clone() + "_" + suffix)
    }
}

/// Names are equal if they read alike, wherever they stand.
impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
