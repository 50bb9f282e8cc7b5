//! What is left of a network that has mistakes: its name, so that one mistake does not become fifty.

use proc_macro2::TokenStream;
use quote::quote;

use crate::parse::ast::Header;

/// A struct of the network's name; `None` for the expression form.
pub fn skeleton(header: &Header) -> Option<TokenStream> {
    let Header { attrs, vis, name, .. } = header;
    name.as_ref().map(|name| {
        quote! {
            #(#attrs)*
            #vis struct #name {}
        }
    })
}
