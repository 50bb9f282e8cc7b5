//! A value of an option.

use std::fmt::{self, Display, Formatter};

use crate::optimizers::LearningRate;

/// A value of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Python's `None`.
    None,
    /// `true` or `false`.
    Flag(bool),
    /// Any number.
    Number(f64),
    /// A word or another text.
    Text(&'a str),
    /// A list of numbers.
    Numbers(&'a [f64]),
    /// A schedule as a learning rate.
    Schedule(&'a LearningRate),
}

impl<'a> Value<'a> {
    /// The value in a file; `None` for a list or an object.
    pub fn from_json(json: &'a serde_json::Value) -> Option<Self> {
        match json {
            serde_json::Value::Null => Some(Self::None),
            serde_json::Value::Bool(flag) => Some(Self::Flag(*flag)),
            serde_json::Value::Number(number) => number.as_f64().map(Self::Number),
            serde_json::Value::String(text) => Some(Self::Text(text)),
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
        }
    }
}

/// Small numbers as powers of ten.
impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::None => write!(f, "none"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) if number != 0.0 && number.abs() < 1e-3 => write!(f, "{number:e}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text}"),
            Self::Numbers(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(|&number| Value::Number(number).to_string()).collect();
                write!(f, "[{}]", numbers.join(", "))
            }
            Self::Schedule(schedule) => write!(f, "{schedule:?}"),
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value<'_> {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl<'a> From<&'a [f64]> for Value<'a> {
    fn from(numbers: &'a [f64]) -> Self {
        Self::Numbers(numbers)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}
