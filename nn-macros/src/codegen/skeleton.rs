//! What is left of a network that has mistakes: its name, so that one mistake does not become fifty.

use proc_macro2::TokenStream;
use quote::quote;

use crate::parse::ast::Header;

/// A struct of the network's name; nothing in the expression form.
pub fn skeleton(header: &Header) -> TokenStream {
    let Header { attrs, vis, name, .. } = header;
    match name {
        Some(name) => quote! {
            #(#attrs)*
            #vis struct #name {}
        },
        None => TokenStream::new(),
    }
}
