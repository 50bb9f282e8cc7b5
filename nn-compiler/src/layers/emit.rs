//! What codegen asks of a layer: the struct of its weights, its geometry, its calls.
//!
//! All tokens stand in a scope where `rt` is `::nn::__rt`. Slices are sample after sample in training, one sample at
//! inference.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Op;
use super::activation::Function;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

/// The emission of one layer.
pub trait Emit {
    /// The type of the field that holds its weights; `None` without weights.
    fn weights(&self, _node: &Node, _dtype: &TokenStream) -> Option<TokenStream> {
        None
    }

    /// The unit struct with its geometry, complete.
    fn geometry(&self, _node: &Node) -> TokenStream {
        TokenStream::new()
    }

    /// The elements of the workspace that it alone needs while it infers.
    fn scratch(&self, _node: &Node, _dtype: &TokenStream) -> Option<Dim> {
        None
    }

    /// The input whose memory the output may take at inference, once nobody else reads it.
    fn in_place(&self, _node: &Node) -> Option<usize> {
        None
    }

    /// Whether a layer that can work in place takes its inputs in any order: then it can in place of each.
    fn commutes(&self, _node: &Node) -> bool {
        false
    }

    /// Whether an activation that follows can be part of its call at inference.
    fn takes_activation(&self, _node: &Node) -> bool {
        false
    }

    /// Its inputs are ids below this number.
    fn check(&self, _node: &Node) -> Option<Dim> {
        None
    }

    /// The call that computes one sample at inference, for a layer that is a step of its own.
    fn infer(&self, _call: &Infer<'_>) -> TokenStream {
        TokenStream::new()
    }

    /// The elements that it carries from one call to the next.
    fn state(&self, _node: &Node) -> Option<Dim> {
        None
    }

    /// The layer for one time step, where it can run like that; the axis of time is the first.
    fn step(&self, _node: &Node) -> Option<Step> {
        None
    }

    /// The activation that training applies behind it, where it is not part of its own calls.
    fn activation(&self) -> Function {
        Function::Linear
    }

    /// The elements for each sample that forward keeps for backward, beside inputs and outputs.
    fn kept(&self, _node: &Node) -> Option<Dim> {
        None
    }

    /// How many streams of random numbers training draws from: one for each choice of what is dropped.
    fn streams(&self) -> u32 {
        0
    }

    /// The call that computes the outputs from the inputs for the samples of a shard.
    fn forward(&self, call: &Call<'_>) -> TokenStream;

    /// The call that computes the gradients of the inputs and adds to those of the weights. Empty for a layer without
    /// gradient.
    fn backward(&self, call: &Call<'_>) -> TokenStream;

    /// The statement that lists the rows of its first weight that the samples use, with their gradients, for a layer whose
    /// backward only adds these up: training takes the list instead.
    fn rows(&self, _call: &Call<'_>) -> Option<TokenStream> {
        None
    }
}

/// A layer for one time step.
pub struct Step {
    pub op: Op,
    /// Whether its result has an axis of time.
    pub timed: bool,
    /// The first outputs that the whole layer does not have.
    pub latency: Dim,
    /// How many earlier steps it reaches back to; `None` if to all of them.
    pub reach: Option<Dim>,
}

impl Step {
    /// A layer that looks at one step alone.
    pub fn of(op: Op) -> Self {
        Step { op, timed: true, latency: Dim::Known(0), reach: Some(Dim::Known(0)) }
    }
}

/// What a call at inference refers to.
pub struct Infer<'a> {
    pub node: &'a Node,
    /// The inputs, as slices. Where the layer works in place, that input is `y`.
    pub inputs: Vec<TokenStream>,
    /// The masks that the layer reads, for each input.
    pub masks: Vec<Option<TokenStream>>,
    /// The results, as slices to write to; `None` for one that nobody takes.
    pub outputs: Vec<Option<TokenStream>>,
    /// The layer's own part of the workspace, to write to.
    pub scratch: TokenStream,
    /// Its part of the network's state, to read and write.
    pub state: Option<TokenStream>,
    /// The activation of a layer that [takes one](Emit::takes_activation).
    pub activation: TokenStream,
    /// Whether the first result lies where the input of [`Emit::in_place`] lay.
    pub in_place: bool,
}

impl Infer<'_> {
    /// The only input.
    pub fn x(&self) -> &TokenStream {
        &self.inputs[0]
    }

    /// The first result.
    pub fn y(&self) -> TokenStream {
        self.outputs[0].clone().unwrap_or_else(|| quote!(&mut []))
    }

    /// `Option<&[T]>`: the mask of an input.
    pub fn mask(&self, input: usize) -> TokenStream {
        option(self.masks.get(input).cloned().flatten())
    }

    /// `Option<&mut [T]>`: what it carries from call to call.
    pub fn state(&self) -> TokenStream {
        option(self.state.clone())
    }

    /// `Option<&mut [T]>`: a result that may be dropped.
    pub fn optional(&self, output: usize) -> TokenStream {
        option(self.outputs.get(output).cloned().flatten())
    }
}

/// What a call in training refers to.
#[derive(Clone)]
pub struct Call<'a> {
    pub node: &'a Node,
    /// `&values.conv1`, `&mut gradients.conv1`, and so on: slices of the first input and the first result.
    pub x: TokenStream,
    pub y: TokenStream,
    pub dy: TokenStream,
    pub dx: TokenStream,
    /// All inputs.
    pub inputs: Vec<TokenStream>,
    /// The masks that the layer reads, for each input.
    pub masks: Vec<Option<TokenStream>>,
    /// All results, as `y`; `None` for one that nobody takes.
    pub outputs: Vec<Option<TokenStream>>,
    /// Their gradients.
    pub doutputs: Vec<Option<TokenStream>>,
    /// `Option<&mut [T]>` for each input: its gradient, where somebody wants it.
    pub dinputs: Vec<TokenStream>,
    /// What forward keeps: `&mut` in forward, `&` in backward.
    pub kept: TokenStream,
    /// A buffer as long as that, for backward to use.
    pub dkept: TokenStream,
    /// The activation fused into a layer with weights.
    pub activation: TokenStream,
    /// The first of the step's [streams](Emit::streams), which no other step of the network has.
    pub stream: u32,
    /// The entry of this layer in the statistics and in the shard's sums.
    pub statistics: Option<Ident>,
}

impl Call<'_> {
    /// One of the step's streams, as the runtime knows it. The lower half is the plan's number, so that streams are
    /// distinct whatever the seeds of layers are.
    pub fn stream(&self, index: u32, seed: u64) -> Literal {
        let seed = (seed ^ seed >> 32) << 32;
        Literal::u64_unsuffixed(seed | u64::from(self.stream + index))
    }

    /// `Option<&mut [T]>`: the gradient of the first input, where somebody wants it.
    pub fn optional_dx(&self) -> &TokenStream {
        &self.dinputs[0]
    }

    /// `Option<&[T]>`: the mask of an input.
    pub fn mask(&self, input: usize) -> TokenStream {
        option(self.masks.get(input).cloned().flatten())
    }

    /// `Option<&mut [T]>` forward: a result that may be dropped.
    pub fn optional_output(&self, output: usize) -> TokenStream {
        option(self.outputs.get(output).cloned().flatten())
    }

    /// `Option<&[T]>`: the gradient of a result that may be dropped.
    pub fn optional_doutput(&self, output: usize) -> TokenStream {
        option(self.doutputs.get(output).cloned().flatten())
    }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    tokens.map_or(quote!(rt::None), |tokens| quote!(rt::Some(#tokens)))
}

impl Op {
    /// The layer behind the operation; `None` where nothing is computed.
    pub fn emit(&self) -> Option<&dyn Emit> {
        match self {
            Op::Conv2D(layer) => Some(layer),
            Op::Dense(layer) => Some(layer),
            Op::Pool2D(layer) => Some(layer),
            Op::BatchNormalization(layer) => Some(layer),
            Op::Activation(function) => Some(function),
            Op::Softmax(layer) => Some(layer),
            Op::Dropout(layer) => Some(layer),
            Op::Concatenate { layer, .. } | Op::Alone(layer) => Some(layer.as_ref()),
            Op::View => None,
        }
    }
}
