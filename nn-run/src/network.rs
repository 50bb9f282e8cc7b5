//! A network that is loaded while the program runs.

use std::sync::Arc;

use nn_compiler::{Compiled, Mistake};
use nn_core::Param;
use nn_core::regularizers::Regularizer;
use nn_core::rt::fearless_simd::Level;
use nn_core::rt::{self, BadInput, level};
use nn_graph::Program;
use nn_graph::graph::Dtype;
use rand::Rng;

use crate::data::Data;
use crate::description::{self, Kind, Part, shape_text};
use crate::engine::Real;
#[cfg(feature = "import")]
use crate::error::FromFileError;
use crate::error::{BadCall, Mistakes};
use crate::sizes;
use crate::stage::{Lists, Sample, Stage};
use crate::stream::{State, Streamed};
use crate::training::Training;

/// A network without a type of its own: a program and its weights.
///
/// It computes what `network!` makes of the same text, bit by bit, with the same kernels. Cloning copies the weights and shares the
/// program. Weights (`&self`), memory ([`Workspace`]) and what is carried from call to call ([`State`]) are separate values.
///
/// ```
/// use nn_run::{Data, Network};
///
/// let mut network: Network = Network::from_text("Input<2> => Dense<2, activation = relu> => Dense<1>").unwrap();
/// for weights in network.weights_mut() {
///     *weights = 0.5;
/// }
/// let (mut workspace, mut y) = (network.workspace(), [0.0]);
/// network.infer(&[Data::Real(&[1.0, 2.0])], &mut workspace, &mut [&mut y]).unwrap();
/// assert_eq!(y, [2.5]);
/// ```
#[derive(Clone, Debug)]
pub struct Network<T: Real = f32> {
    pub(crate) plan: Arc<Plan<T>>,
    pub(crate) weights: Vec<T>,
    pub(crate) level: Level,
}

/// What a network is, but for its weights.
#[derive(Debug)]
pub(crate) struct Plan<T: Real> {
    pub(crate) name: String,
    pub(crate) inputs: Vec<Part>,
    pub(crate) outputs: Vec<Part>,
    pub(crate) params: Vec<Param>,
    pub(crate) stage: Stage<T>,
    pub(crate) stream: Option<Streamed<T>>,
    /// What computes the values that have penalties, and these, for the loss on samples that are not trained on.
    pub(crate) penalties: Option<Penalties<T>>,
    /// Not for a network with a state on each step of a `TimeDistributed`.
    pub(crate) training: Option<Training<T>>,
    /// The inputs that are ids, and how many there are.
    pub(crate) ids: Vec<(usize, usize)>,
}

/// What computes the values that have penalties.
#[derive(Debug)]
pub(crate) struct Penalties<T: Real> {
    pub(crate) stage: Stage<T>,
    /// The penalty of each, and its elements.
    pub(crate) of: Vec<(Regularizer, usize)>,
}

/// The memory that [`Network::infer`] needs beside the weights: one for each thread, used again for each sample.
#[derive(Debug)]
pub struct Workspace<T: 'static> {
    memory: Vec<T>,
    lists: Lists<T>,
}

impl<T: Real> Network<T> {
    /// A network from its text, as it stands between the braces of `network!`; all weights are zero.
    ///
    /// # Errors
    ///
    /// All mistakes of the text, each with its line and column, in the words of the macro. Constants and functions of a program
    /// around the network are mistakes here. `#[dtype(f64)]` makes a `Network<f64>`.
    pub fn from_text(text: &str) -> Result<Self, Mistakes> {
        let compiled = nn_compiler::compile(text).map_err(Mistakes)?;
        let double = compiled.program.graph.dtype == Dtype::F64;
        if double != T::DOUBLE {
            let (written, wanted) = if double { ("f64", "f32") } else { ("f32", "f64") };
            let message = format!("this network computes in `{written}`, but it is read as `Network<{wanted}>`");
            return Err(Mistakes(vec![Mistake { line: 1, column: 0, message }]));
        }
        if !sizes::are_moderate(&compiled.program) {
            let message = "this network is larger than any memory".to_owned();
            return Err(Mistakes(vec![Mistake { line: 1, column: 0, message }]));
        }
        Ok(Self::of(compiled))
    }

    /// A network with its weights, from a model file of another tool: `.keras`, `.h5`, ….
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has in it what no network of ours has.
    #[cfg(feature = "import")]
    pub fn from_file(path: impl AsRef<std::path::Path>, options: &nn_import::Options) -> Result<Self, FromFileError> {
        Self::from_model(&nn_import::read_file(path, options)?)
    }

    /// A network with its weights, from a model that was read.
    ///
    /// # Errors
    ///
    /// If the text of the model has mistakes, or the model has other weights than the network of its text.
    #[cfg(feature = "import")]
    pub fn from_model(model: &nn_import::Model) -> Result<Self, FromFileError> {
        let mut network = Self::from_text(&model.text)?;
        for nn_import::Tensor { name, values, .. } in &model.weights {
            let values: Vec<T> = values.iter().map(|value| T::from_f64(f64::from(*value))).collect();
            network.set_weight(name, &values)?;
        }
        Ok(network)
    }

    fn of(Compiled { name, program }: Compiled) -> Self {
        let plan = Plan::new(name.unwrap_or_else(|| "Network".to_owned()), &program);
        let weights = vec![T::zero(); plan.params.last().map_or(0, |param| param.range().end)];
        Network { plan: Arc::new(plan), weights, level: level() }
    }

    /// The same network on other vectors than the widest of this machine: what another machine would compute, to the bit.
    pub fn on(self, level: Level) -> Self {
        Network { level, ..self }
    }

    /// Fills the weights as their initializers say: Keras' defaults, unless options say otherwise. The same random numbers
    /// give the same weights, and those of `network!` for the same text.
    pub fn initialize<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        for param in &self.plan.params {
            param.initializer.fill(param.shape, rng, &mut self.weights[param.range()]);
        }
    }

    /// The name of the struct in the text; `Network` without one.
    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// What it takes, in the order of the signature.
    pub fn inputs(&self) -> &[Part] {
        &self.plan.inputs
    }

    /// What it gives, in the order of the signature.
    pub fn outputs(&self) -> &[Part] {
        &self.plan.outputs
    }

    /// Its weights, in Keras' order.
    pub fn params(&self) -> &[Param] {
        &self.plan.params
    }

    /// All weights, in the order of [`params`](Self::params).
    pub fn weights(&self) -> &[T] {
        &self.weights
    }

    /// All weights, to write to.
    pub fn weights_mut(&mut self) -> &mut [T] {
        &mut self.weights
    }

    /// One weight, by the path of its field: `conv1.kernel`.
    pub fn weight(&self, name: &str) -> Option<&[T]> {
        let param = self.plan.params.iter().find(|param| param.name == name)?;
        Some(&self.weights[param.range()])
    }

    /// Sets one weight.
    ///
    /// # Errors
    ///
    /// If there is none of this name, or it has another number of elements; then all weights are as they were.
    pub fn set_weight(&mut self, name: &str, values: &[T]) -> Result<(), BadCall> {
        let network = self.plan.name.clone();
        let Some(param) = self.plan.params.iter().find(|param| param.name == name) else {
            return Err(BadCall::NoWeight { network, name: name.to_owned() });
        };
        if values.len() != param.len() {
            let (name, shape) = (name.to_owned(), shape_text(param.shape));
            return Err(BadCall::Len { network, name, shape, expected: param.len(), found: values.len() });
        }
        self.weights[param.range()].copy_from_slice(values);
        Ok(())
    }

    /// The memory for [`infer`](Self::infer).
    pub fn workspace(&self) -> Workspace<T> {
        let stage = &self.plan.stage;
        Workspace { memory: vec![T::zero(); stage.len], lists: stage.lists() }
    }

    /// Runs the network on one sample: an input and an output for each of [`inputs`](Self::inputs) and
    /// [`outputs`](Self::outputs). Allocates nothing. Layers with a state start from zeros.
    ///
    /// # Errors
    ///
    /// If there are more or fewer inputs or outputs, or one has another length or type; then no output is written.
    /// An id that an embedding has no row for gives a row of zeros.
    pub fn infer(
        &self,
        inputs: &[Data<'_, T>],
        workspace: &mut Workspace<T>,
        outputs: &mut [&mut [T]],
    ) -> Result<(), BadCall> {
        let plan = &*self.plan;
        if plan.stage.state_len > 0 {
            // What is carried is used and forgotten.
            let mut state = self.state();
            return self.infer_stateful(inputs, &mut state, workspace, outputs);
        }
        plan.check(&plan.inputs, &plan.outputs, inputs, outputs)?;
        plan.check_memory("workspace", plan.stage.len, workspace.memory.len())?;
        let Workspace { memory, lists } = workspace;
        let (weights, state) = (&self.weights, &mut []);
        let sample = Sample { weights, inputs, state, memory, lists, outputs, index: 0 };
        T::engine().infer(self.level, &plan.stage, sample);
        Ok(())
    }

    /// Runs the network on the next part of a sequence: layers with `stateful = true` go on where `state` left them.
    ///
    /// # Errors
    ///
    /// Those of [`infer`](Self::infer), and if the state is that of another network.
    pub fn infer_stateful(
        &self,
        inputs: &[Data<'_, T>],
        state: &mut State<T>,
        workspace: &mut Workspace<T>,
        outputs: &mut [&mut [T]],
    ) -> Result<(), BadCall> {
        let plan = &*self.plan;
        plan.check(&plan.inputs, &plan.outputs, inputs, outputs)?;
        plan.check_memory("workspace", plan.stage.len, workspace.memory.len())?;
        plan.check_memory("state", plan.stage.state_len, state.carried.len())?;
        let Workspace { memory, lists } = workspace;
        let (weights, state) = (&self.weights, &mut state.carried);
        let sample = Sample { weights, inputs, state, memory, lists, outputs, index: 0 };
        T::engine().infer(self.level, &plan.stage, sample);
        Ok(())
    }

    /// The mask that Keras attaches to an output, where it attaches one: 1 or 0 for each row, as the last run left it.
    pub fn output_mask<'a>(&self, workspace: &'a Workspace<T>, output: usize) -> Option<&'a [T]> {
        let range = self.plan.stage.masks.get(output)?.clone()?;
        workspace.memory.get(range)
    }

    /// Refuses ids that an embedding has no row for.
    ///
    /// # Errors
    ///
    /// The first such id.
    pub fn check_ids(&self, inputs: &[Data<'_, T>]) -> Result<(), BadCall> {
        for &(part, below) in &self.plan.ids {
            let checked = match inputs.get(part) {
                Some(Data::U32(ids)) => rt::check_ids("", ids, below),
                Some(Data::I32(ids)) => rt::check_ids("", ids, below),
                Some(Data::U8(ids)) => rt::check_ids("", ids, below),
                Some(Data::Real(_)) | None => Ok(()),
            };
            if let Err(BadInput { found: id, .. }) = checked {
                let (network, name) = (self.plan.name.clone(), self.plan.inputs[part].name.clone());
                return Err(BadCall::Id { network, name, id, below });
            }
        }
        Ok(())
    }
}

impl<T: Real> Plan<T> {
    fn new(name: String, program: &Program) -> Self {
        let graph = &program.graph;
        let params = description::params(graph);
        let (inputs, outputs) = parts(program);
        let stream = program.stream.as_ref().map(|stream| Streamed::new(stream, &params));
        let ids = graph.nodes.iter().filter_map(|node| {
            let below = sizes::known(node.op.ids_below()?);
            Some((graph.input_of(node.inputs[0].value)?, below))
        });
        let ids = ids.collect();
        let training = graph.trains().then(|| Training::new(program, &params));
        let stage = Stage::new(program, &params);
        let penalties = program.penalties.as_ref().map(|of| {
            let values = of.program.graph.outputs.iter().map(|output| &of.program.graph.values[output.value]);
            let lens = values.map(|value| sizes::all(&value.shape).iter().product());
            let regularizers = of.penalties.iter().map(|of| Regularizer { l1: of.l1, l2: of.l2 });
            Penalties { stage: Stage::within(&of.program, program, &params), of: regularizers.zip(lens).collect() }
        });
        Plan { name, inputs, outputs, params, stage, stream, penalties, training, ids }
    }

    fn check(
        &self,
        inputs: &[Part],
        outputs: &[Part],
        given: &[Data<'_, T>],
        taken: &[&mut [T]],
    ) -> Result<(), BadCall> {
        self.check_inputs(inputs, 1, given)?;
        self.check_count("outputs", outputs.len(), taken.len())?;
        outputs.iter().zip(taken).try_for_each(|(part, output)| self.check_len(part, 1, output.len()))
    }

    /// The steps of training.
    pub(crate) fn training(&self) -> Result<&Training<T>, BadCall> {
        let lacks = "has a `stateful` layer inside of `TimeDistributed`, so that it is not trained: train one without, and take its weights";
        self.training.as_ref().ok_or_else(|| BadCall::Lacks { network: self.name.clone(), lacks })
    }

    /// Whether these are inputs for so many samples.
    pub(crate) fn check_inputs(&self, inputs: &[Part], samples: usize, given: &[Data<'_, T>]) -> Result<(), BadCall> {
        self.check_count("inputs", inputs.len(), given.len())?;
        for (part, data) in inputs.iter().zip(given) {
            if part.kind != data.kind() {
                let text = |kind| match kind {
                    Kind::Real => "numbers",
                    Kind::U32 => "ids of `u32`",
                    Kind::I32 => "ids of `i32`",
                    Kind::U8 => "ids of `u8`",
                };
                let (expected, found) = (text(part.kind), text(data.kind()));
                let (network, name) = (self.name.clone(), part.name.clone());
                return Err(BadCall::Kind { network, name, expected, found });
            }
            self.check_len(part, samples, data.len())?;
        }
        Ok(())
    }

    pub(crate) fn check_count(&self, what: &'static str, expected: usize, found: usize) -> Result<(), BadCall> {
        if expected == found {
            return Ok(());
        }
        Err(BadCall::Count { network: self.name.clone(), what, expected, found })
    }

    pub(crate) fn check_len(&self, part: &Part, samples: usize, found: usize) -> Result<(), BadCall> {
        let expected = part.len().saturating_mul(samples);
        if expected == found {
            return Ok(());
        }
        let (network, name, shape) = (self.name.clone(), part.name.clone(), shape_text(&part.shape));
        Err(BadCall::Len { network, name, shape, expected, found })
    }

    pub(crate) fn check_memory(&self, what: &'static str, expected: usize, found: usize) -> Result<(), BadCall> {
        if expected == found {
            return Ok(());
        }
        Err(BadCall::Memory { network: self.name.clone(), what, expected, found })
    }
}

/// What goes in and comes out.
pub(crate) fn parts(program: &Program) -> (Vec<Part>, Vec<Part>) {
    let graph = &program.graph;
    let inputs = graph.inputs.iter().map(|input| Part::new(graph, &input.name, input.value));
    let outputs = graph.outputs.iter().map(|output| Part::new(graph, &output.name, output.value));
    (inputs.collect(), outputs.collect())
}
