//! What there is to say of a layer before it is used: its names, arguments, weights and masks, as one row of constants.
//!
//! A row is what Keras' `get_config` would give, and where to go on: `lower` says what becomes of the layer on its inputs.
//! Arguments are read and checked by their kinds, so a layer never sees one that is not allowed.

pub mod args;
pub mod functions;

mod habits;
mod read;
mod sizes;
mod values;

use nn_graph::function::Function;
use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::weight::{Initializer, Param, Regularizer};
use nn_graph::{Op, Shape, Size};

use crate::rule::{Problem, Site};
pub use read::{Configured, read};
pub use sizes::evaluate;
pub use values::{Bound, Taken, Values};

/// A layer: one row.
pub struct Spec {
    /// The class, as Keras spells it, and the names users may write, that one first.
    pub names: &'static [&'static str],
    /// What stands between `<` and `>` without a name.
    pub positional: Positional,
    /// All other options but those of weights, by families.
    pub options: &'static [&'static [Opt]],
    /// The weights that have options, in Keras' order.
    pub weights: &'static [WeightSpec],
    /// What a call may give by name beside its inputs: `mask`, `initial_state`.
    pub named: &'static [&'static str],
    /// What becomes of masks.
    pub masks: Masks,
    /// The shape of the output where it does not depend on the input, so that the search for mistakes goes on after a layer
    /// that has none.
    pub certain_output: fn(&Values) -> Option<Shape>,
    /// What becomes of it on these inputs, or why that cannot be.
    pub lower: Lower,
}

/// The layers that have an option of this name, as users call them: for messages.
pub type Elsewhere = fn(&str) -> Vec<&'static str>;

/// See [`Spec::lower`].
pub type Lower = fn(&Values, &mut Site, &[Operand]) -> Result<Placed, Problem>;

impl Spec {
    /// A layer without arguments and weights, that loses masks.
    pub const fn new(names: &'static [&'static str], lower: Lower) -> Self {
        Spec {
            names,
            positional: Positional::NONE,
            options: &[],
            weights: &[],
            named: &[],
            masks: Masks::Lost,
            certain_output: |_| None,
            lower,
        }
    }

    /// `MaxPooling2D` for `MaxPool2D`.
    pub fn class(&self) -> &'static str {
        self.names[0]
    }

    /// `MaxPool2D`, where Keras has two names.
    pub fn short_name(&self) -> &'static str {
        self.names.iter().min_by_key(|name| name.len()).unwrap_or(&self.names[0])
    }

    /// All options that are read, the positional ones last.
    pub fn opts(&self) -> impl Iterator<Item = &'static Opt> {
        self.options.iter().copied().flatten().chain(self.positional.opts())
    }

    /// What options are where they are left out, as users would write it.
    pub fn defaults(&self) -> Vec<(&'static str, String)> {
        let own = self.opts().filter_map(|opt| Some((opt.name, opt.kind.default_text()?)));
        let of_weight = |weight: &'static WeightSpec| {
            Some((weight.initializer, functions::initializer_name(&weight.default)?.to_owned()))
        };
        own.chain(self.weights.iter().filter_map(of_weight)).collect()
    }

    /// The names of all options.
    pub fn option_names(&self) -> impl Iterator<Item = &'static str> {
        let own = self.options.iter().copied().flatten().map(|opt| opt.name);
        let of_weights = self.weights.iter().flat_map(WeightSpec::options);
        own.chain(of_weights).chain(self.positional.opts().iter().map(|opt| opt.name))
    }
}

/// What stands between `<` and `>` without a name.
pub enum Positional {
    /// These, in this order; the first `required` ones must be there.
    Named { opts: &'static [Opt], required: usize },
    /// The sizes of a shape, one of which may be `-1`.
    Shape,
    /// The numbers of axes.
    Axes,
    /// An index or a range for each axis.
    Slice,
}

impl Positional {
    pub const NONE: Positional = Positional::Named { opts: &[], required: 0 };

    /// All of them must be there.
    pub const fn required(opts: &'static [Opt]) -> Self {
        Positional::Named { opts, required: opts.len() }
    }

    /// None of them need be there.
    pub const fn optional(opts: &'static [Opt]) -> Self {
        Positional::Named { opts, required: 0 }
    }

    /// The options that they are; none for sizes and axes.
    pub fn opts(&self) -> &'static [Opt] {
        match self {
            Positional::Named { opts, .. } => opts,
            Positional::Shape | Positional::Axes | Positional::Slice => &[],
        }
    }
}

/// An option: its name, and what it takes.
pub struct Opt {
    pub name: &'static str,
    pub kind: Kind,
}

/// What an option takes, and what it is if it is left out.
pub enum Kind {
    /// A size, at least 1; without a default it must be there, or its absence means something.
    Size(Option<usize>),
    /// A size, or `-1` for as many as there are.
    SizeOrAll(usize),
    /// A size for each of so many axes; one stands for all.
    Sizes { axes: usize, default: Option<usize> },
    /// How many elements for each of so many axes, or one number for all; its absence means something.
    Amounts { axes: usize },
    /// A size for each axis of the input: 1 or its own, for which `None` stands too; the axis of the batch, if it is there, is `None`.
    NoiseShape,
    /// How many elements before and behind each of so many axes.
    Ends { axes: usize, default: usize },
    /// How many elements before and behind each axis of the input: one number or one pair for all of them, or a pair for each.
    Widths,
    /// An axis as Keras counts them: the batch is axis 0.
    Axis(i128),
    /// One axis, or several; none if it is left out.
    Axes,
    /// One axis for two values, or one for each of them.
    AxisPair,
    /// A number, of which `valid` says whether it is allowed, and `takes` what is.
    Number { default: Option<f64>, takes: &'static str, valid: fn(f64) -> bool },
    /// A number, one for each element along an axis, or the path of an array of them.
    Constants { default: Option<f64>, takes: &'static str, valid: fn(f64) -> bool },
    /// Two numbers, the ends of a range; `one` says which range a single number stands for. Without a default its absence means
    /// something.
    Range { default: Option<[f64; 2]>, takes: &'static str, valid: fn(f64) -> bool, one: Option<fn(f64) -> [f64; 2]> },
    /// `true` or `false`.
    Flag(bool),
    /// One word of these; the first if it is left out.
    Word(&'static [&'static str]),
    /// An activation.
    Function(Function),
    /// An activation of single elements: a step has no row to normalize.
    ElementwiseFunction(Function),
    /// A whole number from 0 on.
    Seed,
    /// A regularizer, or none.
    Regularizer,
    /// The path of a type of the user's.
    Type,
    /// A shape: one size, or a tuple of them; its absence means something.
    Shape,
    /// A layer, one of those that `find` knows.
    Layer { find: fn(&str) -> Option<&'static Spec>, takes: &'static str },
}

impl Kind {
    /// What it is if it is left out, as users would write it; `None` where its absence means something else.
    pub fn default_text(&self) -> Option<String> {
        match self {
            Kind::Size(default) | Kind::Sizes { default, .. } => default.map(|size| size.to_string()),
            Kind::SizeOrAll(size) | Kind::Ends { default: size, .. } => Some(size.to_string()),
            Kind::Axis(axis) => Some(axis.to_string()),
            Kind::Number { default, .. } | Kind::Constants { default, .. } => {
                default.map(|number| format!("{number:?}"))
            }
            Kind::Range { default, .. } => default.map(|[low, high]| format!("({low}, {high})")),
            Kind::Flag(flag) => Some(flag.to_string()),
            Kind::Word(words) => words.first().map(|word| (*word).to_owned()),
            Kind::Function(function) | Kind::ElementwiseFunction(function) => {
                functions::name_of(function).map(str::to_owned)
            }
            Kind::Seed => Some("0".to_owned()),
            Kind::Amounts { .. } | Kind::NoiseShape | Kind::Widths | Kind::Axes | Kind::AxisPair => None,
            Kind::Regularizer | Kind::Layer { .. } | Kind::Type | Kind::Shape => None,
        }
    }
}

/// A weight whose start, penalty and constraint are options.
pub struct WeightSpec {
    /// As its options call it: `kernel` for `kernel_initializer`.
    pub name: &'static str,
    pub initializer: &'static str,
    /// None for a weight that is not trained.
    pub regularizer: Option<&'static str>,
    pub constraint: Option<&'static str>,
    /// How it starts if nothing is said.
    pub default: Initializer,
}

impl WeightSpec {
    /// The names of its options.
    pub fn options(&self) -> impl Iterator<Item = &'static str> {
        [Some(self.initializer), self.regularizer, self.constraint].into_iter().flatten()
    }
}

/// The row of a weight: `weight!("kernel", Initializer::GlorotUniform)`.
macro_rules! weight {
    ($name:literal, $default:expr) => {
        $crate::spec::WeightSpec {
            name: $name,
            initializer: concat!($name, "_initializer"),
            regularizer: Some(concat!($name, "_regularizer")),
            constraint: Some(concat!($name, "_constraint")),
            default: $default,
        }
    };
    ($name:literal, $default:expr, frozen) => {
        $crate::spec::WeightSpec {
            name: $name,
            initializer: concat!($name, "_initializer"),
            regularizer: None,
            constraint: None,
            default: $default,
        }
    };
}
pub(crate) use weight;

pub const KERNEL: WeightSpec = weight!("kernel", Initializer::GlorotUniform);
pub const BIAS: WeightSpec = weight!("bias", Initializer::Zeros);
pub const GAMMA: WeightSpec = weight!("gamma", Initializer::Ones);
pub const BETA: WeightSpec = weight!("beta", Initializer::Zeros);

/// What several layers take.
pub const TRAINABLE: Opt = flag("trainable", true);
pub const USE_BIAS: Opt = flag("use_bias", true);
pub const ACTIVATION: Opt = Opt { name: "activation", kind: Kind::Function(Function::Linear) };
pub const SEED: Opt = Opt { name: "seed", kind: Kind::Seed };
pub const DATA_FORMAT: Opt = word("data_format", &["channels_last", "channels_first"]);
pub const EPSILON: Opt = epsilon(1e-3);
/// What the results cost: every layer with weights has it, and so have the wrappers.
pub const ACTIVITY_REGULARIZER: Opt = Opt { name: "activity_regularizer", kind: Kind::Regularizer };

pub const fn flag(name: &'static str, default: bool) -> Opt {
    Opt { name, kind: Kind::Flag(default) }
}

pub const fn word(name: &'static str, words: &'static [&'static str]) -> Opt {
    Opt { name, kind: Kind::Word(words) }
}

pub const fn size(name: &'static str) -> Opt {
    Opt { name, kind: Kind::Size(None) }
}

pub const fn size_or(name: &'static str, default: usize) -> Opt {
    Opt { name, kind: Kind::Size(Some(default)) }
}

pub const fn sizes(name: &'static str, axes: usize, default: Option<usize>) -> Opt {
    Opt { name, kind: Kind::Sizes { axes, default } }
}

pub const fn axis(name: &'static str, default: i128) -> Opt {
    Opt { name, kind: Kind::Axis(default) }
}

pub const fn number(name: &'static str, default: f64, takes: &'static str, valid: fn(f64) -> bool) -> Opt {
    Opt { name, kind: Kind::Number { default: Some(default), takes, valid } }
}

pub const fn not_negative(name: &'static str, default: f64) -> Opt {
    number(name, default, "a number from 0 on", |x| x >= 0.0)
}

pub const fn epsilon(default: f64) -> Opt {
    not_negative("epsilon", default)
}

/// A share of elements that are dropped, all of which cannot be.
pub const fn share(name: &'static str) -> Opt {
    number(name, 0.0, "a share from 0 to below 1", |x| (0.0..1.0).contains(&x))
}

/// What a layer does with masks.
pub enum Masks {
    /// Its result has none.
    Lost,
    /// That of the first input is that of the result.
    Passed,
    /// Something else.
    By(fn(&Values, &[Operand], &[Option<Mask>]) -> Masked),
    /// The same, for a layer that reads the mask of its only input for the statistics of a batch, which needs a mask for each
    /// row: this says whether one of so many steps will do.
    OfRows(
        fn(&Values, &[Operand], &[Option<Mask>]) -> Masked,
        fn(&Values, &str, &[Size], &Size) -> Result<(), Problem>,
    ),
}

/// A layer in its place.
pub struct Placed {
    /// The shapes of the results of `op`: most layers have one.
    pub outputs: Vec<Shape>,
    /// Where the layer sees other inputs than it was called with: which of those, for each; `x` alone may be query, value
    /// and key.
    pub roles: Option<Vec<usize>>,
    /// Where the layer sees its inputs in other shapes: these.
    pub seen: Option<Vec<Shape>>,
    /// What tells further results from the first: `h` and `c` of an LSTM.
    pub suffixes: &'static [&'static str],
    /// The weights, in Keras' order.
    pub params: Vec<Param>,
    /// Multiply-adds for one sample.
    pub macs: Size,
    /// What happens to the only input first: each operation, and the shape of its result.
    pub before: Vec<(Op, Shape)>,
    /// The operation that has the weights.
    pub op: Op,
    /// The operation that runs beside it, and whose first result becomes one with its own.
    pub beside: Option<Beside>,
    /// What happens to its first result, likewise; the last of these shapes is that of the layer's.
    pub after: Vec<(Op, Shape)>,
    /// What each result costs the loss in training.
    pub penalty: Option<Regularizer>,
}

impl Placed {
    /// A layer without weights, that multiplies nothing.
    pub fn new(output: Shape, op: Op) -> Self {
        Placed {
            outputs: vec![output],
            roles: None,
            seen: None,
            suffixes: &[],
            params: Vec::new(),
            macs: Size::Known(0),
            before: Vec::new(),
            op,
            beside: None,
            after: Vec::new(),
            penalty: None,
        }
    }

    /// How many values the layer gives.
    pub fn results(&self) -> usize {
        self.outputs.len() + self.beside.as_ref().map_or(0, |beside| beside.outputs.len() - 1)
    }

    /// With a function behind it.
    pub fn then(mut self, function: &Function) -> Self {
        let shape = self.output().clone();
        match Op::function(function, shape.len()) {
            Op::View => {}
            op => self.after.push((op, shape)),
        }
        self
    }

    /// With another penalty on its results.
    pub fn regularized(self, more: Option<Regularizer>) -> Self {
        let penalty = match (self.penalty, more) {
            (Some(a), Some(b)) => Some(Regularizer { l1: a.l1 + b.l1, l2: a.l2 + b.l2 }),
            (a, b) => a.or(b),
        };
        Placed { penalty, ..self }
    }

    /// The shape of the layer's first result.
    pub fn output(&self) -> &Shape {
        let join = self.beside.as_ref().map(|beside| &beside.join);
        self.after.last().or(join).map_or(&self.outputs[0], |(_, shape)| shape)
    }
}

/// Another operation on the inputs of a layer, with weights of the same field.
pub struct Beside {
    /// What the two are called, the layer's own operation first.
    pub names: [&'static str; 2],
    /// What it computes.
    pub op: Op,
    /// Which of the layer's inputs it sees.
    pub roles: Vec<usize>,
    /// The shapes of its results; all but the first are results of the layer, behind those of its own operation.
    pub outputs: Vec<Shape>,
    /// What makes one of both first results, and the shape of that.
    pub join: (Op, Shape),
}
