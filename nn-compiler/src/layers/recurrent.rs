//! `SimpleRNN`, `LSTM`, `GRU`, and their cells.

pub mod bidirectional;
pub mod emit;
mod step;

use std::rc::Rc;

use quote::quote;

use super::activation::Function;
use super::args::Args;
use super::options::{BIAS, KERNEL, Param, RECURRENT, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::diagnostics::shape_text;
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site, ranked, rule};

/// Which recurrent layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    SimpleRnn,
    Lstm,
    Gru,
}

impl Kind {
    /// The number of states: h, and c of an LSTM.
    pub fn states(self) -> usize {
        if self == Kind::Lstm { 2 } else { 1 }
    }

    /// As Keras calls it.
    pub fn class(self) -> &'static str {
        match self {
            Kind::SimpleRnn => "SimpleRNN",
            Kind::Lstm => "LSTM",
            Kind::Gru => "GRU",
        }
    }

    fn gates(self) -> usize {
        match self {
            Kind::SimpleRnn => 1,
            Kind::Lstm => 4,
            Kind::Gru => 3,
        }
    }
}

/// A recurrent layer as written.
#[derive(Clone)]
pub struct Recurrent {
    pub kind: Kind,
    /// One step whose states are inputs and results: `LSTMCell`.
    pub cell: bool,
    pub units: Dim,
    pub activation: Function,
    pub recurrent_activation: Function,
    pub use_bias: bool,
    pub return_sequences: bool,
    pub return_state: bool,
    pub go_backwards: bool,
    pub stateful: bool,
    pub dropout: f64,
    pub recurrent_dropout: f64,
    pub seed: u64,
    pub reset_after: bool,
    trainable: bool,
    kernel: Weight,
    recurrent: Weight,
    bias: Weight,
}

const OF_ALL: &[&str] = &["activation", "use_bias", "trainable", "dropout", "recurrent_dropout", "seed"];
const OF_GATED: &[&str] = &["recurrent_activation"];
const OF_LAYERS: &[&str] = &["return_sequences", "return_state", "go_backwards", "stateful", "unroll"];
const OF_LSTM: &[&str] = &["unit_forget_bias"];
const OF_GRU: &[&str] = &["reset_after"];

const fn entry(
    names: &'static [&'static str],
    options: &'static [&'static [&'static str]],
    read: fn(&mut Args) -> Rc<dyn Layer>,
) -> Entry {
    Entry { names, positional: Positional::Named { names: &["units"], required: 1 }, options, read }
}

pub const ENTRIES: &[Entry] = &[
    entry(&["SimpleRNN"], &[OF_ALL, OF_LAYERS, KERNEL, RECURRENT, BIAS], |args| {
        Rc::new(read(args, Kind::SimpleRnn, false))
    }),
    entry(&["LSTM"], &[OF_ALL, OF_GATED, OF_LSTM, OF_LAYERS, KERNEL, RECURRENT, BIAS], |args| {
        Rc::new(read(args, Kind::Lstm, false))
    }),
    entry(&["GRU"], &[OF_ALL, OF_GATED, OF_GRU, OF_LAYERS, KERNEL, RECURRENT, BIAS], |args| {
        Rc::new(read(args, Kind::Gru, false))
    }),
    entry(&["SimpleRNNCell"], &[OF_ALL, KERNEL, RECURRENT, BIAS], |args| Rc::new(read(args, Kind::SimpleRnn, true))),
    entry(&["LSTMCell"], &[OF_ALL, OF_GATED, OF_LSTM, KERNEL, RECURRENT, BIAS], |args| {
        Rc::new(read(args, Kind::Lstm, true))
    }),
    entry(&["GRUCell"], &[OF_ALL, OF_GATED, OF_GRU, KERNEL, RECURRENT, BIAS], |args| {
        Rc::new(read(args, Kind::Gru, true))
    }),
];

/// Reads a layer, or a cell.
pub fn read(args: &mut Args, kind: Kind, cell: bool) -> Recurrent {
    let mut flag = |name, default| if cell { default } else { args.bool_or(name, default) };
    let [return_sequences, return_state] = [flag("return_sequences", false), flag("return_state", cell)];
    let [go_backwards, stateful] = [flag("go_backwards", false), flag("stateful", false)];
    // Steps are a loop in a function that the compiler unrolls as it likes: the results are the same either way.
    flag("unroll", false);
    let share = |args: &mut Args, name| args.number_or(name, 0.0, "a share from 0 to 1", |x| (0.0..=1.0).contains(&x));
    let recurrent_activation =
        if kind == Kind::SimpleRnn { Function::Linear } else { function(args, "recurrent_activation", "Sigmoid") };
    let forget = kind == Kind::Lstm && args.bool_or("unit_forget_bias", true);
    let mut bias = args.weight(BIAS, "zeros");
    if forget {
        bias.initializer = forget_bias(&bias);
    }
    Recurrent {
        kind,
        cell,
        units: args.size("units"),
        activation: function(args, "activation", "Tanh"),
        recurrent_activation,
        use_bias: args.bool_or("use_bias", true),
        return_sequences,
        return_state,
        go_backwards,
        stateful,
        dropout: share(args, "dropout"),
        recurrent_dropout: share(args, "recurrent_dropout"),
        seed: args.seed("seed").unwrap_or(0),
        reset_after: kind != Kind::Gru || args.bool_or("reset_after", true),
        trainable: args.bool_or("trainable", true),
        kernel: args.weight(KERNEL, "glorot_uniform"),
        recurrent: args.weight(RECURRENT, "orthogonal"),
        bias,
    }
}

/// An activation of single elements: a step has no row to normalize.
fn function(args: &mut Args, name: &'static str, default: &str) -> Function {
    let given = args.get(name);
    let function = match given {
        Some(_) => args.function(name),
        None => Function::elementwise(default, &[]),
    };
    if let (Some(value), Function::Softmax { .. }) = (given, &function) {
        let problem = format!("`{name}` of `{}` works on single elements, and softmax on whole rows", args.layer());
        args.error(value.extent(), problem, "put `Softmax` behind the layer");
    }
    function
}

/// The bias of the forget gate starts at one, as Jozefowicz et al. advise; the others as the option says.
fn forget_bias(bias: &Weight) -> proc_macro2::TokenStream {
    let others = &bias.initializer;
    quote!(rt::Initializer::UnitForgetBias(&#others))
}

impl Layer for Recurrent {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let (steps, features) = self.sequence(site, inputs)?;
        let units = &self.units;
        let row = [features.clone()];
        ranked!(site, row.as_slice(), |row| rule!(site, dense(row, units)))?;
        self.initial_states(site, &inputs[1..])?;
        let every = if self.cell { None } else { Some(steps.clone()) };
        let row = vec![units.clone()];
        let first = if self.return_sequences { every.into_iter().chain(row.clone()).collect() } else { row.clone() };
        let mut outputs = vec![first];
        if self.return_state {
            outputs.extend(std::iter::repeat_n(row, self.kind.states()));
        }
        let width = Dim::product([&Dim::Known(self.kind.gates()), units]);
        let reads = Dim::sum([&features, units]);
        let op = Op::Alone(Rc::new(self.clone()));
        Ok(Placed {
            roles: None,
            outputs,
            suffixes: &["h", "c"],
            params: self.params(&features, &width),
            macs: Dim::product([&steps, &width, &reads]),
            op,
        })
    }

    fn masks(&self, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
        let mask = masks.first().cloned().flatten();
        // Keras forgets the mask inside of a layer that is given its initial state, and hands it on all the same.
        let reads = if inputs.len() == 1 && mask.is_some() { vec![mask.clone()] } else { Vec::new() };
        Masked { reads, gives: vec![mask.filter(|_| self.return_sequences)] }
    }

    fn certain_output(&self) -> Option<Vec<Dim>> {
        (!self.return_sequences && !self.return_state).then(|| vec![self.units.clone()])
    }
}

impl Recurrent {
    /// Steps and features of the first input.
    fn sequence(&self, site: &Site, inputs: &[Operand]) -> Result<(Dim, Dim), Problem> {
        let Some(first) = inputs.first() else { return Err(site.problem("needs an input", "")) };
        match (site.real(first)?, self.cell) {
            ([steps, features], false) => Ok((steps.clone(), features.clone())),
            ([features], true) => Ok((Dim::Known(1), features.clone())),
            (shape, true) => {
                let problem = format!("takes one step, a vector, but its input is {}", shape_text(shape));
                Err(site.problem(&problem, &format!("for all steps of a sequence there is `{}`", self.kind.class())))
            }
            (shape, false) => {
                let problem = format!("needs steps and features, but its input is {}", shape_text(shape));
                let help = match shape {
                    [n] => format!(
                        "`return_sequences = true` in the recurrent layer before, or `Reshape<{}, 1>`",
                        n.text()
                    ),
                    _ => "make each step a vector first: `TimeDistributed<Flatten>`".to_string(),
                };
                Err(site.problem(&problem, &help))
            }
        }
    }

    fn initial_states(&self, site: &Site, given: &[Operand]) -> Result<(), Problem> {
        let states = self.kind.states();
        let call = if states == 2 { "(x, h, c)" } else { "(x, h)" };
        if given.len() != states && (self.cell || !given.is_empty()) {
            let problem =
                format!("has {states} initial state{}, but got {}", if states == 1 { "" } else { "s" }, given.len());
            return Err(site.problem(&problem, &format!("call it as `{}{call}`", site.text)));
        }
        for state in given {
            let shape = site.real(state)?;
            let fits = matches!(shape, [n] if n.known().zip(self.units.known()).is_none_or(|(a, b)| a == b));
            if !fits {
                let units = self.units.text();
                let problem = format!("has states of {units}, but one that it is given is {}", shape_text(shape));
                return Err(site.problem(&problem, "a state has one element for each unit"));
            }
        }
        Ok(())
    }

    fn params(&self, features: &Dim, width: &Dim) -> Vec<Param> {
        let param = |name, shape, weight: &Weight| Param::new(name, shape, self.trainable, weight.clone());
        let twice = self.kind == Kind::Gru && self.reset_after;
        let bias = if twice { vec![Dim::Known(2), width.clone()] } else { vec![width.clone()] };
        let mut params = vec![
            param("kernel", vec![features.clone(), width.clone()], &self.kernel),
            param("recurrent_kernel", vec![self.units.clone(), width.clone()], &self.recurrent),
        ];
        params.extend(self.use_bias.then(|| param("bias", bias, &self.bias)));
        params
    }
}
