//! Pooling over all of space.

use nn_graph::graph::Node;
use nn_graph::op::GlobalPool;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, pool, without};
use crate::emit::Context;

/// Where its code is.
fn module(op: &GlobalPool) -> TokenStream {
    if op.sequence { quote!(rt::global_pool1d) } else { quote!(rt::global_pool2d) }
}

/// The sizes of the input: steps, or height and width, and channels.
fn dims(op: &GlobalPool, cx: &Context<'_>, node: &Node) -> Vec<TokenStream> {
    if op.sequence { cx.sizes(&node.input) } else { cx.sizes(&node.image()) }
}

/// The mask of the input, where there is one.
fn mask(masks: &[Option<TokenStream>]) -> Option<&TokenStream> {
    masks.first()?.as_ref()
}

impl Emit for GlobalPool {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (module, kind, dims) = (module(self), pool::kind(self.kind), dims(self, call.cx, call.node));
        let (x, y) = (call.x(), call.y());
        match mask(&call.masks) {
            Some(mask) => quote!(#module::infer_masked(simd, [#(#dims),*], #x, #mask, #y);),
            None => quote!(#module::infer(simd, #kind, [#(#dims),*], #x, #y);),
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let (module, kind, dims) = (module(self), pool::kind(self.kind), dims(self, cx, node));
        match mask(&call.masks) {
            Some(mask) => quote!(#module::infer_masked(simd, [#(#dims),*], #x, #mask, #y);),
            None => quote!(#module::forward(simd, #kind, [#(#dims),*], samples, #x, #y);),
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, dy, dx, .. } = call;
        let (module, kind, dims) = (module(self), pool::kind(self.kind), dims(self, cx, node));
        match mask(&call.masks) {
            Some(mask) => quote!(#module::backward_masked(simd, [#(#dims),*], #mask, #dy, #dx);),
            None => quote!(#module::backward(simd, #kind, [#(#dims),*], samples, #x, #y, #dy, #dx);),
        }
    }
}
