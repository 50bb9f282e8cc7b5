//! Recurrent layers, in one direction and in two.

use nn_graph::function::Function;
use nn_graph::graph::Node;
use nn_graph::op::{Bidirectional, Directions, Recurrence, RecurrenceKind, RecurrenceStep};
use nn_graph::size::{Length, Size};
use proc_macro2::{Ident, TokenStream};
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

/// What a layer inside of a `Bidirectional` does otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Direction {
    /// From the last step to the first, with outputs in the order of time.
    backward: bool,
    /// The other direction writes beside.
    beside: bool,
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

/// The unit struct with the geometry.
fn shape(op: &Recurrence, cx: &Context<'_>, name: &Ident, node: &Node, direction: Option<Direction>) -> TokenStream {
    let (steps, features) = match node.input.as_slice() {
        [steps, features] => (steps.clone(), features.clone()),
        other => (Size::Known(1), Size::product(other)),
    };
    let (steps, features) = (cx.size(&steps), cx.size(&features));
    let (units, doc) = (cx.size(&op.units), names::described(node));
    let backward = direction.is_some_and(|direction| direction.backward);
    let steps = (!op.cell).then(|| quote!(const STEPS: usize = #steps;));
    let flag = |on: bool, name: TokenStream| on.then(|| quote!(const #name: bool = true;));
    let sequences = flag(op.return_sequences, quote!(RETURN_SEQUENCES));
    let backwards = flag(op.go_backwards != backward, quote!(GO_BACKWARDS));
    let in_time = flag(backward && op.return_sequences, quote!(OUTPUT_IN_TIME));
    let zeros = flag(direction.is_some() && op.return_sequences, quote!(ZERO_OUTPUT_FOR_MASK));
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
fn activations(op: &Recurrence, cx: &Context<'_>) -> TokenStream {
    let single = |function: &Function| cx.function(function);
    let (activation, recurrent) = (single(&op.activation), single(&op.recurrent_activation));
    match op.kind {
        RecurrenceKind::SimpleRnn => activation,
        RecurrenceKind::Lstm | RecurrenceKind::Gru => quote!(#activation, #recurrent),
    }
}

/// What the dropouts of one direction depend on; a layer that goes forward alone has the direction 0.
fn random(op: &Recurrence, call: &Call<'_>, direction: u32) -> TokenStream {
    if op.streams() == 0 {
        return quote!(<rt::recurrent::Random as rt::Default>::default());
    }
    let stream = call.stream(direction * op.streams(), op.seed);
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
        Some(weights_of(self, cx, node.input.last()?))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        shape(self, cx, &cx.geometry(node), node, None)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (module, shape, dtype) = (module(self.kind), cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch => quote!(#module::scratch_len::<#shape, #dtype>()),
            Length::Saved => quote!(#module::saved_len::<#shape>()),
            Length::ScratchInto | Length::Bordered | Length::SavedOf(_) | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (module, field, shape) = (module(self.kind), cx.field(node), cx.geometry(node));
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
        let (module, field, shape) = (module(self.kind), cx.field(node), cx.geometry(node));
        let initial_state = states(self, |state| initial(&call.inputs, state));
        let final_state = states(self, |state| call.optional_output(1 + state));
        let (mask, random, activations) = (call.mask(0), random(self, call, 0), activations(self, cx));
        let state = call.carried(&Size::Known(0));
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
        let (module, field, shape) = (module(self.kind), cx.field(node), cx.geometry(node));
        let d_final_state = states(self, |state| call.optional_doutput(1 + state));
        let d_initial_state =
            states(self, |state| call.dinputs.get(1 + state).cloned().unwrap_or_else(|| quote!(rt::None)));
        let (mask, random, activations) = (call.mask(0), random(self, call, 0), activations(self, cx));
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
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::SavedOf(_) | Length::State => {
                TokenStream::new()
            }
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

/// `BidirectionalForwardShape` and `BidirectionalBackwardShape`.
fn directions(cx: &Context<'_>, node: &Node) -> [Ident; 2] {
    let name = cx.ident(&node.name);
    ["forward", "backward"].map(|direction| names::geometry(&format_ident!("{name}_{direction}")))
}

/// How the kernel joins two directions; beside each other they need not be.
fn merged(directions: Directions) -> TokenStream {
    match directions {
        Directions::Concat | Directions::Sum => quote!(rt::bidirectional::Merge::Sum),
        Directions::Mul => quote!(rt::bidirectional::Merge::Mul),
        Directions::Ave => quote!(rt::bidirectional::Merge::Ave),
    }
}

/// The place of the states of a direction among inputs or results.
fn state(direction: usize, states: usize, state: usize) -> usize {
    1 + direction * states + state
}

impl Emit for Bidirectional {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let layer = weights_of(&self.layer, cx, node.input.last()?);
        Some(quote!(::nn::__rt::bidirectional::Bidirectional<#layer>))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let beside = self.merge == Directions::Concat;
        let shapes = directions(cx, node).into_iter().zip([false, true]);
        let shapes =
            shapes.map(|(name, backward)| shape(&self.layer, cx, &name, node, Some(Direction { backward, beside })));
        quote!(#(#shapes)*)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (module, directions, dtype) = (module(self.layer.kind), directions(cx, node), &cx.dtype);
        match what {
            Length::Scratch => {
                let (shape, half) = (&directions[0], cx.size(&self.half(node)));
                // A block that stands first would be a statement of its own.
                quote!({ 0 + #half + #module::scratch_len::<#shape, #dtype>() })
            }
            Length::SavedOf(direction) => {
                let shape = &directions[direction];
                quote!(#module::saved_len::<#shape>())
            }
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let layer = &self.layer;
        let Infer { cx, node, scratch, .. } = call;
        let (module, field, activations) = (module(layer.kind), cx.field(node), activations(layer, cx));
        let (x, y, mask, count) = (call.x(), call.y(), call.mask(0), layer.kind.states());
        let (half, units) = (cx.size(&self.half(node)), cx.size(&layer.units));
        let direct = |direction: usize, target: TokenStream| {
            let shape = &directions(cx, node)[direction];
            let part = if direction == 0 { quote!(forward) } else { quote!(backward) };
            let initial_state = states(layer, |index| match call.inputs.get(state(direction, count, index)) {
                Some(input) => quote!(rt::Some(#input)),
                None => quote!(rt::None),
            });
            let final_state = states(layer, |index| call.optional(state(direction, count, index)));
            let carried = match &call.state {
                Some(carried) => {
                    let [start, end] = [direction, direction + 1]
                        .map(|times| cx.size(&Size::product([&Size::Known(times), &layer.state_len()])));
                    quote!(rt::Some(rt::part(#carried, #start..#end)))
                }
                None => quote!(rt::None),
            };
            quote! {
                #module::infer(
                    simd,
                    #shape,
                    &self.#field.#part,
                    rt::recurrent::Sequence {
                        x: #x,
                        mask: #mask,
                        initial_state: #initial_state,
                        state: #carried,
                        y: #target,
                        final_state: #final_state,
                        scratch,
                    },
                    #activations,
                );
            }
        };
        let forward = direct(0, quote!(#y));
        if self.merge == Directions::Concat {
            let backward = direct(1, quote!(&mut #y[#units..]));
            return quote!(let scratch = #scratch; #forward #backward);
        }
        let (backward, merge) = (direct(1, quote!(other)), merged(self.merge));
        quote! {
            let (other, scratch) = rt::split(#scratch, #half);
            #forward
            #backward
            rt::bidirectional::merge_into(simd, #merge, other, #y);
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let layer = &self.layer;
        let Call { cx, node, x, y, saved, .. } = call;
        let (module, field, activations) = (module(layer.kind), cx.field(node), activations(layer, cx));
        let (mask, count) = (call.mask(0), layer.kind.states());
        let (half, units) = (cx.size(&self.half(node)), cx.size(&layer.units));
        let saved_forward = self.measure(cx, node, Length::SavedOf(0));
        let direct = |direction: usize, target: TokenStream| {
            let shape = &directions(cx, node)[direction];
            let (part, saved) = if direction == 0 {
                (quote!(forward), quote!(saved))
            } else {
                (quote!(backward), quote!(saved_backward))
            };
            let initial_state = states(layer, |index| match call.inputs.get(state(direction, count, index)) {
                Some(input) => quote!(rt::Some(#input)),
                None => quote!(rt::None),
            });
            let final_state = states(layer, |index| call.optional_output(state(direction, count, index)));
            let random = random(layer, call, direction as u32);
            let state = call.carried(&Size::product([&Size::Known(direction), &layer.state_len()]));
            quote! {
                #module::forward(
                    simd,
                    #shape,
                    &self.#field.#part,
                    rt::recurrent::Forward {
                        samples,
                        x: #x,
                        mask: #mask,
                        initial_state: #initial_state,
                        state: #state,
                        y: #target,
                        final_state: #final_state,
                        saved: #saved,
                        random: #random,
                        scratch,
                    },
                    #activations,
                );
            }
        };
        let split = quote! {
            let (outputs, saved) = rt::split(#saved, samples * 2 * #half);
            let (saved, saved_backward) = rt::split(saved, samples * #saved_forward);
        };
        if self.merge == Directions::Concat {
            let (forward, backward) = (direct(0, quote!(#y)), direct(1, quote!(&mut (#y)[#units..])));
            return quote!({ #split #forward #backward });
        }
        let (forward, backward) = (direct(0, quote!(one)), direct(1, quote!(other)));
        let merge = merged(self.merge);
        quote!({
            #split
            let (one, other) = rt::split(outputs, samples * #half);
            #forward
            #backward
            rt::bidirectional::merge(simd, #merge, one, other, #y);
        })
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let layer = &self.layer;
        let Call { cx, node, x, dy, saved, dsaved, .. } = call;
        let (module, field, activations) = (module(layer.kind), cx.field(node), activations(layer, cx));
        let (mask, count) = (call.mask(0), layer.kind.states());
        let (half, units) = (cx.size(&self.half(node)), cx.size(&layer.units));
        let (saved_forward, dx) = (self.measure(cx, node, Length::SavedOf(0)), call.optional_dx());
        let input = cx.size(&Size::product(&node.input));
        let direct = |direction: usize, dy: TokenStream, dx: TokenStream| {
            let shape = &directions(cx, node)[direction];
            let (part, saved) = if direction == 0 {
                (quote!(forward), quote!(saved))
            } else {
                (quote!(backward), quote!(saved_backward))
            };
            let d_final_state = states(layer, |index| call.optional_doutput(state(direction, count, index)));
            let d_initial_state = states(layer, |index| {
                call.dinputs.get(state(direction, count, index)).cloned().unwrap_or_else(|| quote!(rt::None))
            });
            let random = random(layer, call, direction as u32);
            quote! {
                #module::backward(
                    simd,
                    #shape,
                    &self.#field.#part,
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
                    &mut sums.#field.#part,
                    #activations,
                );
            }
        };
        let begin = quote! {
            let (outputs, saved) = rt::halves(#saved, samples * 2 * #half);
            let (saved, saved_backward) = rt::halves(saved, samples * #saved_forward);
            let (douts, rest) = rt::split(#dsaved, samples * 2 * #half);
            let dx_backward = &mut rest[..samples * #input];
            let mut dx: rt::Option<&mut [_]> = #dx;
        };
        let dx_forward = quote!(dx.as_deref_mut());
        let dx_other = quote!(dx.is_some().then_some(&mut *dx_backward));
        let end = quote! {
            if let rt::Some(dx) = dx {
                rt::add(simd, dx_backward, dx);
            }
        };
        if self.merge == Directions::Concat {
            let forward = direct(0, quote!(#dy), dx_forward);
            let backward = direct(1, quote!(&(#dy)[#units..]), dx_other);
            return quote!({ #begin #forward #backward #end });
        }
        let (forward, backward) = (direct(0, quote!(done), dx_forward), direct(1, quote!(dother), dx_other));
        let merge = merged(self.merge);
        quote!({
            #begin
            let (one, other) = rt::halves(outputs, samples * #half);
            let (done, dother) = rt::split(douts, samples * #half);
            rt::bidirectional::merge_backward(simd, #merge, one, other, #dy, done, dother);
            #forward
            #backward
            #end
        })
    }
}
