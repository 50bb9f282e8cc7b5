//! The arguments of a layer after they have been read.

use std::rc::Rc;

use nn_graph::function::Function;
use nn_graph::op::{Constants, Padding, Pair, Triple};
use nn_graph::weight::{Initializer, Param, Regularizer, Weight};
use nn_graph::{Size, SourceId};
use proc_macro2::Span;

use super::read::Configured;
use crate::rule::Axis;

/// The value of an option.
pub enum Given {
    Size(Option<Size>),
    Sizes(Option<Vec<Size>>),
    Ends(Vec<[Size; 2]>),
    Axes(Vec<Axis>),
    Number(Option<f64>),
    Constants(Constants),
    Range(Option<[f64; 2]>),
    Flag(bool),
    Word(&'static str),
    Function(Function),
    Seed(u64),
    Layer(Option<Rc<Configured>>),
    Regularizer(Option<Regularizer>),
    Weight(Weight),
    Slice(Vec<Taken>),
    Type(SourceId),
}

/// What a slice takes of one axis.
#[derive(Clone)]
pub enum Taken {
    /// One element, whose axis is then gone.
    Index(Bound),
    /// From one place to before another, in steps.
    Range { from: Bound, to: Bound, step: Size },
}

/// A place on an axis.
#[derive(Clone)]
pub struct Bound {
    /// Whether it is counted from the end.
    pub from_end: bool,
    pub n: Size,
}

impl Bound {
    /// The place behind this one.
    pub fn next(self) -> Self {
        match (self.from_end, self.n) {
            (true, Size::Known(n)) => Bound { from_end: true, n: Size::Known(n.saturating_sub(1)) },
            (from_end, n) => Bound { from_end, n: Size::sum([&n, &Size::Known(1)]) },
        }
    }
}

/// All options of a layer. Each is asked for by its name, and by the getter of its kind; a name that the row does not have is
/// a mistake in the layer, which its tests show.
pub struct Values {
    given: Vec<(&'static str, Given)>,
}

/// A getter: what it gives for a name that the row does not have is harmless.
macro_rules! getter {
    ($(#[$doc:meta])* $name:ident: $kind:ident => $type:ty, $map:expr, $default:expr) => {
        $(#[$doc])*
        pub fn $name(&self, name: &str) -> $type {
            match self.find(name) {
                Some(Given::$kind(value)) => $map(value),
                _ => {
                    debug_assert!(false, "the row has no such option `{name}`");
                    $default
                }
            }
        }
    };
}

impl Values {
    pub(super) fn new(given: Vec<(&'static str, Given)>) -> Self {
        Values { given }
    }

    fn find(&self, name: &str) -> Option<&Given> {
        self.given.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    getter! {
        /// A size that may be left out.
        maybe_size: Size => Option<Size>, Option::clone, None
    }
    getter! {
        /// A size for each axis, that may be left out.
        maybe_sizes: Sizes => Option<Vec<Size>>, Option::clone, None
    }
    getter! {
        /// How many elements before and behind each axis.
        ends: Ends => Vec<[Size; 2]>, Clone::clone, Vec::new()
    }
    getter! {
        /// Axes as Keras counts them.
        axes: Axes => Vec<Axis>, Clone::clone, Vec::new()
    }
    getter! {
        /// A number that may be left out.
        maybe_number: Number => Option<f64>, |value: &Option<f64>| *value, None
    }
    getter! {
        /// Numbers along an axis.
        constants: Constants => Constants, Clone::clone, Constants::One(0.0)
    }
    getter! {
        /// The ends of a range that may be left out.
        maybe_range: Range => Option<[f64; 2]>, |value: &Option<[f64; 2]>| *value, None
    }
    getter! {
        /// Whether an option is on.
        flag: Flag => bool, |value: &bool| *value, false
    }
    getter! {
        /// One of the words of an option.
        word: Word => &'static str, |value: &&'static str| *value, ""
    }
    getter! {
        /// An activation.
        function: Function => Function, Clone::clone, Function::Linear
    }
    getter! {
        /// `seed = …`, 0 if it is left out.
        seed: Seed => u64, |value: &u64| *value, 0
    }
    getter! {
        /// The layer inside.
        layer: Layer => Option<Rc<Configured>>, Option::clone, None
    }
    getter! {
        /// How a weight starts, what its size costs, what holds after each step.
        weight: Weight => Weight, Clone::clone, Weight::plain(Initializer::Zeros)
    }

    /// `activity_regularizer = …`; none, if the row has no such option.
    pub fn activity_regularizer(&self) -> Option<Regularizer> {
        match self.find("activity_regularizer") {
            Some(Given::Regularizer(regularizer)) => *regularizer,
            _ => None,
        }
    }

    getter! {
        /// What a slice takes of each axis.
        slice: Slice => Vec<Taken>, Clone::clone, Vec::new()
    }

    getter! {
        /// The path of a type.
        path: Type => SourceId, |value: &SourceId| *value, SourceId::NONE
    }

    /// A size that is there, or has a default.
    pub fn size(&self, name: &str) -> Size {
        self.maybe_size(name).unwrap_or(Size::Known(1))
    }

    /// A size for each axis.
    pub fn sizes(&self, name: &str) -> Vec<Size> {
        self.maybe_sizes(name).unwrap_or_default()
    }

    /// Height and width; of a sequence, which is an image of one row, the steps.
    pub fn maybe_pair(&self, name: &str) -> Option<Pair> {
        match self.maybe_sizes(name)?.as_slice() {
            [steps] => Some([Size::Known(1), steps.clone()]),
            [height, width, ..] => Some([height.clone(), width.clone()]),
            [] => None,
        }
    }

    /// The same with a default.
    pub fn pair(&self, name: &str) -> Pair {
        self.maybe_pair(name).unwrap_or([Size::Known(1), Size::Known(1)])
    }

    /// Depth, height and width; an image is one frame, a sequence one row of it.
    pub fn maybe_triple(&self, name: &str) -> Option<Triple> {
        self.maybe_sizes(name).map(|sizes| triple(&sizes))
    }

    /// The same with a default.
    pub fn triple(&self, name: &str) -> Triple {
        triple(&self.sizes(name))
    }

    /// A number with a default.
    pub fn number(&self, name: &str) -> f64 {
        self.maybe_number(name).unwrap_or_default()
    }

    /// A range with a default.
    pub fn range(&self, name: &str) -> [f64; 2] {
        self.maybe_range(name).unwrap_or_default()
    }

    /// An axis with a default.
    pub fn axis(&self, name: &str) -> Axis {
        self.axes(name).first().copied().unwrap_or(Axis { axis: -1, at: Span::call_site().into() })
    }

    /// An axis for each of two values.
    pub fn axis_pair(&self, name: &str) -> [Axis; 2] {
        match self.axes(name).as_slice() {
            [left, right] => [*left, *right],
            _ => [self.axis(name); 2],
        }
    }

    /// `padding = …`.
    pub fn padding(&self) -> Padding {
        match self.word("padding") {
            "same" => Padding::Same,
            "causal" => Padding::Causal,
            _ => Padding::Valid,
        }
    }

    /// `data_format = channels_first`.
    pub fn channels_first(&self) -> bool {
        self.word("data_format") == "channels_first"
    }

    /// A weight of this name and shape, trained if the layer is; the options are those of `options`.
    pub fn param_of(&self, name: &str, options: &str, shape: Vec<Size>) -> Param {
        Param::new(name, shape, self.flag("trainable"), self.weight(options))
    }

    /// The same for a weight whose options are called as it is.
    pub fn param(&self, name: &str, shape: Vec<Size>) -> Param {
        self.param_of(name, name, shape)
    }
}

/// Sizes of the last axes of three; of the others 1.
fn triple(sizes: &[Size]) -> Triple {
    let others = 3_usize.saturating_sub(sizes.len());
    std::array::from_fn(|axis| match axis.checked_sub(others).and_then(|axis| sizes.get(axis)) {
        Some(size) => size.clone(),
        None => Size::Known(1),
    })
}
