//! The layers, as the macro sees them: one file each, named as in nn-core, and the table that lists them.

use proc_macro2::TokenStream;

use crate::shapes::dim::{Dim, Shape};

/// One layer of a network, its arguments checked: what the stages ask it.
pub trait Layer {
    /// The name of the class, as Keras spells it: `MaxPooling2D` for `MaxPool2D`.
    fn class(&self) -> &'static str;

    /// The shape of the output for this shape of the input, or why there is none.
    fn output(&self, cx: &RuleContext, input: &Shape) -> Result<Shape, Problem>;

    /// The weights, in Keras' order.
    fn params(&self, input: &Shape) -> Vec<Param>;

    /// Multiply-adds for one sample.
    fn macs(&self, input: &Shape, output: &Shape) -> Dim;

    /// What the plan has to know of it.
    fn op(&self, input: &Shape, output: &Shape) -> Op;
}

/// A layer in the eyes of the plan: what can be fused with what.
pub enum Op {
    /// Takes time and can end in an epilogue: bias, scale and shift, activation, pooling.
    Conv2D(conv2d::Conv2D),
    /// The same without pooling.
    Dense(dense::Dense),
    Pool2D(pool2d::Pool2D),
    GlobalPool2D(global_pool2d::GlobalPool2D),
    BatchNormalization(batch_normalization::BatchNormalization),
    /// An elementwise function.
    Activation(activation::Function),
    PRelu(prelu::PRelu),
    Softmax(softmax::Softmax),
    Dropout(dropout::Dropout),
    /// The same numbers in another shape: Flatten, Reshape, linear.
    View,
}
