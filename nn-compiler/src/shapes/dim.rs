//! A size: known to the macro, or a constant that only the compiler can see.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::codegen::scope::{self, Users, users};

/// The size of one axis.
#[derive(Clone, Debug)]
pub enum Dim {
    /// A literal, or what follows from literals.
    Known(usize),
    /// A constant expression of type `usize` in braces, to be evaluated by the compiler.
    Const(TokenStream),
}

/// The shape of one sample, outermost axis first.
pub type Shape = Vec<Dim>;

impl Dim {
    /// A constant of the user's: a path, or a block.
    pub fn constant(expression: &impl ToTokens) -> Dim {
        let mut tokens = expression.to_token_stream();
        // The user's own braces would be linted as superfluous where they end up.
        if let Some(TokenTree::Group(group)) = tokens.clone().into_iter().next() {
            tokens = group.stream();
        }
        let tokens = users(Users::Size, tokens);
        Dim::Const(quote!({ #tokens }))
    }

    /// The number, where the macro can see it.
    pub fn known(&self) -> Option<usize> {
        match self {
            Dim::Known(n) => Some(*n),
            Dim::Const(_) => None,
        }
    }

    /// The product of some sizes.
    pub fn product<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Dim {
        let mut known = 1usize;
        let mut rest = Vec::new();
        for dim in dims {
            match dim {
                Dim::Known(n) => known = known.saturating_mul(*n),
                Dim::Const(tokens) => rest.push(tokens.clone()),
            }
        }
        if rest.is_empty() {
            return Dim::Known(known);
        }
        let first = proc_macro2::Literal::usize_unsuffixed(known);
        Dim::Const(quote!({ #first #(* #rest)* }))
    }

    /// The sum of some sizes.
    pub fn sum<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Dim {
        let mut known = 0usize;
        let mut rest = Vec::new();
        for dim in dims {
            match dim {
                Dim::Known(n) => known = known.saturating_add(*n),
                Dim::Const(tokens) => rest.push(tokens.clone()),
            }
        }
        if rest.is_empty() {
            return Dim::Known(known);
        }
        let first = proc_macro2::Literal::usize_unsuffixed(known);
        Dim::Const(quote!({ #first #(+ #rest)* }))
    }

    /// As users read it: the number, the name of the constant, or `?` for what follows from one.
    pub fn text(&self) -> String {
        let tokens = match self {
            Dim::Known(n) => return n.to_string(),
            Dim::Const(tokens) => scope::plain(tokens.clone()).to_string(),
        };
        let inner = tokens.trim_start_matches('{').trim_end_matches('}').replace(char::is_whitespace, "");
        let is_path = inner.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':');
        if is_path { inner } else { "?".to_string() }
    }
}

impl ToTokens for Dim {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Dim::Known(n) => proc_macro2::Literal::usize_unsuffixed(*n).to_tokens(tokens),
            Dim::Const(inner) => inner.to_tokens(tokens),
        }
    }
}

/// A function of nn-shape that gives one size: called where the macro knows all arguments, emitted where it does not.
///
/// Its arguments are numbers and paths: the derives on the network read them, which know no arrays.
macro_rules! apply {
    ($function:ident($($arg:expr),+)) => {{
        use $crate::shapes::rule::Argument;
        let known = || Some($crate::shapes::dim::Dim::Known(nn_shape::$function($($arg.known()?),+)));
        known().unwrap_or_else(|| {
            let args = [$($arg.tokens()),+];
            $crate::shapes::dim::Dim::Const(quote::quote!({ ::nn::__rt::shape::$function(#(#args),*) }))
        })
    }};
}
pub(crate) use apply;
