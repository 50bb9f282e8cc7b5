//! `Masking`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::emit::{Call, Emit, Infer};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// `Masking<mask_value = 0.0>`.
#[derive(Clone)]
struct Masking {
    mask_value: f64,
}

pub const ENTRY: Entry = Entry {
    names: &["Masking"],
    positional: Positional::NONE,
    options: &[&["mask_value"]],
    read: |args| Rc::new(Masking { mask_value: args.number_or("mask_value", 0.0, "a number", |_| true) }),
};

impl Layer for Masking {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        if input.len() < 2 {
            let problem = "needs steps and features, but its input is a vector";
            return Err(site.problem(problem, "a mask has one number for each step of a sequence"));
        }
        Ok(Placed::new(input.to_vec(), Op::Alone(Rc::new(self.clone()))))
    }

    fn masks(&self, inputs: &[Operand], _: &[Option<Mask>]) -> Masked {
        Masked { reads: Vec::new(), gives: vec![Some(Mask::Other(inputs[0].value, self.mask_value))] }
    }
}

impl Masking {
    fn value_and_features(&self, input: &[Dim]) -> TokenStream {
        let (value, features) = (names::float(self.mask_value), &input[input.len() - 1]);
        quote!(#value, #features)
    }
}

impl Emit for Masking {
    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (how, x, y) = (self.value_and_features(&call.node.input), call.x(), call.y());
        quote!(rt::masking::infer(#how, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (how, x, y) = (self.value_and_features(&call.node.input), &call.x, &call.y);
        quote!(rt::masking::infer(#how, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (how, x, dy, dx) = (self.value_and_features(&call.node.input), &call.x, &call.dy, &call.dx);
        quote!(rt::masking::backward(#how, #x, #dy, #dx);)
    }
}
