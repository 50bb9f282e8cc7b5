//! The layers: one file a family, each with its rows and what becomes of them.

mod activation;
mod attention;
mod augment;
mod carry;
mod conv_lstm;
mod convolution;
mod custom;
mod dense;
mod dropout;
mod embedding;
pub mod input;
mod merge;
mod normalization;
mod operation;
mod pool;
mod recurrent;
mod rescaling;
mod reshape;
mod resize;
mod slice;
mod space;
mod time_distributed;
mod weight;

use crate::spec::Spec;

/// All layers that are built.
const TABLES: &[&[Spec]] = &[
    dense::SPECS,
    convolution::SPECS,
    pool::SPECS,
    normalization::SPECS,
    activation::SPECS,
    rescaling::SPECS,
    dropout::SPECS,
    reshape::SPECS,
    resize::SPECS,
    augment::SPECS,
    slice::SPECS,
    recurrent::SPECS,
    conv_lstm::SPECS,
    time_distributed::SPECS,
    embedding::SPECS,
    merge::SPECS,
    operation::LISTED,
    operation::SPECS,
    weight::SPECS,
    carry::SPECS,
    attention::SPECS,
    custom::SPECS,
];

/// All layers that are built.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    TABLES.iter().copied().flatten()
}

/// The layer of this name.
pub fn find(name: &str) -> Option<&'static Spec> {
    specs().find(|spec| spec.names.contains(&name))
}

/// Whether a layer takes no arguments.
pub fn takes_nothing(name: &str) -> bool {
    find(name).is_some_and(|spec| spec.option_names().next().is_none())
}

/// The layers that have an option, as users call them.
pub fn layers_with(option: &str) -> Vec<&'static str> {
    specs().filter(|spec| spec.option_names().any(|name| name == option)).map(Spec::short_name).collect()
}

#[cfg(test)]
mod tests;
