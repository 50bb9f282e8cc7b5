//! The functions of single elements that are operations of `keras.ops`.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Activation, Keeps, splat};
use crate::element::Element;
use crate::kernels::{frame, math};
use crate::shape::Operation;

/// What the table of operations says of each.
trait Row {
    const KEEPS: Keeps;
}

macro_rules! structs {
    ($(#[doc = $doc:literal] $name:ident: $keeps:ident,)*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, PartialEq)]
            pub struct $name;

            impl Row for $name {
                const KEEPS: Keeps = Keeps::$keeps;
            }
        )*

        impl<T: Element> Activation<T> for Operation {
            // Of some of them it is the input: `keeps` says of which.
            const KEEPS: Keeps = Keeps::Output;

            #[inline(always)]
            fn apply<S: Simd>(self, simd: S, mut x: T::Vector<S>) -> T::Vector<S> {
                apply::<S, T>(simd, self, &mut x);
                x
            }

            #[inline(always)]
            fn derivative<S: Simd>(self, simd: S, mut kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
                derivative::<S, T>(simd, self, &mut kept, &dy);
                kept
            }

            #[inline(always)]
            fn keeps(self) -> Keeps {
                if self.keeps_input() { Keeps::Input } else { Keeps::Output }
            }
        }

        /// Which operation it is, is known while the program runs. Out of line: what calls it knows all of the others too, and is
        /// there many times.
        #[inline(never)]
        fn apply<S: Simd, T: Element>(simd: S, operation: Operation, x: &mut T::Vector<S>) {
            frame::vectorize(
                simd,
                #[inline(always)]
                || {
                    *x = match operation {
                        $(Operation::$name => Activation::<T>::apply($name, simd, *x),)*
                    };
                },
            );
        }

        #[inline(never)]
        fn derivative<S: Simd, T: Element>(simd: S, operation: Operation, kept: &mut T::Vector<S>, dy: &T::Vector<S>) {
            frame::vectorize(
                simd,
                #[inline(always)]
                || {
                    *kept = match operation {
                        $(Operation::$name => Activation::<T>::derivative($name, simd, *kept, *dy),)*
                    };
                },
            );
        }
    };
}

crate::shape::operations!(structs);

/// `f(x)`, and `dy · f'` from what is kept.
macro_rules! operation {
    ($name:ident: |$simd:ident, $x:ident| $apply:expr, |$kept:ident, $dy:ident| $derivative:expr) => {
        impl<T: Element> Activation<T> for $name {
            const KEEPS: Keeps = <$name as Row>::KEEPS;

            #[inline(always)]
            fn apply<S: Simd>(self, $simd: S, $x: T::Vector<S>) -> T::Vector<S> {
                $apply
            }

            #[inline(always)]
            fn derivative<S: Simd>(self, $simd: S, $kept: T::Vector<S>, $dy: T::Vector<S>) -> T::Vector<S> {
                let _ = ($simd, $kept);
                $derivative
            }
        }
    };
}

operation!(Abs: |simd, x| { let _ = simd; x.abs() }, |x, dy| dy * sign::<S, T>(simd, x));
operation!(Log: |simd, x| math::ln::<S, T>(simd, x), |x, dy| dy / x);
operation!(Sqrt: |simd, x| { let _ = simd; x.sqrt() }, |y, dy| dy / (y + y));
operation!(Rsqrt: |simd, x| one::<S, T>(simd) / x.sqrt(), |y, dy| dy * (y * y * y) * T::from_f64(-0.5));
operation!(Square: |simd, x| { let _ = simd; x * x }, |x, dy| dy * (x + x));
operation!(Reciprocal: |simd, x| one::<S, T>(simd) / x, |y, dy| dy * (y * y) * -T::one());
operation!(Sign: |simd, x| sign::<S, T>(simd, x), |y, dy| dy * T::zero());
operation!(Floor: |simd, x| { let _ = simd; x.floor() }, |y, dy| dy * T::zero());
operation!(Ceil: |simd, x| { let _ = simd; x.ceil() }, |y, dy| dy * T::zero());
operation!(Round: |simd, x| { let _ = simd; x.round_ties_even() }, |y, dy| dy * T::zero());
operation!(Sin: |simd, x| math::sin::<S, T>(simd, x), |x, dy| dy * math::cos::<S, T>(simd, x));
operation!(Cos: |simd, x| math::cos::<S, T>(simd, x), |x, dy| dy * -math::sin::<S, T>(simd, x));
operation!(Erf: |simd, x| math::erf::<S, T>(simd, x), |x, dy| {
    dy * math::exp::<S, T>(simd, -(x * x)) * T::from_f64(core::f64::consts::FRAC_2_SQRT_PI)
});

#[inline(always)]
fn one<S: Simd, T: Element>(simd: S) -> T::Vector<S> {
    splat::<S, T>(simd, 1.0)
}

/// -1, 0 or 1, and what is not a number where that went in.
#[inline(always)]
fn sign<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let signed = one::<S, T>(simd).copysign(x);
    (x.simd_gt(T::zero()) | x.simd_lt(T::zero())).select(signed, x)
}

/// `x`, but not below `min` and not above `max`; at both the derivative is 1.
///
/// ```
/// use nn_core::activations::Clip;
/// use nn_core::rt::dispatch;
/// use nn_core::rt::fearless_simd::Level;
///
/// let mut y = [-2.0_f64, 0.5, 7.0];
/// dispatch!(Level::baseline(), simd => nn_core::layers::activation::in_place(simd, &mut y, Clip { min: 0.0, max: 1.0 }));
/// assert_eq!(y, [0.0, 0.5, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    /// The least result.
    pub min: f64,
    /// The largest result.
    pub max: f64,
}

impl<T: Element> Activation<T> for Clip {
    const KEEPS: Keeps = Keeps::Input;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        let [min, max] = [self.min, self.max].map(|bound| splat::<S, T>(simd, bound));
        // What is not a number is neither below nor above.
        let x = x.simd_lt(min).select(min, x);
        x.simd_gt(max).select(max, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let outside = x.simd_lt(T::from_f64(self.min)) | x.simd_gt(T::from_f64(self.max));
        outside.select(splat::<S, T>(simd, 0.0), dy)
    }
}

/// `x` to a power: by multiplications for whole numbers up to 64 either way, by a root for halves of ±1, and else as
/// `exp(p · ln x)`, which is not a number below 0.
///
/// ```
/// use nn_core::activations::Power;
/// use nn_core::rt::dispatch;
/// use nn_core::rt::fearless_simd::Level;
///
/// let mut y = [-2.0_f64, 0.5];
/// dispatch!(Level::baseline(), simd => nn_core::layers::activation::in_place(simd, &mut y, Power(3.0)));
/// assert_eq!(y, [-8.0, 0.125]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power(pub f64);

/// Whole exponents up to this are multiplied out.
const MOST_FACTORS: f64 = 64.0;

impl<T: Element> Activation<T> for Power {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, mut x: T::Vector<S>) -> T::Vector<S> {
        power::<S, T>(simd, self.0, &mut x);
        x
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, mut x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        power::<S, T>(simd, self.0 - 1.0, &mut x);
        dy * x * T::from_f64(self.0)
    }
}

/// `x` to the power; out of line as [`apply`].
#[inline(never)]
fn power<S: Simd, T: Element>(simd: S, exponent: f64, x: &mut T::Vector<S>) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let size = if exponent < 0.0 { -exponent } else { exponent };
            // As a cast cuts off what is not whole, and the largest is small, this compares exactly.
            let whole = size <= MOST_FACTORS && f64::from(size as u32) == size;
            let result = if size == 0.5 {
                x.sqrt()
            } else if whole {
                let (mut factors, mut square, mut product) = (size as u32, *x, one::<S, T>(simd));
                while factors > 0 {
                    if factors & 1 == 1 {
                        product *= square;
                    }
                    square *= square;
                    factors >>= 1;
                }
                product
            } else {
                *x = math::exp::<S, T>(simd, math::ln::<S, T>(simd, *x) * T::from_f64(exponent));
                return;
            };
            *x = if exponent < 0.0 { one::<S, T>(simd) / result } else { result };
        },
    );
}
