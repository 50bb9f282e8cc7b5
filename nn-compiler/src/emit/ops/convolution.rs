//! Convolutions, and the zeros around their inputs.

use nn_graph::Op;
use nn_graph::graph::Node;
use nn_graph::op::fusion::Epilogue;
use nn_graph::op::{Convolution, ConvolutionStep, Kernel, Pair, is_bare};
use nn_graph::size::{Length, Size};
use nn_shape::tiles::Border;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Call, Emit, Infer, pool, tiles, weight_type, without};
use crate::emit::{Context, names};

/// The weights of a convolution, as its kernel sees them.
fn weights(op: &Convolution, field: &Ident) -> TokenStream {
    match op.kernel {
        Kernel::Own => quote!(&self.#field),
        Kernel::Depthwise => quote!(&rt::separable_conv::SeparableFilters::depthwise(&self.#field)),
        Kernel::Pointwise => quote!(&rt::separable_conv::SeparableFilters::pointwise(&self.#field)),
    }
}

/// Their gradients.
fn gradients(op: &Convolution, field: &Ident) -> TokenStream {
    match op.kernel {
        Kernel::Own => quote!(&mut sums.#field),
        Kernel::Depthwise => quote!(&mut rt::separable_conv::SeparableFilters::depthwise_mut(&mut sums.#field)),
        Kernel::Pointwise => quote!(&mut rt::separable_conv::SeparableFilters::pointwise_mut(&mut sums.#field)),
    }
}

/// Its bias.
fn bias(op: &Convolution, field: &Ident) -> TokenStream {
    if op.kernel == Kernel::Depthwise { quote!(&[]) } else { quote!(&self.#field.bias) }
}

/// The unit struct with its geometry, with tiles where they are wanted.
fn geometry(op: &Convolution, cx: &Context<'_>, node: &Node, planned: bool) -> TokenStream {
    let (name, doc) = (cx.geometry(node), names::described(node));
    let (input, filters, kernel_size) = (cx.sizes(&node.image()), cx.size(&op.filters), cx.sizes(&op.kernel_size));
    let strides = optional(cx, &op.strides, quote!(STRIDES));
    let dilation = optional(cx, &op.dilation_rate, quote!(DILATION_RATE));
    let pads = pads(cx, &op.pads);
    let groups = groups(op, cx);
    let dtype = cx.program.graph.dtype;
    let border = planned.then_some(Border::NONE);
    let tilings = tiles::tilings(dtype, tiles::convolution(op, node), None, border);
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
    }
}

/// The groups, where the trait's default of 1 does not say so already.
fn groups(op: &Convolution, cx: &Context<'_>) -> Option<TokenStream> {
    let groups = cx.size(&op.groups);
    (op.groups.known() != Some(1)).then(|| quote!(const GROUPS: usize = #groups;))
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
    let (name, shape) = (names::destination(&cx.ident(&node.name), true), cx.geometry(node));
    let zeros = border_for.map_or(Some(Border::NONE), known_border);
    let dtype = cx.program.graph.dtype;
    let tilings = tiles::tilings(dtype, tiles::convolution(op, node), pooling, zeros);
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
        impl rt::conv2d::Destination<#shape> for #name {
            #pool
            #border
            #tilings
        }
    })
}

impl Emit for Convolution {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (kernel, filters, dtype) = (cx.sizes(&node.params[0].shape), cx.size(&self.filters), &cx.dtype);
        let bias = weight_type(self.use_bias, &filters, dtype);
        let sequence = kernel.len() == 3;
        Some(match self.kernel {
            Kernel::Own if sequence => quote!(::nn::__rt::conv1d::Conv1D<#(#kernel,)* #dtype, #bias>),
            Kernel::Own => quote!(::nn::__rt::conv2d::Conv2D<#(#kernel,)* #dtype, #bias>),
            Kernel::Depthwise | Kernel::Pointwise => {
                let between = cx.size(&node.params[1].shape[kernel.len() - 2]);
                let layer = if sequence { quote!(SeparableConv1D) } else { quote!(SeparableConv2D) };
                quote!(::nn::__rt::separable_conv::#layer<#(#kernel,)* #between, #filters, #dtype, #bias>)
            }
        })
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        geometry(self, cx, node, true)
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (shape, dtype) = (cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch | Length::ScratchInto => {
                let destination = names::destination(&cx.ident(&node.name), what == Length::ScratchInto);
                quote!(rt::conv2d::scratch_len::<#shape, #destination, #dtype>())
            }
            Length::Bordered => quote!(rt::conv2d::bordered_len::<#shape>()),
            Length::Saved | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (shape, field, x, y) = (cx.geometry(node), cx.field(node), call.x(), call.y());
        let into = call.border.is_some() || call.epilogue.iter().any(|part| matches!(part, Epilogue::Pool(_)));
        let destination = names::destination(&cx.ident(&node.name), into);
        let clear = call.border.map(|next| clear_border(cx, next, &y));
        let (fold, weights, bias) = (call.folded(), weights(self, &field), bias(self, &field));
        let epilogue = call.chained(&bias);
        quote! {
            #clear
            #fold
            rt::conv2d::infer(simd, #shape, #destination, #weights, #x, #y, #scratch, #epilogue);
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let (weights, shape, activation) = (weights(self, &cx.field(node)), cx.geometry(node), call.activation());
        quote!(rt::conv2d::forward(simd, #shape, #weights, samples, #x, #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, .. } = call;
        let (field, shape, dx) = (cx.field(node), cx.geometry(node), call.optional_dx());
        let (weights, gradients) = (weights(self, &field), gradients(self, &field));
        quote!(rt::conv2d::backward(simd, #shape, #weights, samples, #x, #dy, #gradients, #dx, scratch);)
    }
}

/// On each step of a `TimeDistributed`: it pads its input itself.
pub fn infer_each(op: &Convolution, call: &Infer<'_>) -> TokenStream {
    let Infer { cx, node, scratch, .. } = call;
    let (field, shape, activation) = (cx.field(node), cx.geometry(node), call.activation());
    let (weights, bias) = (weights(op, &field), bias(op, &field));
    let (x, y, image) = (call.x(), call.y(), cx.sizes(&node.image()));
    let run = |x: TokenStream| {
        quote! {
            rt::conv2d::infer(
                simd, #shape, rt::conv2d::Plain, #weights, #x, #y, scratch, rt::Epilogue::bias(#bias).activation(#activation),
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

/// The geometry that a block is called with: without what makes no difference to its code, so that layers share it.
fn geometry_of_block(op: &ConvolutionStep, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (name, doc, layer) = (cx.geometry(node), names::described(node), &op.layer);
    let channels = op.whole.input.last().map(|channels| cx.size(channels));
    let (filters, kernel_size) = (cx.size(&layer.filters), cx.sizes(&layer.kernel_size));
    let groups = groups(layer, cx);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::conv2d::Conv2DShape for #name {
            const INPUT: [usize; 3] = [1, 1, #channels];
            const FILTERS: usize = #filters;
            const KERNEL_SIZE: [usize; 2] = [#(#kernel_size),*];
            #groups
        }
    }
}

impl Emit for ConvolutionStep {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        self.layer.weights(cx, node)
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        if self.steps > 1 { geometry_of_block(self, cx, node) } else { geometry(&self.layer, cx, &self.whole, false) }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (shape, dilation) = (cx.geometry(node), cx.size(&self.layer.dilation_rate[1]));
        let steps = names::number(self.steps);
        match what {
            Length::State => quote!(rt::conv1d::state_len::<#shape>()),
            Length::Scratch => {
                quote!(rt::conv1d::steps_scratch_len(&<#shape as rt::conv2d::Conv2DShape>::SIZES, #dilation, #steps))
            }
            Length::ScratchInto | Length::Bordered | Length::Saved => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, state, scratch, .. } = call;
        let (field, shape, x, y) = (cx.field(node), cx.geometry(node), call.x(), call.y());
        let activation = call.activation();
        let (weights, bias) = (weights(&self.layer, &field), bias(&self.layer, &field));
        let epilogue = quote!(rt::Epilogue::bias(#bias).activation(#activation));
        if self.steps > 1 {
            let dilation = cx.size(&self.layer.dilation_rate[1]);
            return quote! {
                rt::conv1d::steps(simd, #shape, #dilation, #weights, #x, #state, #y, #scratch, #epilogue);
            };
        }
        quote! {
            rt::conv1d::step(simd, #shape, #weights, #x, #state, #y, #epilogue);
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
