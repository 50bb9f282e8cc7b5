//! `Conv2D` in the expansion.

use nn_shape::tiles::Border;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Conv2D, Mixture, tiles};
use crate::layers::emit::{Call, Emit, Infer, Step};
use crate::layers::options::{Padding, weight_type};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl Emit for Conv2D {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let kernel = &node.params[0].shape;
        let bias = weight_type(self.use_bias, self.channels(), dtype);
        let sequence = kernel.len() == 3;
        Some(match &self.mixture {
            Some(mixture) => {
                let (between, filters) = (&self.filters, &mixture.filters);
                let layer = if sequence { quote!(SeparableConv1D) } else { quote!(SeparableConv2D) };
                quote!(::nn::__rt::separable_conv::#layer<#(#kernel,)* #between, #filters, #dtype, #bias>)
            }
            None if sequence => quote!(::nn::__rt::conv1d::Conv1D<#(#kernel,)* #dtype, #bias>),
            None => quote!(::nn::__rt::conv2d::Conv2D<#(#kernel,)* #dtype, #bias>),
        })
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        self.shape(node, true)
    }

    fn step(&self, node: &Node) -> Option<Step> {
        self.one_step(node)
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let shape = names::geometry(&node.name);
        let padded = self.padded(node).map(|len| quote!(+ #len));
        let module = self.module();
        Some(Dim::Const(quote!({ #module::scratch_len::<#shape, rt::conv2d::Plain, #dtype>() #padded })))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, .. } = call;
        let (field, shape, activation) = (&node.field, names::geometry(&node.name), self.activation.value());
        let (x, y, image) = (call.x(), call.y(), node.image());
        let module = self.module();
        let run = |x: TokenStream| {
            quote! {
                #module::infer(
                    simd, #shape, rt::conv2d::Plain, &self.#field, #x, #y, scratch,
                    rt::Epilogue::bias(&self.#field.bias).activation(#activation),
                );
            }
        };
        match self.padded(node) {
            None => {
                let run = run(x.clone());
                quote!(let scratch = #scratch; #run)
            }
            Some(len) => {
                let run = run(quote!(padded));
                quote! {
                    let (padded, scratch) = #scratch.split_at_mut(#len);
                    rt::conv2d::pad(simd, [#(#image),*], <#shape as rt::conv2d::Conv2DShape>::BORDER, #x, padded);
                    #run
                }
            }
        }
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        self.mixture.as_deref()?;
        let (_, windows) = node.output.split_last()?;
        Some(Dim::product(windows.iter().chain([&self.filters])))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, kept, activation, .. } = call;
        let (field, shape, module) = (&node.field, names::geometry(&node.name), self.module());
        let kept = self.mixture.as_deref().map(|_| quote!(#kept,));
        quote!(#module::forward(simd, #shape, &self.#field, samples, #x, #kept #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, kept, dkept, .. } = call;
        let (field, shape, dx) = (&node.field, names::geometry(&node.name), call.optional_dx());
        if self.mixture.is_none() {
            return quote!(rt::conv2d::backward(simd, #shape, &self.#field, samples, #x, #dy, &mut sums.#field, #dx, scratch););
        }
        quote! {
            rt::separable_conv::backward(
                simd, #shape, &self.#field, samples, [#x, #kept, #dy], &mut sums.#field, #dkept, #dx, scratch,
            );
        }
    }
}

impl Conv2D {
    /// The unit struct with its geometry, with tiles where they are wanted.
    pub fn shape(&self, node: &Node, planned: bool) -> TokenStream {
        let name = names::geometry(&node.name);
        let (input, filters) = (node.image(), &self.filters);
        let kernel_size = &self.kernel_size;
        let strides = optional(&self.strides, quote!(STRIDES));
        let dilation = optional(&self.dilation_rate, quote!(DILATION_RATE));
        let padding = padding(self.padding);
        let groups = &self.groups;
        let groups = (groups.known() != Some(1)).then(|| quote!(const GROUPS: usize = #groups;));
        let doc = names::described(node);
        let tilings = |name, part| tiles::tilings(name, node, part, None, planned.then_some(Border::NONE));
        let mixtures = self.mixture.as_deref().map(|Mixture { filters, .. }| {
            let tilings = tilings(quote!(MIXTURE_TILINGS), tiles::last_part(self, node));
            quote! {
                impl rt::separable_conv::SeparableShape for #name {
                    const MIXTURES: usize = #filters;
                    #tilings
                }
            }
        });
        let tilings = tilings(quote!(TILINGS), tiles::convolution(self, node));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::conv2d::Conv2DShape for #name {
                const INPUT: [usize; 3] = [#(#input),*];
                const FILTERS: usize = #filters;
                const KERNEL_SIZE: [usize; 2] = [#(#kernel_size),*];
                #strides
                #padding
                #dilation
                #groups
                #tilings
            }
            #mixtures
        }
    }

    /// Where its code is.
    pub fn module(&self) -> TokenStream {
        if self.mixture.is_some() { quote!(rt::separable_conv) } else { quote!(rt::conv2d) }
    }

    /// The geometry of the convolution that writes its output, where its own is `shape`.
    pub fn last_part(&self, shape: &Ident) -> TokenStream {
        if self.mixture.is_some() { quote!(rt::separable_conv::Mixture<#shape>) } else { quote!(#shape) }
    }

    /// The elements of its input with zeros around it, where there are any.
    fn padded(&self, node: &Node) -> Option<TokenStream> {
        let shape = names::geometry(&node.name);
        (self.padding != Padding::Valid).then(|| quote!(rt::conv2d::bordered_len::<#shape>()))
    }
}

/// A padding that the trait's default is not.
pub fn padding(padding: Padding) -> Option<TokenStream> {
    let padding = match padding {
        Padding::Valid => return None,
        Padding::Same => quote!(Same),
        Padding::Causal => quote!(Causal),
    };
    Some(quote!(const PADDING: rt::shape::Padding = rt::shape::Padding::#padding;))
}

/// A pair that the trait's default of 1 does not give already.
fn optional(pair: &[Dim; 2], name: TokenStream) -> Option<TokenStream> {
    let default = pair.iter().all(|dim| dim.known() == Some(1));
    (!default).then(|| quote!(const #name: [usize; 2] = [#(#pair),*];))
}
