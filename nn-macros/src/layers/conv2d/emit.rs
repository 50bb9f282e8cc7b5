//! `Conv2D` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Conv2D;
use crate::layers::emit::{Call, Emit, Infer, Step};
use crate::layers::options::{Padding, weight_type};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl Emit for Conv2D {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let kernel = &node.params[0].shape;
        let bias = weight_type(self.use_bias, &self.filters, dtype);
        let layer = if kernel.len() == 3 { quote!(conv1d::Conv1D) } else { quote!(conv2d::Conv2D) };
        Some(quote!(::nn::__rt::#layer<#(#kernel,)* #dtype, #bias>))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let name = names::geometry(&node.name);
        let (input, filters) = (node.image(), &self.filters);
        let kernel_size = &self.kernel_size;
        let strides = optional(&self.strides, quote!(STRIDES));
        let dilation = optional(&self.dilation_rate, quote!(DILATION_RATE));
        let padding = padding(self.padding);
        let groups = &self.groups;
        let groups = (groups.known() != Some(1)).then(|| quote!(const GROUPS: usize = #groups;));
        let doc = names::described(node);
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
            }
        }
    }

    fn step(&self, node: &Node) -> Option<Step> {
        self.one_step(node)
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let shape = names::geometry(&node.name);
        let padded = self.padded(node).map(|len| quote!(+ #len));
        Some(Dim::Const(quote!({ rt::conv2d::scratch_len::<#shape, rt::conv2d::Plain, #dtype>() #padded })))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, .. } = call;
        let (field, shape, activation) = (&node.field, names::geometry(&node.name), self.activation.value());
        let (x, y, image) = (call.x(), call.y(), node.image());
        let run = |x: TokenStream| {
            quote! {
                rt::conv2d::infer(
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

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, activation, .. } = call;
        let (field, shape) = (&node.field, names::geometry(&node.name));
        quote!(rt::conv2d::forward(simd, #shape, &self.#field, samples, #x, #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, .. } = call;
        let (field, shape, dx) = (&node.field, names::geometry(&node.name), call.optional_dx());
        quote!(rt::conv2d::backward(simd, #shape, &self.#field, samples, #x, #dy, &mut sums.#field, #dx, scratch);)
    }
}

impl Conv2D {
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
