//! `#[weights("…")]`: the weights of the file as a constant.

use std::path::Path;

use proc_macro2::{Delimiter, Group, Literal, TokenStream};
use quote::{quote, quote_spanned};

use super::Context;
use super::names::number;
use crate::weights::{SameShape, Weights};

/// `LeNet::PRETRAINED`, which refers to the only copy: a static of the weights' bytes, used where they lie.
pub fn generate(cx: &Context<'_>) -> Option<TokenStream> {
    let weights = cx.weights?;
    let Weights { path, parts, checks, bytes, .. } = weights;
    let checks = checks.iter().map(|check| same_shape(cx, weights, check));
    let name = &cx.name;
    let doc = format!(" The weights of `{path}`, in read-only memory.");
    let file = file(path);
    // The numbers of a model are not where the struct has them. Its file is named all the same: rustc then watches it.
    let (bytes, watched) = match bytes {
        None => (file, None),
        Some(bytes) => {
            let literal = Literal::byte_string(bytes);
            (quote!(#literal), Some(quote!(const _: &[::core::primitive::u8] = #file;)))
        }
    };
    let parts = parts.iter().map(|part| {
        let (start, end) = (number(part.start), number(part.end));
        quote!(#start..#end)
    });
    Some(quote! {
        #(#checks)*
        #watched
        impl #name {
            #[doc = #doc]
            pub const PRETRAINED: &'static Self = {
                static WEIGHTS: [rt::Line; ::core::mem::size_of::<#name>() / 64] = rt::embedded(#bytes, &[#(#parts),*]);
                rt::bytemuck::must_cast_ref(&WEIGHTS)
            };
        }
    })
}

/// The bytes of the file, for the compiler to read: as tokens they would take it minutes. It watches the file, too.
fn file(path: &str) -> TokenStream {
    if Path::new(path).is_absolute() {
        return quote!(::core::include_bytes!(#path));
    }
    let path = format!("/{path}");
    quote!(::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)))
}

/// Leaves a shape to the compiler, which alone knows the user's constants.
fn same_shape(cx: &Context<'_>, weights: &Weights, check: &SameShape) -> TokenStream {
    let (path, at, SameShape { name, expected, found }) = (&weights.path, weights.at, check);
    let (expected, found) = (cx.sizes(expected), found.iter().map(|size| number(*size)));
    let args = quote!(#path, #name, &[#(#expected),*], &[#(#found),*]);
    let mut args = Group::new(Delimiter::Parenthesis, args);
    args.set_span(at);
    quote_spanned!(at=> const _: () = rt::shape::same_shape #args;)
}
