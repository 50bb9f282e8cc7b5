//! An activation that is chosen while the program runs.

use fearless_simd::Simd;

use super::{
    Activation, Clip, Elu, Exponential, Gelu, GeluApproximate, HardSigmoid, HardSwish, Keeps, LeakyRelu, Linear, Mish,
    Power, Relu, Relu6, ReluOptions, Rescaling, Selu, Sigmoid, SignedSqrt, Softplus, Softsign, Swish, Tanh,
};
use crate::element::Element;
use crate::shape::Operation;

macro_rules! any {
    ($($name:ident,)*) => {
        /// Any activation of this crate, for kernels that learn which one while the program runs.
        ///
        /// The results have the bits of the activation itself; the choice is made anew for each vector.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum AnyActivation {
            $(#[doc = concat!("[`", stringify!($name), "`].")] $name($name),)*
        }

        $(impl From<$name> for AnyActivation {
            fn from(activation: $name) -> Self {
                AnyActivation::$name(activation)
            }
        })*

        impl<T: Element> Activation<T> for AnyActivation {
            // Of some of them it is the input: `keeps` says of which.
            const KEEPS: Keeps = Keeps::Output;

            #[inline(always)]
            fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
                match self {
                    $(AnyActivation::$name(activation) => Activation::<T>::apply(activation, simd, x),)*
                }
            }

            #[inline(always)]
            fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
                match self {
                    $(AnyActivation::$name(activation) => Activation::<T>::derivative(activation, simd, kept, dy),)*
                }
            }

            #[inline(always)]
            fn keeps(self) -> Keeps {
                match self {
                    $(AnyActivation::$name(activation) => Activation::<T>::keeps(activation),)*
                }
            }

            #[inline(always)]
            fn is_monotone(self) -> bool {
                match self {
                    $(AnyActivation::$name(_) => <$name as Activation<T>>::MONOTONE,)*
                }
            }
        }
    };
}

any! {
    Linear, Relu, Relu6, LeakyRelu, ReluOptions, Elu, Selu, Exponential, Sigmoid, HardSigmoid, Tanh, Softplus, Softsign,
    Swish, HardSwish, Mish, Gelu, GeluApproximate, Rescaling, Clip, Power, Operation, SignedSqrt,
}
