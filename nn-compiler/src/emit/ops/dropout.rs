//! `Dropout`.

use nn_graph::op::Dropout;
use nn_graph::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::names;

/// Rate, key, stream and first element: what the mask is a function of.
fn random(op: &Dropout, call: &Call<'_>) -> TokenStream {
    let (rate, stream) = (names::float(op.rate), call.stream(0, op.seed));
    let len = call.cx.size(&Size::product(&call.node.output));
    quote!(#rate, pass.key, #stream, (first * #len) as u64)
}

impl Emit for Dropout {
    without!(weights, geometry, measure);

    /// At inference it is a view.
    fn infer(&self, _: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, random) = (&call.x, &call.y, random(self, call));
        quote!(rt::dropout::forward(simd, #random, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx, random) = (&call.dy, &call.dx, random(self, call));
        quote!(rt::dropout::backward(simd, #random, #dy, #dx);)
    }
}
