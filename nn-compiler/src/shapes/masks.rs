//! Masks: which steps of a sequence count. They are resolved here, so that a layer that reads one has one more input.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::ValueId;
use super::dim::Dim;
use crate::layers::emit::{Call, Emit, Infer};
use crate::names;

/// Where a mask comes from: it is computed only if a layer reads it.
#[derive(Clone, Debug)]
pub enum Mask {
    /// Ids other than 0: `Embedding<…, mask_zero = true>`.
    NonZero(ValueId),
    /// Steps in which any feature is another number than this: `Masking`.
    Other(ValueId, f64),
    /// Every step counts: what has no mask beside others that have one.
    Ones(Dim),
    /// Where any of them counts.
    Any(Vec<Mask>),
    /// One behind another, row by row: the number of rows.
    Chain(Dim, Vec<Mask>),
}

/// What a layer does with masks.
#[derive(Default)]
pub struct Masked {
    /// Those that it reads, for each input; empty if none.
    pub reads: Vec<Option<Mask>>,
    /// Those of its results; what is missing has none.
    pub gives: Vec<Option<Mask>>,
}

impl Masked {
    /// The first input's mask is that of the result.
    pub fn passed(masks: &[Option<Mask>]) -> Self {
        Masked { reads: Vec::new(), gives: masks.iter().take(1).cloned().collect() }
    }
}

/// The step that computes a mask.
pub enum Make {
    NonZero,
    Other(f64),
    Ones,
    Any,
    Chain(Dim),
}

impl Make {
    fn tokens(&self, inputs: &[TokenStream], y: &TokenStream, samples: TokenStream) -> TokenStream {
        match self {
            Make::NonZero => quote!(rt::masks::non_zero(#(#inputs),*, #y);),
            Make::Other(number) => {
                let number = names::float(*number);
                quote!(rt::masks::other_than(#(#inputs),*, #number, #y);)
            }
            Make::Ones => quote!(rt::masks::ones(#y);),
            Make::Any => quote!(rt::masks::any(#samples, [#(#inputs),*], #y);),
            Make::Chain(rows) => quote!(rt::masks::chain(#samples * #rows, [#(#inputs),*], #y);),
        }
    }
}

impl Emit for Make {
    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        self.tokens(&call.inputs, &call.y(), quote!(1))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        self.tokens(&call.inputs, &call.y, quote!(samples))
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}

impl super::Walk<'_> {
    /// The value that holds a mask; the step that computes it is added where there is none yet.
    pub(super) fn mask(&mut self, mask: &Mask) -> ValueId {
        let key = format!("{mask:?}");
        if let Some((_, value)) = self.made.iter().find(|(made, _)| *made == key) {
            return *value;
        }
        let (make, inputs) = match mask {
            Mask::NonZero(value) => (Make::NonZero, vec![*value]),
            Mask::Other(value, number) => (Make::Other(*number), vec![*value]),
            Mask::Ones(_) => (Make::Ones, Vec::new()),
            Mask::Any(masks) => (Make::Any, self.masks(masks)),
            Mask::Chain(rows, masks) => (Make::Chain(rows.clone()), self.masks(masks)),
        };
        let len = self.mask_len(mask);
        let value = self.hidden("mask", inputs, vec![len], Rc::new(make));
        self.made.push((key, value));
        value
    }

    fn masks(&mut self, masks: &[Mask]) -> Vec<ValueId> {
        masks.iter().map(|mask| self.mask(mask)).collect()
    }

    /// The steps of one sample.
    pub(super) fn mask_len(&self, mask: &Mask) -> Dim {
        match mask {
            Mask::Ones(steps) => steps.clone(),
            Mask::NonZero(value) => Dim::product(&self.values[*value].shape),
            Mask::Other(value, _) => {
                let shape = &self.values[*value].shape;
                Dim::product(&shape[..shape.len().saturating_sub(1)])
            }
            // One of a single step stands for all of them.
            Mask::Any(masks) => {
                let lens = masks.iter().map(|mask| self.mask_len(mask));
                lens.max_by_key(|len| len.known().unwrap_or(usize::MAX)).unwrap_or(Dim::Known(0))
            }
            Mask::Chain(_, masks) => {
                let lens: Vec<Dim> = masks.iter().map(|mask| self.mask_len(mask)).collect();
                Dim::sum(&lens)
            }
        }
    }
}
