//! `Dropout` and its kind.

use nn_graph::op::{Dropout, Noise};
use nn_graph::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::names;

/// Whether it is the dropout that has a number for each element.
fn is_plain(op: &Dropout) -> bool {
    op.noise == Noise::Dropout && op.shared_axes.is_empty()
}

/// All else that the noise is a function of.
fn noisy(op: &Dropout, call: &Call<'_>) -> TokenStream {
    let (rate, stream) = (names::float(op.rate), call.stream(0, op.seed));
    let noise = match op.noise {
        Noise::Dropout => quote!(Dropout),
        Noise::AlphaDropout => quote!(AlphaDropout),
        Noise::GaussianDropout => quote!(GaussianDropout),
        Noise::GaussianNoise => quote!(GaussianNoise),
    };
    let axes = call.cx.sizes(&call.node.output).into_iter().enumerate().map(|(axis, size)| {
        let shared = op.shared_axes.contains(&axis);
        quote!((#size, #shared))
    });
    quote!(&rt::dropout::Noisy {
        noise: rt::dropout::Noise::#noise,
        rate: #rate,
        key: pass.key,
        stream: #stream,
        axes: &[#(#axes),*],
        first,
    })
}

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
        let (x, y) = (&call.x, &call.y);
        if !is_plain(self) {
            let noisy = noisy(self, call);
            return quote!(rt::dropout::noise(simd, #noisy, #x, #y););
        }
        let random = random(self, call);
        quote!(rt::dropout::forward(simd, #random, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        if !is_plain(self) {
            let noisy = noisy(self, call);
            return quote!(rt::dropout::noise_backward(simd, #noisy, #dy, #dx););
        }
        let random = random(self, call);
        quote!(rt::dropout::backward(simd, #random, #dy, #dx);)
    }
}
