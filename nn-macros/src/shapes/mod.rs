//! Graph → ShapedGraph: every layer's output shape, or why there is none.

pub mod dim;

use proc_macro2::{Ident, Span};

use crate::layers::{Layer, Op};
use crate::layers::options::Param;
use crate::parse::ast::{Dtype, Limit};
use dim::{Dim, Shape};

/// A network whose shapes fit: what the plan starts from.
pub struct ShapedGraph {
    pub attrs: Vec<syn::Attribute>,
    pub vis: syn::Visibility,
    /// `None` in the expression form.
    pub name: Option<Ident>,
    pub dtype: Dtype,
    pub budget: Vec<Limit>,
    pub input: Shape,
    /// In order of execution; the last one is the output.
    pub nodes: Vec<Node>,
}

/// One layer in place.
pub struct Node {
    /// The name of the field: the label, or Keras' default, spanned on the label or the layer's name.
    pub name: Ident,
    /// `MaxPooling2D`, as in Keras' summary.
    pub class: &'static str,
    /// `MaxPool2D<2>`, as written.
    pub text: String,
    /// The layer's name in the source, for hover and go-to-definition.
    pub token: Ident,
    /// From the name to the closing `>`.
    pub span: Span,
    pub op: Op,
    pub input: Shape,
    pub output: Shape,
    pub params: Vec<Param>,
    pub macs: Dim,
    /// What the compiler has to check because the macro could not see a size: complete `const _` items.
    pub checks: proc_macro2::TokenStream,
}
