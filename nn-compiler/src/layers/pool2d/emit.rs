//! `MaxPooling2D` and `AveragePooling2D` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Kind, Pool2D};
use crate::layers::conv2d::emit::padding;
use crate::layers::emit::{Call, Emit, Infer};
use crate::names;
use crate::shapes::Node;

impl Kind {
    /// `rt::pool2d::Kind::Max`.
    pub fn tokens(self) -> TokenStream {
        match self {
            Kind::Max => quote!(rt::pool2d::Kind::Max),
            Kind::Average => quote!(rt::pool2d::Kind::Average),
        }
    }
}

impl Emit for Pool2D {
    fn geometry(&self, node: &Node) -> TokenStream {
        let name = names::geometry(&node.name);
        let (kind, input, size, strides) = (self.kind.tokens(), node.image(), &self.pool_size, &self.strides);
        let padding = padding(self.padding);
        let doc = names::described(node);
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::pool2d::Pool2DShape for #name {
                const KIND: rt::pool2d::Kind = #kind;
                const INPUT: [usize; 3] = [#(#input),*];
                const POOL_SIZE: [usize; 2] = [#(#size),*];
                const STRIDES: [usize; 2] = [#(#strides),*];
                #padding
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y) = (names::geometry(&call.node.name), call.x(), call.y());
        quote!(rt::pool2d::infer(simd, #shape, rt::conv2d::Border::NONE, #x, #y, rt::activations::Linear);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, .. } = call;
        let shape = names::geometry(&node.name);
        quote!(rt::pool2d::forward(simd, #shape, samples, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, dy, dx, .. } = call;
        let shape = names::geometry(&node.name);
        quote!(rt::pool2d::backward(simd, #shape, samples, #x, #y, #dy, #dx);)
    }
}
