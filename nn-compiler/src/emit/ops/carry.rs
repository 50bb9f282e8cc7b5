//! What one call leaves for the next.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};

/// The state as a value.
pub struct State;

impl Emit for State {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let y = call.y();
        quote!(rt::carry::recall(state, #y);)
    }

    /// In training each sample starts from zeros.
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let y = &call.y;
        quote!(rt::fill(#y, 0.0);)
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}

/// The first input; the second becomes the state.
pub struct Carry;

impl Emit for Carry {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (y, x, new) = (call.y(), &call.inputs[0], &call.inputs[1]);
        quote!(rt::carry::leave(#x, #new, state, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        quote!(rt::copy(#x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx, new) = (&call.dy, &call.dinputs[0], &call.dinputs[1]);
        quote!(rt::carry::backward(#dy, #dx, #new);)
    }
}
