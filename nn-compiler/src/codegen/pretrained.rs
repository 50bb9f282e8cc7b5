//! `#[weights("…")]`: the weights of the file as a constant.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use crate::names::number;
use crate::weights::Weights;

/// `LeNet::PRETRAINED`, which refers to the only copy: a static of the weights' bytes, used where they lie.
pub fn generate(cx: &Context<'_>) -> Option<TokenStream> {
    let Weights { path, parts, checks } = cx.plan.graph.weights.as_ref()?;
    let name = &cx.name;
    let doc = format!(" The weights of `{path}`, in read-only memory.");
    let bytes = bytes(path);
    let parts = parts.iter().map(|part| {
        let (start, end) = (number(part.start), number(part.end));
        quote!(#start..#end)
    });
    Some(quote! {
        #checks
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
fn bytes(path: &str) -> TokenStream {
    if Path::new(path).is_absolute() {
        return quote!(::core::include_bytes!(#path));
    }
    let path = format!("/{path}");
    quote!(::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path)))
}
