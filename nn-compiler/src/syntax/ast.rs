//! What the user wrote, as a tree.

pub use nn_graph::graph::Dtype;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Expr, LitStr, Path, Visibility};

use crate::diagnostics::Extent;

/// One `network!` invocation.
pub struct Network {
    pub header: Header,
    pub body: Body,
}

#[cfg(test)]
impl Network {
    /// The layers of a chain.
    pub fn chain(&self) -> &[Item] {
        match &self.body {
            Body::Chain(chain) => chain,
            Body::Graph(_) | Body::File => &[],
        }
    }
}

/// What stands after the name.
pub enum Body {
    /// `= Input<…> => … => …;`: the layers, the input first.
    Chain(Vec<Item>),
    /// `(x: Input<…>) -> y { … }`.
    Graph(GraphForm),
    /// Nothing: the network is the file of `#[model("…")]`.
    File,
}

/// A network with named inputs and outputs.
pub struct GraphForm {
    /// The inputs in the order of the signature; each call is an `Input<…>`, or `None` where it has been reported.
    pub inputs: Vec<(Ident, Option<Call>)>,
    pub outputs: Vec<Ident>,
    pub statements: Vec<Statement>,
}

/// One line of a graph or a block.
pub enum Statement {
    /// `let y = …;`, `let (y, h, _) = …;`: `_` is `None`, and `at` is what stands between `let` and `=`; `mutable` are those of the
    /// names that `mut` stands before.
    Let { names: Vec<Option<Ident>>, mutable: Vec<Ident>, at: Extent, value: Expression },
    /// `x = …;` for an `x` that is `mut`.
    Assign { name: Ident, value: Expression },
    /// `for D in (1, 2, 4) { … }`
    For { name: Ident, values: Vec<Value>, statements: Vec<Statement>, at: Extent },
    /// `if S == 1 { … } else { … }`
    If { condition: TokenStream, at: Extent, then: Vec<Statement>, otherwise: Vec<Statement> },
    /// `layer shared = Dense<64>;`
    Layer { name: Ident, call: Call },
    /// `weight<trainable = false> scale: [64] = ones;`: the sizes and options as arguments of `Weight`.
    Weight { name: Ident, call: Call },
    /// `state h: [128];`: the sizes as arguments of `State`.
    State { name: Ident, call: Call },
    /// `block residual<const F: usize>(x) -> y { … }`
    Block(Block),
    /// What could not be read, and has been reported; the names that it would have defined.
    Broken(Vec<Ident>),
}

/// A sub-graph with a name.
pub struct Block {
    pub name: Ident,
    /// The names of its const parameters, all `usize`.
    pub parameters: Vec<Ident>,
    pub inputs: Vec<Ident>,
    pub outputs: Vec<Ident>,
    pub statements: Vec<Statement>,
}

/// What gives a value, or several.
pub enum Expression {
    /// The name of an input or of a `let`.
    Name(Ident),
    /// `from => Layer<…> => …`; an item's call may also name a declared layer or a block.
    Chain { from: Box<Expression>, items: Vec<Item> },
    /// `label: Add(a, b)`: a layer, a declared layer or a block on these values; `at` ends with the parenthesis.
    Call { label: Option<Ident>, call: Call, inputs: Vec<Expression>, named: Vec<NamedInput>, at: Extent },
    /// `a + b`; `sign` is the `+`.
    Binary { operator: Operator, sign: Span, at: Extent, left: Box<Expression>, right: Box<Expression> },
    /// `-x`; `sign` is the `-`.
    Negative { sign: Span, at: Extent, of: Box<Expression> },
    /// `x[1..5, -1]`: a value for each axis, an index or a range.
    Slice { of: Box<Expression>, axes: Vec<Value>, bracket: Span, at: Extent },
    /// `0.5`: an operand, which is no value by itself.
    Number(f64, Span),
    /// What could not be read, and has been reported.
    Broken,
}

/// `attention_mask = m`, `mask = (None, m)`: what a call gives by name, behind its other values; `None` stands for no value.
pub struct NamedInput {
    pub name: Ident,
    pub values: Vec<Option<Expression>>,
}

/// `a + b`, `a - b`, `a * b`, `a / b`: the layers `Add`, `Subtract`, `Multiply`, `Divide`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    pub const ALL: [(char, Operator); 4] =
        [('+', Operator::Add), ('-', Operator::Subtract), ('*', Operator::Multiply), ('/', Operator::Divide)];

    /// The layer that it stands for.
    pub fn layer(self) -> &'static str {
        match self {
            Operator::Add => "Add",
            Operator::Subtract => "Subtract",
            Operator::Multiply => "Multiply",
            Operator::Divide => "Divide",
        }
    }

    /// Whether it binds tighter than `+`.
    pub fn is_tight(self) -> bool {
        matches!(self, Operator::Multiply | Operator::Divide)
    }

    /// As it is written.
    pub fn sign(self) -> char {
        match self {
            Operator::Add => '+',
            Operator::Subtract => '-',
            Operator::Multiply => '*',
            Operator::Divide => '/',
        }
    }
}

impl Expression {
    /// The layer whose result it is, as written; `None` for a name, a number or a repeat.
    pub fn last_call(&mut self) -> Option<&mut Call> {
        match self {
            Expression::Chain { items, .. } => match items.last_mut()? {
                Item::Layer { call, .. } => Some(call),
                _ => None,
            },
            Expression::Call { call, .. } => Some(call),
            _ => None,
        }
    }

    /// Whether something in it could not be read: then nobody knows which names it uses.
    pub fn is_broken(&self) -> bool {
        match self {
            Expression::Name(_) | Expression::Number(..) => false,
            Expression::Negative { of, .. } | Expression::Slice { of, .. } => of.is_broken(),
            Expression::Chain { from, items } => from.is_broken() || items.iter().any(Item::is_broken),
            Expression::Call { inputs, named, .. } => {
                let named = named.iter().flat_map(|named| named.values.iter().flatten());
                inputs.iter().chain(named).any(Expression::is_broken)
            }
            Expression::Binary { left, right, .. } => left.is_broken() || right.is_broken(),
            Expression::Broken => true,
        }
    }
}

impl Item {
    /// Whether something in it could not be read.
    pub fn is_broken(&self) -> bool {
        match self {
            Item::Layer { .. } => false,
            Item::Repeat { chain, .. } | Item::Each { chain, .. } => chain.iter().any(Item::is_broken),
            Item::Broken => true,
        }
    }
}

/// What stands before the layers.
pub struct Header {
    /// Doc comments and foreign attributes (`#[allow(…)]`), copied onto the struct.
    pub attrs: Vec<Attribute>,
    /// The visibility of the struct.
    pub vis: Visibility,
    /// The name of the struct; `None` in the expression form.
    pub name: Option<Ident>,
    /// `#[crate(…)]`: where the crate is, if it is not where the macro is.
    pub root: Option<Path>,
    /// `#[dtype(…)]`.
    pub dtype: Dtype,
    /// The limits of `#[budget(…)]`.
    pub budget: Vec<Limit>,
    /// `#[stream]`.
    pub stream: Option<Streamed>,
    /// The path of `#[weights("…")]`.
    pub weights: Option<LitStr>,
    /// `#[model("…", …)]`.
    pub model: Option<Model>,
}

/// `#[stream]`, or `#[stream(block = 64)]`.
#[derive(Clone, Copy)]
pub struct Streamed {
    /// Where it stands.
    pub at: Span,
    /// How many time steps `steps` takes at once.
    pub block: usize,
}

/// What stands in `#[model("vad.onnx", sr = 16000, input: [1, 576])]`.
pub struct Model {
    pub path: LitStr,
    /// The shapes of inputs, by their names in the file.
    pub inputs: Vec<(String, Vec<usize>)>,
    /// Open sizes, and inputs that are constants.
    pub numbers: Vec<(String, f64)>,
    /// Inputs that are states, each with its output, if something is said of them.
    pub states: Option<Vec<(String, String)>>,
}

/// One limit of `#[budget(…)]`: `params <= 61_706`.
pub struct Limit {
    pub what: Budget,
    /// In weights, bytes or multiply-adds: units such as `16 KiB` are already multiplied out.
    pub most: u64,
    /// The limit as written.
    pub span: Span,
    /// Its last token.
    pub end: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Budget {
    Params,
    Workspace,
    Macs,
}

/// A link of a chain.
pub enum Item {
    /// `label: Layer<…>`.
    Layer { label: Option<Ident>, call: Call },
    /// `[chain; n]`.
    Repeat { chain: Vec<Item>, count: Value, span: Span },
    /// `[chain; D in (1, 2, 4)]`: once for each value, which `D` stands for.
    Each { chain: Vec<Item>, name: Ident, values: Vec<Value>, span: Span },
    /// What could not be read, and has been reported.
    Broken,
}

/// `Conv2D<6, 3, padding = same>`.
#[derive(Clone)]
pub struct Call {
    pub name: Ident,
    pub args: Vec<Arg>,
    /// The last token.
    pub end: Span,
    /// As the user would write it, evenly spaced: for messages and docs.
    pub text: String,
    /// Its doc comments, line by line.
    pub docs: Vec<String>,
}

impl Call {
    /// A layer without arguments.
    pub fn plain(name: Ident) -> Self {
        Call { end: name.span(), text: name.to_string(), args: Vec::new(), docs: Vec::new(), name }
    }

    /// From the name to the closing `>`.
    pub fn extent(&self) -> Extent {
        Extent { start: self.name.span(), end: self.end }
    }
}

/// What stands between `<` and `>`, comma by comma.
#[derive(Clone)]
pub struct Arg {
    /// The option's name, or `None` for a positional argument.
    pub name: Option<Ident>,
    pub value: Value,
}

/// The value of an argument, before a layer says what it must be.
#[derive(Clone)]
pub enum Value {
    /// An integer literal, without suffix; `-1` is one too.
    Int(i128, Span),
    /// A literal with a point or an exponent.
    Float(f64, Span),
    /// `true`, `false`.
    Bool(bool, Span),
    /// `(3, 4)`, `((1, 0), (2, 3))`.
    Tuple(Vec<Value>, Span),
    /// `same`, `CLASSES`, `crate::model::CLASSES`.
    Path(Path),
    /// `leaky_relu(0.2)`, `max_norm(2.0)`.
    Call { path: Path, args: Vec<Value>, span: Span },
    /// `{ 2 * N }`.
    Block(Expr, Span),
    /// `LSTM<32>` inside `Bidirectional<…>`.
    Layer(Box<Call>),
    /// `1..5`, `..`, `(..).step_by(2)` in a slice.
    Range(Box<Range>, Span),
}

/// Which elements of an axis a slice takes.
#[derive(Clone)]
pub struct Range {
    pub from: Option<Value>,
    pub to: Option<Value>,
    /// `..=5`.
    pub inclusive: bool,
    pub step: Option<Value>,
}

impl Value {
    /// Where it stands.
    pub fn extent(&self) -> Extent {
        match self {
            Value::Int(_, span) | Value::Float(_, span) | Value::Bool(_, span) => (*span).into(),
            Value::Tuple(_, span) | Value::Block(_, span) | Value::Range(_, span) => (*span).into(),
            Value::Path(path) => path_extent(path),
            Value::Call { path, span, .. } => Extent { start: path_extent(path).start, end: *span },
            Value::Layer(call) => call.extent(),
        }
    }

    /// The word, where the value is nothing but one: `same`.
    pub fn word(&self) -> Option<String> {
        match self {
            Value::Path(path) => path.get_ident().map(Ident::to_string),
            _ => None,
        }
    }
}

fn path_extent(path: &Path) -> Extent {
    let spans = || path.segments.iter().map(|segment| segment.ident.span());
    let unknown = Span::call_site;
    Extent { start: spans().next().unwrap_or_else(unknown), end: spans().next_back().unwrap_or_else(unknown) }
}
