//! `Bidirectional<LSTM<32>>`: a recurrent layer from both ends.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::emit::{Direction, directions};
use super::{ENTRIES, Kind, Recurrent, read};
use crate::layers::args::Args;
use crate::layers::emit::{Call, Emit, Infer};
use crate::layers::options::Param;
use crate::layers::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};
use crate::shapes::{Node, Operand};

pub const ENTRY: Entry = Entry {
    names: &["Bidirectional"],
    positional: Positional::Named { names: &["layer"], required: 1 },
    options: &[&["merge_mode"]],
    read: |args| Rc::new(read_both(args)),
};

/// How the outputs of the two directions become one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    Concat,
    Sum,
    Mul,
    Ave,
}

#[derive(Clone)]
struct Bidirectional {
    layer: Option<Recurrent>,
    merge: Merge,
}

fn read_both(args: &mut Args) -> Bidirectional {
    let modes = [("concat", Merge::Concat), ("sum", Merge::Sum), ("mul", Merge::Mul), ("ave", Merge::Ave)];
    let merge = args.word_or("merge_mode", Merge::Concat, &modes);
    let find = |name: &str| ENTRIES.iter().find(|entry| entry.names.contains(&name));
    let layer = args.inner("layer", find, "a recurrent layer: `Bidirectional<LSTM<32>>`", |inner, entry| {
        let kind = [Kind::SimpleRnn, Kind::Lstm, Kind::Gru].into_iter().find(|kind| kind.class() == entry.class());
        kind.map(|kind| read(inner, kind, false))
    });
    Bidirectional { layer: layer.flatten(), merge }
}

impl Layer for Bidirectional {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Some(layer) = &self.layer else {
            return Err(site.problem("needs a layer, not a cell", "`Bidirectional<LSTM<32>>`"));
        };
        if layer.stateful {
            return Err(site.problem("cannot be stateful: it reads a sequence from its end", "leave `stateful` out"));
        }
        let states = layer.kind.states();
        let (forward, backward) = match inputs.len() {
            n if n == 1 + 2 * states => {
                let first = inputs[..1].iter();
                (inputs[..=states].to_vec(), first.chain(&inputs[1 + states..]).cloned().collect())
            }
            _ => (inputs.to_vec(), inputs[..inputs.len().min(1)].to_vec()),
        };
        if inputs.len() != 1 && inputs.len() != 1 + 2 * states {
            let problem = format!("has {} initial states, but got {}", 2 * states, inputs.len().saturating_sub(1));
            return Err(site.problem(&problem, "first those of the forward layer, then those of the backward layer"));
        }
        let mut placed = layer.place(site, &forward)?;
        let other: Placed = layer.place(site, &backward)?;
        let prefixed = |prefix: &str, params: &[Param]| -> Vec<Param> {
            let named = |param: &Param| Param { name: format!("{prefix}.{}", param.name), ..param.clone() };
            params.iter().map(named).collect()
        };
        let params = [prefixed("forward", &placed.params), prefixed("backward", &other.params)].concat();
        if self.merge == Merge::Concat
            && let Some(last) = placed.outputs[0].last_mut()
        {
            *last = Dim::product([&Dim::Known(2), &*last]);
        }
        let more: Vec<_> = other.outputs.into_iter().skip(1).collect();
        placed.outputs.extend(more);
        let suffixes: &[&str] = if states == 2 {
            &["forward_h", "forward_c", "backward_h", "backward_c"]
        } else {
            &["forward_h", "backward_h"]
        };
        let macs = Dim::product([&Dim::Known(2), &placed.macs]);
        Ok(Placed { params, macs, suffixes, op: Op::Alone(Rc::new(self.clone())), ..placed })
    }

    fn masks(&self, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
        self.layer.as_ref().map(|layer| layer.masks(inputs, masks)).unwrap_or_default()
    }
}

impl Merge {
    fn tokens(self) -> TokenStream {
        match self {
            Merge::Concat | Merge::Sum => quote!(rt::bidirectional::Merge::Sum),
            Merge::Mul => quote!(rt::bidirectional::Merge::Mul),
            Merge::Ave => quote!(rt::bidirectional::Merge::Ave),
        }
    }
}

impl Bidirectional {
    fn both(&self) -> Option<&Recurrent> {
        self.layer.as_ref()
    }

    /// The elements of one direction's output, for one sample.
    fn half(&self, node: &Node) -> Dim {
        match &self.merge {
            Merge::Concat => Dim::Known(0),
            _ => Dim::product(&node.output),
        }
    }

    /// The kept elements of one direction.
    fn kept_of(&self, layer: &Recurrent, node: &Node, direction: usize) -> Dim {
        let (module, shape) = (layer.kind.module(), &directions(node)[direction]);
        Dim::Const(quote!(#module::kept_len::<#shape>()))
    }
}

/// The place of the states of a direction among inputs or results.
fn state(direction: usize, states: usize, state: usize) -> usize {
    1 + direction * states + state
}

impl Emit for Bidirectional {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let layer = self.both()?.weight_type(node.input.last()?, dtype);
        Some(quote!(::nn::__rt::bidirectional::Bidirectional<#layer>))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let Some(layer) = self.both() else { return TokenStream::new() };
        let shapes = directions(node).into_iter().zip([false, true]).map(|(name, backward)| {
            layer.shape(&name, node, Some(Direction { backward, beside: self.merge == Merge::Concat }))
        });
        quote!(#(#shapes)*)
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let layer = self.both()?;
        let (module, [shape, _]) = (layer.kind.module(), directions(node));
        let half = self.half(node);
        // A block that stands first would be a statement of its own.
        Some(Dim::Const(quote!({ 0 + #half + #module::scratch_len::<#shape, #dtype>() })))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Some(layer) = self.both() else { return TokenStream::new() };
        let Infer { node, scratch, .. } = call;
        let (module, field, activations) = (layer.kind.module(), &node.field, layer.activations());
        let (x, y, mask, states) = (call.x(), call.y(), call.mask(0), layer.kind.states());
        let (half, units) = (self.half(node), &layer.units);
        let direct = |direction: usize, target: TokenStream| {
            let shape = &directions(node)[direction];
            let part = if direction == 0 { quote!(forward) } else { quote!(backward) };
            let initial_state = layer.states(|index| match call.inputs.get(state(direction, states, index)) {
                Some(input) => quote!(rt::Some(#input)),
                None => quote!(rt::None),
            });
            let final_state = layer.states(|index| call.optional(state(direction, states, index)));
            quote! {
                #module::infer(
                    simd,
                    #shape,
                    &self.#field.#part,
                    rt::recurrent::Sequence {
                        x: #x,
                        mask: #mask,
                        initial_state: #initial_state,
                        state: rt::None,
                        y: #target,
                        final_state: #final_state,
                        scratch,
                    },
                    #activations,
                );
            }
        };
        let forward = direct(0, quote!(#y));
        if self.merge == Merge::Concat {
            let backward = direct(1, quote!(&mut #y[#units..]));
            return quote!(let scratch = #scratch; #forward #backward);
        }
        let (backward, merge) = (direct(1, quote!(other)), self.merge.tokens());
        quote! {
            let (other, scratch) = rt::split(#scratch, #half);
            #forward
            #backward
            rt::bidirectional::merge_into(simd, #merge, other, #y);
        }
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        let layer = self.both()?;
        let [forward, backward] = [0, 1].map(|direction| self.kept_of(layer, node, direction));
        let (half, input) = (self.half(node), Dim::product(&node.input));
        // In backward, the gradients of both outputs and of the input lie there.
        Some(Dim::Const(quote!({ 2 * #half + #forward + #backward + #input })))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Some(layer) = self.both() else { return TokenStream::new() };
        let Call { node, x, y, kept, .. } = call;
        let (module, field, activations) = (layer.kind.module(), &node.field, layer.activations());
        let (mask, states, half, units) = (call.mask(0), layer.kind.states(), self.half(node), &layer.units);
        let kept_forward = self.kept_of(layer, node, 0);
        let direct = |direction: usize, target: TokenStream| {
            let shape = &directions(node)[direction];
            let (part, kept) = if direction == 0 {
                (quote!(forward), quote!(kept))
            } else {
                (quote!(backward), quote!(kept_backward))
            };
            let initial_state = layer.states(|index| match call.inputs.get(state(direction, states, index)) {
                Some(input) => quote!(rt::Some(#input)),
                None => quote!(rt::None),
            });
            let final_state = layer.states(|index| call.optional_output(state(direction, states, index)));
            let random = layer.random(call, direction as u64);
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
                        y: #target,
                        final_state: #final_state,
                        kept: #kept,
                        random: #random,
                        scratch,
                    },
                    #activations,
                );
            }
        };
        let split = quote! {
            let (outputs, kept) = rt::split(#kept, samples * 2 * #half);
            let (kept, kept_backward) = rt::split(kept, samples * #kept_forward);
        };
        if self.merge == Merge::Concat {
            let (forward, backward) = (direct(0, quote!(#y)), direct(1, quote!(&mut (#y)[#units..])));
            return quote!({ #split #forward #backward });
        }
        let (forward, backward) = (direct(0, quote!(one)), direct(1, quote!(other)));
        let merge = self.merge.tokens();
        quote!({
            #split
            let (one, other) = rt::split(outputs, samples * #half);
            #forward
            #backward
            rt::bidirectional::merge(simd, #merge, one, other, #y);
        })
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Some(layer) = self.both() else { return TokenStream::new() };
        let Call { node, x, dy, kept, dkept, .. } = call;
        let (module, field, activations) = (layer.kind.module(), &node.field, layer.activations());
        let (mask, states, half, units) = (call.mask(0), layer.kind.states(), self.half(node), &layer.units);
        let (kept_forward, dx) = (self.kept_of(layer, node, 0), call.optional_dx());
        let input = Dim::product(&node.input);
        let direct = |direction: usize, dy: TokenStream, dx: TokenStream| {
            let shape = &directions(node)[direction];
            let (part, kept) = if direction == 0 {
                (quote!(forward), quote!(kept))
            } else {
                (quote!(backward), quote!(kept_backward))
            };
            let d_final_state = layer.states(|index| call.optional_doutput(state(direction, states, index)));
            let d_initial_state = layer.states(|index| {
                call.dinputs.get(state(direction, states, index)).cloned().unwrap_or_else(|| quote!(rt::None))
            });
            let random = layer.random(call, direction as u64);
            quote! {
                #module::backward(
                    simd,
                    #shape,
                    &self.#field.#part,
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
                    &mut sums.#field.#part,
                    #activations,
                );
            }
        };
        let begin = quote! {
            let (outputs, kept) = rt::halves(#kept, samples * 2 * #half);
            let (kept, kept_backward) = rt::halves(kept, samples * #kept_forward);
            let (douts, rest) = rt::split(#dkept, samples * 2 * #half);
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
        if self.merge == Merge::Concat {
            let forward = direct(0, quote!(#dy), dx_forward);
            let backward = direct(1, quote!(&(#dy)[#units..]), dx_other);
            return quote!({ #begin #forward #backward #end });
        }
        let (forward, backward) = (direct(0, quote!(done), dx_forward), direct(1, quote!(dother), dx_other));
        let merge = self.merge.tokens();
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
