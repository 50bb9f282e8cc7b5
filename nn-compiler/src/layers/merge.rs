//! `Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::emit::{Call, Emit, Infer, Step};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::shapes::dim::{Dim, apply};
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Argument, Problem, Site, ranked};
use crate::shapes::{Node, Operand};

/// What several values become, element by element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Merge {
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
}

const fn entry(names: &'static [&'static str], read: fn(&mut super::args::Args) -> Rc<dyn Layer>) -> Entry {
    Entry { names, positional: Positional::NONE, options: &[], read }
}

pub const ENTRIES: &[Entry] = &[
    entry(&["Add"], |_| Rc::new(Merge::Add)),
    entry(&["Subtract"], |_| Rc::new(Merge::Subtract)),
    entry(&["Multiply"], |_| Rc::new(Merge::Multiply)),
    entry(&["Average"], |_| Rc::new(Merge::Average)),
    entry(&["Maximum"], |_| Rc::new(Merge::Maximum)),
    entry(&["Minimum"], |_| Rc::new(Merge::Minimum)),
];

impl Layer for Merge {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        site.several(inputs)?;
        if *self == Merge::Subtract && inputs.len() != 2 {
            let problem = format!("takes two values, but is called with {}", inputs.len());
            return Err(site.problem(&problem, "`a - b - c` subtracts one after the other"));
        }
        let mut output = site.real(&inputs[0])?.to_vec();
        for input in &inputs[1..] {
            output = meet(site, &output, site.real(input)?.to_vec())?;
        }
        Ok(Placed::new(output, Op::Alone(Rc::new(*self))))
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        let all: Option<Vec<Mask>> = masks.iter().cloned().collect();
        let reads = *self != Merge::Add && *self != Merge::Subtract && *self != Merge::Average;
        let reads = if reads && masks.iter().any(Option::is_some) { masks.to_vec() } else { Vec::new() };
        Masked { reads, gives: vec![all.map(Mask::Any)] }
    }
}

/// The shape in which two values meet: aligned at the last axis, where 1 is repeated.
fn meet(site: &mut Site, a: &[Dim], b: Vec<Dim>) -> Result<Vec<Dim>, Problem> {
    ranked!(site, a, |a| ranked!(site, b.as_slice(), |b| rule(site, a, b)))?;
    let one = Dim::Known(1);
    let axes = (0..a.len().max(b.len())).rev().map(|from_last| {
        let axis =
            |shape: &[Dim]| shape.len().checked_sub(from_last + 1).map_or(one.clone(), |axis| shape[axis].clone());
        let (a, b) = (axis(a), axis(&b));
        if a.tokens().to_string() == b.tokens().to_string() { a } else { apply!(broadcast(a, b)) }
    });
    Ok(axes.collect())
}

fn rule<const N: usize, const M: usize>(site: &mut Site, a: [Dim; N], b: [Dim; M]) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::merge::<N, M, 4>(&site.text, a, b).map(drop)?),
        _ => {
            site.defer(quote!(merge::<_, _, 4>), &[a.tokens(), b.tokens()]);
            Ok(())
        }
    }
}

impl Merge {
    fn masks_of(masks: &[Option<TokenStream>]) -> Option<TokenStream> {
        let masks = masks.iter().map(|mask| match mask {
            Some(mask) => quote!(rt::Some(#mask)),
            None => quote!(rt::None),
        });
        (masks.len() > 0).then(|| quote!([#(#masks),*]))
    }
}

impl Emit for Merge {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let (count, kind) = (names::number(node.inputs.len()), names::word(&format!("{self:?}")));
        let shapes = node.inputs.iter().map(|input| {
            let shape = &input.shape;
            quote!(&[#(#shape),*])
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::merge::MergeShape<#count> for #name {
                const KIND: rt::merge::Kind = rt::merge::Kind::#kind;
                const INPUTS: [&'static [usize]; #count] = [#(#shapes),*];
            }
        }
    }

    fn step(&self, node: &Node) -> Option<Step> {
        // A value without an axis of time would meet each step of the others.
        let same = node.inputs.iter().all(|input| input.shape.len() == node.output.len());
        same.then(|| Step::of(node.op.clone()))
    }

    fn in_place(&self, node: &Node) -> Option<usize> {
        // Masked ones have no form in place, and an input that is repeated is smaller than the output.
        let whole = node.input.iter().zip(&node.output).all(|(a, b)| a.tokens().to_string() == b.tokens().to_string());
        (node.masks.is_empty() && whole && node.input.len() == node.output.len()).then_some(0)
    }

    fn commutes(&self, node: &Node) -> bool {
        let text = |shape: &[Dim]| shape.iter().map(|dim| dim.tokens().to_string()).collect::<Vec<_>>();
        *self != Merge::Subtract && node.inputs.iter().all(|input| text(&input.shape) == text(&node.output))
    }

    fn takes_activation(&self, node: &Node) -> bool {
        node.masks.is_empty()
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs, activation) =
            (names::geometry(&call.node.name), call.y(), &call.inputs, &call.activation);
        match Merge::masks_of(&call.masks) {
            Some(masks) => quote!(rt::merge::infer_masked(simd, #shape, [#(#inputs),*], #masks, #y);),
            None if call.in_place => {
                let others = &inputs[1..];
                quote!(rt::merge::infer_in_place(simd, #shape, #y, [#(#others),*], #activation);)
            }
            None => quote!(rt::merge::infer(simd, #shape, [#(#inputs),*], #y, #activation);),
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (names::geometry(&call.node.name), &call.y, &call.inputs);
        match Merge::masks_of(&call.masks) {
            Some(masks) => quote!(rt::merge::forward_masked(simd, #shape, samples, [#(#inputs),*], #masks, #y);),
            None => quote!(rt::merge::forward(simd, #shape, samples, [#(#inputs),*], #y);),
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, inputs, dinputs) = (names::geometry(&call.node.name), &call.dy, &call.inputs, &call.dinputs);
        match Merge::masks_of(&call.masks) {
            Some(masks) => quote! {
                rt::merge::backward_masked(simd, #shape, samples, [#(#inputs),*], #masks, #dy, [#(#dinputs),*]);
            },
            None => quote!(rt::merge::backward(simd, #shape, samples, [#(#inputs),*], #dy, [#(#dinputs),*]);),
        }
    }
}
