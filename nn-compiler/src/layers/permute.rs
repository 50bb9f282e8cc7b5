//! `Permute`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::parse::ast::Value;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{MOST_AXES, Problem, Site, ranked, rule};
use crate::shapes::{Node, Operand};

/// `Permute<2, 1>`: the input's axes in this order, counted from 1 without the batch.
struct Permute {
    axes: Vec<usize>,
}

pub const ENTRY: Entry =
    Entry { names: &["Permute"], positional: Positional::Sizes, options: &[], read: |args| Rc::new(read(args)) };

fn read(args: &mut Args) -> Permute {
    let values = args.positional();
    if values.is_empty() || values.len() > MOST_AXES {
        let problem = format!("`{}` takes 1 to {MOST_AXES} axes", args.layer());
        args.error(
            args.call.extent(),
            problem,
            "`Permute<2, 1>` swaps two axes: they are counted from 1, without the batch",
        );
    }
    let axis = |value: &Value| match value {
        Value::Int(axis, _) => usize::try_from(*axis).ok().filter(|axis| (1..=MOST_AXES).contains(axis)),
        _ => None,
    };
    let mut axes = Vec::new();
    for value in values {
        match axis(value) {
            Some(axis) => axes.push(axis),
            None => args.wrong("", value, "the number of an axis", "they are counted from 1, without the batch"),
        }
    }
    Permute { axes }
}

impl Layer for Permute {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let axes: Vec<Dim> = self.axes.iter().map(|axis| Dim::Known(*axis)).collect();
        ranked!(site, input, |input| ranked!(site, axes.as_slice(), |axes| rule!(site, permute(input, axes))))?;
        let from: Vec<usize> = self.axes.iter().map(|axis| axis - 1).collect();
        let output = from.iter().map(|axis| input.get(*axis).cloned().unwrap_or(Dim::Known(1)));
        Ok(Placed::new(output.collect(), reorder(input, from)))
    }
}

/// Puts axes, counted from 0, in another order: nothing to do where only axes of size 1 move.
pub fn reorder(input: &[Dim], axes: Vec<usize>) -> Op {
    let size = |axis: &&usize| input.get(**axis).and_then(Dim::known);
    if axes.iter().filter(|axis| size(axis) != Some(1)).is_sorted() {
        Op::View
    } else {
        Op::Alone(Rc::new(Order { axes }))
    }
}

/// For each axis of the output which one of the input it is.
struct Order {
    axes: Vec<usize>,
}

impl Emit for Order {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let (input, axes) = (&node.input, self.axes.iter().map(|axis| names::number(*axis)));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::permute::PermuteShape for #name {
                const INPUT: &'static [usize] = &[#(#input),*];
                const AXES: &'static [usize] = &[#(#axes),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y) = (names::geometry(&call.node.name), call.x(), call.y());
        quote!(rt::permute::infer(simd, #shape, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, x, y) = (names::geometry(&call.node.name), &call.x, &call.y);
        quote!(rt::permute::infer(simd, #shape, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dx) = (names::geometry(&call.node.name), &call.dy, &call.dx);
        quote!(rt::permute::backward(simd, #shape, #dy, #dx);)
    }
}
