//! The same numbers elsewhere: other orders, repeats, ends, copies.

use nn_graph::graph::Node;
use nn_graph::op::{Along, Inset, Pad, PadMode, Permute, Repeat, Slice, UpSample};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::data::float;
use crate::emit::{Context, names};

/// The same numbers in another shape: nothing is computed.
pub struct View;

impl Emit for View {
    without!(weights, geometry, measure, infer, training);
}

/// What lies elsewhere and is needed here.
pub struct Copy;

impl Emit for Copy {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        copy(&call.x(), &call.y())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y) = (&call.x, &call.y);
        copy(x, y)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (dy, dx) = (&call.dy, &call.dx);
        copy(dy, dx)
    }
}

/// A copy from one slice to another.
pub fn copy(x: &TokenStream, y: &TokenStream) -> TokenStream {
    quote!(rt::copy(#x, #y);)
}

impl Emit for Permute {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, input) = (cx.geometry(node), names::described(node), cx.sizes(&node.input));
        let axes = self.axes.iter().map(|axis| names::number(*axis));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::permute::PermuteShape for #name {
                const INPUT: &'static [usize] = &[#(#input),*];
                const AXES: &'static [usize] = &[#(#axes),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y) = (call.cx.geometry(call.node), call.x(), call.y());
        quote!(rt::permute::infer(simd, #shape, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, x, y) = (call.cx.geometry(call.node), &call.x, &call.y);
        quote!(rt::permute::infer(simd, #shape, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dx) = (call.cx.geometry(call.node), &call.dy, &call.dx);
        quote!(rt::permute::backward(simd, #shape, #dy, #dx);)
    }
}

/// How often, and how much.
fn repeated(op: &Repeat, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (n, features) = (cx.size(&op.n), cx.sizes(&node.input));
    quote!([#n, #(#features),*])
}

impl Emit for Repeat {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, x, y) = (repeated(self, call.cx, call.node), call.x(), call.y());
        quote!(rt::repeat_vector::infer(#sizes, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, x, y) = (repeated(self, call.cx, call.node), &call.x, &call.y);
        quote!(rt::repeat_vector::infer(#sizes, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, dy, dx) = (repeated(self, call.cx, call.node), &call.dy, &call.dx);
        quote!(rt::repeat_vector::backward(simd, #sizes, #dy, #dx);)
    }
}

/// The sizes of a part, worked out while the network is compiled.
fn taken(axes: &[Along], cx: &Context<'_>, node: &Node) -> TokenStream {
    let input = cx.sizes(&node.input);
    let axes = axes.iter().map(|along| {
        let along = cx.sizes([&along.from, &along.step, &along.count]);
        quote!([#(#along),*])
    });
    quote!(&const { rt::slice::SliceSizes::new(&[#(#input),*], &[#(#axes),*]) })
}

impl Emit for Slice {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let x = call.x();
        let parts = self.parts.iter().zip(&call.outputs).filter_map(|(axes, y)| {
            let (sizes, y) = (taken(axes, call.cx, call.node), y.as_ref()?);
            Some(quote!(rt::slice::infer(#sizes, #x, #y);))
        });
        parts.collect()
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let x = &call.x;
        let parts = self.parts.iter().zip(&call.outputs).filter_map(|(axes, y)| {
            let (sizes, y) = (taken(axes, call.cx, call.node), y.as_ref()?);
            Some(quote!(rt::slice::infer(#sizes, #x, #y);))
        });
        parts.collect()
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let dx = &call.dx;
        if let ([axes], dy) = (self.parts.as_slice(), &call.dy) {
            let sizes = taken(axes, call.cx, call.node);
            return quote!(rt::slice::backward(#sizes, #dy, #dx););
        }
        let parts = self.parts.iter().zip(&call.doutputs).filter_map(|(axes, dy)| {
            let (sizes, dy) = (taken(axes, call.cx, call.node), dy.as_ref()?);
            Some(quote!(rt::slice::place(#sizes, #dy, #dx);))
        });
        quote!(rt::clear(#dx); #(#parts)*)
    }
}

/// The sizes of what lies around a value.
fn around(op: &Pad, cx: &Context<'_>, node: &Node) -> TokenStream {
    let input = cx.sizes(&node.input);
    let ends = op.ends.iter().map(|ends| {
        let ends = cx.sizes(ends);
        quote!([#(#ends),*])
    });
    let mode = match op.mode {
        PadMode::Constant(number) => {
            let number = float(number);
            quote!(Constant(#number))
        }
        PadMode::Reflect => quote!(Reflect),
        PadMode::Symmetric => quote!(Symmetric),
        PadMode::Edge => quote!(Edge),
    };
    quote!(&const { rt::extend::ExtendSizes::new(&[#(#input),*], &[#(#ends),*], rt::extend::Mode::#mode) })
}

impl Emit for Pad {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, x, y) = (around(self, call.cx, call.node), call.x(), call.y());
        quote!(rt::extend::infer(#sizes, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, x, y) = (around(self, call.cx, call.node), &call.x, &call.y);
        quote!(rt::extend::infer(#sizes, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, dy, dx) = (around(self, call.cx, call.node), &call.dy, &call.dx);
        quote!(rt::extend::backward(#sizes, #dy, #dx);)
    }
}

/// Where the code of an inset is.
fn module(op: &Inset) -> TokenStream {
    if op.pads { quote!(rt::zero_padding) } else { quote!(rt::cropping) }
}

impl Emit for Inset {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc) = (cx.geometry(node), names::described(node));
        let ends = self.ends.iter().map(|ends| {
            let ends = cx.sizes(ends);
            quote!([#(#ends),*])
        });
        let body = if self.pads {
            let input = cx.sizes(&node.input);
            quote! {
                impl rt::zero_padding::ZeroPaddingShape for #name {
                    const INPUT: &'static [usize] = &[#(#input),*];
                    const PADDING: &'static [[usize; 2]] = &[#(#ends),*];
                }
            }
        } else {
            let output = cx.sizes(&node.output);
            quote! {
                impl rt::cropping::CroppingShape for #name {
                    const OUTPUT: &'static [usize] = &[#(#output),*];
                    const CROPPING: &'static [[usize; 2]] = &[#(#ends),*];
                }
            }
        };
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            #body
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (module, shape, x, y) = (module(self), call.cx.geometry(call.node), call.x(), call.y());
        quote!(#module::infer(#shape, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (module, shape, x, y) = (module(self), call.cx.geometry(call.node), &call.x, &call.y);
        quote!(#module::infer(#shape, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (module, shape, dy, dx) = (module(self), call.cx.geometry(call.node), &call.dy, &call.dx);
        quote!(#module::backward(#shape, #dy, #dx);)
    }
}

/// Forward of an up-sampling.
fn up_sample(op: &UpSample, shape: &proc_macro2::Ident, x: &TokenStream, y: &TokenStream) -> TokenStream {
    if op.bilinear {
        quote!(rt::up_sampling::infer_bilinear(simd, #shape, #x, #y);)
    } else {
        quote!(rt::up_sampling::infer(#shape, #x, #y);)
    }
}

impl Emit for UpSample {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc) = (cx.geometry(node), names::described(node));
        let (input, size) = (cx.sizes(&node.input), cx.sizes(&self.size));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::up_sampling::UpSamplingShape for #name {
                const INPUT: &'static [usize] = &[#(#input),*];
                const SIZE: &'static [usize] = &[#(#size),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        up_sample(self, &call.cx.geometry(call.node), &call.x(), &call.y())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        up_sample(self, &call.cx.geometry(call.node), &call.x, &call.y)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dx) = (call.cx.geometry(call.node), &call.dy, &call.dx);
        let backward = if self.bilinear { quote!(backward_bilinear) } else { quote!(backward) };
        quote!(rt::up_sampling::#backward(simd, #shape, #dy, #dx);)
    }
}
