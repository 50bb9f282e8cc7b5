//! The rules of nn-shape, as the layers use them: evaluated here where all sizes are known, and left to the compiler where not.

use nn_graph::graph::{Element, Operand};
use nn_graph::op::{Padding, Pads};
use nn_graph::size::{Rule, Size, shape_text};

use crate::diagnostics::Extent;
use crate::syntax::ast::Call;
use crate::syntax::text::call_text;

/// The axes that a tensor can have, the batch left out.
pub const MOST_AXES: usize = nn_shape::MOST_AXES;

/// An axis as Keras counts it.
#[derive(Clone, Copy)]
pub struct Axis {
    pub axis: i128,
    pub at: Extent,
}

/// Why a layer does not fit its input.
pub struct Problem {
    /// Where, if not the whole layer.
    pub at: Option<Extent>,
    pub problem: String,
    pub help: String,
}

impl Problem {
    pub fn new(problem: String, help: String) -> Self {
        Problem { at: None, problem, help }
    }
}

impl From<nn_shape::Problem<'_>> for Problem {
    fn from(problem: nn_shape::Problem<'_>) -> Self {
        Problem::new(problem.problem().to_string(), problem.help().to_string())
    }
}

/// Where a layer stands, and what the compiler has to check there.
pub struct Site {
    /// The layer, shortened where it is long: for messages.
    pub text: String,
    at: Extent,
    pub checks: Vec<Check>,
    /// What the call gives by name, beside its inputs.
    pub given: Vec<(String, Operand)>,
}

/// A rule of nn-shape that is left to the compiler, since the macro cannot see all sizes.
pub struct Check {
    /// The function, as Rust calls it.
    pub rule: &'static str,
    /// The layer, for the message.
    pub layer: String,
    pub args: Vec<Arg>,
    /// What is underlined.
    pub at: Extent,
}

/// What a rule is given.
pub enum Arg {
    Size(Size),
    Number(usize),
    List(Vec<Arg>),
    Padding(Padding),
    Text(&'static str),
    Bound { from_end: bool, n: Size },
    Maybe(Option<usize>),
    Windows { size: Vec<Size>, strides: Vec<Size>, padding: Padding, dilation: Vec<Size> },
}

impl Site {
    pub fn new(call: &Call) -> Self {
        Site { text: brief(call), at: call.extent(), checks: Vec::new(), given: Vec::new() }
    }

    /// Leaves a rule to the compiler.
    pub fn defer(&mut self, rule: &'static str, args: Vec<Arg>) {
        self.checks.push(Check { rule, layer: self.text.clone(), args, at: self.at });
    }

    /// What the call gives by this name.
    pub fn named(&self, name: &str) -> Option<&Operand> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value)
    }

    /// "`LSTM<4>` needs …": what is wrong, and a way out.
    pub fn problem(&self, problem: &str, help: &str) -> Problem {
        Problem::new(format!("`{}` {problem}", self.text), help.to_string())
    }

    /// The shape of the only input, which holds numbers.
    pub fn only<'a>(&self, inputs: &'a [Operand]) -> Result<&'a [Size], Problem> {
        match inputs {
            [input] => self.real(input),
            _ => {
                let problem = format!("`{}` takes one value, but is called with {}", self.text, inputs.len());
                Err(Problem::new(problem, "join them first: `Concatenate(a, b) => …`, or `a + b`".to_string()))
            }
        }
    }

    /// The shape of the only input, of numbers or of ids.
    pub fn any<'a>(&self, inputs: &'a [Operand]) -> Result<&'a [Size], Problem> {
        match inputs {
            [input] if input.element != Element::Real => Ok(&input.shape),
            _ => self.only(inputs),
        }
    }

    /// Several inputs, as a layer that joins them takes.
    pub fn several(&self, inputs: &[Operand]) -> Result<(), Problem> {
        match inputs.len() {
            0 | 1 => Err(self.problem("joins several values, but is given one", &format!("`{}(a, b)`", self.text))),
            _ => Ok(()),
        }
    }

    /// The shape of an input, which holds numbers and not ids.
    pub fn real<'a>(&self, input: &'a Operand) -> Result<&'a [Size], Problem> {
        if input.element == Element::Real {
            return Ok(&input.shape);
        }
        let ids = input.element.name();
        let problem = format!("`{}` computes with numbers, but its input holds ids of type `{ids}`", self.text);
        let help = "ids become vectors in an `Embedding<input_dim, output_dim>`, and numbers in a `Cast<float>`";
        Err(Problem::new(problem, help.to_string()))
    }

    /// Height, width and channels.
    pub fn image(&self, input: &[Size]) -> Result<[Size; 3], Problem> {
        let help = match input {
            [height, width, channels] => return Ok([height.clone(), width.clone(), channels.clone()]),
            [length] => as_image(length),
            [height, width] => format!("put `Reshape<{}, {}, 1>` before it", height.text(), width.text()),
            _ => String::new(),
        };
        let shape = shape_text(input);
        let input = if input.len() == 1 { format!("a vector of {shape}") } else { shape };
        Err(Problem::new(format!("`{}` needs height, width and channels, but its input is {input}", self.text), help))
    }

    /// Steps and channels.
    pub fn sequence(&self, input: &[Size]) -> Result<[Size; 2], Problem> {
        let (help, shape) = match input {
            [steps, channels] => return Ok([steps.clone(), channels.clone()]),
            [length] => (format!("put `Reshape<{}, 1>` before it", length.text()), "a vector of "),
            [.., channels] => {
                // `MaxPooling1D` on an image, most likely.
                let name = self.text.split('<').next().unwrap_or_default();
                let image = name.strip_suffix("1D").filter(|_| input.len() == 3);
                let image = image.map(|name| format!("`{name}2D` takes images; ")).unwrap_or_default();
                (format!("{image}put `Reshape<-1, {}>` before it", channels.text()), "")
            }
            [] => (String::new(), ""),
        };
        let problem = format!("needs steps and channels, but its input is {shape}{}", shape_text(input));
        Err(self.problem(&problem, &help))
    }

    /// The last axis, and those before it.
    pub fn last<'a>(&self, input: &'a [Size]) -> Result<(&'a Size, &'a [Size]), Problem> {
        let none = || Problem::new(format!("`{}` needs an axis, but its input has none", self.text), String::new());
        input.split_last().ok_or_else(none)
    }

    /// What an option for axes means that is left out.
    pub fn last_axis(&self) -> Axis {
        Axis { axis: -1, at: self.at }
    }

    /// An axis as Keras counts it, counted without the batch.
    pub fn axis(&self, axis: Axis, input: &[Size]) -> Result<usize, Problem> {
        let rank = input.len() as i128;
        let index = if axis.axis < 0 { axis.axis + rank } else { axis.axis - 1 };
        if (0..rank).contains(&index) {
            return Ok(index as usize);
        }
        let problem = if axis.axis == 0 {
            format!("axis 0 of `{}` is the batch, which is never part of a layer", self.text)
        } else {
            format!(
                "`{}` has no axis {}: its input {} has {rank} without the batch",
                self.text,
                axis.axis,
                shape_text(input)
            )
        };
        let axes = if rank == 1 { "the only axis is 1".to_string() } else { format!("the axes are 1 to {rank}") };
        let help = format!("{axes}, or -1 for the last; the batch is axis 0");
        Err(Problem { at: Some(axis.at), problem, help })
    }
}

/// What a user takes so many axes of space for.
pub fn space_text(axes: usize) -> &'static str {
    ["steps", "height and width", "depth, height and width"][axes - 1]
}

fn as_image(length: &Size) -> String {
    match length.known().map(|n| (n, n.isqrt())) {
        Some((n, side)) if side * side == n => format!("make it an image with `Reshape<{side}, {side}, 1>`"),
        _ => "make it an image with `Reshape<height, width, channels>`".to_string(),
    }
}

/// A layer for messages: with its options left out where it is long.
pub fn brief(call: &Call) -> String {
    if call.text.chars().count() <= 60 {
        return call.text.clone();
    }
    let positional: Vec<_> = call.args.iter().filter(|arg| arg.name.is_none()).cloned().collect();
    match call_text(&call.name.to_string(), &positional) {
        text if text.ends_with('>') => format!("{}, …>", text.trim_end_matches('>')),
        text => format!("{text}<…>"),
    }
}

/// What a rule takes: its value where all of it is known, and what the compiler is given where not.
pub trait Argument {
    type Known;
    fn known(&self) -> Option<Self::Known>;
    fn arg(&self) -> Arg;
}

impl<A: Argument> Argument for &A {
    type Known = A::Known;
    fn known(&self) -> Option<A::Known> {
        (*self).known()
    }
    fn arg(&self) -> Arg {
        (*self).arg()
    }
}

impl Argument for Size {
    type Known = usize;
    fn known(&self) -> Option<usize> {
        Size::known(self)
    }
    fn arg(&self) -> Arg {
        Arg::Size(self.clone())
    }
}

impl<A: Argument, const N: usize> Argument for [A; N] {
    type Known = [A::Known; N];
    fn known(&self) -> Option<Self::Known> {
        let known: Option<Vec<_>> = self.iter().map(Argument::known).collect();
        known?.try_into().ok()
    }
    fn arg(&self) -> Arg {
        Arg::List(self.iter().map(Argument::arg).collect())
    }
}

impl Argument for Padding {
    type Known = Self;
    fn known(&self) -> Option<Self> {
        Some(*self)
    }
    fn arg(&self) -> Arg {
        Arg::Padding(*self)
    }
}

impl Argument for &'static str {
    type Known = Self;
    fn known(&self) -> Option<Self> {
        Some(self)
    }
    fn arg(&self) -> Arg {
        Arg::Text(self)
    }
}

/// Windows over some axes, as `nn_shape::Windows`.
pub struct Windows<const AXES: usize> {
    pub size: [Size; AXES],
    pub strides: [Size; AXES],
    pub padding: Padding,
    pub dilation: [Size; AXES],
}

impl Windows<2> {
    /// The same over the columns only.
    pub fn columns(self) -> Windows<1> {
        let ([_, size], [_, strides], [_, dilation]) = (self.size, self.strides, self.dilation);
        Windows { size: [size], strides: [strides], padding: self.padding, dilation: [dilation] }
    }
}

impl<const AXES: usize> Windows<AXES> {
    /// Of this size, without dilation.
    pub fn plain(size: &[Size; AXES], strides: &[Size; AXES], padding: Padding) -> Self {
        let dilation = std::array::from_fn(|_| Size::Known(1));
        Windows { size: size.clone(), strides: strides.clone(), padding, dilation }
    }

    /// How many fit along one axis.
    pub fn count(&self, axis: usize, input: &Size) -> Size {
        let (padding, size, stride) = (self.padding, &self.size[axis], &self.strides[axis]);
        let keeps = padding != Padding::Valid || size.known() == Some(1);
        if keeps && stride.known() == Some(1) {
            return input.clone();
        }
        Rule::Window(padding).of([input, size, stride, &self.dilation[axis]])
    }

    /// What lies around an input, whose axes of space come first.
    pub fn pads(&self, input: &[Size]) -> Pads<AXES> {
        std::array::from_fn(|axis| {
            let (size, stride, dilation) = (&self.size[axis], &self.strides[axis], &self.dilation[axis]);
            match self.padding {
                Padding::Valid => [Size::Known(0), Size::Known(0)],
                Padding::Same => [0, 1].map(|end| Rule::Same(end).of([&input[axis], size, stride, dilation])),
                Padding::Causal => [Rule::Before.of([size, dilation]), Size::Known(0)],
            }
        })
    }
}

impl<const AXES: usize> Argument for Windows<AXES> {
    type Known = nn_shape::Windows<AXES>;
    fn known(&self) -> Option<Self::Known> {
        Some(nn_shape::Windows {
            size: self.size.known()?,
            strides: self.strides.known()?,
            padding: self.padding.known()?,
            dilation: self.dilation.known()?,
        })
    }
    fn arg(&self) -> Arg {
        let [size, strides, dilation] = [&self.size, &self.strides, &self.dilation].map(|sizes| sizes.to_vec());
        Arg::Windows { size, strides, padding: self.padding, dilation }
    }
}

/// Checks a rule of nn-shape: here if all arguments are known, else in the compiler.
macro_rules! rule {
    ($site:ident, $rule:ident($($arg:ident),+)) => {{
        use $crate::rule::Argument;
        let known = |layer: &str| -> Option<Result<(), $crate::rule::Problem>> {
            Some(nn_shape::$rule(layer, $($arg.known()?),+).map(drop).map_err($crate::rule::Problem::from))
        };
        match known(&$site.text) {
            Some(result) => result,
            None => {
                $site.defer(stringify!($rule), vec![$($arg.arg()),+]);
                Ok(())
            }
        }
    }};
}
pub(crate) use rule;

/// Goes on with a shape as an array: its number of axes is a type parameter of the rules.
macro_rules! ranked {
    ($site:ident, $shape:expr, |$array:ident| $then:expr) => {
        $crate::rule::ranked!($site, $shape, |$array| $then; 1 2 3 4 5 6)
    };
    ($site:ident, $shape:expr, |$array:ident| $then:expr; $($axes:literal)+) => {{
        let shape: &[nn_graph::Size] = $shape;
        $(if let Ok($array) = <&[nn_graph::Size; $axes]>::try_from(shape) {
            let $array = $array.clone();
            $then
        } else)+ {
            return Err($site.axes(shape));
        }
    }};
}
pub(crate) use ranked;

impl Site {
    /// The number of axes is none that a tensor can have.
    pub fn axes(&self, shape: &[Size]) -> Problem {
        let axes = shape.len();
        Problem::new(format!("`{}` cannot have {axes} axes: a tensor has 1 to {MOST_AXES}", self.text), String::new())
    }
}
