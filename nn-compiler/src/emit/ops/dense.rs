//! `Dense`.

use nn_graph::graph::Node;
use nn_graph::op::Dense;
use nn_graph::op::fusion::Epilogue;
use nn_graph::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, chained, fold, weight_type, without};
use crate::emit::Context;

/// The rows of a batch: an iterator of inputs and outputs, and the place of the weights that are packed.
pub struct Rows {
    pub rows: TokenStream,
    pub scratch: TokenStream,
}

/// The call for all samples of a batch at once; it folds a BatchNormalization into memory of its own.
pub fn batch(cx: &Context<'_>, node: &Node, epilogue: &[Epilogue], rows: &Rows) -> TokenStream {
    let affine = epilogue.iter().find_map(|part| match part {
        Epilogue::Affine(affine) => Some(&cx.program.graph.nodes[*affine]),
        Epilogue::Activation(_) | Epilogue::Pool(_) | Epilogue::Sum => None,
    });
    let folded = affine.map(|affine| {
        let (channels, fold) = (cx.size(&node.output[0]), fold(cx, affine, &quote!(folded)));
        quote!(let mut folded = rt::alloc::vec![0.0; 2 * #channels]; #fold)
    });
    let (field, Rows { rows, scratch }) = (cx.field(node), rows);
    let epilogue = chained(cx, &quote!(&self.#field.bias), epilogue, None);
    quote! {
        #folded
        let rows = #rows;
        rt::dense::together(simd, &self.#field, xs.len(), rows, #scratch, #epilogue);
    }
}

impl Emit for Dense {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (inputs, units, dtype) = (cx.size(node.input.last()?), cx.size(&self.units), &cx.dtype);
        let bias = weight_type(self.use_bias, &units, dtype);
        Some(quote!(::nn::__rt::dense::Dense<#inputs, #units, #dtype, #bias>))
    }

    without!(geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (field, x, y) = (call.cx.field(call.node), call.x(), call.y());
        let (fold, epilogue) = (call.folded(), call.chained(&quote!(&self.#field.bias)));
        if self.in_order {
            let rows = call.node.input.split_last().map(|(_, rows)| Size::product(rows));
            let rows = call.cx.size(&rows.unwrap_or(Size::Known(1)));
            return quote! {
                #fold
                rt::dense::infer_in_order::<_, { 0 + #rows }, _, _, _, _, _, _>(simd, &self.#field, #x, #y, #epilogue);
            };
        }
        quote!(#fold rt::dense::infer(simd, &self.#field, #x, #y, #epilogue);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let (field, activation) = (cx.field(node), call.activation());
        quote!(rt::dense::forward(simd, &self.#field, #x, #y, #activation);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, .. } = call;
        let (field, dx) = (cx.field(node), call.optional_dx());
        quote!(rt::dense::backward(simd, &self.#field, #x, #dy, &mut sums.#field, #dx, scratch);)
    }
}
