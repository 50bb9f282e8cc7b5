//! Sizes as literals, constants, paths to constants and blocks; one for all axes or a tuple.

#![deny(warnings)]

mod model {
    pub const CLASSES: usize = 10;
}

const FILTERS: usize = 6;
const SIZE: usize = 3;

nn::network! {
    pub struct Net = Input<12, { 2 * 6 }, 1>
        => Conv2D<FILTERS, SIZE, strides = (1, 1)>
        => Conv2D<4, (SIZE, 2), padding = same>
        => MaxPool2D<(2, 2), strides = { 1 + 1 }>
        => Flatten
        => Dense<{ 2 * FILTERS }>
        => Dense<model::CLASSES>
        => Dense<{ crate::model::CLASSES }>;
}

fn main() {}
