//! Rows, and the macros that write them next to their types.

pub(crate) use std::ops::Bound::{Excluded, Included, Unbounded};
use std::ops::{Bound, RangeBounds};

use super::Value;

/// What there is to know of a loss, a metric, an optimizer or a callback without making one.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Keras' class: `MeanSquaredError`.
    pub class: &'static str,
    /// The name in logs, by which Keras takes it too: `mean_squared_error`.
    pub name: &'static str,
    /// Other names that Keras takes: `mse`.
    pub aliases: &'static [&'static str],
    /// Which way is better, where it is a value to be watched.
    pub direction: Option<Direction>,
    /// In Keras' order.
    pub options: &'static [Opt],
}

/// Which way a value gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// When it is larger.
    Up,
    /// When it is smaller.
    Down,
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its name.
    pub name: &'static str,
    /// What it is where it is not given.
    pub default: Value<'static>,
    /// What it may be.
    pub range: Range,
}

/// What an option may be.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// In words: `a number from 0 to 1`.
    pub expected: &'static str,
    /// The smallest number.
    pub from: Bound<f64>,
    /// The largest.
    pub to: Bound<f64>,
}

impl Opt {
    /// Whether it has to be given: then its default is a value that it cannot have.
    pub fn is_required(&self) -> bool {
        match self.default {
            Value::Number(number) => number.is_nan(),
            default => !self.range.allows(default),
        }
    }
}

impl Range {
    const fn new(from: Bound<f64>, to: Bound<f64>, expected: &'static str) -> Self {
        Self { expected, from, to }
    }

    /// Whether a value of the right kind is allowed; no text and no list may be empty.
    pub fn allows(&self, value: Value<'_>) -> bool {
        let within = |number: &f64| (self.from, self.to).contains(number);
        match value {
            Value::Number(number) => within(&number),
            Value::Numbers(numbers) => !numbers.is_empty() && numbers.iter().all(within),
            Value::Text(text) => !text.is_empty(),
            Value::None | Value::Flag(_) | Value::Schedule(_) => true,
        }
    }
}

const INFINITY: Bound<f64> = Excluded(f64::INFINITY);

pub(crate) const FINITE: Range = Range::new(Excluded(f64::NEG_INFINITY), INFINITY, "a finite number");
pub(crate) const WHOLE: Range = Range::new(Excluded(f64::NEG_INFINITY), INFINITY, "a whole number");
pub(crate) const FROM_ZERO: Range = Range::new(Included(0.0), INFINITY, "a finite number from 0 on");
pub(crate) const POSITIVE: Range = Range::new(Excluded(0.0), INFINITY, "a finite number above 0");
pub(crate) const COUNT: Range = Range::new(Included(0.0), INFINITY, "a whole number from 0 on");
pub(crate) const FROM_ONE: Range = Range::new(Included(1.0), INFINITY, "a whole number from 1 on");
pub(crate) const FROM_TWO: Range = Range::new(Included(2.0), INFINITY, "a whole number from 2 on");
pub(crate) const TO_ZERO: Range = Range::new(Excluded(f64::NEG_INFINITY), Included(0.0), "a finite number up to 0");
pub(crate) const ABOVE_ZERO_TO_ONE: Range = Range::new(Excluded(0.0), Included(1.0), "above 0 and at most 1");
pub(crate) const LAST_AXIS: Range = Range::new(Included(-1.0), Included(-1.0), "-1, the last axis");
pub(crate) const AXIS: Range = Range { expected: "the number of an axis: -1 is the last, 0 the batch", ..WHOLE };
pub(crate) const UNIT: Range = Range::new(Included(0.0), Included(1.0), "a number from 0 to 1");
pub(crate) const BELOW_ONE: Range = Range::new(Included(0.0), Excluded(1.0), "at least 0 and below 1");

const fn option(default: Value<'static>, range: Range) -> Opt {
    Opt { name: "", default, range }
}

pub(crate) const fn number(default: f64, range: Range) -> Opt {
    option(Value::Number(default), range)
}

/// A number that must be given.
pub(crate) const fn required(range: Range) -> Opt {
    number(f64::NAN, range)
}

/// A list of numbers that must be given.
pub(crate) const fn numbers(range: Range) -> Opt {
    option(Value::Numbers(&[]), range)
}

/// A learning rate, which may be a schedule.
pub(crate) const fn rate(default: f64) -> Opt {
    number(default, Range { expected: "a finite number from 0 on, or a schedule", ..FROM_ZERO })
}

/// A number or nothing, and nothing by default.
pub(crate) const fn optional(range: Range) -> Opt {
    option(Value::None, range)
}

pub(crate) const fn flag(default: bool) -> Opt {
    option(Value::Flag(default), Range::new(Unbounded, Unbounded, "true or false"))
}

/// One of some words, or any text but the empty one: where that is the default, a text must be given. Numbers in its place
/// start at 1.
pub(crate) const fn text(default: &'static str, expected: &'static str) -> Opt {
    option(Value::Text(default), Range::new(Included(1.0), INFINITY, expected))
}

/// One of some words or nothing, and nothing by default.
pub(crate) const fn word_or_none(expected: &'static str) -> Opt {
    option(Value::None, Range::new(Included(1.0), INFINITY, expected))
}

/// Writes the row of a type, and its `Default` from it: the class, the name in logs, other names, which way is better; the
/// fields that are options; behind a semicolon those that are none.
///
/// ```text
/// row! {
///     BinaryAccuracy, "binary_accuracy", [], Up;
///     threshold: number(0.5, FINITE); mean
/// }
/// ```
macro_rules! row {
    // What has no default, because some option must be given.
    (given $class:ident $(<$generic:ident>)?, $name:expr, [$($alias:literal),*] $(, $direction:ident)?;
        $($option:ident: $value:expr),* $(; $($state:ident),+)?
    ) => {
        impl$(<$generic>)? $crate::config::Config for $class$(<$generic>)? {
            const ROW: &'static $crate::config::Row = {
                use $crate::config::row::*;
                &Row {
                    class: stringify!($class),
                    name: $name,
                    aliases: &[$($alias),*],
                    // The one that is given, else the last.
                    direction: ($(Some(Direction::$direction),)? None::<Direction>,).0,
                    options: &[$(Opt { name: stringify!($option), ..$value }),*],
                }
            };

            fn with_defaults() -> Self {
                #[allow(unused_imports, reason = "there may be no options")]
                use $crate::config::row::*;
                Self {
                    $($option: $crate::config::Field::read($value.default).unwrap_or_default(),)*
                    $($($state: Default::default(),)+)?
                }
            }

            fn get(&self, option: &str) -> $crate::config::Value<'_> {
                match option {
                    $(stringify!($option) => $crate::config::Field::show(&self.$option),)*
                    _ => $crate::config::Value::None,
                }
            }

            #[allow(unused_variables, reason = "there may be no options")]
            fn set(&mut self, option: &str, value: $crate::config::Value<'_>) -> bool {
                match option {
                    $(stringify!($option) => $crate::config::Field::read(value).map(|new| self.$option = new).is_some(),)*
                    _ => false,
                }
            }
        }
    };
    ($class:ident $(<$generic:ident>)?, $($row:tt)+) => {
        $crate::config::row!(given $class $(<$generic>)?, $($row)+);

        impl$(<$generic>)? Default for $class$(<$generic>)? {
            fn default() -> Self {
                $crate::config::Config::with_defaults()
            }
        }
    };
}

/// Writes the table of some types, and the function that makes one of its name.
macro_rules! table {
    ($table:ident: $what:literal, $object:ident$(<$param:ident: $bound:ident>)?; $($class:ty),+ $(,)?) => {
        #[doc = concat!("The row of each ", $what, ".")]
        pub const $table: &[&$crate::config::Row] = {
            $(
                #[allow(dead_code, reason = "only where the types are generic")]
                type $param = f32;
            )?
            &[$(<$class as $crate::config::Config>::ROW),+]
        };

        #[doc = concat!("Makes a ", $what, " of its name, of which Keras has several, and its options; see [`config`](crate::config).")]
        ///
        /// # Errors
        ///
        /// If there is no such name or option, or an option does not take such a value.
        pub fn from_config$(<$param: $bound>)?(
            name: &str,
            options: $crate::config::Options<'_>,
        ) -> Result<Box<dyn $object$(<$param>)?>, $crate::error::ConfigError> {
            let row = $crate::config::find($what, $table, name)?;
            $(if row.class == <$class as $crate::config::Config>::ROW.class {
                return Ok(Box::new($crate::config::configure::<$class>(options)?));
            })+
            Err($crate::config::unknown($what, $table, name))
        }

        /// The values of the options of each, as they are made.
        #[cfg(test)]
        pub(crate) fn defaults() -> Vec<Vec<String>> {
            $(
                #[allow(dead_code, reason = "only where the types are generic")]
                type $param = f32;
            )?
            vec![$($crate::config::tests::values(&<$class as $crate::config::Config>::with_defaults())),+]
        }
    };
}

pub(crate) use {row, table};
