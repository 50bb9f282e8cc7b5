//! What every network can do.

use bytemuck::Pod;
use fearless_simd::Simd;

use crate::element::Element;
use crate::params::{LayerInfo, Param};
use crate::tensor::Tensor;

/// A network made by `nn::network!`: a plain struct of weights and the code that runs it.
pub trait Network: Pod + Send + Sync {
    /// `f32`, or `f64` with `#[dtype(f64)]`.
    type Element: Element;
    /// One sample.
    type Input: Tensor;
    /// What the network makes of one sample.
    type Output: Tensor<Item = Self::Element>;
    /// The memory that `infer` needs beside the weights: one fixed, aligned array.
    type Workspace: Pod + Send + Sync;

    /// The name of the struct.
    const NAME: &'static str;
    /// The weights, in Keras' order, which is the order of the fields.
    const PARAMS: &'static [Param];
    /// The layers, in order, the input first.
    const LAYERS: &'static [LayerInfo];

    /// Runs the network on one sample, on the vectors of `simd`.
    fn forward<S: Simd>(&self, simd: S, x: &Self::Input, workspace: &mut Self::Workspace, y: &mut Self::Output);

    /// The weights in one flat slice, in the order of [`PARAMS`](Self::PARAMS).
    fn as_flat(&self) -> &[Self::Element] {
        bytemuck::cast_slice(core::slice::from_ref(self))
    }

    /// The weights in one flat slice, to write to.
    fn as_flat_mut(&mut self) -> &mut [Self::Element] {
        bytemuck::cast_slice_mut(core::slice::from_mut(self))
    }
}
