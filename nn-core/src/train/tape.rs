//! Training by hand: forward, backward and an update as calls of their own.

use bytemuck::allocation::zeroed_vec;
use bytemuck::zeroed_box;

use super::data::flatten;
use super::key::mix;
use super::network::{Activations, Pass, SHARD, Shard, Train};
use super::outputs::{Output, outputs};
use super::penalty;
use crate::element::Element;
use crate::error::FitError;
use crate::kernels::frame;
use crate::kernels::vectors::dispatch;
use crate::layers::batch_normalization::Statistics;
use crate::losses::{AlongAxis, Block, Loss, LossesFor, Reduction, Target, factors};
use crate::network::{Outputs, level};
use crate::optimizers::Optimizer;
use crate::record::Record;
use num_traits::Zero;

/// Training by hand, for loops that `fit` does not have: one network trained through another, several losses, gradients of
/// inputs.
///
/// A tape keeps what [`forward`](Self::forward) computes, as in training: dropouts drop, and a batch normalization uses the
/// statistics of the batch. [`backward`](Self::backward) goes back from gradients of the outputs, wherever they come from: from
/// [`loss`](Self::loss), or from the inputs of another network. It gives the gradients of the inputs and keeps those of
/// the weights, for [`apply_gradients`](Self::apply_gradients) or to read. It is what TensorFlow calls `GradientTape`.
///
/// A step of a network that learns through another one, which stays as it is: half of the training of a GAN.
///
/// ```
/// use nn_core::losses::BinaryCrossentropy;
/// use nn_core::optimizers::Adam;
/// use nn_core::train::{GradientTape, Train};
/// use nn_core::{Tensor1, error::FitError};
///
/// /// Teaches `generator` to make what `discriminator` takes for real. Returns the loss.
/// fn teach<G, D>(
///     (generator, of_generator): (&mut G, &mut GradientTape<G>),
///     (discriminator, of_discriminator): (&D, &mut GradientTape<D>),
///     noise: &[G::Input],
///     adam: &mut Adam,
/// ) -> Result<f64, FitError>
/// where
///     G: Train<Element = f32>,
///     D: Train<Element = f32, Input = G::Output, Output = Tensor1<1>>,
/// {
///     let fakes = of_generator.forward(generator, noise)?;
///     of_discriminator.forward(discriminator, &fakes)?;
///     let (loss, dy) = of_discriminator.loss(&BinaryCrossentropy::from_logits(), &vec![1_u8; noise.len()])?;
///     let dfakes = of_discriminator.backward(discriminator, &dy)?;
///     of_generator.backward(generator, &dfakes)?;
///     of_generator.apply_gradients(generator, adam)?;
///     Ok(loss)
/// }
/// ```
///
/// Layers with `stateful` begin with zeros in each call of `forward`. Everything runs on the calling thread, and the same seed gives the same bits.
pub struct GradientTape<N: Train> {
    shards: Vec<Shard<N::Activations, N::Element>>,
    statistics: Vec<Statistics>,
    gradients: Box<N>,
    outputs: Vec<Output>,
    /// For each output whether backward starts at its logits: never.
    from_logits: Vec<bool>,
    /// How many samples the last forward had.
    samples: usize,
    seed: u64,
    calls: u64,
}

impl<N: Train> GradientTape<N> {
    /// A tape without samples. `seed` is that of the random numbers of dropouts, which are others in each call of `forward`.
    pub fn new(seed: u64) -> Self {
        let outputs = outputs(<N::Output as Record>::PARTS);
        Self {
            shards: Vec::new(),
            statistics: vec![Statistics::default(); N::PHASES.saturating_sub(1)],
            gradients: zeroed_box(),
            from_logits: vec![false; outputs.len()],
            outputs,
            samples: 0,
            seed,
            calls: 0,
        }
    }

    /// Runs the network on samples, as in training, and keeps what backward needs.
    ///
    /// # Errors
    ///
    /// If there is no sample, or one has an id that a layer has no row for; then the tape is as it was.
    pub fn forward(&mut self, network: &N, x: &[N::Input]) -> Result<Vec<N::Output>, FitError> {
        if x.is_empty() {
            return Err(FitError::Empty { what: "x" });
        }
        for (sample, x) in x.iter().enumerate() {
            N::check_input(x).map_err(|source| FitError::Input { what: "x", sample, source })?;
        }
        self.calls += 1;
        self.samples = x.len();
        self.shards.resize_with(x.len().div_ceil(SHARD), Shard::new);
        for (index, (shard, x)) in self.shards.iter_mut().zip(x.chunks(SHARD)).enumerate() {
            shard.resize(index * SHARD, x.len());
            shard.states.fill(N::Element::zero());
            x.iter().enumerate().for_each(|(place, x)| shard.load(place, x));
        }
        for phase in 0..N::PHASES {
            self.run_forward(network, phase);
            if let Some(statistics) = self.statistics.get_mut(phase) {
                statistics.combine(self.shards.iter().filter_map(|shard| shard.values.partial(phase)));
            }
        }
        Ok(self.take_outputs())
    }

    /// The loss of the last outputs, and its gradient with respect to them.
    ///
    /// Rows that a mask leaves out do not count. Of networks that end with `sigmoid` or `softmax`, `fit` differentiates the
    /// crossentropies with respect to the logits, which is exact where the output is close to 0 or 1; here let the network end with
    /// its logits, and use `from_logits`.
    ///
    /// # Errors
    ///
    /// If there are not as many targets as samples, a target or an option of the loss has a value that it cannot have, or the
    /// reduction does not give one number.
    pub fn loss<L, Y>(&self, loss: &L, y: &[Y]) -> Result<(f64, Vec<N::Output>), FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        self.check_length("y", y.len())?;
        let mut flat = Vec::new();
        flatten(y, &mut flat);
        let mut dy: Vec<N::Output> = zeroed_vec(self.samples);
        let (mut value, mut first) = (0.0, 0);
        for (output, loss) in self.outputs.iter().zip(loss.each().into_iter().flatten()) {
            let along = AlongAxis::of(loss, output.shape)?;
            let loss = along.as_ref().map_or(loss, |along| along as &dyn Loss<N::Element>);
            let width = output.width(loss);
            if loss.reduction() == Reduction::None {
                return Err(FitError::option("reduction", "one that gives one number", "None"));
            }
            loss.check_options()?;
            let rows = flat.chunks_exact(Y::WIDTH.max(1)).filter_map(|y| y.get(first..first + width));
            let y_true = rows.collect::<Vec<_>>().concat();
            first += width;
            loss.check(&y_true, output.classes).map_err(|source| FitError::Target {
                what: "y",
                output: output.name,
                source,
            })?;
            let (of_output, gradient) = self.differentiate(output, loss, &y_true);
            value += of_output;
            for (dy, gradient) in dy.iter_mut().zip(gradient.chunks_exact(output.len.max(1))) {
                dy.part_mut(output.index).copy_from_slice(bytemuck::cast_slice(gradient));
            }
        }
        Ok((value, dy))
    }

    /// Goes back from the gradients of the last outputs: returns those of the inputs, and keeps those of the weights
    /// ([`gradients`](Self::gradients)), in which what `activity_regularizer` costs is included.
    ///
    /// `network` is that of [`forward`](Self::forward), as it was then. Inputs that are ids have gradients of zero.
    ///
    /// # Errors
    ///
    /// If there are not as many gradients as samples; then the tape is as it was.
    pub fn backward(&mut self, network: &N, dy: &[N::Output]) -> Result<Vec<N::Input>, FitError> {
        self.check_length("dy", dy.len())?;
        for (shard, dy) in self.shards.iter_mut().zip(dy.chunks(SHARD)) {
            for output in &self.outputs {
                let gradient = shard.gradients.output_mut(output.index).chunks_exact_mut(output.len.max(1));
                for (to, dy) in gradient.zip(dy) {
                    to.copy_from_slice(bytemuck::cast_slice(dy.part(output.index)));
                }
            }
        }
        bytemuck::bytes_of_mut(&mut *self.gradients).fill(0);
        for phase in (0..N::PHASES).rev() {
            if let Some(statistics) = self.statistics.get_mut(phase) {
                statistics.combine_backward(self.shards.iter().filter_map(|shard| shard.gradients.partial(phase)));
            }
            self.run_backward(network, phase);
        }
        Ok(self.input_gradients())
    }

    /// The gradients of the weights that the last backward found, as a network of their own: zeros before.
    pub fn gradients(&self) -> &N {
        &self.gradients
    }

    /// The same, to change them: to clip them, say, or to add those of another tape.
    pub fn gradients_mut(&mut self) -> &mut N {
        &mut self.gradients
    }

    /// One step of the optimizer along the gradients and those of the regularizers of weights; moves the moving statistics towards
    /// those of the batch.
    ///
    /// # Errors
    ///
    /// If an option of the optimizer has a value that it cannot have; then the network is as it was.
    pub fn apply_gradients(
        &mut self,
        network: &mut N,
        optimizer: &mut impl Optimizer<N::Element>,
    ) -> Result<(), FitError> {
        optimizer.check()?;
        penalty::add_gradient(N::PARAMS, network.as_flat(), self.gradients.as_flat_mut());
        optimizer.step(N::PARAMS, network.as_flat_mut(), self.gradients.as_flat());
        if self.samples > 0 {
            network.update_moving(&self.statistics);
        }
        Ok(())
    }

    /// What an `activity_regularizer` costs for the last samples, the mean over them: it is part of `fit`'s loss.
    pub fn penalty(&self) -> f64 {
        let sum: f64 = self.shards.iter().map(|shard| N::penalty(&shard.values)).sum();
        sum / self.samples.max(1) as f64
    }

    /// Lets the next forward draw the random numbers of the first one again.
    pub(crate) fn rewind(&mut self) {
        self.calls = 0;
    }

    fn check_length(&self, what: &'static str, found: usize) -> Result<(), FitError> {
        let expected = self.samples;
        if found == expected { Ok(()) } else { Err(FitError::Length { what, of: "x", expected, found }) }
    }

    fn pass(&self) -> (Vec<Statistics>, u64) {
        (self.statistics.clone(), mix(self.seed, self.calls))
    }

    fn run_forward(&mut self, network: &N, phase: usize) {
        let (statistics, key) = self.pass();
        let pass = pass(&statistics, key, &self.from_logits, self.samples);
        for shard in &mut self.shards {
            dispatch!(level(), simd => {
                frame::align();
                network.forward_phase(simd, phase, &pass, shard)
            });
        }
    }

    fn run_backward(&mut self, network: &N, phase: usize) {
        let (statistics, key) = self.pass();
        let pass = pass(&statistics, key, &self.from_logits, self.samples);
        let gradients = &mut *self.gradients;
        for shard in &mut self.shards {
            dispatch!(level(), simd => {
                frame::align();
                network.backward_phase(simd, phase, &pass, shard, gradients)
            });
        }
    }

    fn take_outputs(&self) -> Vec<N::Output> {
        let mut y: Vec<N::Output> = zeroed_vec(self.samples);
        for (shard, y) in self.shards.iter().zip(y.chunks_mut(SHARD)) {
            for output in &self.outputs {
                let values = shard.values.output(output.index).chunks_exact(output.len.max(1));
                for (y, values) in y.iter_mut().zip(values) {
                    y.part_mut(output.index).copy_from_slice(bytemuck::cast_slice(values));
                }
            }
        }
        y
    }

    fn input_gradients(&self) -> Vec<N::Input> {
        let mut dx: Vec<N::Input> = zeroed_vec(self.samples);
        let parts = <N::Input as Record>::PARTS;
        for (shard, dx) in self.shards.iter().zip(dx.chunks_mut(SHARD)) {
            for (index, part) in parts.iter().enumerate() {
                let gradients = shard.gradients.input(index).chunks_exact(part.len().max(1));
                for (dx, gradient) in dx.iter_mut().zip(gradients) {
                    dx.part_mut(index).copy_from_slice(bytemuck::cast_slice(gradient));
                }
            }
        }
        dx
    }

    /// The loss of an output for all samples, and its gradient.
    fn differentiate(
        &self,
        output: &Output,
        loss: &dyn Loss<N::Element>,
        y_true: &[N::Element],
    ) -> (f64, Vec<N::Element>) {
        let of_shard = |shard: &Shard<N::Activations, N::Element>| {
            shard.values.output(output.index)[..shard.samples * output.len].to_vec()
        };
        let y_pred: Vec<N::Element> = self.shards.iter().flat_map(of_shard).collect();
        let classes = if loss.block() == Block::Batch { y_pred.len() } else { output.classes };
        let rows = y_pred.len() / classes.max(1);
        let mask = self.mask(output);
        let mut counts = vec![N::Element::zero(); rows];
        factors(loss, y_true, output.classes, None, mask.as_deref(), &mut counts);
        let mut values = vec![N::Element::zero(); rows];
        loss.rows(y_true, &y_pred, classes, false, &mut values);
        let mut gradient = vec![N::Element::zero(); y_pred.len()];
        loss.gradient(y_true, &y_pred, classes, false, &counts, &mut gradient);
        (values.iter().zip(&counts).map(|(value, count)| value.to_f64() * count.to_f64()).sum(), gradient)
    }

    /// Which rows of an output count, where it has a mask.
    fn mask(&self, output: &Output) -> Option<Vec<bool>> {
        let mut rows = Vec::new();
        for shard in &self.shards {
            let mask = shard.values.mask(output.index)?;
            let each = mask.len() / shard.samples.max(1);
            for mask in mask.chunks_exact(each.max(1)) {
                rows.extend((0..output.rows).map(|row| mask[row * mask.len() / output.rows] != N::Element::zero()));
            }
        }
        Some(rows)
    }
}

fn pass<'a>(statistics: &'a [Statistics], key: u64, from_logits: &'a [bool], samples: usize) -> Pass<'a> {
    Pass { statistics, key, from_logits, input_gradient: true, rows: false, samples }
}
