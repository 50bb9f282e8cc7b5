//! The calls of each operation: one file for a family, and the table that says which.
//!
//! All tokens stand in a scope where `rt` is `::nn::__rt`, but for the types of weights. Slices are sample after sample in
//! training, one sample at inference.

mod activation;
mod attend;
mod attention;
mod augment;
mod batch_normalization;
mod carry;
mod conv_lstm;
mod convolution;
mod convolution3d;
mod custom;
mod dense;
mod dropout;
mod each;
mod embedding;
mod global_pool;
mod mask;
mod merge;
mod moved;
mod normalization;
mod penalty;
mod pool;
mod prelu;
mod products;
mod recurrence;
mod reduce;
mod rescaling;
mod softmax;
mod take;
mod tiles;
mod weight;

use nn_graph::Op;
use nn_graph::function::Elementwise;
use nn_graph::graph::Node;
use nn_graph::op::fusion::Epilogue;
use nn_graph::size::Length;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Context;
pub use batch_normalization::{fold, gather, gather_backward};
pub use convolution::destination;
pub use custom::{Own, checks as own_checks, impls as own_impls, owns, unknown};
pub use dense::{Rows, batch};
pub use embedding::rows;
pub use moved::copy;
pub use weight::read as weight;

/// The emission of one operation. What it does not have is an empty stream of its own writing: nothing is left out by default.
pub trait Emit {
    /// The type of the field that holds its weights; `None` without weights.
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream>;

    /// The unit structs with its geometry, complete.
    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream;

    /// An expression for a length that its kernel knows, of those that `nn_graph::op::memory` asks for.
    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream;

    /// The call that computes one sample at inference.
    fn infer(&self, call: &Infer<'_>) -> TokenStream;

    /// The call that computes the results from the inputs for the samples of a shard.
    fn forward(&self, call: &Call<'_>) -> TokenStream;

    /// The call that computes the gradients of the inputs and adds to those of the weights. Empty for an operation without
    /// gradient.
    fn backward(&self, call: &Call<'_>) -> TokenStream;
}

/// What an operation does not have, said by name.
macro_rules! without {
    (weights) => {
        fn weights(&self, _: &$crate::emit::Context<'_>, _: &nn_graph::graph::Node) -> Option<TokenStream> {
            None
        }
    };
    (geometry) => {
        fn geometry(&self, _: &$crate::emit::Context<'_>, _: &nn_graph::graph::Node) -> TokenStream {
            TokenStream::new()
        }
    };
    (measure) => {
        fn measure(
            &self,
            _: &$crate::emit::Context<'_>,
            _: &nn_graph::graph::Node,
            _: nn_graph::size::Length,
        ) -> TokenStream {
            TokenStream::new()
        }
    };
    (infer) => {
        fn infer(&self, _: &$crate::emit::ops::Infer<'_>) -> TokenStream {
            TokenStream::new()
        }
    };
    (training) => {
        fn forward(&self, _: &$crate::emit::ops::Call<'_>) -> TokenStream {
            TokenStream::new()
        }

        fn backward(&self, _: &$crate::emit::ops::Call<'_>) -> TokenStream {
            TokenStream::new()
        }
    };
    ($($part:ident),+) => {
        $(without!($part);)+
    };
}
use without;

/// Who emits an operation.
pub fn of(op: &Op) -> &dyn Emit {
    match op {
        Op::Convolution(op) => op,
        Op::Convolution3D(op) => op,
        Op::ConvolutionStep(step) => &**step,
        Op::Dense(op) => op,
        Op::Pool(op) => op,
        Op::GlobalPool(op) => op,
        Op::Pool3D(op) => op,
        Op::BatchNormalization(op) => op,
        Op::Normalization(op) => op,
        Op::Weight => &weight::Weight,
        Op::Activation(function) => function,
        Op::Rescale(op) => op,
        Op::Softmax(op) => op,
        Op::PRelu(op) => op,
        Op::Dropout(op) => op,
        Op::Warp(op) => op,
        Op::Tone(op) => op,
        Op::Penalty(op) => op,
        Op::View => &moved::View,
        Op::Permute(op) => op,
        Op::Repeat(op) => op,
        Op::Inset(op) => op,
        Op::Slice(op) => op,
        Op::UpSample(op) => op,
        Op::Concatenate(op) => op,
        Op::Stack(op) => op,
        Op::Pad(op) => op,
        Op::Reduce(op) => op,
        Op::AlongAxis(op) => op,
        Op::Take(op) => op,
        Op::OneHot(op) => op,
        Op::State(_) => &carry::State,
        Op::Carry(_) => &carry::Carry,
        Op::Cast => &take::Cast,
        Op::Resizing(op) => op,
        Op::Matmul => &products::Matmul,
        Op::Number(number) => number,
        Op::Merge(op) => op,
        Op::Dot(op) => op,
        Op::Attention(op) => op,
        Op::Attend(op) => op,
        Op::Recurrence(op) => op,
        Op::RecurrenceStep(op) => op,
        Op::ConvLstm(op) => op,
        Op::Embedding(op) => op,
        Op::Masking(op) => op,
        Op::Mask(op) => op,
        Op::Each(each) => &**each,
        Op::Custom(op) => op,
        Op::Border => &convolution::Zeros,
        Op::Copy => &moved::Copy,
    }
}

/// What a call at inference refers to.
pub struct Infer<'a> {
    pub cx: &'a Context<'a>,
    pub node: &'a Node,
    /// The inputs, as slices. Where the operation works in place, that input is `y`.
    pub inputs: Vec<TokenStream>,
    /// The masks that it reads, for each input.
    pub masks: Vec<Option<TokenStream>>,
    /// The results, as slices to write to; `None` for one that nobody takes.
    pub outputs: Vec<Option<TokenStream>>,
    /// Its own part of the workspace, to write to.
    pub scratch: TokenStream,
    /// Its part of the network's state, to read and write.
    pub state: Option<TokenStream>,
    /// The memory for the scale and shift of a BatchNormalization.
    pub fold: Option<TokenStream>,
    /// What becomes of the results before they are stored.
    pub epilogue: &'a [Epilogue],
    /// The node of the convolution for which it leaves zeros around its result.
    pub border: Option<&'a Node>,
    /// Whether the first result lies where an input lay.
    pub in_place: bool,
}

impl Infer<'_> {
    /// The first input.
    pub fn x(&self) -> TokenStream {
        self.inputs.first().cloned().unwrap_or_default()
    }

    /// The first result.
    pub fn y(&self) -> TokenStream {
        self.outputs.first().cloned().flatten().unwrap_or_else(|| quote!(&mut []))
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

    /// The activation of an operation that takes in nothing else.
    pub fn activation(&self) -> TokenStream {
        let function = self.epilogue.iter().find_map(|part| match part {
            Epilogue::Activation(function) => Some(function),
            Epilogue::Affine(_) | Epilogue::Pool(_) | Epilogue::Sum => None,
        });
        self.cx.activation(function)
    }

    /// The statement that computes the scale and shift of a BatchNormalization that it takes in; empty without one.
    pub fn folded(&self) -> TokenStream {
        let affine = self.epilogue.iter().find_map(|part| match part {
            Epilogue::Affine(node) => Some(&self.cx.program.graph.nodes[*node]),
            Epilogue::Activation(_) | Epilogue::Pool(_) | Epilogue::Sum => None,
        });
        match (affine, &self.fold) {
            (Some(node), Some(memory)) => fold(self.cx, node, memory),
            _ => TokenStream::new(),
        }
    }

    /// `Epilogue::bias(…).activation(…)` from a reference to a bias, where `scale` and `shift` are those of the BatchNormalization.
    pub fn chained(&self, bias: &TokenStream) -> TokenStream {
        chained(self.cx, bias, self.epilogue, self.inputs.last())
    }
}

/// `Epilogue::bias(…).activation(…)` from a reference to a bias; `value` is what a sum adds.
pub fn chained(
    cx: &Context<'_>,
    bias: &TokenStream,
    epilogue: &[Epilogue],
    value: Option<&TokenStream>,
) -> TokenStream {
    let mut chain = quote!(rt::Epilogue::bias(#bias));
    let mut after_pool = false;
    for part in epilogue {
        match part {
            Epilogue::Affine(_) => chain.extend(quote!(.affine((scale, shift)))),
            Epilogue::Activation(function) => {
                let function = cx.activation(Some(function));
                chain.extend(if after_pool { quote!(.after_pool(#function)) } else { quote!(.activation(#function)) });
            }
            Epilogue::Pool(_) => after_pool = true,
            Epilogue::Sum => {
                chain.extend(quote!(.plus(#value)));
                after_pool = true;
            }
        }
    }
    chain
}

/// Where a BatchNormalization over the batch has its statistics, and its sums in a shard.
#[derive(Clone)]
pub struct Statistics {
    /// The name of its node.
    pub name: Ident,
    /// Its place among those of the network: it begins the phase after.
    pub place: Literal,
}

/// What a call in training refers to.
#[derive(Clone)]
pub struct Call<'a> {
    pub cx: &'a Context<'a>,
    pub node: &'a Node,
    /// `&values.conv1`, `&mut gradients.conv1`, and so on: slices of the first input and the first result.
    pub x: TokenStream,
    pub y: TokenStream,
    pub dy: TokenStream,
    pub dx: TokenStream,
    /// All inputs.
    pub inputs: Vec<TokenStream>,
    /// The masks that it reads, for each input.
    pub masks: Vec<Option<TokenStream>>,
    /// All results, as `y`; `None` for one that nobody takes.
    pub outputs: Vec<Option<TokenStream>>,
    /// Their gradients.
    pub doutputs: Vec<Option<TokenStream>>,
    /// `Option<&mut [T]>` for each input: its gradient, where somebody wants it.
    pub dinputs: Vec<TokenStream>,
    /// What forward keeps: `&mut` in forward, `&` in backward.
    pub saved: TokenStream,
    /// A buffer as long as that, for backward to use.
    pub dsaved: TokenStream,
    /// The activation that is part of it.
    pub activation: Option<Elementwise>,
    /// The name of its part of the state, for a layer that goes on where the batch before ended.
    pub state: Option<Ident>,
    /// The first of the step's streams of random numbers, which no other step of the network has.
    pub stream: u32,
    /// Where a BatchNormalization over the batch has its statistics.
    pub statistics: Option<Statistics>,
}

impl Call<'_> {
    /// One of the step's streams, as the runtime knows it. The lower half is the plan's number, so that streams are
    /// distinct whatever the seeds of layers are.
    pub fn stream(&self, index: u32, seed: u64) -> Literal {
        let seed = (seed ^ seed >> 32) << 32;
        Literal::u64_unsuffixed(seed | u64::from(self.stream + index))
    }

    /// `Option<Carried>`: what it carries from batch to batch.
    pub fn carried(&self) -> TokenStream {
        let carried = self.state.as_ref().map(|part| {
            let state = self.cx.named("State");
            quote!(rt::recurrent::Carried::new(states, #state::CARRIED, #state::#part.start))
        });
        option(carried)
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

    /// The activation that is part of it, as a value.
    pub fn activation(&self) -> TokenStream {
        self.cx.activation(self.activation.as_ref())
    }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    tokens.map_or(quote!(rt::None), |tokens| quote!(rt::Some(#tokens)))
}

/// The type of a weight that may be left out: `[f32; 16]`, or `[f32; 0]`.
fn weight_type(present: bool, len: &TokenStream, dtype: &TokenStream) -> TokenStream {
    if present { quote!([#dtype; #len]) } else { quote!([#dtype; 0]) }
}
