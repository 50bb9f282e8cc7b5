//! `Dot`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::{Args, Axis};
use super::emit::{Call, Emit, Infer};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::parse::ast::Value;
use crate::shapes::dim::{Dim, Shape};
use crate::shapes::rule::{Argument, MOST_AXES, Problem, Site, ranked};
use crate::shapes::{Node, Operand};

/// `Dot<axes, normalize = false>(a, b)`.
struct Dot {
    /// The axis of each input that is summed over.
    axes: [Axis; 2],
    normalize: bool,
}

/// In its place: the axes counted without the batch.
struct Along {
    axes: [usize; 2],
    normalize: bool,
}

pub const ENTRY: Entry = Entry {
    names: &["Dot"],
    positional: Positional::Named { names: &["axes"], required: 1 },
    options: &[&["normalize"]],
    read: |args| Rc::new(read(args)),
};

fn read(args: &mut Args) -> Dot {
    let axes = match *args.axes("axes") {
        [axis] => [axis; 2],
        [left, right] => [left, right],
        _ => {
            if let Some(value) = args.get("axes").filter(|value| matches!(value, Value::Tuple(..))) {
                let takes = "one axis, or one for each of both values";
                args.wrong("axes", value, takes, "`axes = 1` or `axes = (2, 1)`");
            }
            [Axis { axis: -1, at: args.call.extent() }; 2]
        }
    };
    Dot { axes, normalize: args.bool_or("normalize", false) }
}

impl Layer for Dot {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        site.several(inputs)?;
        let [a, b] = inputs else {
            let problem = format!("takes two values, but is called with {}", inputs.len());
            return Err(
                site.problem(&problem, "the product of two is a value for the next one: `let ab = Dot<…>(a, b);`")
            );
        };
        let (a, b) = (site.real(a)?, site.real(b)?);
        let axes = [site.axis(self.axes[0], a)?, site.axis(self.axes[1], b)?];
        let output = rest(a, b, axes);
        if output.len() > MOST_AXES {
            return Err(site.axes(&output));
        }
        ranked!(site, a, |a| ranked!(site, b, |b| check(site, axes, a, b)))?;
        let terms = &a[axes[0]];
        let macs = Dim::product(output.iter().chain([terms]));
        let layer = Along { axes, normalize: self.normalize };
        Ok(Placed { macs, ..Placed::new(output, Op::Alone(Rc::new(layer))) })
    }
}

/// The axes of both that are not summed over; of two vectors there is one number.
fn rest(a: &[Dim], b: &[Dim], axes: [usize; 2]) -> Shape {
    let others = |shape: &[Dim], axis: usize| [&shape[..axis], &shape[axis + 1..]].concat();
    let output = [others(a, axes[0]), others(b, axes[1])].concat();
    if output.is_empty() { vec![Dim::Known(1)] } else { output }
}

fn check<const N: usize, const M: usize>(
    site: &mut Site,
    axes: [usize; 2],
    a: [Dim; N],
    b: [Dim; M],
) -> Result<(), Problem> {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Ok(nn_shape::dot::<N, M, MOST_AXES>(&site.text, axes, a, b).map(drop)?),
        _ => {
            let axes = axes.map(names::number);
            site.defer(quote!(dot::<_, _, 4>), &[quote!([#(#axes),*]), a.tokens(), b.tokens()]);
            Ok(())
        }
    }
}

impl Emit for Along {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let axes = self.axes.map(names::number);
        let shapes = node.inputs.iter().map(|input| {
            let shape = &input.shape;
            quote!(&[#(#shape),*])
        });
        let normalize = self.normalize.then(|| {
            quote!(
                const NORMALIZE: bool = true;
            )
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::dot::DotShape for #name {
                const INPUTS: [&'static [usize]; 2] = [#(#shapes),*];
                const AXES: [usize; 2] = [#(#axes),*];
                #normalize
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs) = (names::geometry(&call.node.name), call.y(), &call.inputs);
        quote!(rt::dot::infer(simd, #shape, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (names::geometry(&call.node.name), &call.y, &call.inputs);
        quote!(rt::dot::forward(simd, #shape, samples, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { inputs, y, dy, dinputs, .. } = call;
        let shape = names::geometry(&call.node.name);
        quote!(rt::dot::backward(simd, #shape, samples, [#(#inputs),*], #y, #dy, [#(#dinputs),*], scratch);)
    }
}
