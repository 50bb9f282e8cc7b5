//! What the language has and this version does not build yet: it is refused by name, so that nobody takes it for a typing error.

const NOT_YET: &str = " is part of the language, but not available in this version yet";

/// The sentence for all of it.
pub fn not_yet(what: &str) -> String {
    format!("{what}{NOT_YET}")
}

/// What a message refuses by this sentence, if it is one of those.
pub fn refused(message: &str) -> Option<&str> {
    message.lines().next()?.strip_suffix(NOT_YET)
}
