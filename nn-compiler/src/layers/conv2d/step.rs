//! A causal `Conv1D` one step at a time.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::Conv2D;
use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::emit::{Call, Emit, Infer, Step};
use crate::layers::options::Padding;
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::{Dim, apply};

/// The step of a convolution; its geometry is that of the whole sequence.
struct OneStep {
    layer: Conv2D,
    whole: Node,
}

impl Conv2D {
    /// The layer for one step: of a sequence, in one part, without strides, and not looking ahead.
    pub fn one_step(&self, node: &Node) -> Option<Step> {
        let plain = self.strides[1].known() == Some(1) && !matches!(self.activation, Function::Softmax { .. });
        if self.mixture.is_some() || node.input.len() != 2 || !plain || self.padding == Padding::Same {
            return None;
        }
        let (kernel, dilation) = (&self.kernel_size[1], &self.dilation_rate[1]);
        let before = match apply!(reach(kernel, dilation)) {
            Dim::Known(reach) => Dim::Known(reach - 1),
            Dim::Const(reach) => Dim::Const(quote!({ #reach - 1 })),
        };
        let latency = if self.padding == Padding::Valid { before.clone() } else { Dim::Known(0) };
        let op = Op::Alone(Rc::new(OneStep { layer: self.clone(), whole: node.clone() }));
        Some(Step { op, timed: true, latency, reach: Some(before) })
    }
}

impl Emit for OneStep {
    fn geometry(&self, _: &Node) -> TokenStream {
        self.layer.shape(&self.whole, false)
    }

    fn state(&self, node: &Node) -> Option<Dim> {
        let shape = names::geometry(&node.name);
        Some(Dim::Const(quote!(rt::conv1d::state_len::<#shape>())))
    }

    fn takes_activation(&self, _: &Node) -> bool {
        matches!(self.layer.activation, Function::Linear)
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, state, activation, .. } = call;
        let (field, shape, x, y) = (&node.field, names::geometry(&node.name), call.x(), call.y());
        let own = self.layer.activation.value();
        let activation = if self.takes_activation(node) { activation } else { &own };
        quote! {
            rt::conv1d::step(
                simd, #shape, &self.#field, #x, #state, #y,
                rt::Epilogue::bias(&self.#field.bias).activation(#activation),
            );
        }
    }

    fn forward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}
