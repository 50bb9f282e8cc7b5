//! Pooling over windows.

use nn_graph::graph::Node;
use nn_graph::op::{Pool, Pool3D, PoolKind, PoolWindows, Reduction};
use nn_graph::size::volume;
use proc_macro2::TokenStream;
use quote::quote;

use super::convolution::{border, clear_border, ends, pads};
use super::{Call, Emit, Infer, without};
use crate::emit::{Context, names};

/// `rt::pool2d::Kind::Max`.
pub fn kind(kind: PoolKind) -> TokenStream {
    match kind {
        PoolKind::Max => quote!(rt::pool2d::Kind::Max),
        PoolKind::Average => quote!(rt::pool2d::Kind::Average),
    }
}

impl Emit for Pool {
    without!(weights);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, kind, pads) =
            (cx.geometry(node), names::described(node), kind(self.kind), pads(cx, &self.pads));
        let [input, size, strides] = [&node.image()[..], &self.pool_size, &self.strides].map(|sizes| cx.sizes(sizes));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::pool2d::Pool2DShape for #name {
                const KIND: rt::pool2d::Kind = #kind;
                const INPUT: [usize; 3] = [#(#input),*];
                const POOL_SIZE: [usize; 2] = [#(#size),*];
                const STRIDES: [usize; 2] = [#(#strides),*];
                #pads
            }
        }
    }

    without!(measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y, activation) = (call.cx.geometry(call.node), call.x(), call.y(), call.activation());
        let border = call.border.map_or(quote!(rt::conv2d::Border::NONE), |next| border(call.cx, next));
        let clear = call.border.map(|next| clear_border(call.cx, next, &y));
        quote!(#clear rt::pool2d::infer(simd, #shape, #border, #x, #y, #activation);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let shape = cx.geometry(node);
        quote!(rt::pool2d::forward(simd, #shape, samples, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, dy, dx, .. } = call;
        let shape = cx.geometry(node);
        quote!(rt::pool2d::backward(simd, #shape, samples, #x, #y, #dy, #dx);)
    }
}

/// `rt::pool3d::Kind::Max`.
fn reduction(kind: Reduction) -> TokenStream {
    match kind {
        Reduction::Max => quote!(rt::pool3d::Kind::Max),
        Reduction::Average => quote!(rt::pool3d::Kind::Average),
        Reduction::L2 => quote!(rt::pool3d::Kind::L2),
        Reduction::MeanShift { bandwidth, iterations } => {
            let (bandwidth, iterations) = (names::float(bandwidth), names::number(iterations));
            quote!(rt::pool3d::Kind::MeanShift { bandwidth: #bandwidth, iterations: #iterations })
        }
    }
}

impl Emit for Pool3D {
    without!(weights);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, kind) = (cx.geometry(node), names::described(node), reduction(self.kind));
        let input = cx.sizes(&volume(&node.input));
        let sizes = match &self.windows {
            PoolWindows::Sliding { pool_size, strides, pads } => {
                let ([size, strides], pads) = ([pool_size, strides].map(|sizes| cx.sizes(sizes)), ends(cx, pads));
                quote!(new(#kind, [#(#input),*], [#(#size),*], [#(#strides),*], #pads))
            }
            PoolWindows::Adaptive => {
                let output = volume(&node.output);
                let output = cx.sizes(&output[..3]);
                quote!(adaptive(#kind, [#(#input),*], [#(#output),*]))
            }
        };
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::pool3d::Pool3DShape for #name {
                const SIZES: rt::pool3d::Pool3DSizes = rt::pool3d::Pool3DSizes::#sizes;
            }
        }
    }

    without!(measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y) = (call.cx.geometry(call.node), call.x(), call.y());
        quote!(rt::pool3d::infer(simd, #shape, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let shape = cx.geometry(node);
        quote!(rt::pool3d::infer(simd, #shape, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, dy, dx, .. } = call;
        let shape = cx.geometry(node);
        quote!(rt::pool3d::backward(simd, #shape, samples, #x, #y, #dy, #dx);)
    }
}
