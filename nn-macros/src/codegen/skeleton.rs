//! What is left of a network that has mistakes: its name, so that one mistake does not become fifty.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Visibility;

/// A struct of this name.
pub fn skeleton(attrs: &[syn::Attribute], vis: &Visibility, name: &Ident) -> TokenStream {
    quote! {
        #(#attrs)*
        #vis struct #name {}
    }
}
