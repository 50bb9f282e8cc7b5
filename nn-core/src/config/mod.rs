//! What Keras' `get_config` says of losses, metrics, optimizers, schedules and callbacks: one [`Row`] for each, next to its type.
//!
//! The defaults of a type, what its options may be, what makes it by its name, and the tables below follow from its row.
//!
//! ```
//! use nn_core::{config::Value, losses, optimizers};
//!
//! let adam = optimizers::from_config::<f32>("adam", &[("learning_rate", Value::Number(0.01))])?;
//! assert_eq!(adam.learning_rate(), 0.01);
//! // A schedule is made before the optimizer.
//! let options = [("initial_learning_rate", 0.1.into()), ("decay_steps", 1000.into())];
//! let schedule = optimizers::schedules::from_config("CosineDecay", &options)?.into();
//! let sgd = optimizers::from_config::<f32>("sgd", &[("learning_rate", Value::Schedule(&schedule))])?;
//! assert_eq!(sgd.learning_rate(), 0.1);
//! let error = losses::from_config::<f32>("bce", &[("label_smothing", 0.1.into())]).err().unwrap();
//! assert_eq!(error.to_string(), "BinaryCrossentropy has no option `label_smothing`; did you mean `label_smoothing`?");
//! # Ok::<(), nn_core::error::ConfigError>(())
//! ```
#![doc = include_str!("reference.md")]

mod field;
pub(crate) mod row;
#[cfg(test)]
pub(crate) mod tests;
mod value;

pub use field::{Field, OneOrMore};
pub use row::{Direction, Opt, Range, Row};
pub use value::Value;

pub(crate) use field::words;
pub(crate) use row::{FROM_ZERO, row, table};

use crate::error::{ConfigError, FitError};
use crate::io::nearest;

/// What has a row.
pub trait Config: Sized {
    /// Its names and options.
    const ROW: &'static Row;

    /// With the defaults of its row.
    fn with_defaults() -> Self;

    /// The value of an option; [`Value::None`] if there is no such option.
    fn get(&self, option: &str) -> Value<'_>;

    /// Sets an option, if there is such a one and it takes values of this kind.
    fn set(&mut self, option: &str, value: Value<'_>) -> bool;
}

/// Refuses what is outside of the ranges of the row.
pub(crate) fn check<C: Config>(object: &C) -> Result<(), FitError> {
    let refused = C::ROW.options.iter().find(|option| !option.range.allows(object.get(option.name)));
    refused.map_or(Ok(()), |option| Err(FitError::option(option.name, option.range.expected, object.get(option.name))))
}

/// Options by name, of which the others have their defaults.
pub type Options<'a> = &'a [(&'a str, Value<'a>)];

/// Makes what has a row, of its options; what is not given has its default.
///
/// # Errors
///
/// If there is no such option, or it does not take such a value.
pub fn configure<C: Config>(options: Options<'_>) -> Result<C, ConfigError> {
    let class = C::ROW.class;
    let mut object = C::with_defaults();
    for &(name, value) in options {
        let mut known = C::ROW.options.iter();
        let option = known.find(|option| option.name == name).ok_or_else(|| {
            let nearest = nearest(name, C::ROW.options.iter().map(|option| option.name));
            ConfigError::Option { class, option: name.to_owned(), nearest }
        })?;
        if !object.set(name, value) {
            let (option, expected) = (option.name, option.range.expected);
            return Err(ConfigError::Value { class, source: FitError::option(option, expected, value) });
        }
    }
    let missing =
        C::ROW.options.iter().find(|known| known.is_required() && options.iter().all(|given| given.0 != known.name));
    if let Some(missing) = missing {
        let source = FitError::option(missing.name, missing.range.expected, "nothing");
        return Err(ConfigError::Value { class, source });
    }
    check(&object).map_err(|source| ConfigError::Value { class, source })?;
    Ok(object)
}

/// The name of a type, without what it is in and what is in it.
pub(crate) fn type_name<T: ?Sized>() -> &'static str {
    let name = std::any::type_name::<T>();
    let name = name.split('<').next().unwrap_or(name);
    name.rsplit("::").next().unwrap_or(name)
}

/// The row of this name: of a class, or another name that Keras takes.
pub fn find(what: &'static str, table: &[&'static Row], name: &str) -> Result<&'static Row, ConfigError> {
    let by_class = table.iter().find(|row| row.class == name);
    let row = by_class.or_else(|| table.iter().find(|row| row.name == name || row.aliases.contains(&name)));
    row.copied().ok_or_else(|| unknown(what, table, name))
}

pub(crate) fn unknown(what: &'static str, table: &[&'static Row], name: &str) -> ConfigError {
    let names = table.iter().flat_map(|row| [row.class, row.name].into_iter().chain(row.aliases.iter().copied()));
    ConfigError::Name { what, name: name.to_owned(), nearest: nearest(name, names) }
}
