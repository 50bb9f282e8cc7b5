//! Convolutions, and the zeros around their inputs.

use nn_graph::Op;
use nn_graph::graph::Node;
use nn_graph::op::fusion::Epilogue;
use nn_graph::op::{Convolution, ConvolutionStep, Pair, is_bare};
use nn_graph::size::{Length, Size};
use nn_shape::tiles::Border;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Call, Emit, Infer, pool, tiles, weight_type, without};
use crate::emit::{Context, names};

/// Where its code is.
fn module(op: &Convolution) -> TokenStream {
    if op.pointwise.is_some() { quote!(rt::separable_conv) } else { quote!(rt::conv2d) }
}

/// The geometry of the convolution that writes its output, where its own is `shape`.
fn last_part(op: &Convolution, shape: &Ident) -> TokenStream {
    if op.pointwise.is_some() { quote!(rt::separable_conv::Pointwise<#shape>) } else { quote!(#shape) }
}

/// The unit struct with its geometry, with tiles where they are wanted.
fn geometry(op: &Convolution, cx: &Context<'_>, node: &Node, planned: bool) -> TokenStream {
    let (name, doc) = (cx.geometry(node), names::described(node));
    let (input, filters, kernel_size) = (cx.sizes(&node.image()), cx.size(&op.filters), cx.sizes(&op.kernel_size));
    let strides = optional(cx, &op.strides, quote!(STRIDES));
    let dilation = optional(cx, &op.dilation_rate, quote!(DILATION_RATE));
    let pads = pads(cx, &op.pads);
    let groups = (op.groups.known() != Some(1)).then(|| {
        let groups = cx.size(&op.groups);
        quote!(const GROUPS: usize = #groups;)
    });
    let dtype = cx.program.graph.dtype;
    let tilings = |name, part| tiles::tilings(name, dtype, part, None, planned.then_some(Border::NONE));
    let pointwise_layers = op.pointwise.as_ref().map(|filters| {
        let (filters, tilings) = (cx.size(filters), tilings(quote!(POINTWISE_TILINGS), tiles::last_part(op, node)));
        quote! {
            impl rt::separable_conv::SeparableShape for #name {
                const POINTWISE_FILTERS: usize = #filters;
                #tilings
            }
        }
    });
    let tilings = tilings(quote!(TILINGS), tiles::convolution(op, node));
    let same = |other: &&Node| matches!(&other.op, Op::Convolution(other) if other == op) && other.input == node.input;
    let repeated = cx.program.graph.nodes.iter().filter(same).nth(MANY - 1).is_some();
    let repeated = repeated.then(|| {
        quote!(
            const REPEATED: bool = true;
        )
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::conv2d::Conv2DShape for #name {
            const INPUT: [usize; 3] = [#(#input),*];
            const FILTERS: usize = #filters;
            const KERNEL_SIZE: [usize; 2] = [#(#kernel_size),*];
            #strides
            #pads
            #dilation
            #groups
            #repeated
            #tilings
        }
        #pointwise_layers
    }
}

/// From so many layers of equal geometry on, their code at inference is there once instead of where each of them is called: a call
/// costs some percent of a layer, as measured, and saves rustc the layer.
const MANY: usize = 8;

/// What lies around, where the trait's default of nothing does not say so already.
pub fn pads(cx: &Context<'_>, pads: &[[Size; 2]]) -> Option<TokenStream> {
    let (axes, pads) = (names::number(pads.len()), (!is_bare(pads)).then(|| ends(cx, pads))?);
    Some(quote!(const PADS: [[usize; 2]; #axes] = #pads;))
}

/// What lies before and behind each axis, as an array.
pub fn ends(cx: &Context<'_>, pads: &[[Size; 2]]) -> TokenStream {
    let pads = pads.iter().map(|ends| {
        let ends = cx.sizes(ends);
        quote!([#(#ends),*])
    });
    quote!([#(#pads),*])
}

/// A pair that the trait's default of 1 does not give already.
fn optional(cx: &Context<'_>, pair: &Pair, name: TokenStream) -> Option<TokenStream> {
    let default = pair.iter().all(|size| size.known() == Some(1));
    let pair = cx.sizes(pair);
    (!default).then(|| quote!(const #name: [usize; 2] = [#(#pair),*];))
}

/// The zeros around the input of the convolution of a node, where all sizes are known.
fn known_border(node: &Node) -> Option<Border> {
    let Op::Convolution(op) = &node.op else { return None };
    Some(tiles::convolution(op, node)?.border())
}

/// The zeros around the input of the convolution of a node.
pub fn border(cx: &Context<'_>, node: &Node) -> TokenStream {
    if let Some(Border { top, bottom, left, right }) = known_border(node) {
        let [top, bottom, left, right] = [top, bottom, left, right].map(names::number);
        return quote!(rt::conv2d::Border::new([#top, #bottom], [#left, #right]));
    }
    let shape = cx.geometry(node);
    quote!(<#shape as rt::conv2d::Conv2DShape>::BORDER)
}

/// The statement that writes them.
pub fn clear_border(cx: &Context<'_>, node: &Node, y: &TokenStream) -> TokenStream {
    let (shape, border) = (cx.sizes(&node.image()), border(cx, node));
    quote!(rt::conv2d::clear_border([#(#shape),*], #border, #y);)
}

/// The unit struct that tells a convolution what to pool and which border to leave; `None` where it does neither.
pub fn destination(
    cx: &Context<'_>,
    node: &Node,
    epilogue: &[Epilogue],
    border_for: Option<&Node>,
) -> Option<TokenStream> {
    let pooling = epilogue.iter().find_map(|part| match part {
        Epilogue::Pool(node) => match &cx.program.graph.nodes[*node].op {
            Op::Pool(pool) => Some(pool),
            _ => None,
        },
        Epilogue::Affine(_) | Epilogue::Activation(_) | Epilogue::Sum => None,
    });
    let Op::Convolution(op) = &node.op else { return None };
    if pooling.is_none() && border_for.is_none() {
        return None;
    }
    let (name, last) = (names::destination(&cx.ident(&node.name), true), last_part(op, &cx.geometry(node)));
    let zeros = border_for.map_or(Some(Border::NONE), known_border);
    let dtype = cx.program.graph.dtype;
    let tilings = tiles::tilings(quote!(TILINGS), dtype, tiles::last_part(op, node), pooling, zeros);
    let pool = pooling.map(|pool| {
        let (kind, size) = (pool::kind(pool.kind), cx.sizes(&pool.pool_size));
        quote! {
            const POOL: rt::Option<rt::conv2d::Pooling> = rt::Some(rt::conv2d::Pooling { kind: #kind, size: [#(#size),*] });
        }
    });
    let border = border_for.map(|next| {
        let border = border(cx, next);
        quote!(const BORDER: rt::conv2d::Border = #border;)
    });
    Some(quote! {
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::conv2d::Destination<#last> for #name {
            #pool
            #border
            #tilings
        }
    })
}

impl Emit for Convolution {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (kernel, channels, dtype) = (cx.sizes(&node.params[0].shape), cx.size(self.channels()), &cx.dtype);
        let bias = weight_type(self.use_bias, &channels, dtype);
        let sequence = kernel.len() == 3;
        Some(match &self.pointwise {
            Some(filters) => {
                let (between, filters) = (cx.size(&self.filters), cx.size(filters));
                let layer = if sequence { quote!(SeparableConv1D) } else { quote!(SeparableConv2D) };
                quote!(::nn::__rt::separable_conv::#layer<#(#kernel,)* #between, #filters, #dtype, #bias>)
            }
            None if sequence => quote!(::nn::__rt::conv1d::Conv1D<#(#kernel,)* #dtype, #bias>),
            None => quote!(::nn::__rt::conv2d::Conv2D<#(#kernel,)* #dtype, #bias>),
        })
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        geometry(self, cx, node, true)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (module, shape, dtype) = (module(self), cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch | Length::ScratchInto => {
                let destination = names::destination(&cx.ident(&node.name), what == Length::ScratchInto);
                quote!(#module::scratch_len::<#shape, #destination, #dtype>())
            }
            Length::Bordered => quote!(rt::conv2d::bordered_len::<#shape>()),
            Length::Saved | Length::SavedOf(_) | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (module, shape, field, x, y) = (module(self), cx.geometry(node), cx.field(node), call.x(), call.y());
        let into = call.border.is_some() || call.epilogue.iter().any(|part| matches!(part, Epilogue::Pool(_)));
        let destination = names::destination(&cx.ident(&node.name), into);
        let clear = call.border.map(|next| clear_border(cx, next, &y));
        let (fold, epilogue) = (call.folded(), call.chained());
        quote! {
            #clear
            #fold
            #module::infer(simd, #shape, #destination, &self.#field, #x, #y, #scratch, #epilogue);
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (field, shape, module, activation) = (cx.field(node), cx.geometry(node), module(self), call.activation());
        let saved = self.pointwise.as_ref().map(|_| quote!(#saved,));
        quote!(#module::forward(simd, #shape, &self.#field, samples, #x, #saved #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, saved, dsaved, .. } = call;
        let (field, shape, dx) = (cx.field(node), cx.geometry(node), call.optional_dx());
        if self.pointwise.is_none() {
            return quote!(rt::conv2d::backward(simd, #shape, &self.#field, samples, #x, #dy, &mut sums.#field, #dx, scratch););
        }
        quote! {
            rt::separable_conv::backward(
                simd, #shape, &self.#field, samples, [#x, #saved, #dy], &mut sums.#field, #dsaved, #dx, scratch,
            );
        }
    }
}

/// On each step of a `TimeDistributed`: it pads its input itself.
pub fn infer_each(op: &Convolution, call: &Infer<'_>) -> TokenStream {
    let Infer { cx, node, scratch, .. } = call;
    let (module, field, shape, activation) = (module(op), cx.field(node), cx.geometry(node), call.activation());
    let (x, y, image) = (call.x(), call.y(), cx.sizes(&node.image()));
    let run = |x: TokenStream| {
        quote! {
            #module::infer(
                simd, #shape, rt::conv2d::Plain, &self.#field, #x, #y, scratch,
                rt::Epilogue::bias(&self.#field.bias).activation(#activation),
            );
        }
    };
    if is_bare(&op.pads) {
        let run = run(x);
        return quote!(let scratch = #scratch; #run);
    }
    let run = run(quote!(padded));
    quote! {
        let (padded, scratch) = rt::split(#scratch, rt::conv2d::bordered_len::<#shape>());
        rt::conv2d::pad(simd, [#(#image),*], <#shape as rt::conv2d::Conv2DShape>::BORDER, #x, padded);
        #run
    }
}

impl Emit for ConvolutionStep {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        self.layer.weights(cx, node)
    }

    fn geometry(&self, cx: &Context<'_>, _: &Node) -> TokenStream {
        geometry(&self.layer, cx, &self.whole, false)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let shape = cx.geometry(node);
        match what {
            Length::State => quote!(rt::conv1d::state_len::<#shape>()),
            Length::Scratch | Length::ScratchInto | Length::Bordered | Length::Saved | Length::SavedOf(_) => {
                TokenStream::new()
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, state, .. } = call;
        let (field, shape, x, y) = (cx.field(node), cx.geometry(node), call.x(), call.y());
        let activation = call.activation();
        quote! {
            rt::conv1d::step(
                simd, #shape, &self.#field, #x, #state, #y,
                rt::Epilogue::bias(&self.#field.bias).activation(#activation),
            );
        }
    }

    without!(training);
}

/// Zeros around the input of a convolution.
pub struct Zeros;

impl Emit for Zeros {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, border) = (call.cx.sizes(&call.node.image()), border(call.cx, call.node));
        let (x, y) = (call.x(), call.y());
        quote!(rt::conv2d::pad(simd, [#(#shape),*], #border, #x, #y);)
    }

    without!(training);
}
