//! The names of what the expansion defines for a layer: one place, so that all who refer to them agree.

use nn_graph::graph::Node;
use nn_graph::size::shape_text;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// `MaxPooling2d_1Shape`: the unit struct that holds the geometry of the layer `max_pooling2d_1`.
///
/// The suffix keeps it apart from the network and its types, and from constants of the user's.
pub fn geometry(layer: &Ident) -> Ident {
    format_ident!("{}Shape", camel_case(&layer.to_string()))
}

/// `Conv1Destination` where a convolution pools or leaves a border, else the plain one of the runtime.
pub fn destination(layer: &Ident, own: bool) -> TokenStream {
    if own {
        let name = format_ident!("{}Destination", camel_case(&layer.to_string()));
        quote!(#name)
    } else {
        quote!(rt::conv2d::Plain)
    }
}

/// `MaxPooling2d_1` for `max_pooling2d_1`: other underscores than those between words stay, so that `conv1` and `conv_1`
/// have names of their own, and `Conv1` is `__Conv1`.
fn camel_case(name: &str) -> String {
    if name.contains(|letter: char| letter.is_ascii_uppercase()) {
        return format!("__{name}");
    }
    let mut camel = String::new();
    let mut start = true;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let between = letter == '_' && !camel.is_empty() && letters.peek().is_some_and(char::is_ascii_lowercase);
        if !between {
            camel.push(if start { letter.to_ascii_uppercase() } else { letter });
        }
        start = between;
    }
    camel
}

/// A word of the runtime's.
pub fn word(word: &str) -> Ident {
    Ident::new(word, proc_macro2::Span::call_site())
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
