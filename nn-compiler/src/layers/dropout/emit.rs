//! `Dropout` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Dropout;
use crate::layers::emit::{Call, Emit};
use crate::names;
use crate::shapes::dim::Dim;

impl Emit for Dropout {
    fn streams(&self) -> u32 {
        u32::from(self.rate > 0.0)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        let random = self.random(call);
        quote!(rt::dropout::forward(simd, #random, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        let random = self.random(call);
        quote!(rt::dropout::backward(simd, #random, #dy, #dx);)
    }
}

impl Dropout {
    /// Rate, key, stream and first element: what the mask is a function of.
    fn random(&self, call: &Call<'_>) -> TokenStream {
        let rate = names::float(self.rate);
        let stream = call.stream(0, self.seed.unwrap_or(0));
        let len = Dim::product(&call.node.output);
        quote!(#rate, pass.key, #stream, (first * #len) as u64)
    }
}
