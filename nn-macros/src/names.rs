//! The names of what the expansion defines for a layer: one place, so that all who refer to them agree.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::diagnostics::shape_text;
use crate::shapes::Node;

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

/// `3` instead of `3usize`.
pub fn number(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}

/// `0.2` instead of `0.2f64`.
pub fn float(value: f64) -> Literal {
    Literal::f64_unsuffixed(value)
}

/// "`Conv2D<6, 3>`: 28×28×1 to 26×26×6."
pub fn described(node: &Node) -> String {
    format!(" `{}`: {} to {}.", node.text, shape_text(&node.input), shape_text(&node.output))
}
