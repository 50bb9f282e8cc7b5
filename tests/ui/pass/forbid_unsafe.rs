//! The macro emits no `unsafe`.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

nn::network! {
    /// Digits.
    pub struct Net = Input<8, 8, 1> => Conv2D<4, 3, padding = same> => BatchNorm => ReLU => MaxPool2D<2> => Flatten => Dense<10>;
}

fn main() {}
