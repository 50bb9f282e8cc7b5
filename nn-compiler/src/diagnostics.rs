//! The mistakes in one network: collected while the stages walk on, and reported together.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

/// Where something stands in the user's source, from its first token to its last.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    pub start: Span,
    pub end: Span,
}

impl From<Span> for Extent {
    fn from(span: Span) -> Self {
        Extent { start: span, end: span }
    }
}

impl From<&Ident> for Extent {
    fn from(ident: &Ident) -> Self {
        ident.span().into()
    }
}

/// One mistake: where it is, what is wrong, and which ways out there are.
pub struct Report {
    pub at: Extent,
    problem: String,
    lines: Vec<String>,
}

impl Report {
    /// Adds a way out.
    pub fn help(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.line("help", text.as_ref())
    }

    /// Adds what is good to know.
    pub fn note(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.line("note", text.as_ref())
    }

    fn line(&mut self, kind: &str, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.lines.push(format!("= {kind}: {text}"));
        }
        self
    }

    /// The sentence, and below it the lines of help.
    pub fn message(&self) -> String {
        let mut message = self.problem.clone();
        for line in &self.lines {
            message.push('\n');
            message.push_str(line);
        }
        message
    }
}

impl ToTokens for Report {
    /// A `compile_error!` whose first and last token carry the two ends of the place, so that rustc underlines all of it.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let mut message = Literal::string(&self.message());
        message.set_span(self.at.end);
        let mut body = Group::new(Delimiter::Brace, TokenTree::from(message).into());
        body.set_span(self.at.end);
        tokens.extend(quote_spanned!(self.at.start=> ::core::compile_error!));
        tokens.extend([TokenTree::from(body)]);
    }
}

/// All mistakes so far. It must be read: a collector that is dropped unread would swallow them.
pub struct Diagnostics {
    reports: Vec<Report>,
    read: bool,
    /// Which names are those of layers without arguments: what a sentence of the parser depends on.
    pub takes_nothing: fn(&str) -> bool,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Diagnostics::new(|_| false)
    }
}

impl Diagnostics {
    /// None yet; `takes_nothing` says which names are those of layers without arguments.
    pub fn new(takes_nothing: fn(&str) -> bool) -> Self {
        Diagnostics { reports: Vec::new(), read: false, takes_nothing }
    }

    /// Reports a mistake; help and notes can be added to what this returns.
    pub fn error(&mut self, at: impl Into<Extent>, problem: impl Into<String>) -> &mut Report {
        let index = self.reports.len();
        self.reports.push(Report { at: at.into(), problem: problem.into(), lines: Vec::new() });
        &mut self.reports[index]
    }

    /// Reports what syn found.
    pub fn syntax(&mut self, error: &syn::Error) {
        for error in error.clone() {
            let text = error.to_string();
            self.error(error.span(), text);
        }
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// Hands all mistakes out, in the order in which they stand in the source; what each copy of a block repeats only once.
    pub fn finish(mut self) -> Vec<Report> {
        self.read = true;
        let mut reports = std::mem::take(&mut self.reports);
        reports.sort_by_key(|report| {
            let start = report.at.start.start();
            (start.line, start.column)
        });
        let place = |report: &Report| (format!("{:?}", report.at), report.message());
        let mut seen = HashSet::new();
        reports.retain(|report| seen.insert(place(report)));
        reports
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(self.read || std::thread::panicking(), "errors were collected but not reported");
    }
}

/// The mistakes where no struct stands for them: one alone is an item and an expression too, several are a block.
pub fn alone(reports: &[Report]) -> TokenStream {
    match reports {
        [report] => quote!(#report),
        reports => quote!({ #(#reports)* }),
    }
}

/// A list as one says it: `a`, `a and b`, `a, b and c`.
pub fn list_text<S: AsRef<str>>(words: &[S], link: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.as_ref().to_string(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {link} {}", first.join(", "), last.as_ref())
        }
    }
}

/// The candidate that was probably meant, if one is near enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    let rated = candidates.into_iter().map(|candidate| (rate(&word, &candidate.to_lowercase()), candidate));
    rated.filter(|(distance, _)| *distance <= allowed).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// How far two words are apart; a word inside the other (`random_normal`) counts as near.
fn rate(word: &str, candidate: &str) -> usize {
    let distance = edit_distance(word, candidate);
    if candidate.len() >= 4 && word.contains(candidate) { distance.min(1) } else { distance }
}

/// Insertions, deletions, replacements and swaps of neighbours from `a` to `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                }
            };
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                table[i][j] = table[i][j].min(table[i - 2][j - 2] + 1);
            }
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found() {
        let layers = ["Conv1D", "Conv2D", "Dense", "MaxPool2D", "ReLU"];
        assert_eq!(nearest("Con2D", layers), Some("Conv2D"));
        assert_eq!(nearest("Dnese", layers), Some("Dense"));
        assert_eq!(nearest("relu", layers), Some("ReLU"));
        assert_eq!(nearest("Transformer", layers), None);
        assert_eq!(nearest("random_normal", ["zeros", "normal"]), Some("normal"));
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(list_text(&["a"], "or"), "a");
        assert_eq!(list_text(&["a", "b"], "or"), "a or b");
        assert_eq!(list_text(&["a", "b", "c"], "or"), "a, b or c");
    }

    #[test]
    #[should_panic = "not reported"]
    fn unread_errors_are_not_swallowed() {
        Diagnostics::default().error(Span::call_site(), "lost");
    }
}
