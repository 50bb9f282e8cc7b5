//! `GlobalMaxPooling1D` and `GlobalAveragePooling1D`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer};
use super::global_pool2d::entry;
use super::pool2d::Kind;
use super::{Entry, Layer, Op, Placed};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// `GlobalAvgPool1D` or `GlobalMaxPool1D` on `steps × channels`.
#[derive(Clone)]
struct GlobalPool1D {
    kind: Kind,
    /// `1 × channels` instead of `channels`.
    keepdims: bool,
}

pub const ENTRIES: &[Entry] = &[
    entry(&["GlobalMaxPooling1D", "GlobalMaxPool1D"], |args| Rc::new(read(args, Kind::Max))),
    entry(&["GlobalAveragePooling1D", "GlobalAvgPool1D"], |args| Rc::new(read(args, Kind::Average))),
];

fn read(args: &mut Args, kind: Kind) -> GlobalPool1D {
    args.data_format();
    GlobalPool1D { kind, keepdims: args.bool_or("keepdims", false) }
}

impl Layer for GlobalPool1D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let [_, channels] = site.sequence(site.only(inputs)?)?;
        let output = if self.keepdims { vec![Dim::Known(1), channels] } else { vec![channels] };
        Ok(Placed::new(output, Op::Alone(Rc::new(self.clone()))))
    }

    /// The mean is over the steps that count; a maximum does not look at masks, as in Keras.
    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        let reads = if self.kind == Kind::Average { masks.to_vec() } else { Vec::new() };
        Masked { reads, gives: Vec::new() }
    }
}

/// The mask of the input, where there is one.
fn mask(masks: &[Option<TokenStream>]) -> Option<&TokenStream> {
    masks.first()?.as_ref()
}

impl Emit for GlobalPool1D {
    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (kind, dims, x, y) = (self.kind.tokens(), &call.node.input, call.x(), call.y());
        match mask(&call.masks) {
            Some(mask) => quote!(rt::global_pool1d::infer_masked(simd, [#(#dims),*], #x, #mask, #y);),
            None => quote!(rt::global_pool1d::infer(simd, #kind, [#(#dims),*], #x, #y);),
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, .. } = call;
        let (kind, dims) = (self.kind.tokens(), &node.input);
        match mask(&call.masks) {
            Some(mask) => quote!(rt::global_pool1d::infer_masked(simd, [#(#dims),*], #x, #mask, #y);),
            None => quote!(rt::global_pool1d::forward(simd, #kind, [#(#dims),*], samples, #x, #y);),
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, dy, dx, .. } = call;
        let (kind, dims) = (self.kind.tokens(), &node.input);
        match mask(&call.masks) {
            Some(mask) => quote!(rt::global_pool1d::backward_masked(simd, [#(#dims),*], #mask, #dy, #dx);),
            None => quote!(rt::global_pool1d::backward(simd, #kind, [#(#dims),*], samples, #x, #y, #dy, #dx);),
        }
    }
}
