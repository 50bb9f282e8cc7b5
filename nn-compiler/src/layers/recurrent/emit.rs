//! Recurrent layers in the expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Kind, Recurrent};
use crate::layers::emit::{Call, Emit, Infer, Step};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl Kind {
    /// The module of the runtime.
    pub fn module(self) -> TokenStream {
        match self {
            Kind::SimpleRnn => quote!(rt::simple_rnn),
            Kind::Lstm => quote!(rt::lstm),
            Kind::Gru => quote!(rt::gru),
        }
    }
}

/// What a layer inside of a `Bidirectional` does otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// From the last step to the first, with outputs in the order of time.
    pub backward: bool,
    /// The other direction writes beside.
    pub beside: bool,
}

impl Recurrent {
    /// The type of its weights, for this many features.
    pub fn weight_type(&self, features: &Dim, dtype: &TokenStream) -> TokenStream {
        let units = &self.units;
        match self.kind {
            Kind::SimpleRnn => {
                let bias = crate::layers::options::weight_type(self.use_bias, units, dtype);
                quote!(::nn::__rt::simple_rnn::SimpleRNN<#features, #units, #dtype, #bias>)
            }
            Kind::Lstm => {
                let biases = names::number(if self.use_bias { 4 } else { 0 });
                quote!(::nn::__rt::lstm::LSTM<#features, #units, #dtype, #biases>)
            }
            Kind::Gru => {
                let biases = if self.use_bias { 1 + usize::from(self.reset_after) } else { 0 };
                let biases = names::number(biases);
                quote!(::nn::__rt::gru::GRU<#features, #units, #dtype, #biases>)
            }
        }
    }

    /// The unit struct with the geometry.
    pub fn shape(&self, name: &Ident, node: &Node, direction: Option<Direction>) -> TokenStream {
        let (steps, features) = match node.input.as_slice() {
            [steps, features] => (steps.clone(), features.clone()),
            other => (Dim::Known(1), Dim::product(other)),
        };
        let (units, doc) = (&self.units, names::described(node));
        let backward = direction.is_some_and(|direction| direction.backward);
        let steps = (!self.cell).then(|| quote!(const STEPS: usize = #steps;));
        let flag = |on: bool, name: TokenStream| on.then(|| quote!(const #name: bool = true;));
        let sequences = flag(self.return_sequences, quote!(RETURN_SEQUENCES));
        let backwards = flag(self.go_backwards != backward, quote!(GO_BACKWARDS));
        let in_time = flag(backward && self.return_sequences, quote!(OUTPUT_IN_TIME));
        let zeros = flag(direction.is_some() && self.return_sequences, quote!(ZERO_OUTPUT_FOR_MASK));
        let reset = (!self.reset_after).then(|| {
            quote!(
                const RESET_AFTER: bool = false;
            )
        });
        let share = |share: f64, name: TokenStream| {
            let number = names::float(share);
            (share > 0.0).then(|| quote!(const #name: f64 = #number;))
        };
        let dropout = share(self.dropout, quote!(DROPOUT));
        let recurrent_dropout = share(self.recurrent_dropout, quote!(RECURRENT_DROPOUT));
        let beside = direction.is_some_and(|direction| direction.beside);
        let stride = beside.then(|| quote!(const STRIDE: usize = 2 * #units;));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::recurrent::RecurrentShape for #name {
                #steps
                const INPUTS: usize = #features;
                const UNITS: usize = #units;
                #sequences #backwards #in_time #zeros #reset #dropout #recurrent_dropout #stride
            }
        }
    }

    /// The last arguments of each call.
    pub fn activations(&self) -> TokenStream {
        let (activation, recurrent) = (self.activation.value(), self.recurrent_activation.value());
        if self.kind == Kind::SimpleRnn { quote!(#activation) } else { quote!(#activation, #recurrent) }
    }

    /// What the dropouts of one direction depend on; a layer that goes forward alone has the direction 0.
    pub fn random(&self, call: &Call<'_>, direction: u32) -> TokenStream {
        if self.streams() == 0 {
            return quote!(rt::recurrent::Random::default());
        }
        let stream = call.stream(direction * self.streams(), self.seed);
        quote!(rt::recurrent::Random { key: pass.key, stream: #stream, first_sample: first as u64 })
    }

    /// `[…; N]` for the states: what stands at each, from the place `from` on.
    pub fn states(&self, item: impl Fn(usize) -> TokenStream) -> TokenStream {
        let items = (0..self.kind.states()).map(item);
        quote!([#(#items),*])
    }
}

fn initial(inputs: &[TokenStream], state: usize) -> TokenStream {
    match inputs.get(1 + state) {
        Some(input) => quote!(rt::Some(#input)),
        None => quote!(rt::None),
    }
}

impl Emit for Recurrent {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        Some(self.weight_type(node.input.last()?, dtype))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        self.shape(&names::geometry(&node.name), node, None)
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let (module, shape) = (self.kind.module(), names::geometry(&node.name));
        Some(Dim::Const(quote!(#module::scratch_len::<#shape, #dtype>())))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, .. } = call;
        let (module, field, shape) = (self.kind.module(), &node.field, names::geometry(&node.name));
        let (x, y, mask) = (call.x(), call.y(), call.mask(0));
        let initial_state = self.states(|state| initial(&call.inputs, state));
        let final_state = self.states(|state| call.optional(1 + state));
        let state = call.state();
        let activations = self.activations();
        quote! {
            #module::infer(
                simd,
                #shape,
                &self.#field,
                rt::recurrent::Sequence {
                    x: #x,
                    mask: #mask,
                    initial_state: #initial_state,
                    state: #state,
                    y: #y,
                    final_state: #final_state,
                    scratch: #scratch,
                },
                #activations,
            );
        }
    }

    fn state(&self, _: &Node) -> Option<Dim> {
        self.stateful.then(|| self.state_len())
    }

    fn step(&self, node: &Node) -> Option<Step> {
        self.one_step(node)
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        let (module, shape) = (self.kind.module(), names::geometry(&node.name));
        Some(Dim::Const(quote!(#module::kept_len::<#shape>())))
    }

    fn streams(&self) -> u32 {
        // One for the inputs and one for the states, as `rt::recurrent::Random` has them.
        if self.dropout > 0.0 || self.recurrent_dropout > 0.0 { 2 } else { 0 }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, kept, .. } = call;
        let (module, field, shape) = (self.kind.module(), &node.field, names::geometry(&node.name));
        let initial_state = self.states(|state| initial(&call.inputs, state));
        let final_state = self.states(|state| call.optional_output(1 + state));
        let (mask, random, activations) = (call.mask(0), self.random(call, 0), self.activations());
        quote! {
            #module::forward(
                simd,
                #shape,
                &self.#field,
                rt::recurrent::Forward {
                    samples,
                    x: #x,
                    mask: #mask,
                    initial_state: #initial_state,
                    y: #y,
                    final_state: #final_state,
                    kept: #kept,
                    random: #random,
                    scratch,
                },
                #activations,
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, kept, .. } = call;
        let (module, field, shape) = (self.kind.module(), &node.field, names::geometry(&node.name));
        let d_final_state = self.states(|state| call.optional_doutput(1 + state));
        let d_initial_state =
            self.states(|state| call.dinputs.get(1 + state).cloned().unwrap_or_else(|| quote!(rt::None)));
        let (mask, random, activations) = (call.mask(0), self.random(call, 0), self.activations());
        let dx = call.optional_dx();
        quote! {
            #module::backward(
                simd,
                #shape,
                &self.#field,
                rt::recurrent::Backward {
                    samples,
                    x: #x,
                    mask: #mask,
                    kept: #kept,
                    dy: #dy,
                    d_final_state: #d_final_state,
                    dx: #dx,
                    d_initial_state: #d_initial_state,
                    random: #random,
                    scratch,
                },
                &mut sums.#field,
                #activations,
            );
        }
    }
}

/// `BidirectionalForwardShape` and `BidirectionalBackwardShape`.
pub fn directions(node: &Node) -> [Ident; 2] {
    ["forward", "backward"].map(|direction| names::geometry(&format_ident!("{}_{direction}", node.name)))
}
