//! Networks with `#[stream]`, time step by time step and in blocks of them.

use nn_core::Param;
use nn_graph::Program;
use nn_graph::plan::{BlockProgram, StreamProgram};

use crate::data::Data;
use crate::description::Part;
use crate::engine::Real;
use crate::error::BadCall;
use crate::network::{Network, Plan, parts};
use crate::sizes;
use crate::stage::{Lists, Sample, Stage};

/// The time steps of a network.
#[derive(Debug)]
pub(crate) struct Streamed<T: Real> {
    inputs: Vec<Part>,
    outputs: Vec<Part>,
    stage: Stage<T>,
    /// What runs in a block of time steps, and how many these are.
    block: Option<(Stage<T>, usize)>,
    latency: usize,
    receptive_field: Option<usize>,
}

impl<T: Real> Streamed<T> {
    pub(crate) fn new(stream: &StreamProgram, params: &[Param]) -> Self {
        let (inputs, outputs) = parts(&stream.program);
        let names = |program: &Program| program.states.iter().map(|(name, _)| name.text.clone()).collect::<Vec<_>>();
        // The parts of a state lie as those of a time step do.
        let alike = |block: &&BlockProgram| names(&block.program) == names(&stream.program);
        let block = stream.block.as_ref().filter(alike);
        Streamed {
            inputs,
            outputs,
            stage: Stage::new(&stream.program, params),
            block: block.map(|block| (Stage::new(&block.program, params), block.steps)),
            latency: sizes::known(&stream.latency),
            receptive_field: stream.receptive_field.as_ref().map(sizes::known),
        }
    }

    /// The memory that time steps and blocks need.
    fn memory_len(&self) -> usize {
        self.block.as_ref().map_or(0, |(block, _)| block.len).max(self.stage.len)
    }

    fn lists(&self) -> Lists<T> {
        match &self.block {
            Some((block, _)) => self.stage.lists_with(block),
            None => self.stage.lists(),
        }
    }
}

/// What a network carries from one call to the next; zeros at the start.
///
/// A network may have any number of them at a time: one for each channel or voice.
#[derive(Debug)]
pub struct State<T: 'static> {
    pub(crate) carried: Vec<T>,
    memory: Vec<T>,
    lists: Lists<T>,
}

impl<T: Real> State<T> {
    /// Forgets everything: what a stream needs after a gap.
    pub fn reset(&mut self) {
        self.carried.fill(T::zero());
    }
}

/// After so many time steps of silence a network without a receptive field is taken to rest, as one with `#[stream]` is.
const MOST_SILENCE: usize = 1 << 16;

impl<T: Real> Network<T> {
    /// What layers with `stateful = true` carry from call to call, or for a network with `#[stream]` what
    /// [`step`](Self::step) does.
    pub fn state(&self) -> State<T> {
        let (carried, memory, lists) = match &self.plan.stream {
            Some(stream) => (stream.stage.state_len, stream.memory_len(), stream.lists()),
            None => (self.plan.stage.state_len, 0, self.plan.stage.lists()),
        };
        State { carried: vec![T::zero(); carried], memory: vec![T::zero(); memory], lists }
    }

    /// What one time step takes and gives, for a network with `#[stream]`.
    pub fn step_parts(&self) -> Option<(&[Part], &[Part])> {
        self.plan.stream.as_ref().map(|stream| (&stream.inputs[..], &stream.outputs[..]))
    }

    /// How many of the first outputs of [`step`](Self::step) the whole network does not have: none, but for convolutions with
    /// `padding = valid`. `None` without `#[stream]`.
    pub fn latency(&self) -> Option<usize> {
        self.plan.stream.as_ref().map(|stream| stream.latency)
    }

    /// How many time steps of the input an output depends on; `None` if on all that have been, and without `#[stream]`.
    pub fn receptive_field(&self) -> Option<usize> {
        self.plan.stream.as_ref()?.receptive_field
    }

    /// Runs a network with `#[stream]` on the next time step. Allocates nothing.
    ///
    /// # Errors
    ///
    /// Those of [`infer`](Self::infer), and if the network has no `#[stream]` or the state is that of another one.
    pub fn step(&self, inputs: &[Data<'_, T>], state: &mut State<T>, outputs: &mut [&mut [T]]) -> Result<(), BadCall> {
        self.steps_of(Some(1), inputs, state, outputs)
    }

    /// Runs a network with `#[stream]` on as many time steps as the inputs have, one after another in each input and output: with
    /// the bits of one [`step`](Self::step) after another, but faster, since each layer takes a block of them at once. Allocates
    /// nothing.
    ///
    /// ```
    /// use nn_run::{Data, Network};
    ///
    /// let network: Network = Network::from_text("#[stream] struct Echo = Input<100, 1> => Conv1D<1, 3, padding = causal>;").unwrap();
    /// let (mut state, mut y) = (network.state(), [1.0; 5]);
    /// network.steps(&[Data::Real(&[1.0, 2.0, 3.0, 4.0, 5.0])], &mut state, &mut [&mut y]).unwrap();
    /// assert_eq!(y, [0.0; 5]);
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`step`](Self::step), and if inputs and outputs have different numbers of time steps.
    pub fn steps(&self, inputs: &[Data<'_, T>], state: &mut State<T>, outputs: &mut [&mut [T]]) -> Result<(), BadCall> {
        self.steps_of(None, inputs, state, outputs)
    }

    /// The state that silence leads to: that after as many time steps of zeros as the [receptive field](Self::receptive_field)
    /// has. Where it has no end: after which it no longer changes, or 65,536 of them.
    ///
    /// # Errors
    ///
    /// If the network has no `#[stream]`.
    pub fn rested(&self) -> Result<State<T>, BadCall> {
        const STEPS: usize = 64;
        let stream = self.plan.streamed()?;
        let mut state = self.state();
        let room = |parts: &[Part]| parts.iter().map(|part| part.len() * STEPS).max().unwrap_or(0);
        let (reals, ids) = (vec![T::zero(); room(&stream.inputs)], vec![0_u32; room(&stream.inputs)]);
        let (negative, bytes) = (vec![0_i32; ids.len()], vec![0_u8; ids.len()]);
        let mut places: Vec<Vec<T>> = stream.outputs.iter().map(|part| vec![T::zero(); part.len() * STEPS]).collect();
        let mut left = stream.receptive_field.unwrap_or(MOST_SILENCE);
        while left > 0 {
            let steps = left.min(STEPS);
            let inputs = stream.inputs.iter().map(|part| {
                let all = match part.kind {
                    crate::Kind::Real => Data::Real(&reals[..]),
                    crate::Kind::U32 => Data::U32(&ids),
                    crate::Kind::I32 => Data::I32(&negative),
                    crate::Kind::U8 => Data::U8(&bytes),
                };
                all.part(0..part.len() * steps)
            });
            let inputs: Vec<Data<'_, T>> = inputs.collect();
            let outputs = places.iter_mut().zip(&stream.outputs).map(|(place, part)| &mut place[..part.len() * steps]);
            let mut outputs: Vec<&mut [T]> = outputs.collect();
            let before = stream.receptive_field.is_none().then(|| state.carried.clone());
            self.steps(&inputs, &mut state, &mut outputs)?;
            left -= steps;
            if before.is_some_and(|before| before == state.carried) {
                break;
            }
        }
        Ok(state)
    }

    fn steps_of(
        &self,
        count: Option<usize>,
        inputs: &[Data<'_, T>],
        state: &mut State<T>,
        outputs: &mut [&mut [T]],
    ) -> Result<(), BadCall> {
        let plan = &*self.plan;
        let stream = plan.streamed()?;
        let given = inputs.first().zip(stream.inputs.first()).map(|(data, part)| data.len() / part.len().max(1));
        let count = count.or(given).unwrap_or(0);
        plan.check_inputs(&stream.inputs, count, inputs)?;
        plan.check_count("outputs", stream.outputs.len(), outputs.len())?;
        let mut ends = stream.outputs.iter().zip(&*outputs);
        ends.try_for_each(|(part, output)| plan.check_len(part, count, output.len()))?;
        plan.check_memory("state", stream.stage.state_len, state.carried.len())?;
        plan.check_memory("state", stream.memory_len(), state.memory.len())?;
        let State { carried, memory, lists } = state;
        let mut run = |stage: &Stage<T>, index: usize| {
            let memory = memory.get_mut(..stage.len).unwrap_or_default();
            let (weights, state, lists) = (&self.weights[..], &mut carried[..], &mut *lists);
            T::engine().infer(self.level, stage, Sample { weights, inputs, state, memory, lists, outputs, index });
        };
        let mut done = 0;
        if let Some((stage, steps)) = &stream.block {
            (0..count / steps).for_each(|index| run(stage, index));
            done = count - count % steps;
        }
        (done..count).for_each(|index| run(&stream.stage, index));
        Ok(())
    }
}

impl<T: Real> Plan<T> {
    fn streamed(&self) -> Result<&Streamed<T>, BadCall> {
        let lacks = "has no `#[stream]`, so that it has no steps";
        self.stream.as_ref().ok_or_else(|| BadCall::Lacks { network: self.name.clone(), lacks })
    }
}
