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
