//! Several values element by element, and one after another.

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::concatenate::{self, ConcatenateSizes};
use nn_core::layers::merge::{self, MergeSizes, Place};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Merge {
    sizes: MergeSizes<Vec<Place>>,
    activation: AnyActivation,
    /// Whether the result lies where the first input lay.
    in_place: bool,
}

impl Merge {
    pub(crate) fn new(site: &Site<'_>, op: op::Merge, activation: AnyActivation, in_place: bool) -> Self {
        let kind = match op {
            op::Merge::Add => merge::Kind::Add,
            op::Merge::Subtract => merge::Kind::Subtract,
            op::Merge::Multiply => merge::Kind::Multiply,
            op::Merge::Divide => merge::Kind::Divide,
            op::Merge::Greater => merge::Kind::Greater,
            op::Merge::GreaterEqual => merge::Kind::GreaterEqual,
            op::Merge::Less => merge::Kind::Less,
            op::Merge::LessEqual => merge::Kind::LessEqual,
            op::Merge::Equal => merge::Kind::Equal,
            op::Merge::NotEqual => merge::Kind::NotEqual,
            op::Merge::Where => merge::Kind::Where,
            op::Merge::Average => merge::Kind::Average,
            op::Merge::Maximum => merge::Kind::Maximum,
            op::Merge::Minimum => merge::Kind::Minimum,
        };
        let shapes = input_shapes(site);
        let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
        Merge { sizes: MergeSizes::of(kind, &shapes), activation, in_place }
    }
}

/// The shape of each input.
fn input_shapes(site: &Site<'_>) -> Vec<Vec<usize>> {
    site.node.inputs.iter().map(|input| sizes::all(&input.shape)).collect()
}

/// The masks of the inputs, as the kernels take them.
fn masks<'a, T>(masks: &[&'a [T]]) -> Vec<Option<&'a [T]>> {
    masks.iter().map(|mask| (!mask.is_empty()).then_some(*mask)).collect()
}

impl<T: Element> Run<T> for Merge {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, sizes) = (call.y(), self.sizes.as_slices());
        if !call.masks.is_empty() {
            // Inference allocates nothing but for more inputs than anybody merges.
            let (mut few, count) = ([None; 16], call.masks.len());
            if let Some(few) = few.get_mut(..count) {
                for (to, mask) in few.iter_mut().zip(call.masks) {
                    *to = (!mask.is_empty()).then_some(*mask);
                }
                merge::infer_slices_masked(simd, &sizes, call.inputs, few, y);
            } else {
                merge::infer_slices_masked(simd, &sizes, call.inputs, &masks(call.masks), y);
            }
        } else if self.in_place {
            merge::infer_slices_in_place(simd, &sizes, y, &call.inputs[1..], self.activation);
        } else {
            merge::infer_slices(simd, &sizes, call.inputs, y, self.activation);
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, sizes) = (call.y(), self.sizes.as_slices());
        if call.masks.is_empty() {
            merge::forward_slices(simd, &sizes, call.samples, call.inputs, y);
        } else {
            merge::forward_slices_masked(simd, &sizes, call.samples, call.inputs, &masks(call.masks), y);
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (sizes, samples, inputs, dy) = (self.sizes.as_slices(), call.samples, call.inputs, call.dy());
        let dx = &mut call.dinputs;
        if call.masks.is_empty() {
            merge::backward_slices(simd, &sizes, samples, inputs, dy, dx);
        } else {
            merge::backward_slices_masked(simd, &sizes, samples, inputs, &masks(call.masks), dy, dx);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Concatenate {
    sizes: ConcatenateSizes<Vec<usize>>,
}

impl Concatenate {
    pub(crate) fn new(site: &Site<'_>, op: &op::Concatenate) -> Self {
        Self::of(&input_shapes(site), op.axis)
    }

    /// Of inputs with one more axis.
    pub(crate) fn stacked(site: &Site<'_>, op: &op::Stack) -> Self {
        let mut shapes = input_shapes(site);
        shapes.iter_mut().for_each(|shape| shape.insert(op.axis, 1));
        Self::of(&shapes, op.axis)
    }

    fn of(shapes: &[Vec<usize>], axis: usize) -> Self {
        let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
        Concatenate { sizes: ConcatenateSizes::of(&shapes, axis) }
    }
}

impl<T: Element> Run<T> for Concatenate {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        concatenate::infer_slices(&self.sizes.as_slices(), call.inputs, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        concatenate::forward_slices(&self.sizes.as_slices(), call.samples, call.inputs, y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dy = call.dy();
        concatenate::backward_slices(&self.sizes.as_slices(), call.samples, dy, &mut call.dinputs);
    }
}
