//! `GlobalMaxPooling2D` and `GlobalAveragePooling2D` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::GlobalPool2D;
use crate::layers::emit::{Call, Emit, Infer};

impl Emit for GlobalPool2D {
    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (node, x, y) = (call.node, call.x(), call.y());
        let (kind, dims) = (self.kind.tokens(), &node.input);
        quote!(rt::global_pool2d::infer(simd, #kind, [#(#dims),*], #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, .. } = call;
        let (kind, dims) = (self.kind.tokens(), &node.input);
        quote!(rt::global_pool2d::forward(simd, #kind, [#(#dims),*], samples, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, dy, dx, .. } = call;
        let (kind, dims) = (self.kind.tokens(), &node.input);
        quote!(rt::global_pool2d::backward(simd, #kind, [#(#dims),*], samples, #x, #y, #dy, #dx);)
    }
}
