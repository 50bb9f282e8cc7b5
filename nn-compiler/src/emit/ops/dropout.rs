//! `Dropout`.

use nn_graph::op::Dropout;
use nn_graph::size::Size;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::names;

/// Rate, key, layer and first element: what the mask is a function of.
fn stream(op: &Dropout, call: &Call<'_>) -> TokenStream {
    let rate = names::float(op.rate);
    let layer = Literal::u64_unsuffixed(op.seed.rotate_left(32) ^ call.index as u64);
    let len = call.cx.size(&Size::product(&call.node.output));
    quote!(#rate, pass.key, #layer, (first * #len) as u64)
}

impl Emit for Dropout {
    without!(weights, geometry, measure);

    /// At inference it is a view.
    fn infer(&self, _: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, stream) = (&call.x, &call.y, stream(self, call));
        quote!(rt::dropout::forward(simd, #stream, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx, stream) = (&call.dy, &call.dx, stream(self, call));
        quote!(rt::dropout::backward(simd, #stream, #dy, #dx);)
    }
}
