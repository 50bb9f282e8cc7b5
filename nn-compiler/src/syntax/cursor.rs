//! A place in a list of tokens, with what recovering from a mistake takes.

use proc_macro2::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::Expr;

/// Tokens, and how many of them have been read.
pub struct Cursor {
    trees: Vec<TokenTree>,
    at: usize,
    close: Span,
}

impl Cursor {
    /// `close` is where the tokens end: the closing bracket, or the last token.
    pub fn new(tokens: TokenStream, close: Span) -> Self {
        let mut trees = Vec::new();
        flatten(tokens, &mut trees);
        Cursor { trees, at: 0, close }
    }

    /// What stands inside a group.
    pub fn inside(group: &Group) -> Self {
        Cursor::new(group.stream(), group.span_close())
    }

    /// Whether all tokens have been read.
    pub fn done(&self) -> bool {
        self.at == self.trees.len()
    }

    /// The token that comes `ahead` after the next one.
    pub fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.trees.get(self.at + ahead)
    }

    /// Reads a token.
    pub fn next(&mut self) -> Option<TokenTree> {
        let tree = self.trees.get(self.at).cloned();
        self.at += usize::from(tree.is_some());
        tree
    }

    /// Where the next token stands, or the end.
    pub fn span(&self) -> Span {
        self.peek(0).map_or(self.close, TokenTree::span)
    }

    /// Where the token before stands.
    pub fn last_span(&self) -> Span {
        self.at.checked_sub(1).map_or(self.close, |last| self.trees[last].span())
    }

    /// The next token as a user would read it.
    pub fn found(&self) -> String {
        match self.peek(0) {
            Some(TokenTree::Group(group)) => match group.delimiter() {
                Delimiter::Parenthesis => "`(…)`".to_string(),
                Delimiter::Brace => "`{…}`".to_string(),
                _ => "`[…]`".to_string(),
            },
            Some(TokenTree::Punct(_)) if self.is_pair('-', '>') => "`->`".to_string(),
            Some(TokenTree::Punct(_)) if self.is_pair('=', '>') => "`=>`".to_string(),
            Some(TokenTree::Punct(_)) if self.is_pair(':', ':') => "`::`".to_string(),
            Some(token) => format!("`{token}`"),
            None => "the end".to_string(),
        }
    }

    /// Whether the token `ahead` is this one.
    pub fn is_at(&self, ahead: usize, punct: char) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Punct(found)) if found.as_char() == punct)
    }

    /// Whether the next token is this one.
    pub fn is(&self, punct: char) -> bool {
        self.is_at(0, punct)
    }

    /// Whether the next two characters are these, without a space: `=>`.
    pub fn is_pair(&self, first: char, second: char) -> bool {
        self.is_pair_at(0, first, second)
    }

    /// Whether the two characters `ahead` are these.
    pub fn is_pair_at(&self, ahead: usize, first: char, second: char) -> bool {
        let joint = matches!(self.peek(ahead), Some(TokenTree::Punct(found))
            if found.as_char() == first && found.spacing() == Spacing::Joint);
        joint && self.is_at(ahead + 1, second)
    }

    /// Whether the next token is this word.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(0), Some(TokenTree::Ident(found)) if found == word)
    }

    /// Whether a group in these brackets is next.
    pub fn is_group(&self, delimiter: Delimiter) -> bool {
        matches!(self.peek(0), Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
    }

    /// Reads this token if it is next.
    pub fn eat(&mut self, punct: char) -> Option<Span> {
        let span = self.span();
        self.is(punct).then(|| {
            self.at += 1;
            span
        })
    }

    /// Reads these two characters if they are next.
    pub fn eat_pair(&mut self, first: char, second: char) -> Option<Span> {
        let span = self.span();
        self.is_pair(first, second).then(|| {
            self.at += 2;
            span.join(self.last_span()).unwrap_or(span)
        })
    }

    /// Reads a name if one is next.
    pub fn eat_ident(&mut self) -> Option<Ident> {
        match self.peek(0) {
            Some(TokenTree::Ident(ident)) => {
                let ident = ident.clone();
                self.at += 1;
                Some(ident)
            }
            _ => None,
        }
    }

    /// Reads a group in these brackets if one is next.
    pub fn eat_group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek(0) {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Whether here a link of the chain ends: `=>`, `->`, `;` or the end.
    pub fn at_link(&self) -> bool {
        self.done() || self.is(';') || self.is_pair('=', '>') || self.is_pair('-', '>')
    }

    /// After a mistake: reads on to where `stop` says.
    pub fn skip_until(&mut self, stop: impl Fn(&Cursor) -> bool) {
        while !self.done() && !stop(self) {
            self.at += 1;
        }
    }
}

/// Takes invisible brackets away, which `macro_rules!` puts around what it hands on. An expression keeps its unity:
/// `$n * 2` stays one value.
fn flatten(tokens: TokenStream, trees: &mut Vec<TokenTree>) {
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => match is_operation(&group) {
                true => {
                    let mut braced = Group::new(Delimiter::Brace, group.stream());
                    braced.set_span(group.span());
                    trees.push(braced.into());
                }
                false => flatten(group.stream(), trees),
            },
            tree => trees.push(tree),
        }
    }
}

fn is_operation(group: &Group) -> bool {
    match syn::parse2::<Expr>(group.stream()) {
        Ok(Expr::Unary(unary)) => !matches!(*unary.expr, Expr::Lit(_)),
        Ok(expr) => matches!(expr, Expr::Binary(_) | Expr::Cast(_) | Expr::Index(_) | Expr::MethodCall(_)),
        Err(_) => false,
    }
}
