//! Options as the fields of structs.

use std::path::PathBuf;

use super::Value;

/// A field that holds an option.
pub trait Field: Sized + Default {
    /// From a value of the kind that the field takes.
    fn read(value: Value<'_>) -> Option<Self>;

    /// Its value.
    fn show(&self) -> Value<'_>;
}

impl Field for f64 {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Number(number) = value { Some(number) } else { None }
    }

    fn show(&self) -> Value<'_> {
        Value::Number(*self)
    }
}

impl Field for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Flag(flag) = value { Some(flag) } else { None }
    }

    fn show(&self) -> Value<'_> {
        Value::Flag(*self)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),+) => {$(
        impl Field for $number {
            fn read(value: Value<'_>) -> Option<Self> {
                // A cast saturates: whatever is no whole number of this type comes back as another.
                f64::read(value).map(|number| number as Self).filter(|&whole| Value::Number(whole as f64) == value)
            }

            fn show(&self) -> Value<'_> {
                Value::Number(*self as f64)
            }
        }
    )+};
}

whole_numbers!(usize, i64);

impl Field for String {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.to_owned()) } else { None }
    }

    fn show(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Field for Vec<f64> {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Numbers(numbers) = value { Some(numbers.to_vec()) } else { None }
    }

    fn show(&self) -> Value<'_> {
        Value::Numbers(self)
    }
}

impl Field for PathBuf {
    fn read(value: Value<'_>) -> Option<Self> {
        String::read(value).map(Self::from)
    }

    fn show(&self) -> Value<'_> {
        Value::Text(self.to_str().unwrap_or("\u{FFFD}"))
    }
}

impl<F: Field> Field for Option<F> {
    fn read(value: Value<'_>) -> Option<Self> {
        if value == Value::None { Some(None) } else { F::read(value).map(Some) }
    }

    fn show(&self) -> Value<'_> {
        self.as_ref().map_or(Value::None, F::show)
    }
}

/// A number, or a list of numbers.
///
/// ```
/// use nn_core::config::OneOrMore;
///
/// assert_eq!(OneOrMore::from(0.5).get(7), Some(0.5));
/// assert_eq!(OneOrMore::from([0.2, 0.8]).get(1), Some(0.8));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum OneOrMore {
    /// The same for all.
    One(f64),
    /// One for each.
    More(Vec<f64>),
}

impl OneOrMore {
    /// That of this index, if there is one.
    pub fn get(&self, index: usize) -> Option<f64> {
        match self {
            Self::One(number) => Some(*number),
            Self::More(numbers) => numbers.get(index).copied(),
        }
    }
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::One(0.0)
    }
}

impl From<f64> for OneOrMore {
    fn from(number: f64) -> Self {
        Self::One(number)
    }
}

impl<const N: usize> From<[f64; N]> for OneOrMore {
    fn from(numbers: [f64; N]) -> Self {
        Self::More(numbers.into())
    }
}

impl From<Vec<f64>> for OneOrMore {
    fn from(numbers: Vec<f64>) -> Self {
        Self::More(numbers)
    }
}

impl Field for OneOrMore {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self::One(number)),
            Value::Numbers(numbers) => Some(Self::More(numbers.to_vec())),
            _ => None,
        }
    }

    fn show(&self) -> Value<'_> {
        match self {
            Self::One(number) => Value::Number(*number),
            Self::More(numbers) => Value::Numbers(numbers),
        }
    }
}

/// Makes an enum a field of words: `words!(Mode { Min = "min", Max = "max" })`.
macro_rules! words {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $crate::config::Field for $type {
            fn read(value: $crate::config::Value<'_>) -> Option<Self> {
                match value {
                    $($crate::config::Value::Text($word) => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> $crate::config::Value<'_> {
                match self {
                    $(Self::$variant => $crate::config::Value::Text($word),)+
                }
            }
        }
    };
}

pub(crate) use words;
