//! A recurrent layer one step at a time.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::Recurrent;
use crate::layers::Op;
use crate::layers::emit::{Call, Emit, Infer, Step};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

/// The step of a layer: its state is the network's.
struct OneStep(Recurrent);

impl Recurrent {
    /// The layer for one step; not if it goes backward, is given its state or hands it out.
    pub fn one_step(&self, node: &Node) -> Option<Step> {
        let runs = !self.go_backwards && !self.return_state && !self.cell && node.inputs.len() == 1;
        runs.then(|| Step {
            op: Op::Alone(Rc::new(OneStep(self.clone()))),
            timed: self.return_sequences,
            latency: Dim::Known(0),
            reach: None,
        })
    }

    /// The elements of all its states.
    pub fn state_len(&self) -> Dim {
        Dim::product([&Dim::Known(self.kind.states()), &self.units])
    }
}

impl Emit for OneStep {
    fn geometry(&self, node: &Node) -> TokenStream {
        self.0.shape(&names::geometry(&node.name), node, None)
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let (module, shape) = (self.0.kind.module(), names::geometry(&node.name));
        Some(Dim::Const(quote!(#module::step_scratch_len::<#shape, #dtype>())))
    }

    fn state(&self, _: &Node) -> Option<Dim> {
        Some(self.0.state_len())
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, state, .. } = call;
        let (module, field, shape) = (self.0.kind.module(), &node.field, names::geometry(&node.name));
        let (x, y, activations) = (call.x(), call.y(), self.0.activations());
        quote! {
            #module::step(
                simd,
                #shape,
                &self.#field,
                rt::recurrent::Step { x: #x, state: #state, y: #y, scratch: #scratch },
                #activations,
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
