//! Pictures that are changed in training: moved, or given another contrast or brightness.

use nn_graph::graph::Node;
use nn_graph::op::{Fill, Motion, Tint, Tone, Warp};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::Context;
use crate::emit::data::float;

/// Height, width and channels.
fn image(cx: &Context<'_>, node: &Node, channels_first: bool) -> TokenStream {
    let mut sizes = cx.sizes(&node.input);
    if channels_first {
        sizes.rotate_left(1);
    }
    quote!([#(#sizes),*])
}

/// What the numbers of a picture are a function of.
fn random(call: &Call<'_>, seed: u64) -> TokenStream {
    let stream = call.stream(0, seed);
    quote!(rt::warp::Random { key: pass.key, stream: #stream, first })
}

fn range([low, high]: [f64; 2]) -> TokenStream {
    let (low, high) = (float(low), float(high));
    quote!([#low, #high])
}

fn motion(motion: Motion) -> TokenStream {
    match motion {
        Motion::Flip { horizontal, vertical } => quote!(Flip { horizontal: #horizontal, vertical: #vertical }),
        Motion::Translate { height, width } => {
            let (height, width) = (range(height), range(width));
            quote!(Translate { height: #height, width: #width })
        }
        Motion::Rotate(turns) => {
            let turns = range(turns);
            quote!(Rotate(#turns))
        }
        Motion::Zoom { height, width } => {
            let height = range(height);
            let width = super::option(width.map(range));
            quote!(Zoom { height: #height, width: #width })
        }
    }
}

fn fill(fill: Fill) -> TokenStream {
    match fill {
        Fill::Reflect => quote!(Reflect),
        Fill::Wrap => quote!(Wrap),
        Fill::Nearest => quote!(Nearest),
        Fill::Constant(number) => {
            let number = float(number);
            quote!(Constant(#number))
        }
    }
}

fn warp(op: &Warp, call: &Call<'_>) -> TokenStream {
    let Warp { channels_first, bilinear, .. } = op;
    let image = image(call.cx, call.node, *channels_first);
    let (motion, fill, random) = (motion(op.motion), fill(op.fill), random(call, op.seed));
    quote! {
        &rt::warp::Warp {
            image: #image,
            channels_first: #channels_first,
            motion: rt::warp::Motion::#motion,
            fill: rt::warp::Fill::#fill,
            bilinear: #bilinear,
        },
        #random
    }
}

fn tone(op: &Tone, call: &Call<'_>) -> TokenStream {
    let (channels_first, random) = (op.channels_first, random(call, op.seed));
    let image = image(call.cx, call.node, channels_first);
    let (factor, value_range) = (range(op.factor), range(op.value_range));
    let tint = match op.tint {
        Tint::Contrast => quote!(Contrast),
        Tint::Brightness => quote!(Brightness),
    };
    quote! {
        &rt::tone::Tone {
            image: #image,
            channels_first: #channels_first,
            tint: rt::tone::Tint::#tint,
            factor: #factor,
            value_range: #value_range,
        },
        #random
    }
}

impl Emit for Warp {
    without!(weights, geometry, measure);

    /// At inference it is a view.
    fn infer(&self, _: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (warp, x, y) = (warp(self, call), &call.x, &call.y);
        quote!(rt::warp::forward(#warp, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (warp, dy, dx) = (warp(self, call), &call.dy, &call.dx);
        quote!(rt::warp::backward(#warp, #dy, #dx);)
    }
}

impl Emit for Tone {
    without!(weights, geometry, measure);

    /// At inference it is a view.
    fn infer(&self, _: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (tone, x, y) = (tone(self, call), &call.x, &call.y);
        quote!(rt::tone::forward(#tone, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (tone, x, dy, dx) = (tone(self, call), &call.x, &call.dy, &call.dx);
        quote!(rt::tone::backward(#tone, #x, #dy, #dx);)
    }
}
