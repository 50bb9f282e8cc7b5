//! `Embedding`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer, Step};
use super::options::{EMBEDDINGS, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site, rule};
use crate::shapes::{Element, Node, Operand};

/// `Embedding<input_dim, output_dim>` on ids.
#[derive(Clone)]
struct Embedding {
    input_dim: Dim,
    output_dim: Dim,
    mask_zero: bool,
    trainable: bool,
    embeddings: Weight,
}

pub const ENTRY: Entry = Entry {
    names: &["Embedding"],
    positional: Positional::Named { names: &["input_dim", "output_dim"], required: 2 },
    options: &[&["mask_zero", "trainable"], EMBEDDINGS],
    read: |args| Rc::new(read(args)),
};

fn read(args: &mut Args) -> Embedding {
    Embedding {
        input_dim: args.size("input_dim"),
        output_dim: args.size("output_dim"),
        mask_zero: args.bool_or("mask_zero", false),
        trainable: args.bool_or("trainable", true),
        embeddings: args.weight(EMBEDDINGS, "uniform"),
    }
}

impl Layer for Embedding {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let [ids] = inputs else {
            return Err(site.problem(&format!("takes one value, but is called with {}", inputs.len()), ""));
        };
        if ids.element == Element::Real {
            let help = "say so at the input: `Input<…, dtype = u32>`, or `u8`";
            return Err(site.problem("needs ids, but its input holds floats", help));
        }
        let (input_dim, output_dim) = (&self.input_dim, &self.output_dim);
        let row = [input_dim.clone()];
        rule!(site, dense(row, output_dim))?;
        let mut output = ids.shape.clone();
        // One id stands for itself: a vector of one id is one row.
        output.push(output_dim.clone());
        if output.len() > crate::shapes::rule::MOST_AXES {
            return Err(site.axes(&output));
        }
        let shape = vec![input_dim.clone(), output_dim.clone()];
        let params = vec![Param::new("embeddings", shape, self.trainable, self.embeddings.clone())];
        Ok(Placed { params, ..Placed::new(output, Op::Alone(Rc::new(self.clone()))) })
    }

    fn masks(&self, inputs: &[Operand], _: &[Option<Mask>]) -> Masked {
        let mask = self.mask_zero.then(|| Mask::NonZero(inputs[0].value));
        Masked { reads: Vec::new(), gives: vec![mask] }
    }
}

impl Emit for Embedding {
    fn weights(&self, _: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let (input_dim, output_dim) = (&self.input_dim, &self.output_dim);
        Some(quote!(::nn::__rt::embedding::Embedding<#input_dim, #output_dim, #dtype>))
    }

    fn step(&self, node: &Node) -> Option<Step> {
        (node.input.len() == 1).then(|| Step::of(node.op.clone()))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (field, x, y) = (&call.node.field, call.x(), call.y());
        quote!(rt::embedding::infer(&self.#field, #x, #y);)
    }

    fn check(&self, _: &Node) -> Option<Dim> {
        Some(self.input_dim.clone())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (field, x, y) = (&call.node.field, &call.x, &call.y);
        quote!(rt::embedding::infer(&self.#field, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (field, x, dy) = (&call.node.field, &call.x, &call.dy);
        quote!(rt::embedding::backward(simd, #x, #dy, &mut sums.#field);)
    }

    fn rows(&self, call: &Call<'_>) -> Option<TokenStream> {
        let (x, dy) = (&call.x, &call.dy);
        // A regularizer's gradient goes to all rows, and makes one of this weight that Keras has for all rows too.
        let some = self.trainable && self.embeddings.regularizer.is_none();
        some.then(|| quote!(rt::embedding::rows(#x, #dy, list)))
    }
}
