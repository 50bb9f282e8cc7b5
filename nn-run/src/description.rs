//! What a network is called, takes, gives and learns.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

use nn_core::Param;
use nn_core::constraints::Constraint;
use nn_core::initializers::Initializer;
use nn_core::regularizers::Regularizer;
use nn_graph::graph::{Element, Graph};
use nn_graph::{Name, weight};

use crate::sizes;

/// What a part of a sample consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers of the network's type.
    Real,
    /// Ids of type `u32`.
    U32,
    /// Ids of type `i32`.
    I32,
    /// Ids of type `u8`.
    U8,
}

/// An input or an output of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As in the signature; `input` and `output` in a chain.
    pub name: String,
    /// Of one sample.
    pub shape: Vec<usize>,
    /// Of its elements.
    pub kind: Kind,
}

impl Part {
    pub(crate) fn new(graph: &Graph, name: &Name, value: usize) -> Self {
        let value = &graph.values[value];
        let kind = match value.element {
            Element::Real => Kind::Real,
            Element::U32 => Kind::U32,
            Element::I32 => Kind::I32,
            Element::U8 => Kind::U8,
        };
        Part { name: name.to_string(), shape: sizes::all(&value.shape), kind }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A shape as people read it: `28×28×1`.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    sizes.join("×")
}

/// The weights in Keras' order, one after another.
pub(crate) fn params(graph: &Graph) -> Vec<Param> {
    let mut end = 0;
    let params = graph.params().map(|(name, param)| {
        let shape = interned::<[usize]>(sizes::all(&param.shape));
        let offset = end;
        end += shape.iter().product::<usize>();
        // Functions of the user's are refused when the text is read.
        let weight::Weight { initializer, regularizer, penalty: _, constraint } = &param.weight;
        let regularizer = regularizer.filter(|_| param.trainable);
        Param {
            name: interned::<str>(name),
            shape,
            offset,
            trainable: param.trainable,
            initializer: of(initializer),
            regularizer: regularizer.map(|weight::Regularizer { l1, l2 }| Regularizer { l1, l2 }),
            penalty: None,
            constraint: constraint.map(|constraint| match constraint {
                weight::Constraint::NonNeg | weight::Constraint::Custom(_) => Constraint::NonNeg,
                weight::Constraint::MaxNorm(most) => Constraint::MaxNorm(most),
                weight::Constraint::UnitNorm => Constraint::UnitNorm,
                weight::Constraint::MinMaxNorm(least, most, rate) => Constraint::MinMaxNorm(least, most, rate),
            }),
        }
    });
    params.collect()
}

fn of(initializer: &weight::Initializer) -> Initializer {
    use weight::Initializer as From;
    match initializer {
        // Those of the user's are refused when the text is read.
        From::Zeros | From::Custom(_) => Initializer::Zeros,
        From::Ones => Initializer::Ones,
        From::Constant(x) => Initializer::Constant(*x),
        From::Uniform(low, high) => Initializer::Uniform(*low, *high),
        From::Normal(mean, deviation) => Initializer::Normal(*mean, *deviation),
        From::TruncatedNormal(mean, deviation) => Initializer::TruncatedNormal(*mean, *deviation),
        From::GlorotUniform => Initializer::GlorotUniform,
        From::GlorotNormal => Initializer::GlorotNormal,
        From::HeUniform => Initializer::HeUniform,
        From::HeNormal => Initializer::HeNormal,
        From::LecunUniform => Initializer::LecunUniform,
        From::LecunNormal => Initializer::LecunNormal,
        From::Orthogonal(gain) => Initializer::Orthogonal(*gain),
        From::Identity(gain) => Initializer::Identity(*gain),
        From::UnitForgetBias(others) => Initializer::UnitForgetBias(shared(of(others))),
        From::Matrix(inner, sizes) => Initializer::Matrix(shared(of(inner)), sizes::array(sizes)),
    }
}

/// What lives as long as the program, as the facts of a compiled network do: each value is there once, however many networks have it.
pub(crate) fn interned<Q: Interned + ?Sized>(value: impl Into<Box<Q>>) -> &'static Q {
    let value: Box<Q> = value.into();
    let mut all = Q::all().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(&*value) {
        return known;
    }
    let new: &'static Q = Box::leak(value);
    all.insert(new);
    new
}

/// A type of which values are [`interned`].
pub(crate) trait Interned: Hash + Eq + 'static {
    fn all() -> &'static Mutex<HashSet<&'static Self>>;
}

macro_rules! interned {
    ($($type:ty),+) => {$(
        impl Interned for $type {
            fn all() -> &'static Mutex<HashSet<&'static Self>> {
                static ALL: LazyLock<Mutex<HashSet<&'static $type>>> = LazyLock::new(Mutex::default);
                &ALL
            }
        }
    )+};
}

interned!(str, [usize]);

/// An initializer that another refers to: each one is there once, however many networks have it.
fn shared(initializer: Initializer) -> &'static Initializer {
    static ALL: Mutex<Vec<&'static Initializer>> = Mutex::new(Vec::new());
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |other: &&&Initializer| format!("{other:?}") == format!("{initializer:?}");
    if let Some(known) = all.iter().find(same) {
        return known;
    }
    let new: &Initializer = Box::leak(Box::new(initializer));
    all.push(new);
    new
}
