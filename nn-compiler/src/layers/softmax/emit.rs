//! `softmax` and `log_softmax` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Softmax;
use crate::layers::emit::{Call, Emit};
use crate::plan::around;
use crate::shapes::dim::Dim;

/// Softmax over rows: the layer, and what `activation = softmax` becomes.
pub struct Row {
    /// The elements before, along and after the axis, for one sample.
    pub axes: [Dim; 3],
    pub log: bool,
}

impl Row {
    /// How often the axis runs in the samples of a shard.
    fn rows(&self) -> TokenStream {
        match &self.axes[0] {
            Dim::Known(1) => quote!(samples),
            // In parentheses: where tokens come from several lines, clippy suspects a missing comma before `*`.
            outer => quote!((samples * #outer)),
        }
    }
}

impl Emit for Row {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        let name = if self.log { quote!(infer_log) } else { quote!(infer) };
        let ([_, n, inner], rows) = (&self.axes, self.rows());
        quote!(rt::softmax::#name(simd, [#rows, #n, #inner], #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (y, dy, dx) = (&call.y, &call.dy, &call.dx);
        let name = if self.log { quote!(backward_log) } else { quote!(backward) };
        let ([_, n, inner], rows) = (&self.axes, self.rows());
        quote!(rt::softmax::#name(simd, [#rows, #n, #inner], #y, #dy, #dx);)
    }
}

impl Emit for Softmax {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        self.row(call).forward(call)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        self.row(call).backward(call)
    }
}

impl Softmax {
    fn row(&self, call: &Call<'_>) -> Row {
        Row { axes: around(&call.node.output, self.axis), log: self.log }
    }
}
