//! `Concatenate`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Axis;
use super::emit::{Call, Emit, Infer, Step};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Argument, Problem, Site, ranked};
use crate::shapes::{Node, Operand};

/// `Concatenate<axis = -1>(a, b, …)`.
struct Concatenate {
    axis: Axis,
}

/// In its place: the axis counted without the batch.
struct Along {
    axis: usize,
}

pub const ENTRY: Entry = Entry {
    names: &["Concatenate"],
    positional: Positional::NONE,
    options: &[&["axis"]],
    read: |args| Rc::new(Concatenate { axis: args.axis_or("axis", -1) }),
};

impl Layer for Concatenate {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        site.several(inputs)?;
        let mut output = site.real(&inputs[0])?.to_vec();
        let axis = site.axis(self.axis, &output)?;
        let mut at = vec![Dim::Known(0)];
        for input in &inputs[1..] {
            at.push(Dim::product(&output));
            let shape = site.real(input)?.to_vec();
            ranked!(site, output.as_slice(), |a| ranked!(site, shape.as_slice(), |b| rule(site, axis, a, b)))?;
            output[axis] = Dim::sum([&output[axis], &shape[axis]]);
        }
        let layer: Rc<dyn Emit> = Rc::new(Along { axis });
        let behind = output[..axis].iter().all(|size| size.known() == Some(1));
        let op = if behind { Op::Concatenate { at, layer } } else { Op::Alone(layer) };
        Ok(Placed::new(output, op))
    }

    fn masks(&self, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
        if masks.iter().all(Option::is_none) {
            return Masked::default();
        }
        let rank = inputs[0].shape.len() as i128;
        let axis = if self.axis.axis < 0 { self.axis.axis + rank } else { self.axis.axis - 1 };
        let rows = |input: &Operand| Dim::product(&input.shape[..input.shape.len() - 1]);
        let all = inputs.iter().zip(masks).map(|(input, mask)| mask.clone().unwrap_or_else(|| Mask::Ones(rows(input))));
        let all: Vec<Mask> = all.collect();
        let mask = if axis + 1 == rank {
            Mask::Any(all)
        } else {
            Mask::Chain(Dim::product(&inputs[0].shape[..axis as usize]), all)
        };
        Masked { reads: Vec::new(), gives: vec![Some(mask)] }
    }
}

fn rule<const N: usize, const M: usize>(site: &mut Site, axis: usize, a: [Dim; N], b: [Dim; M]) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::concatenate(&site.text, axis, a, b).map(drop)?),
        _ if N != M => Ok(nn_shape::concatenate(&site.text, axis, [1; N], [1; M]).map(drop)?),
        _ => {
            let axis = names::number(axis);
            site.defer(quote!(concatenate), &[quote!(#axis), a.tokens(), b.tokens()]);
            Ok(())
        }
    }
}

impl Emit for Along {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let (count, axis) = (names::number(node.inputs.len()), names::number(self.axis));
        let shapes = node.inputs.iter().map(|input| {
            let shape = &input.shape;
            quote!(&[#(#shape),*])
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::concatenate::ConcatenateShape<#count> for #name {
                const INPUTS: [&'static [usize]; #count] = [#(#shapes),*];
                const AXIS: usize = #axis;
            }
        }
    }

    fn step(&self, _: &Node) -> Option<Step> {
        let axis = self.axis.checked_sub(1)?;
        Some(Step::of(Op::Alone(Rc::new(Along { axis }))))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs) = (names::geometry(&call.node.name), call.y(), &call.inputs);
        quote!(rt::concatenate::infer(#shape, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (names::geometry(&call.node.name), &call.y, &call.inputs);
        quote!(rt::concatenate::forward(#shape, samples, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dinputs) = (names::geometry(&call.node.name), &call.dy, &call.dinputs);
        quote!(rt::concatenate::backward(#shape, samples, #dy, [#(#dinputs),*]);)
    }
}
