//! Activation functions that are steps of their own.

use nn_graph::function::Elementwise;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};

impl Emit for Elementwise {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (x, y, function) = (call.x(), call.y(), call.cx.activation(Some(self)));
        if call.in_place {
            quote!(rt::activation::in_place(simd, #y, #function);)
        } else {
            quote!(rt::activation::infer(simd, #x, #y, #function);)
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, function) = (&call.x, &call.y, call.cx.activation(Some(self)));
        quote!(rt::activation::infer(simd, #x, #y, #function);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, dy, dx, function) = (&call.x, &call.y, &call.dy, &call.dx, call.cx.activation(Some(self)));
        quote!(rt::activation::backward(simd, #x, #y, #dy, #dx, #function);)
    }
}
