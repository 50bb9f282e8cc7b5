//! One number for many, sums along an axis, and numbers from nowhere.

use nn_graph::graph::Node;
use nn_graph::op::{AlongAxis, AlongKind, Reduce, ReduceKind};
use nn_graph::size::{Length, Size, around};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::data::float;
use crate::emit::{Context, names};

/// The sizes of a reduction, worked out while the network is compiled.
fn sizes(op: &Reduce, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (input, axes) = (cx.sizes(&node.input), &op.axes);
    quote!(&const { rt::reduce::ReduceSizes::new(&[#(#input),*], &[#(#axes),*]) })
}

/// The function of the runtime.
fn function(kind: ReduceKind) -> Ident {
    names::word(match kind {
        ReduceKind::Sum => "sum",
        ReduceKind::Mean => "mean",
        ReduceKind::Max => "max",
        ReduceKind::Min => "min",
        ReduceKind::Prod => "prod",
        ReduceKind::Variance => "variance",
        ReduceKind::Norm => "norm",
    })
}

impl Emit for Reduce {
    without!(weights, geometry);

    /// A variance needs the means first.
    fn measure(&self, cx: &Context<'_>, node: &Node, _: Length) -> TokenStream {
        cx.size(&Size::product(&node.output))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, function, x, y) = (sizes(self, call.cx, call.node), function(self.kind), call.x(), call.y());
        let means = (self.kind == ReduceKind::Variance).then(|| {
            let scratch = &call.scratch;
            quote!(#scratch,)
        });
        quote!(rt::reduce::#function(simd, #sizes, #x, #means #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (sizes, function) = (sizes(self, cx, node), function(self.kind));
        let means = (self.kind == ReduceKind::Variance).then(|| quote!(#saved,));
        quote!(rt::reduce::#function(simd, #sizes, #x, #means #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, dy, dx, saved, dsaved, .. } = call;
        let sizes = sizes(self, cx, node);
        match self.kind {
            ReduceKind::Sum => quote!(rt::reduce::backward_sum(simd, #sizes, #dy, #dx);),
            ReduceKind::Mean => quote!(rt::reduce::backward_mean(simd, #sizes, #dy, #dx);),
            ReduceKind::Max | ReduceKind::Min => {
                quote!(rt::reduce::backward_extreme(simd, #sizes, [#x, #y], #dy, #dsaved, #dx);)
            }
            ReduceKind::Prod => quote!(rt::reduce::backward_prod(simd, #sizes, #x, #dy, #dsaved, #dx);),
            ReduceKind::Variance => quote!(rt::reduce::backward_variance(simd, #sizes, [#x, #saved], #dy, #dx);),
            ReduceKind::Norm => quote!(rt::reduce::backward_norm(simd, #sizes, [#x, #y], #dy, #dx);),
        }
    }
}

/// Before, along and behind the axis.
fn axes(op: &AlongAxis, cx: &Context<'_>, node: &Node) -> TokenStream {
    let axes = around(&node.input, op.axis);
    let axes = cx.sizes(&axes);
    quote!([#(#axes),*])
}

fn along(op: &AlongAxis, cx: &Context<'_>, node: &Node, x: &TokenStream, y: &TokenStream) -> TokenStream {
    let axes = axes(op, cx, node);
    match op.kind {
        AlongKind::CumSum => quote!(rt::cum_sum::infer(#axes, #x, #y);),
        AlongKind::ArgMax => quote!(rt::reduce::arg_max(#axes, #x, #y);),
    }
}

impl Emit for AlongAxis {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        along(self, call.cx, call.node, &call.x(), &call.y())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        along(self, call.cx, call.node, &call.x, &call.y)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (axes, dy, dx) = (axes(self, call.cx, call.node), &call.dy, &call.dx);
        match self.kind {
            AlongKind::CumSum => quote!(rt::cum_sum::backward(#axes, #dy, #dx);),
            AlongKind::ArgMax => TokenStream::new(),
        }
    }
}

/// A number that is a value: the same for every sample.
impl Emit for f64 {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (number, y) = (float(*self), call.y());
        quote!(rt::fill(#y, #number);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (number, y) = (float(*self), &call.y);
        quote!(rt::fill(#y, #number);)
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}
