//! `activity_regularizer`: what the results of a layer cost.

use nn_graph::weight::Regularizer;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::data;

impl Emit for Regularizer {
    without!(weights, geometry, measure);

    /// At inference it is a view.
    fn infer(&self, _: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    /// The loss asks for the penalty of the values that are there when forward has ended.
    fn forward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (x, dx, regularizer) = (&call.x, &call.dx, data::regularizer(self));
        quote!(rt::Regularizer::gradient(#regularizer, pass.samples, #x, #dx);)
    }
}
