//! What ids become, and images of other sizes.

use nn_graph::graph::{Element, Node};
use nn_graph::op::{OneHot, Resizing, Take};
use nn_graph::size::{Size, around};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::Context;

/// Before, along and behind the axis of the rows, and how many ids there are.
fn sizes(op: &Take, cx: &Context<'_>, node: &Node) -> TokenStream {
    let axes = around(&node.inputs[1].shape, op.axis);
    let (axes, count) = (cx.sizes(&axes), cx.size(&Size::product(&node.input)));
    quote!([#(#axes),*], #count)
}

impl Emit for Take {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, y, inputs) = (sizes(self, call.cx, call.node), call.y(), &call.inputs);
        quote!(rt::take::infer(#sizes, #(#inputs),*, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, y, inputs) = (sizes(self, call.cx, call.node), &call.y, &call.inputs);
        quote!(rt::take::infer(#sizes, #(#inputs),*, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, ids, dy, dx) = (sizes(self, call.cx, call.node), &call.x, &call.dy, &call.dinputs[1]);
        quote!(rt::take::backward(simd, #sizes, #ids, #dy, #dx);)
    }
}

/// A row for each id, or for each number.
fn rows(op: &OneHot, cx: &Context<'_>, node: &Node, x: &TokenStream, y: &TokenStream) -> TokenStream {
    let n = cx.size(&op.num_classes);
    match node.inputs.first().map(|input| input.element) {
        Some(Element::Real) | None => quote!(rt::take::one_hot_of_numbers(#n, #x, #y);),
        Some(Element::U32 | Element::I32 | Element::U8) => quote!(rt::take::one_hot(#n, #x, #y);),
    }
}

impl Emit for OneHot {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        rows(self, call.cx, call.node, &call.x(), &call.y())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        rows(self, call.cx, call.node, &call.x, &call.y)
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}

/// Ids as numbers.
pub struct Cast;

impl Emit for Cast {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (x, y) = (call.x(), call.y());
        quote!(rt::take::numbers(#x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        quote!(rt::take::numbers(#x, #y);)
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}

/// Both images.
fn images(op: &Resizing, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (input, output, bilinear) = (cx.sizes(&node.input), cx.sizes(&op.size), op.bilinear);
    quote!(&rt::resizing::ResizingSizes { input: [#(#input),*], output: [#(#output),*], bilinear: #bilinear })
}

impl Emit for Resizing {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, x, y) = (images(self, call.cx, call.node), call.x(), call.y());
        quote!(rt::resizing::infer(#sizes, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, x, y) = (images(self, call.cx, call.node), &call.x, &call.y);
        quote!(rt::resizing::infer(#sizes, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, dy, dx) = (images(self, call.cx, call.node), &call.dy, &call.dx);
        quote!(rt::resizing::backward(#sizes, #dy, #dx);)
    }
}
