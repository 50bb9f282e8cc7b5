//! A size: known to the macro, or a constant that only the compiler can see.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The size of one axis.
#[derive(Clone, Debug)]
pub enum Dim {
    /// A literal, or what follows from literals.
    Known(usize),
    /// A constant expression of type `usize`, to be evaluated by the compiler.
    Const(TokenStream),
}

/// The shape of one sample, outermost axis first.
pub type Shape = Vec<Dim>;

impl Dim {
    /// The number, where the macro can see it.
    pub fn known(&self) -> Option<usize> {
        match self {
            Dim::Known(n) => Some(*n),
            Dim::Const(_) => None,
        }
    }

    /// The product of some sizes.
    pub fn product<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Dim {
        let mut known = 1;
        let mut rest = Vec::new();
        for dim in dims {
            match dim {
                Dim::Known(n) => known *= n,
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
        let mut known = 0;
        let mut rest = Vec::new();
        for dim in dims {
            match dim {
                Dim::Known(n) => known += n,
                Dim::Const(tokens) => rest.push(tokens.clone()),
            }
        }
        if rest.is_empty() {
            return Dim::Known(known);
        }
        let first = proc_macro2::Literal::usize_unsuffixed(known);
        Dim::Const(quote!({ #first #(+ #rest)* }))
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
