//! An operation on each step: at inference step by step, in training with the steps as samples.

use nn_graph::Op;
use nn_graph::graph::Node;
use nn_graph::op::Each;
use nn_graph::size::{Length, Size};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, convolution, of};
use crate::emit::Context;

impl Emit for Each {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        of(&self.op).weights(cx, &self.node(node))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        of(&self.op).geometry(cx, &self.node(node))
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        of(&self.op).measure(cx, &self.node(node), what)
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (cx, x, y, scratch) = (call.cx, call.x(), call.y(), &call.scratch);
        let [input, output] = [&self.input, &self.output].map(|shape| cx.size(&Size::product(shape)));
        let node = self.node(call.node);
        let inner = Infer {
            cx,
            node: &node,
            inputs: vec![quote!(x); node.inputs.len()],
            masks: Vec::new(),
            outputs: vec![Some(quote!(y))],
            scratch: quote!(scratch),
            state: call.state.as_ref().map(|state| quote!(&mut *#state)),
            fold: None,
            epilogue: call.epilogue,
            border: None,
            in_place: false,
        };
        let each = match &self.op {
            Op::Convolution(op) => convolution::infer_each(op, &inner),
            op => of(op).infer(&inner),
        };
        quote! {
            let scratch: &mut [Self::Element] = #scratch;
            for (x, y) in #x.chunks_exact(#input).zip(#y.chunks_exact_mut(#output)) {
                let scratch = &mut *scratch;
                #each
            }
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        on_rows(self, call, |op, call| op.forward(call))
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        on_rows(self, call, |op, call| op.backward(call))
    }
}

/// A call of the operation inside, whose samples are the steps of all samples.
fn on_rows(each: &Each, call: &Call<'_>, of_one: impl Fn(&dyn Emit, &Call<'_>) -> TokenStream) -> TokenStream {
    let (node, steps) = (each.node(call.node), call.cx.size(&each.steps));
    let inner = of_one(of(&each.op), &Call { node: &node, ..call.clone() });
    // What is random goes by the place in the batch.
    let first = (each.op.streams() > 0).then(|| quote!(let first = first * #steps;));
    quote!({ let samples = samples * #steps; #first #inner })
}
