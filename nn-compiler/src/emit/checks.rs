//! What only the compiler can check: complete `const _` items, each of which spans its layer.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use super::data::{padding, size};
use super::names::number;
use crate::rule::{Arg, Check};
use crate::sources::Sources;

/// The item for one check.
pub fn item(sources: &Sources, check: &Check) -> TokenStream {
    let text = Literal::string(&check.layer);
    // The name of a function of nn-shape, maybe with parameters: it lexes.
    let rule: TokenStream = check.rule.parse().unwrap_or_default();
    let args = check.args.iter().map(|arg| argument(sources, arg));
    let call = quote!(::nn::__rt::shape::#rule(#text #(, #args)*));
    let mut inside = Group::new(Delimiter::Parenthesis, call);
    inside.set_span(check.at.end);
    let inside = TokenTree::from(inside);
    let expect = quote_spanned!(check.at.start=> ::nn::__rt::shape::expect);
    quote!(const _: () = { let _ = #expect #inside; };)
}

fn argument(sources: &Sources, arg: &Arg) -> TokenStream {
    let sizes = |sizes: &[nn_graph::Size]| {
        let sizes = sizes.iter().map(|each| size(sources, each));
        quote!([#(#sizes),*])
    };
    match arg {
        Arg::Size(nn_graph::Size::Known(nn_shape::INFER)) => quote!(::nn::__rt::shape::INFER),
        Arg::Size(each) => size(sources, each),
        Arg::Number(n) => number(*n).to_token_stream(),
        Arg::List(args) => {
            let args = args.iter().map(|arg| argument(sources, arg));
            quote!([#(#args),*])
        }
        Arg::Padding(kind) => padding(*kind),
        Arg::Text(text) => text.to_token_stream(),
        Arg::Maybe(None) => quote!(::core::option::Option::None),
        Arg::Maybe(Some(n)) => {
            let n = number(*n);
            quote!(::core::option::Option::Some(#n))
        }
        Arg::Bound { from_end, n } => {
            let n = size(sources, n);
            quote!(::nn::__rt::shape::Bound { from_end: #from_end, n: #n })
        }
        Arg::Windows { size, strides, padding: kind, dilation } => {
            let (size, strides, dilation, padding) = (sizes(size), sizes(strides), sizes(dilation), padding(*kind));
            quote!(::nn::__rt::shape::Windows { size: #size, strides: #strides, padding: #padding, dilation: #dilation })
        }
    }
}
