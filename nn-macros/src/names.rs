//! The names of what the expansion defines for a layer: one place, so that all who refer to them agree.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// `CONV1` for the layer `conv1`, with a suffix.
pub fn constant(layer: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{}", layer.to_string().to_uppercase(), suffix)
}

/// `MaxPooling2d1`: the unit struct that holds the geometry of the layer `max_pooling2d_1`.
pub fn geometry(layer: &Ident) -> Ident {
    let mut name = String::new();
    for word in layer.to_string().split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    format_ident!("{name}")
}

/// `Conv1Output` where a convolution pools or leaves a border, else the plain one of the runtime.
pub fn destination(layer: &Ident, own: bool) -> TokenStream {
    if own {
        let name = format_ident!("{}Output", geometry(layer));
        quote!(#name)
    } else {
        quote!(rt::conv2d::Plain)
    }
}
