//! Neural networks that the Rust compiler checks and compiles.
//!
//! You write the layers as in Keras; the macro [`network!`] runs inside of rustc, checks every shape, fuses and plans the
//! network, and leaves a plain struct of weights with straight-line code to run and to train it.
//!
//! - A wrong shape, option or name is a compile error at the layer that is wrong, with the way out.
//! - Inference allocates nothing, does not panic, and needs neither `std` nor a heap.
//! - Layers, options, defaults, weight layouts and results are Keras' own, and tested against it.
//!
//! # Quick start
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     /// Three sums of two numbers.
//!     pub struct Small = Input<2>
//!         => hidden: Dense<8, activation = relu>
//!         => Dense<3>;
//! }
//!
//! let net = Small::new(&mut nn::rng(42));      // a Box<Small>, initialised as Keras would
//! let mut workspace = SmallWorkspace::new();   // all the memory that it needs, of fixed size
//! let y = net.infer(&[0.5, -0.5].into(), &mut workspace);
//! assert_eq!(y.0.len(), 3);
//!
//! assert_eq!(Small::PARAMETERS, 2 * 8 + 8 + 8 * 3 + 3);
//! assert_eq!(net.hidden.kernel.len(), 2);      // weights are typed fields: [[f32; 8]; 2]
//! println!("{}", Small::summary());
//! ```
//!
//! # The language
//!
//! ```
//! const CLASSES: usize = 10;
//!
//! nn::network! {
//!     /// Doc comments, visibility and attributes are those of the struct.
//!     #[derive(Debug, PartialEq)]
//!     #[budget(params <= 61_706, workspace <= 16 KiB)]
//!     pub struct LeNet = Input<28, 28, 1>
//!         => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
//!         => conv2: Conv2D<16, (3, 3), padding = valid> => MaxPool2D<2> => ReLU
//!         => Flatten
//!         => [Dense<84, activation = relu>; 2]
//!         => Dense<CLASSES>;
//! }
//! # fn main() {}
//! ```
//!
//! - `Input<dims…>` is the shape of one sample, channels last; the batch is never part of a type.
//! - `Name<positional…, option = value…>` is a layer; [`layers`] lists all of them with their options.
//! - `label: Layer<…>` names a layer and its field; without a label it has Keras' default name (`conv2d_1`).
//! - A size is a literal, a path to a `const`, or a const block `{ 2 * N }`; a tuple gives one for each axis.
//! - `[layers; N]` repeats a layer or a chain, as an array expression repeats a value.
//! - `#[dtype(f64)]` computes in `f64`. `#[budget(params <= …, workspace <= … KiB, macs <= …)]` refuses to compile a
//!   network that needs more. `#[weights("net.safetensors")]` makes a weight file part of the program: see [below](#weight-files); `#[model("net.keras")]` a
//!   whole [model](#models-trained-elsewhere).
//! - The macro finds this crate under whatever name it is a dependency, and through crates that hand it on. `#[crate(path::to::nn)]` says where
//!   it is instead.
//! - All other attributes are the struct's. `#[cfg(…)]` holds for everything that the macro defines. Every network is `Clone` and `Copy`;
//!   `#[derive(Debug)]` and others may be added.
//! - `nn::network!(Input<4> => Dense<3>)` without a name is an expression: an anonymous network, initialised.
//!
//! For a network `LeNet`, the macro defines
//!
//! | item | what it is |
//! | --- | --- |
//! | `LeNet` | the weights: a `#[repr(C)]` struct with a field for each layer that has some; implements [`Network`] |
//! | `LeNetInput`, `LeNetOutput` | one sample and its result: `Tensor3<28, 28, 1>`, `Tensor1<10>` |
//! | `LeNetWorkspace` | the memory of inference: one aligned array, `LeNetWorkspace::new()` is `const` |
//! | `LeNet::PARAMETERS`, `MACS`, `WORKSPACE_BYTES` | what it costs, as constants |
//! | `LeNet::PRETRAINED` | with `#[weights("…")]`: the network of a weight file, in read-only memory |
//!
//! The struct's documentation has the table of its layers. Braces or parentheses hold the network, not `<…>`:
//! Rust's grammar takes only the former after the name of a macro.
//!
//! # Graphs
//!
//! Where one chain is not enough, the network is written like a function: inputs by name, `let` for values, outputs by name.
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     /// Two halves of an image, seen by the same layers, and side features.
//!     pub struct Pair(left: Input<8, 8, 1>, right: Input<8, 8, 1>, extra: Input<3>) -> (same, far) {
//!         block residual<const F: usize>(x) -> y {
//!             let main = x => Conv2D<F, 3, padding = same, activation = relu> => Conv2D<F, 3, padding = same>;
//!             let y = x + main => ReLU;
//!         }
//!         layer eye = Conv2D<4, 3>;
//!         let a = left => eye => residual<4> => GlobalAvgPool2D;
//!         let b = right => eye => residual<4> => GlobalAvgPool2D;
//!         let joined = Concatenate(a - b, extra) => Dense<8, activation = relu>;
//!         let same = joined => Dense<1, activation = sigmoid>;
//!         let far = joined => Dense<1>;
//!     }
//! }
//!
//! let net = Pair::new(&mut nn::rng(1));
//! let x = PairInput { extra: [0.5, 0.0, 1.0].into(), ..PairInput::default() };
//! let PairOutput { same, far } = net.infer(&x, &mut PairWorkspace::new());
//! assert!(same[0] > 0.0 && far[0].is_finite());
//! assert_eq!(net.eye.bias, net.residual_1_conv2d.bias);   // one `eye`; a copy of the block for each use
//! ```
//!
//! - `value => Layer => Layer` pipes; `Concatenate(a, b)` calls a layer with several values. `a + b`, `a - b`, `a * b` and `a / b` are [`Add`],
//!   [`Subtract`], [`Multiply`](layers::Multiply) and [`Divide`](layers::Divide), and bind tighter than `=>`. Numbers may stand on either side, `x * 0.5 + 1.0`, `1.0 - x`,
//!   `Maximum(x, 0.5)`, and `-x` is a value: constants, which the step before takes in ([`Rescaling`](layers::Rescaling)).
//! - `x[1..5]`, `x[.., -1]`, `x[(..).step_by(2)]` take some elements of each axis ([`GetItem`](layers::GetItem)); an index drops its axis.
//! - `let (y, h, c) = x => LSTM<8, return_state = true>;` takes several results, and `_` drops one.
//! - `state h: [128];` declares what the call before has left, zeros at first, and `h = …;` what the next one finds ([`State`](layers::State)):
//!   `infer_stateful` goes on with it.
//! - `weight table: [100, 64] = normal(0.0, 0.02);` declares a weight that is no layer's: a value like any other ([`Weight`](layers::Weight)).
//! - `layer name = Layer<…>;` declares a layer whose weights every use shares. `block name<const N: usize>(x) -> y { … }` names a part;
//!   each use puts in a copy with weights of its own, `name_1_…`, `name_2_…`.
//! - `[Conv1D<8, 3, dilation_rate = D>; D in (1, 2, 4)]` repeats once for each value, also in chains. `for D in (1, 2, 4) { h = h => Dense<D>; }` does so with
//!   statements, where `let mut h = …;` goes on from one round to the next, and `if S == 1 { … } else { … }` chooses by the parameters of a block and the
//!   values of a `for`: both are written out by the macro, and neither exists when the program runs.
//! - Samples and results with several parts are structs with the names of the signature: `PairInput`, `PairOutput`.
//! - What no output needs is a compile error: a value that is not used, an input that is not read.
//!
//! [`Add`]: layers::Add
//! [`Subtract`]: layers::Subtract
//!
//! # Sequences and masks
//!
//! A sequence is `Input<steps, features>`; `Input<steps, dtype = u32>` takes ids, which an [`Embedding`](layers::Embedding) makes into
//! features. The number of steps is part of the type. Shorter sequences are filled up, and a mask says which steps count:
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     struct Mood = Input<6, dtype = u32>
//!         => Embedding<100, 8, mask_zero = true>      // the id 0 stands for no word
//!         => Bidirectional<LSTM<4>>
//!         => Dense<1, activation = sigmoid>;
//! }
//!
//! let net = Mood::new(&mut nn::rng(1));
//! let x: [MoodInput; 2] = [[12, 7, 31, 0, 0, 0].into(), [12, 7, 31, 5, 5, 5].into()];
//! let y = net.predict(&x).unwrap();              // an id of 100 or more is an error
//! assert_ne!(y[0], y[1]);
//! ```
//!
//! Masks go where they go in Keras: from [`Embedding`](layers::Embedding) and [`Masking`](layers::Masking) through layers that keep the
//! steps to the recurrent layers, attention, losses and metrics that leave masked steps out.
//!
//! # Words and numbers into inputs
//!
//! [`preprocessing`] has Keras' layers for data, as functions of the data before the network; [`utils`] has `pad_sequences`, `to_categorical`, `argmax`, and
//! word vectors of GloVe and word2vec for an [`Embedding`](layers::Embedding).
//!
#![cfg_attr(feature = "std", doc = "```")]
#![cfg_attr(not(feature = "std"), doc = "```ignore")]
//! use nn::prelude::*;
//! use nn::preprocessing::TextVectorization;
//! use nn::utils::{Format, WordVectors};
//!
//! nn::network! {
//!     struct Mood = Input<6, dtype = u32>
//!         => Embedding<100, 2, mask_zero = true> => SimpleRNN<4> => Dense<1, activation = sigmoid>;
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let texts = ["The food was good!", "The room was awful."];
//! let mut words = TextVectorization::default();
//! words.adapt(&texts)?;                                  // "", "[UNK]", "was", "the", "room", "good", "food", "awful"
//! let x: Vec<MoodInput> = words.samples(&texts)?;        // ids, filled up with zeros
//! assert_eq!(x[0].0, [3, 6, 2, 5, 0, 0]);
//!
//! let mut net = Mood::new(&mut nn::rng(1));
//! let file = "good 0.9 0.1\nawful -0.9 0.2\n";             // or WordVectors::load("glove.6B.100d.txt", …)
//! let vectors = WordVectors::read(file.as_bytes(), Format::Glove, &words.vocabulary())?;
//! vectors.write_to(&mut net.embedding.embeddings)?;
//! assert_eq!(net.embedding.embeddings[5], [0.9, 0.1]);
//! # Ok(())
//! # }
//! ```
//!
//! # Files of data into inputs
//!
//! With the feature `data`, `nn::data` reads CSV, NumPy's `.npy` and `.npz`, IDX (MNIST), CIFAR and WAV, with `images` also folders of PNG and JPEG images, one for each
//! class. `nn::data::idx::read("train-images-idx3-ubyte.gz")?.samples()?` are the inputs of a network, bytes where it takes those, and `labels()` its targets.
//!
//! Layers change pictures while a network trains, each time in another way, and do nothing at inference: [`RandomFlip`](layers::RandomFlip),
//! [`RandomTranslation`](layers::RandomTranslation), [`RandomRotation`](layers::RandomRotation), [`RandomZoom`](layers::RandomZoom),
//! [`RandomContrast`](layers::RandomContrast), [`RandomBrightness`](layers::RandomBrightness).
//!
//! # State, and one step at a time
//!
//! What a network carries from one call to the next is a value of its own, `NetState`: plain data that can be copied, kept
//! and reset. A network with `#[stream]` runs one time step at a time, and gives what it gives for the whole sequence:
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     #[stream]
//!     struct Next = Input<5, 1>
//!         => Conv1D<4, 2, padding = causal, activation = relu> => GRU<3, return_sequences = true> => Dense<1>;
//! }
//!
//! let (net, x) = (Next::new(&mut nn::rng(1)), [[0.1], [0.4], [-0.2], [0.3], [0.9]]);
//! let whole = net.infer(&x.into(), &mut NextWorkspace::new());
//! let mut state = NextState::new();
//! for (x_t, y_t) in x.iter().zip(whole.0) {
//!     let y: NextStepOutput = net.step(&(*x_t).into(), &mut state);
//!     assert!((y[0] - y_t[0]).abs() < 1e-5);
//! }
//! assert_eq!((Next::LATENCY, Next::RECEPTIVE_FIELD), (0, None));   // a GRU remembers everything
//! ```
//!
//! Hosts of audio bring blocks of samples: `net.steps(&xs, &mut ys, &mut state)` runs any number of time steps, with the bits of one
//! `step` after another and in less time, since each layer takes 32 of them at once (`#[stream(block = 64)]` for another number).
//! `net.rested()` is the state that silence leads to, which a stream begins with where a state of zeros would be heard.
//! [`Swap`] hands another network to an audio thread that must not wait.
//!
//! `step` takes no workspace and allocates nothing. NaN in a step reaches the result of that step and no other: a state stays
//! finite, and never gets denormal while a sound dies away ([`Stream`] has the rules). A layer that looks ahead, such as [`Bidirectional`](layers::Bidirectional), is a compile error
//! there. Layers with `stateful = true` go on from call to call with whole parts of a sequence: `net.infer_stateful(&x, &mut state,
//! &mut workspace)`. In training they go on from batch to batch: `fit` with `shuffle: false`, and `steps_per_state` or `reset_states`
//! where streams end.
//!
//! # Training
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     struct Xor = Input<2> => Dense<8, activation = tanh> => Dense<1, activation = sigmoid>;
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let x: Vec<XorInput> = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(Into::into).to_vec();
//! let y = [0_u8, 1, 1, 0];
//!
//! let net = Xor::new(&mut nn::rng(1));
//! let mut model = net.compile(Adam::new(0.05), BinaryCrossentropy::default(), metrics::accuracy());
//! let history = model.fit(&x, &y, Fit { epochs: 200, verbose: 0, ..Fit::default() })?;
//! assert!(history.get("loss")[199] < 0.1);
//! # Ok(())
//! # }
//! ```
//!
//! The learning rate of an optimizer may be a schedule: `Adam::new(CosineDecay::new(1e-3, 10_000))`, see
//! [`schedules`](optimizers::schedules).
//!
//! [`train`] has `fit`, `evaluate` and their options, [`losses`], [`metrics`], [`optimizers`] and [`callbacks`] what they
//! are told; [`config`] lists the options and makes objects of names. The same seed gives the same bits on one thread and on many. Targets that cannot belong to the network's
//! output do not compile.
//!
//! A network of several outputs takes a tuple of losses, and targets as tuples, in the order of the outputs:
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     struct Two(x: Input<2>) -> (class, amount) {
//!         let hidden = x => Dense<8, activation = tanh>;
//!         let class = hidden => Dense<3, activation = softmax>;
//!         let amount = hidden => Dense<1>;
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let x: Vec<TwoInput> = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(Into::into).to_vec();
//! let y = [(0_u8, 1.5_f32), (1, -0.5), (2, 0.0)];
//!
//! let losses = (SparseCategoricalCrossentropy::default(), MeanSquaredError::default());
//! let metrics = (metrics::accuracy(), ());
//! let net = Two::new(&mut nn::rng(1));
//! let adam = Adam { clipnorm: Some(1.0), ..Adam::new(0.05) };
//! let mut model = net.compile(adam, losses, metrics).loss_weights([("amount", 0.5)])?;
//! let history = model.fit(&x, &y, Fit { epochs: 2, verbose: 0, ..Fit::default() })?;
//! assert_eq!(history.get("class_loss").len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! Where `fit` has no loop for what there is to do, [`GradientTape`](train::GradientTape) has its parts: forward, loss, backward, update. Here a
//! network is trained through another one that stays as it is, as the generator of a GAN is:
//!
//! ```
//! use nn::prelude::*;
//! use nn::train::GradientTape;
//!
//! nn::network! { struct Inner = Input<2> => Dense<4, activation = tanh> => Dense<2>; }
//! nn::network! { struct Outer = Input<2> => Dense<1>; }
//!
//! # fn main() -> Result<(), nn::error::FitError> {
//! let (mut inner, outer) = (Inner::new(&mut nn::rng(1)), Outer::new(&mut nn::rng(2)));
//! let (mut of_inner, mut of_outer) = (GradientTape::<Inner>::new(1), GradientTape::<Outer>::new(2));
//! let mut adam = Adam::new(0.02);
//! let x: [InnerInput; 2] = [[0.5, -1.0], [1.0, 0.25]].map(Into::into);
//! let y = [1.0_f32, -1.0];
//! let mut losses = Vec::new();
//! for _ in 0..200 {
//!     let middle = of_inner.forward(&inner, &x)?;
//!     of_outer.forward(&outer, &middle)?;
//!     let (loss, dy) = of_outer.loss(&MeanSquaredError::default(), &y)?;
//!     let dmiddle = of_outer.backward(&outer, &dy)?;
//!     of_inner.backward(&inner, &dmiddle)?;
//!     of_inner.apply_gradients(&mut inner, &mut adam)?;
//!     losses.push(loss);
//! }
//! assert!(losses[199] < 1e-3 && losses[199] < losses[0]);
//! # Ok(())
//! # }
//! ```
//!
//! # Weight files
//!
//! [`Network::save`] writes [safetensors], with the fields' paths as names (`conv1.kernel`) and in Keras' layout and order;
//! [`Network::load`] takes every tensor exactly once, with its shape checked, or changes nothing.
//!
//! With `#[weights("…")]` a file becomes part of the program, and the network of its weights a constant:
//!
//! ```
//! use nn::prelude::*;
//!
//! nn::network! {
//!     #[weights("tests/data/sorted.safetensors")]
//!     struct Small = Input<4> => Dense<3> => Dense<2>;
//! }
//!
//! static NET: &Small = Small::PRETRAINED;   // the weights themselves, in read-only memory: no copy, no loading
//! assert_eq!(NET.dense.bias, [10.0, 20.0, 30.0]);
//! ```
//!
//! The path starts at the folder of `Cargo.toml`, and what changes there is compiled in anew. The compiler checks what `load` checks: names,
//! shapes, types, nothing missing and nothing left over; tensors may lie in any order. Processors that are not little-endian are refused.
//!
//! [safetensors]: https://github.com/huggingface/safetensors
//!
//! # Models trained elsewhere
//!
//! With the feature `import` a network can be a file of another tool: `.keras`, `.h5` or `.hdf5` of Keras 1 to 3, ONNX, TFLite, `.nam` of Neural Amp Modeler, the JSON of
//! RTNeural and GuitarML.
//!
//! ```ignore
//! nn::network! {
//!     #[model("mini_xception.hdf5")]
//!     pub struct Face;
//! }
//!
//! let scores = Face::PRETRAINED.infer(&picture, &mut FaceWorkspace::new());
//! ```
//!
//! Its layers are compiled as if they stood there, under the file's names; its weights are `PRETRAINED`. A size that the file leaves open is said beside the path, with
//! the batch (`input: [1, 576, 1]`), a name that is none of Rust's in quotes (`"input:0": [1, 4]`). `#[stream]`, `#[budget(…)]` and `#[dtype(f64)]` work as for any network. What
//! the language has not is a compile error for each layer that has it. `nn::import` is the reader; with `run` as well, `nn::run::Network::from_file`
//! reads the same files while the program runs, with the same bits.
//!
//! # Without an operating system
//!
//! With `default-features = false` the crate is `no_std`: what is left is the macro, [`Network::infer`] and the
//! tensors. Weights, workspace and samples are separate values of fixed size, so a network with `#[weights("…")]` lies in
//! flash, and its workspace is a `static` in RAM; the example `embed` shows it on an ordinary machine,
//! and `examples/firmware` on a Cortex-M4 in QEMU.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `std` (default) | training, weight files, progress bars, the widest vectors of the machine that runs it; implies the others |
//! | `rayon` | [`Network::predict`] on all cores; implies `alloc` |
//! | `data`, `images` | `nn::data`: files of data as samples; folders of images; imply `std` |
//! | `alloc` | networks in boxes: `new`, `zeros`, `predict`, `summary` |
//! | `run` | `nn::run`: networks that are read from their text while the program runs; implies `std` |
//! | `import` | `#[model("…")]` and `nn::import`: models of other tools; implies `std` |
//!
//! # Errors
//!
//! ```text
//! error: `Conv2D<16, 31>` needs at least 31×31 of height and width, but its input is 13×13×6
//!        = help: a 13×13 kernel fits, or keep the size with `padding = same`
//!        = note: the shapes up to here: Input 28×28×1 → conv1 26×26×6 → MaxPool2D 13×13×6 → ReLU 13×13×6
//!  --> src/main.rs:5:19
//!   |
//! 5 |         => conv2: Conv2D<16, 31> => MaxPool2D<2> => ReLU
//!   |                   ^^^^^^^^^^^^^^
//! ```
//!
//! All mistakes of a network are reported in one compile.
//!
//! # The expansion
//!
//! `cargo expand` shows what the compiler is given: the struct with its documented fields, the constants, and one call for
//! each fused step. For `conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU` that is a single call, with the pooling and the ReLU
//! applied before a number is stored:
//!
//! ```text
//! let [re_lu, conv1_scratch] = rt::regions(memory, [LeNetRegions::RE_LU, LeNetRegions::CONV1_SCRATCH]);
//! rt::conv2d::infer(
//!     simd, Conv1Shape, Conv1Destination, &self.conv1, input, re_lu, conv1_scratch,
//!     rt::Epilogue::bias(&self.conv1.bias).after_pool(rt::activations::Relu),
//! );
//! ```
//!
//! With the environment variable `NN_DUMP` set, `cargo check` prints the plan of each network that it compiles: the fused
//! steps, and the regions of memory with their lifetimes.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "std")]
pub use nn_core::Swap;
pub use nn_core::custom::{self, Custom, Lambda};
#[cfg(feature = "alloc")]
pub use nn_core::{BadSample, Predictions};
pub use nn_core::{
    Dtype, Element, LayerInfo, Network, Param, Part, Record, Stateful, Stream, Tensor, Tensor1, Tensor2, Tensor3,
    Tensor4, Tensor5, Tensor6,
};
pub use nn_core::{activations, constraints, initializers, regularizers};
#[cfg(feature = "std")]
pub use nn_core::{callbacks, config, error, losses, metrics, optimizers, rng, testing, train};
/// Data files as samples of a network: CSV, NPY, IDX, CIFAR, WAV, and with the feature `images` folders of images. Needs the feature `data`.
#[cfg(feature = "data")]
pub use nn_data as data;
/// Models of other tools: their text, and their weights. Needs the feature `import`.
#[cfg(feature = "import")]
pub use nn_import as import;
#[cfg(feature = "std")]
pub use nn_preprocessing as preprocessing;
#[cfg(feature = "std")]
pub use nn_preprocessing::utils;
/// Networks that are read from their text while the program runs, with the results of the compiled ones. Needs the feature `run`.
#[cfg(feature = "run")]
pub use nn_run as run;

pub mod layers;
pub mod prelude;

/// Turns a network into a struct with its weights and its code: see the [guide](crate).
#[macro_export]
macro_rules! network {
    // Where the crate is, is for the compiler to know: it may be called otherwise, or be a part of another.
    ($($network:tt)*) => { $crate::__rt::network! { @($crate) $($network)* } };
}

/// Tests the README's code.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// What the code that [`network!`] emits refers to. Not for use by hand.
#[doc(hidden)]
pub mod __rt {
    pub use crate::layers as markers;
    pub use nn_core::rt::*;
    pub use nn_macros::network;
}
