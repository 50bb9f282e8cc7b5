//! Arguments → values: every option is read by its kind.

use std::rc::Rc;

use nn_graph::function::Function;
use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::Constants;
use nn_graph::weight::Weight;
use nn_graph::{Shape, Size, SourceId};
use proc_macro2::TokenStream;
use quote::ToTokens;

use super::args::Args;
use super::values::{Given, Values};
use super::{Elsewhere, Kind, Masks, Opt, Placed, Positional, Spec, functions};
use crate::diagnostics::{Diagnostics, list_text, nearest};
use crate::rule::Axis;
use crate::rule::{MOST_AXES, Problem, Site};
use crate::sources::Sources;
use crate::syntax::ast::{Call, Value};

/// A layer with its arguments.
pub struct Configured {
    pub spec: &'static Spec,
    pub values: Values,
}

impl Configured {
    /// What becomes of it on these inputs, or why that cannot be.
    pub fn lower(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let placed = (self.spec.lower)(&self.values, site, inputs)?;
        Ok(placed.regularized(self.values.activity_regularizer()))
    }

    /// Which masks of its inputs it reads, and which it gives to its results.
    pub fn masks(&self, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
        match &self.spec.masks {
            Masks::Lost => Masked::default(),
            Masks::Passed => Masked::passed(masks),
            Masks::By(rule) | Masks::OfRows(rule, _) => rule(&self.values, inputs, masks),
        }
    }

    /// Whether it can do with the mask of its first input, which has so many steps.
    pub fn fits_mask(&self, text: &str, input: &[Size], steps: &Size) -> Result<(), Problem> {
        match &self.spec.masks {
            Masks::OfRows(_, fits) => fits(&self.values, text, input, steps),
            Masks::Lost | Masks::Passed | Masks::By(_) => Ok(()),
        }
    }

    /// The shape of the output where it does not depend on the input.
    pub fn certain_output(&self) -> Option<Shape> {
        (self.spec.certain_output)(&self.values)
    }
}

/// Reads the arguments of a layer. All mistakes are reported; one is enough for `None`.
pub fn read(
    call: &Call,
    spec: &'static Spec,
    elsewhere: Elsewhere,
    sources: &mut Sources,
    errors: &mut Diagnostics,
) -> Option<Configured> {
    let mut args = Args::new(call, spec, elsewhere, sources, errors);
    let values = values(&mut args, spec);
    args.fine().then_some(Configured { spec, values })
}

fn values(args: &mut Args, spec: &'static Spec) -> Values {
    let mut given = Vec::new();
    for opt in spec.opts() {
        given.push((opt.name, args.option(opt)));
    }
    match spec.positional {
        Positional::Named { .. } => {}
        Positional::Shape => given.push(("", args.target())),
        Positional::Axes => given.push(("", args.order())),
        Positional::Slice => given.push(("", args.slice())),
    }
    for weight in spec.weights {
        let initializer = args.get(weight.initializer).map(|value| args.initializer(weight.initializer, value));
        let value = weight.regularizer.and_then(|name| Some((name, args.get(name)?)));
        let penalty = value.and_then(|(_, value)| functions::penalty(args, value));
        let regularizer = value.filter(|_| penalty.is_none()).map(|(name, value)| args.regularizer(name, value));
        let constraint = weight.constraint.and_then(|name| {
            let value = args.get(name)?;
            Some(args.constraint(name, value))
        });
        let initializer = initializer.unwrap_or_else(|| weight.default.clone());
        given.push((weight.name, Given::Weight(Weight { initializer, regularizer, penalty, constraint })));
    }
    Values::new(given)
}

impl Args<'_> {
    fn option(&mut self, opt: &'static Opt) -> Given {
        let name = opt.name;
        let value = self.get(name);
        match (&opt.kind, value) {
            (Kind::Size(default), None) => Given::Size(default.map(Size::Known)),
            (Kind::Size(_), Some(value)) => Given::Size(Some(self.size(name, value))),
            (Kind::SizeOrAll(default), None) => Given::Size(Some(Size::Known(*default))),
            (Kind::SizeOrAll(_), Some(Value::Int(-1, _))) => Given::Size(None),
            (Kind::SizeOrAll(_), Some(value)) => Given::Size(Some(self.size(name, value))),
            (Kind::Sizes { axes, default }, None) => Given::Sizes(default.map(|size| vec![Size::Known(size); *axes])),
            (Kind::Sizes { axes, .. }, Some(value)) => Given::Sizes(Some(self.sizes(name, *axes, value))),
            (Kind::Amounts { .. }, None) => Given::Sizes(None),
            (Kind::Amounts { axes }, Some(value)) => Given::Sizes(Some(self.amounts(name, *axes, value))),
            (Kind::NoiseShape, None) => Given::Sizes(None),
            (Kind::NoiseShape, Some(value)) => Given::Sizes(Some(self.noise_shape(name, value))),
            (Kind::Ends { axes, default }, value) => Given::Ends(self.ends_or(name, *axes, *default, value)),
            (Kind::Widths, value) => Given::Ends(value.map(|value| self.widths(name, value)).unwrap_or_default()),
            (Kind::Axis(default), None) => Given::Axes(vec![self.default_axis(*default)]),
            (Kind::Axis(_), Some(value)) => Given::Axes(vec![self.axis(name, value)]),
            (Kind::Axes, value) => Given::Axes(self.axes(name, value)),
            (Kind::AxisPair, value) => Given::Axes(self.axis_pair(name, value)),
            (Kind::Number { default, .. }, None) => Given::Number(*default),
            (Kind::Number { takes, valid, .. }, Some(value)) => Given::Number(self.number(name, value, takes, *valid)),
            (Kind::Constants { default, .. }, None) => Given::Constants(Constants::One(default.unwrap_or(0.0))),
            (Kind::Constants { takes, valid, .. }, Some(value)) => {
                Given::Constants(self.constants(name, value, takes, *valid))
            }
            (Kind::Range { default, .. }, None) => Given::Range(*default),
            (Kind::Range { takes, valid, one, .. }, Some(value)) => {
                Given::Range(self.range(name, value, takes, *valid, *one))
            }
            (Kind::Flag(default), None) => Given::Flag(*default),
            (Kind::Flag(default), Some(value)) => Given::Flag(self.flag(name, value).unwrap_or(*default)),
            (Kind::Word(words), None) => Given::Word(words[0]),
            (Kind::Word(words), Some(value)) => Given::Word(self.word(name, value, words)),
            (Kind::Function(default) | Kind::ElementwiseFunction(default), None) => Given::Function(default.clone()),
            (Kind::Function(_), Some(value)) => Given::Function(self.function(name, value)),
            (Kind::ElementwiseFunction(_), Some(value)) => Given::Function(self.elementwise(name, value)),
            (Kind::Seed, None) => Given::Seed(0),
            (Kind::Seed, Some(value)) => Given::Seed(self.seed(name, value)),
            (Kind::Regularizer, value) => Given::Regularizer(value.map(|value| self.regularizer(name, value))),
            (Kind::Type, None) => Given::Type(SourceId::NONE),
            (Kind::Type, Some(value)) => Given::Type(self.path(name, value)),
            (Kind::Shape, None) => Given::Sizes(None),
            (Kind::Shape, Some(value)) => Given::Sizes(Some(self.shape(name, value))),
            (Kind::Layer { .. }, None) => Given::Layer(None),
            (Kind::Layer { find, takes }, Some(value)) => Given::Layer(self.inner(name, value, *find, takes)),
        }
    }

    /// The path of a type.
    fn path(&mut self, name: &'static str, value: &Value) -> SourceId {
        if let Value::Path(path) = value {
            return self.sources.refer(value.extent(), path);
        }
        // With parameters a single name looks like a layer.
        if let Value::Layer(call) = value
            && let Ok(path) = syn::parse_str::<syn::Path>(&call.text)
        {
            let at = call.name.span();
            let tokens = path.to_token_stream().into_iter().map(|mut token| {
                token.set_span(at);
                token
            });
            return self.sources.refer(value.extent(), &tokens.collect::<TokenStream>());
        }
        let help =
            "a Rust type of yours: `crate::Gate`, with `impl nn::Custom<nn::Tensor1<4>> for Gate` or `nn::Lambda`";
        self.wrong(name, value, "the path of a type", help);
        SourceId::NONE
    }

    /// `8` or `(8, 16)`.
    fn shape(&mut self, name: &'static str, value: &Value) -> Shape {
        let sizes = match value {
            Value::Tuple(values, _) => values.iter().map(|value| self.size(name, value)).collect(),
            value => vec![self.size(name, value)],
        };
        if sizes.is_empty() || sizes.len() > MOST_AXES {
            let problem = format!("`{name}` of `{}` has 1 to {MOST_AXES} sizes", self.layer());
            self.error(value.extent(), problem, format!("`{name} = (8, 16)`"));
        }
        sizes
    }

    /// `(None, 1, 8)`; what is `None` is [`nn_shape::INFER`].
    fn noise_shape(&mut self, name: &'static str, value: &Value) -> Vec<Size> {
        let Value::Tuple(values, _) = value else {
            self.wrong(name, value, "a tuple with a size for each axis", "`noise_shape = (1, None)`");
            return Vec::new();
        };
        let size = |value: &Value| match value.word().as_deref() {
            Some("None") => Size::Known(nn_shape::INFER),
            _ => self.size(name, value),
        };
        values.iter().map(size).collect()
    }

    /// `0.5`, `(0.5, 1.5)` or `crate::MEANS`.
    fn constants(&mut self, name: &'static str, value: &Value, takes: &str, valid: fn(f64) -> bool) -> Constants {
        match value {
            Value::Path(path) => Constants::Path(self.sources.refer(value.extent(), path)),
            Value::Tuple(values, _) => {
                let numbers = values.iter().filter_map(|value| self.number(name, value, takes, valid));
                Constants::Each(numbers.collect())
            }
            value => Constants::One(self.number(name, value, takes, valid).unwrap_or(0.0)),
        }
    }

    /// `0.2` or `(-0.2, 0.3)`, in either order.
    fn range(
        &mut self,
        name: &'static str,
        value: &Value,
        takes: &str,
        valid: fn(f64) -> bool,
        one: Option<fn(f64) -> [f64; 2]>,
    ) -> Option<[f64; 2]> {
        match (value, one) {
            (Value::Tuple(values, _), _) if values.len() == 2 => {
                let [a, b] = [0, 1].map(|at| self.number(name, &values[at], takes, valid));
                let (a, b) = (a?, b?);
                Some([a.min(b), a.max(b)])
            }
            (Value::Tuple(..), _) | (_, None) => {
                self.wrong(name, value, takes, "");
                None
            }
            (value, Some(one)) => self.number(name, value, takes, valid).map(one),
        }
    }

    fn axis_pair(&mut self, name: &'static str, value: Option<&Value>) -> Vec<Axis> {
        let axes = self.axes(name, value);
        match (axes.as_slice(), value) {
            ([axis], _) => vec![*axis; 2],
            ([_, _], _) => axes,
            (_, Some(value @ Value::Tuple(..))) => {
                let takes = "one axis, or one for each of both values";
                self.wrong(name, value, takes, "`axes = 1` or `axes = (2, 1)`");
                vec![self.default_axis(-1); 2]
            }
            _ => vec![self.default_axis(-1); 2],
        }
    }

    fn elementwise(&mut self, name: &'static str, value: &Value) -> Function {
        let function = self.function(name, value);
        if matches!(function, Function::Softmax { .. }) {
            let problem = format!("`{name}` of `{}` works on single elements, and softmax on whole rows", self.layer());
            self.error(value.extent(), problem, "put `Softmax` behind the layer");
        }
        function
    }

    /// Reads a layer inside of this one, which `find` must know.
    fn inner(
        &mut self,
        name: &'static str,
        value: &Value,
        find: fn(&str) -> Option<&'static Spec>,
        takes: &str,
    ) -> Option<Rc<Configured>> {
        let call = match value {
            Value::Layer(call) => Some((**call).clone()),
            // A layer without arguments looks like any word.
            Value::Path(path) => path.get_ident().map(|name| Call::plain(name.clone())),
            _ => None,
        };
        let found = call.as_ref().and_then(|call| find(&call.name.to_string()));
        let (Some(call), Some(spec)) = (call, found) else {
            self.wrong(name, value, takes, "");
            return None;
        };
        let inner = self.read_inner(&call, spec);
        inner.map(Rc::new)
    }

    /// The sizes of a shape, one of which may be `-1`.
    fn target(&mut self) -> Given {
        let values = self.positional();
        let mut sizes = Vec::new();
        if values.is_empty() || values.len() > MOST_AXES {
            let problem = format!("`{}` takes 1 to {MOST_AXES} sizes", self.layer());
            let help = match self.call.name == "Weight" {
                true => "`weight table: [100, 64]`",
                false => "`Reshape<7, 7, 16>`",
            };
            self.error(self.call.extent(), problem, help);
        }
        for value in values {
            let is_open = matches!(value, Value::Int(-1, _));
            if is_open && sizes.contains(&Size::Known(nn_shape::INFER)) {
                let problem = format!("only one size of `{}` can be `-1`", self.layer());
                self.error(value.extent(), problem, "it is what the other sizes leave over");
            }
            sizes.push(if is_open { Size::Known(nn_shape::INFER) } else { self.size("", value) });
        }
        Given::Sizes(Some(sizes))
    }

    /// The numbers of axes, counted from 1 without the batch.
    fn order(&mut self) -> Given {
        let values = self.positional();
        if values.is_empty() || values.len() > MOST_AXES {
            let problem = format!("`{}` takes 1 to {MOST_AXES} axes", self.layer());
            let help = "`Permute<2, 1>` swaps two axes: they are counted from 1, without the batch";
            self.error(self.call.extent(), problem, help);
        }
        let axis = |value: &Value| match value {
            Value::Int(axis, _) => usize::try_from(*axis).ok().filter(|axis| (1..=MOST_AXES).contains(axis)),
            _ => None,
        };
        let mut axes = Vec::new();
        for value in values {
            match axis(value) {
                Some(axis) => axes.push(Size::Known(axis)),
                None => self.wrong("", value, "the number of an axis", "they are counted from 1, without the batch"),
            }
        }
        Given::Sizes(Some(axes))
    }

    /// `true` or `false`.
    fn flag(&mut self, name: &'static str, value: &Value) -> Option<bool> {
        if let Value::Bool(value, _) = value {
            return Some(*value);
        }
        let help = value.word().map(|word| word.to_lowercase()).filter(|word| word == "true" || word == "false");
        let help = help.map(|word| format!("did you mean `{word}`?")).unwrap_or_default();
        self.wrong(name, value, "`true` or `false`", &help);
        None
    }

    /// One word of a few.
    pub fn word(&mut self, name: &'static str, value: &Value, words: &[&'static str]) -> &'static str {
        let word = value.word().unwrap_or_default();
        if let Some(word) = words.iter().find(|candidate| **candidate == word) {
            return word;
        }
        let takes: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        let help = nearest(&word, words.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        self.wrong(name, value, &list_text(&takes, "or"), &help.unwrap_or_default());
        words[0]
    }

    fn seed(&mut self, name: &'static str, value: &Value) -> u64 {
        match value {
            Value::Int(n, _) if u64::try_from(*n).is_ok() => *n as u64,
            _ => {
                self.wrong(name, value, "an integer from 0 on", "");
                0
            }
        }
    }
}
