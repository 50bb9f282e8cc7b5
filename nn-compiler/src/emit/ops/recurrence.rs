//! Recurrent layers.

use nn_graph::function::Function;
use nn_graph::graph::Node;
use nn_graph::op::{Recurrence, RecurrenceKind, RecurrenceStep};
use nn_graph::size::{Length, Size};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Call, Emit, Infer, weight_type, without};
use crate::emit::{Context, names};

/// The module of the runtime.
fn module(kind: RecurrenceKind) -> TokenStream {
    match kind {
        RecurrenceKind::SimpleRnn => quote!(rt::simple_rnn),
        RecurrenceKind::Lstm => quote!(rt::lstm),
        RecurrenceKind::Gru => quote!(rt::gru),
    }
}

/// The type of its weights, for this many features.
fn weights_of(op: &Recurrence, cx: &Context<'_>, features: &Size) -> TokenStream {
    let (features, units, dtype) = (cx.size(features), cx.size(&op.units), &cx.dtype);
    match op.kind {
        RecurrenceKind::SimpleRnn => {
            let bias = weight_type(op.use_bias, &units, dtype);
            quote!(::nn::__rt::simple_rnn::SimpleRNN<#features, #units, #dtype, #bias>)
        }
        RecurrenceKind::Lstm => {
            let biases = names::number(if op.use_bias { 4 } else { 0 });
            quote!(::nn::__rt::lstm::LSTM<#features, #units, #dtype, #biases>)
        }
        RecurrenceKind::Gru => {
            let biases = if op.use_bias { 1 + usize::from(op.reset_after) } else { 0 };
            let biases = names::number(biases);
            quote!(::nn::__rt::gru::GRU<#features, #units, #dtype, #biases>)
        }
    }
}

/// The field with its weights; inside of a `Bidirectional`, a part of that.
fn field(op: &Recurrence, cx: &Context<'_>, node: &Node) -> TokenStream {
    let field = cx.field(node);
    match op.direction.map(|direction| format_ident!("{}", direction.name())) {
        None => quote!(#field),
        Some(part) => quote!(#field.#part),
    }
}

/// The unit struct with the geometry.
fn shape(op: &Recurrence, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (steps, features) = match node.input.as_slice() {
        [steps, features] => (steps.clone(), features.clone()),
        other => (Size::Known(1), Size::product(other)),
    };
    let (steps, features) = (cx.size(&steps), cx.size(&features));
    let (name, units, doc) = (cx.geometry(node), cx.size(&op.units), names::described(node));
    let steps = (!op.cell).then(|| quote!(const STEPS: usize = #steps;));
    let flag = |on: bool, name: TokenStream| on.then(|| quote!(const #name: bool = true;));
    let sequences = flag(op.return_sequences, quote!(RETURN_SEQUENCES));
    let backwards = flag(op.begins_last(), quote!(GO_BACKWARDS));
    let in_time = flag(op.outputs_in_time(), quote!(OUTPUT_IN_TIME));
    let zeros = flag(op.zeros_masked(), quote!(ZERO_OUTPUT_FOR_MASK));
    let reset = (!op.reset_after).then(|| {
        quote!(
            const RESET_AFTER: bool = false;
        )
    });
    let share = |share: f64, name: TokenStream| {
        let number = names::float(share);
        (share > 0.0).then(|| quote!(const #name: f64 = #number;))
    };
    let dropout = share(op.dropout, quote!(DROPOUT));
    let recurrent_dropout = share(op.recurrent_dropout, quote!(RECURRENT_DROPOUT));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::recurrent::RecurrentShape for #name {
            #steps
            const INPUTS: usize = #features;
            const UNITS: usize = #units;
            #sequences #backwards #in_time #zeros #reset #dropout #recurrent_dropout
        }
    }
}

/// The last arguments of each call.
fn activations(op: &Recurrence, cx: &Context<'_>) -> TokenStream {
    let single = |function: &Function| cx.function(function);
    let (activation, recurrent) = (single(&op.activation), single(&op.recurrent_activation));
    match op.kind {
        RecurrenceKind::SimpleRnn => activation,
        RecurrenceKind::Lstm | RecurrenceKind::Gru => quote!(#activation, #recurrent),
    }
}

/// What its dropouts depend on.
fn random(op: &Recurrence, call: &Call<'_>) -> TokenStream {
    if op.streams() == 0 {
        return quote!(<rt::recurrent::Random as rt::Default>::default());
    }
    let stream = call.stream(0, op.seed);
    quote!(rt::recurrent::Random { key: pass.key, stream: #stream, first_sample: first as u64 })
}

/// `[…; N]` for the states: what stands at each.
fn states(op: &Recurrence, item: impl Fn(usize) -> TokenStream) -> TokenStream {
    let items = (0..op.kind.states()).map(item);
    quote!([#(#items),*])
}

fn initial(inputs: &[TokenStream], state: usize) -> TokenStream {
    match inputs.get(1 + state) {
        Some(input) => quote!(rt::Some(#input)),
        None => quote!(rt::None),
    }
}

impl Emit for Recurrence {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let weights = weights_of(self, cx, node.input.last()?);
        Some(match self.direction {
            None => weights,
            Some(_) => quote!(::nn::__rt::bidirectional::Bidirectional<#weights>),
        })
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        shape(self, cx, node)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (module, shape, dtype) = (module(self.kind), cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch => quote!(#module::scratch_len::<#shape, #dtype>()),
            Length::Saved => quote!(#module::saved_len::<#shape>()),
            Length::ScratchInto | Length::Bordered | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (module, field, shape) = (module(self.kind), field(self, cx, node), cx.geometry(node));
        let (x, y, mask) = (call.x(), call.y(), call.mask(0));
        let initial_state = states(self, |state| initial(&call.inputs, state));
        let final_state = states(self, |state| call.optional(1 + state));
        let state = call.state();
        let activations = activations(self, cx);
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

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (module, field, shape) = (module(self.kind), field(self, cx, node), cx.geometry(node));
        let initial_state = states(self, |state| initial(&call.inputs, state));
        let final_state = states(self, |state| call.optional_output(1 + state));
        let (mask, random, activations) = (call.mask(0), random(self, call), activations(self, cx));
        let state = call.carried();
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
                    state: #state,
                    y: #y,
                    final_state: #final_state,
                    saved: #saved,
                    random: #random,
                    scratch,
                },
                #activations,
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, saved, .. } = call;
        let (module, field, shape) = (module(self.kind), field(self, cx, node), cx.geometry(node));
        let d_final_state = states(self, |state| call.optional_doutput(1 + state));
        let d_initial_state =
            states(self, |state| call.dinputs.get(1 + state).cloned().unwrap_or_else(|| quote!(rt::None)));
        let (mask, random, activations) = (call.mask(0), random(self, call), activations(self, cx));
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
                    saved: #saved,
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

impl Emit for RecurrenceStep {
    without!(training);

    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        self.layer.weights(cx, node)
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        self.layer.geometry(cx, node)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (module, shape, dtype) = (module(self.layer.kind), cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch if self.steps > 1 => quote!(#module::scratch_len::<#shape, #dtype>()),
            Length::Scratch => quote!(#module::step_scratch_len::<#shape, #dtype>()),
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, state, .. } = call;
        let (module, field, shape) = (module(self.layer.kind), cx.field(node), cx.geometry(node));
        let (x, y, activations) = (call.x(), call.y(), activations(&self.layer, cx));
        let steps = if self.steps > 1 { quote!(steps) } else { quote!(step) };
        quote! {
            #module::#steps(
                simd,
                #shape,
                &self.#field,
                rt::recurrent::Step { x: #x, state: #state, y: #y, scratch: #scratch },
                #activations,
            );
        }
    }
}
