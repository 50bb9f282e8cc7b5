//! `RepeatVector`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::emit::{Call, Emit, Infer};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::diagnostics::shape_text;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, rule};
use crate::shapes::{Node, Operand};

/// `RepeatVector<n>` on a vector.
#[derive(Clone)]
struct RepeatVector {
    n: Dim,
}

pub const ENTRY: Entry = Entry {
    names: &["RepeatVector"],
    positional: Positional::Named { names: &["n"], required: 1 },
    options: &[],
    read: |args| Rc::new(RepeatVector { n: args.size("n") }),
};

impl Layer for RepeatVector {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let [features] = site.only(inputs)? else {
            let problem = format!("needs a vector, but its input is {}", shape_text(&inputs[0].shape));
            return Err(site.problem(&problem, "put `Flatten` before it"));
        };
        let (input, n) = ([features.clone()], &self.n);
        rule!(site, repeat_vector(input, n))?;
        let op = if n.known() == Some(1) { Op::View } else { Op::Alone(Rc::new(self.clone())) };
        Ok(Placed::new(vec![n.clone(), features.clone()], op))
    }
}

impl RepeatVector {
    fn sizes(&self, node: &Node) -> TokenStream {
        let (n, features) = (&self.n, &node.input);
        quote!([#n, #(#features),*])
    }
}

impl Emit for RepeatVector {
    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, x, y) = (self.sizes(call.node), call.x(), call.y());
        quote!(rt::repeat_vector::infer(#sizes, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, x, y) = (self.sizes(call.node), &call.x, &call.y);
        quote!(rt::repeat_vector::infer(#sizes, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, dy, dx) = (self.sizes(call.node), &call.dy, &call.dx);
        quote!(rt::repeat_vector::backward(simd, #sizes, #dy, #dx);)
    }
}
