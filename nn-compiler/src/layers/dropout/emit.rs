//! `Dropout` in the expansion.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Dropout;
use crate::layers::emit::{Call, Emit};
use crate::names;
use crate::shapes::dim::Dim;

impl Emit for Dropout {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        let stream = self.stream(call);
        quote!(rt::dropout::forward(simd, #stream, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        let stream = self.stream(call);
        quote!(rt::dropout::backward(simd, #stream, #dy, #dx);)
    }
}

impl Dropout {
    /// Rate, key, layer and first element: what the mask is a function of.
    fn stream(&self, call: &Call<'_>) -> TokenStream {
        let rate = names::float(self.rate);
        let layer = Literal::u64_unsuffixed(self.seed.unwrap_or(0).rotate_left(32) ^ call.index as u64);
        let len = Dim::product(&call.node.output);
        quote!(#rate, pass.key, #layer, (first * #len) as u64)
    }
}
