//! What every network can do.

#[cfg(feature = "alloc")]
use alloc::{boxed::Box, vec::Vec};

use bytemuck::Pod;
use fearless_simd::{Level, Simd};
#[cfg(feature = "alloc")]
use rand::Rng;

use crate::element::Element;
#[cfg(feature = "std")]
use crate::error::{LoadError, SaveError};
#[cfg(feature = "std")]
use crate::io;
use crate::kernels::frame;
#[cfg(feature = "std")]
use crate::losses::Losses;
#[cfg(feature = "std")]
use crate::metrics::MetricsFor;
#[cfg(feature = "std")]
use crate::optimizers::Optimizer;
use crate::params::{LayerInfo, Param, param_count};
#[cfg(feature = "alloc")]
use crate::predictions::Predictions;
use crate::record::{BadInput, Record};
#[cfg(feature = "alloc")]
use crate::summary::Summary;
#[cfg(feature = "std")]
use crate::train::{Model, Train};
#[cfg(feature = "std")]
use std::path::Path;

/// A network made by `nn::network!`: a plain struct of weights and the code that runs it.
///
/// Weights (`&self`), memory ([`Workspace`](Self::Workspace)) and samples are separate values: one network can
/// be a `static` and serve many threads, each with a workspace of its own.
pub trait Network: Pod + Send + Sync {
    /// `f32`, or `f64` with `#[dtype(f64)]`.
    type Element: Element;
    /// One sample: a tensor, or a struct of the inputs by name.
    type Input: Record;
    /// What the network makes of one sample: a tensor, or a struct of the outputs by name, nothing but `Element`s.
    type Output: Record + Pod;
    /// The memory that `infer` needs beside the weights: one fixed, aligned array.
    type Workspace: Pod + Send + Sync;
    /// What [`predict`](Self::predict) gives: `Vec<Self::Output>`, or for a network that takes ids a `Result` with it.
    #[cfg(feature = "alloc")]
    type Predictions: Predictions<Self>;

    /// The name of the struct.
    const NAME: &'static str;
    /// The weights, in Keras' order, which is the order of the fields.
    const PARAMS: &'static [Param];
    /// The layers, in order, the input first.
    const LAYERS: &'static [LayerInfo];
    /// How many samples are worth running at a time: more than one where weights are too many for the caches.
    const TOGETHER: usize = 1;

    /// Refuses a sample that a layer cannot take: ids that have no row. [`infer`](Self::infer) does not ask; such an id becomes a
    /// row of zeros there.
    ///
    /// # Errors
    ///
    /// The first such id.
    fn check_input(_x: &Self::Input) -> Result<(), BadInput> {
        Ok(())
    }

    /// Runs the network on one sample, on the vectors of `simd`.
    fn forward<S: Simd>(&self, simd: S, x: &Self::Input, workspace: &mut Self::Workspace, y: &mut Self::Output);

    /// Runs the network on several samples, at most [`TOGETHER`](Self::TOGETHER), with an output for each.
    ///
    /// `spare` grows as needed; what it and the workspace hold before does not matter.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn forward_together<S: Simd>(
        &self,
        simd: S,
        xs: &[&Self::Input],
        workspace: &mut Self::Workspace,
        _spare: &mut [Vec<Self::Element>; 2],
        ys: &mut [Self::Output],
    ) {
        for (x, y) in xs.iter().zip(ys) {
            self.forward(simd, x, workspace, y);
        }
    }

    /// The mask that Keras attaches to an output, where it attaches one: 1 or 0 for each row of that part (see
    /// [`Part::rows`](crate::Part::rows)), as the last run left it in the workspace.
    ///
    /// Losses and metrics leave masked rows out.
    fn output_mask(_workspace: &Self::Workspace, _part: usize) -> Option<&[Self::Element]> {
        None
    }

    /// The weights in one flat slice, in the order of [`PARAMS`](Self::PARAMS).
    fn as_flat(&self) -> &[Self::Element] {
        &bytemuck::cast_slice(core::slice::from_ref(self))[..const { param_count(Self::PARAMS) }]
    }

    /// The weights in one flat slice, to write to.
    fn as_flat_mut(&mut self) -> &mut [Self::Element] {
        &mut bytemuck::cast_slice_mut(core::slice::from_mut(self))[..const { param_count(Self::PARAMS) }]
    }

    /// Runs the network on one sample: no allocation, no panic, the widest vectors of this machine.
    ///
    /// What `workspace` holds before does not matter. Without the feature `std` the vectors are those of the target
    /// that the program is compiled for.
    #[inline]
    fn infer(&self, x: &Self::Input, workspace: &mut Self::Workspace) -> Self::Output {
        let mut y: Self::Output = bytemuck::Zeroable::zeroed();
        self.infer_into(x, workspace, &mut y);
        y
    }

    /// The same with a place for the output: what a network takes whose output is too large for the stack.
    ///
    /// `y` is overwritten; what it holds before does not matter.
    #[inline]
    fn infer_into(&self, x: &Self::Input, workspace: &mut Self::Workspace, y: &mut Self::Output) {
        crate::kernels::vectors::dispatch!(level(), simd => {
            frame::align();
            self.forward(simd, x, workspace, y)
        });
    }

    /// A network whose weights start as their initializers say: Keras' defaults, unless options say otherwise.
    ///
    /// The same random numbers give the same network. Never passes through the stack.
    #[cfg(feature = "alloc")]
    fn new<R: Rng + ?Sized>(rng: &mut R) -> Box<Self> {
        let mut network = Self::zeros();
        for param in Self::PARAMS {
            param.initializer.fill(param.shape, rng, &mut network.as_flat_mut()[param.range()]);
        }
        network
    }

    /// A network whose weights are all zero, for weights from elsewhere. Never passes through the stack.
    #[cfg(feature = "alloc")]
    fn zeros() -> Box<Self> {
        bytemuck::zeroed_box()
    }

    /// The memory for [`infer`](Self::infer): one for each thread, used again for each sample.
    #[cfg(feature = "alloc")]
    fn workspace() -> Box<Self::Workspace> {
        bytemuck::zeroed_box()
    }

    /// A copy of the network, which never passes through the stack.
    #[cfg(feature = "alloc")]
    fn to_boxed(&self) -> Box<Self> {
        let mut copy = Self::zeros();
        copy.as_flat_mut().copy_from_slice(self.as_flat());
        copy
    }

    /// Runs the network on many samples, on all of rayon's threads.
    ///
    /// The result is a `Vec` of outputs; for a network that takes ids it is a `Result`, an error where an id has no row, before
    /// anything is computed.
    ///
    /// Sample by sample the outputs are those of [`infer`](Self::infer), whatever the number of threads and of samples; where
    /// dense layers have more weights than stay near a core, they are so but for rounding, since they run many samples at a time.
    #[cfg(feature = "alloc")]
    fn predict(&self, xs: &[Self::Input]) -> Self::Predictions {
        Predictions::of(self, xs)
    }

    /// The layers with their shapes, weights and multiply-adds: print it for Keras' table.
    #[cfg(feature = "alloc")]
    fn summary() -> Summary {
        Summary::of::<Self>()
    }

    /// Writes the weights to a safetensors file, which replaces the one at `path` as a whole or not at all.
    ///
    /// # Errors
    ///
    /// Where the folder or the disk refuses; then a file that was at `path` is as it was.
    #[cfg(feature = "std")]
    fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        io::write_file(self, path.as_ref())
    }

    /// A network with the weights of a safetensors file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no valid safetensors file, or does not hold exactly the weights of this network,
    /// each once, in its shape and element type.
    #[cfg(feature = "std")]
    fn load(path: impl AsRef<Path>) -> Result<Box<Self>, LoadError> {
        io::read_file(path.as_ref())
    }

    /// Takes the weights from a safetensors file.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load); then the network is as it was.
    #[cfg(feature = "std")]
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), LoadError> {
        let loaded = Self::load(path)?;
        self.as_flat_mut().copy_from_slice(loaded.as_flat());
        Ok(())
    }

    /// Joins the network with what it takes to train it.
    ///
    /// `loss` is a loss, or for a network of several outputs a tuple with one for each. `metrics` is one metric, a tuple or
    /// an array of them, or `()` for none but the loss; for several outputs a tuple of those, or an array of pairs of an
    /// output's name and its metrics: see [`MetricsFor`].
    ///
    /// ```
    /// use nn_core::losses::SparseCategoricalCrossentropy;
    /// use nn_core::optimizers::Adam;
    /// use nn_core::train::{Model, Train};
    /// use nn_core::{Network, Tensor1, metrics, rng};
    ///
    /// /// For any network that tells ten classes apart.
    /// fn compiled<N>() -> Model<N, SparseCategoricalCrossentropy, Adam>
    /// where
    ///     N: Train<Element = f32, Output = Tensor1<10>>,
    /// {
    ///     N::new(&mut rng(1)).compile(
    ///         Adam::new(1e-3),
    ///         SparseCategoricalCrossentropy::from_logits(),
    ///         metrics::accuracy(),
    ///     )
    /// }
    /// ```
    #[cfg(feature = "std")]
    fn compile<O, L>(
        self: Box<Self>,
        optimizer: O,
        loss: L,
        metrics: impl MetricsFor<Self::Element, Outputs<Self>>,
    ) -> Model<Self, L, O>
    where
        Self: Train,
        O: Optimizer<Self::Element>,
        L: Losses<Self::Element, Outputs<Self>>,
    {
        Model::new(self, optimizer, loss, metrics)
    }

    /// The content of the file that [`save`](Self::save) writes.
    ///
    /// # Errors
    ///
    /// If the header cannot be written.
    #[cfg(feature = "std")]
    fn to_bytes(&self) -> Result<Vec<u8>, SaveError> {
        io::to_bytes(self)
    }

    /// A network from the content of a safetensors file.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    #[cfg(feature = "std")]
    fn from_bytes(bytes: &[u8]) -> Result<Box<Self>, LoadError> {
        io::read_bytes(bytes)
    }
}

/// The types of a network's outputs as a tuple: what losses, targets and metrics have to fit.
pub type Outputs<N> = <<N as Network>::Output as Record>::Parts;

/// What one thread needs to run many samples.
#[cfg(feature = "alloc")]
pub(crate) struct Runner<N: Network> {
    pub(crate) workspace: Box<N::Workspace>,
    spare: [Vec<N::Element>; 2],
}

#[cfg(feature = "alloc")]
impl<N: Network> Runner<N> {
    pub(crate) fn new() -> Self {
        Self { workspace: N::workspace(), spare: [Vec::new(), Vec::new()] }
    }

    /// As many samples as there are outputs, after each other or side by side.
    pub(crate) fn run<'a>(&mut self, network: &N, xs: &mut impl Iterator<Item = &'a N::Input>, ys: &mut [N::Output]) {
        if N::TOGETHER == 1 {
            // The outputs first, or the one after the last of them would cost a sample.
            for (y, x) in ys.iter_mut().zip(xs) {
                network.infer_into(x, &mut self.workspace, y);
            }
            return;
        }
        for ys in ys.chunks_mut(N::TOGETHER) {
            let xs: Vec<&N::Input> = xs.take(ys.len()).collect();
            let Self { workspace, spare } = self;
            crate::kernels::vectors::dispatch!(level(), simd => {
                frame::align();
                network.forward_together(simd, &xs, workspace, spare, ys)
            });
        }
    }
}

/// The vectors of this machine; found out once.
#[cfg(feature = "std")]
pub fn level() -> Level {
    static LEVEL: std::sync::OnceLock<Level> = std::sync::OnceLock::new();
    *LEVEL.get_or_init(Level::new)
}

/// The vectors of the target.
#[cfg(not(feature = "std"))]
pub fn level() -> Level {
    Level::baseline()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::train::nets::{Centred, Mlp};

    #[test]
    fn new_follows_the_initializers() {
        let network = Mlp::new(&mut crate::rng(1));
        let limit = (6.0_f32 / 7.0).sqrt();
        assert!(network.dense.kernel.as_flattened().iter().all(|w| w.abs() <= limit && *w != 0.0));
        assert_eq!((network.dense.bias, network.dense_1.bias), ([0.0; 4], [0.0; 2]));
        assert_eq!(*network, *Mlp::new(&mut crate::rng(1)));
        assert_ne!(*network, *Mlp::new(&mut crate::rng(2)));
        assert_eq!(*network.to_boxed(), *network);
    }

    #[test]
    fn networks_of_many_megabytes_do_not_pass_through_the_stack() {
        let small = std::thread::Builder::new().stack_size(256 << 10);
        let run = || {
            let network = Huge::new(&mut crate::rng(0));
            let bytes = network.to_bytes().unwrap();
            let again = Huge::from_bytes(&bytes).unwrap().to_boxed();
            let (mut workspace, x) = (Huge::workspace(), [2.0].into());
            assert_eq!(again.infer(&x, &mut workspace)[0], 2.0 * network.0[7]);
        };
        small.spawn(run).unwrap().join().unwrap();
    }

    /// A network of 4 MiB with a workspace of 4 MiB.
    #[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
    #[repr(C)]
    struct Huge([f32; 1 << 20]);

    impl Network for Huge {
        type Element = f32;
        type Input = crate::Tensor1<1>;
        type Output = crate::Tensor1<1>;
        type Workspace = [f32; 1 << 20];
        type Predictions = Vec<Self::Output>;
        const NAME: &'static str = "Huge";
        const PARAMS: &'static [Param] = &[Param {
            name: "weight",
            shape: &[1 << 20],
            offset: 0,
            trainable: true,
            initializer: crate::initializers::Initializer::Normal(0.0, 1.0),
            regularizer: None,
            penalty: None,
            constraint: None,
        }];
        const LAYERS: &'static [LayerInfo] = &[];

        #[inline(always)]
        fn forward<S: Simd>(&self, _: S, x: &Self::Input, workspace: &mut Self::Workspace, y: &mut Self::Output) {
            workspace[9] = self.0[7];
            y[0] = x[0] * workspace[9];
        }
    }

    #[test]
    fn the_summary_is_keras_table() {
        let expected = r#"Model: "Centred"
┏━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━┓
┃ Layer (type)       ┃ Output Shape ┃ Param # ┃ Mult-Adds ┃
┡━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━╇━━━━━━━━━━━┩
│ input (InputLayer) │ (None, 2)    │       0 │         0 │
├────────────────────┼──────────────┼─────────┼───────────┤
│ dense (Dense)      │ (None, 3)    │       9 │         6 │
├────────────────────┼──────────────┼─────────┼───────────┤
│ centre (Centre)    │ (None, 3)    │       3 │         0 │
├────────────────────┼──────────────┼─────────┼───────────┤
│ dense_1 (Dense)    │ (None, 1)    │       4 │         3 │
└────────────────────┴──────────────┴─────────┴───────────┘
 Total params: 16 (128.00 B)
 Trainable params: 13 (104.00 B)
 Non-trainable params: 3 (24.00 B)
 Multiply-adds: 9
"#;
        assert_eq!(Centred::summary().to_string(), expected);
    }
}
