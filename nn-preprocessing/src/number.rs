//! The types of results.

/// A type of number that results can be of: integers and floats.
///
/// Sealed: the integers from `u8` to `u64` and from `i8` to `i64`, `usize`, `isize`, `f32` and `f64`.
pub trait Number: Copy + Default + PartialEq + Send + Sync + 'static + sealed::Number {}

pub(crate) mod sealed {
    /// What the crate does with results.
    pub trait Number: Sized {
        /// The name of the type.
        const NAME: &'static str;
        /// Whether it has fractions.
        const FLOAT: bool;
        /// The number of this index, if the type has it.
        fn from_index(index: usize) -> Option<Self>;
        /// The number nearest to this one, whole numbers only for types of those.
        fn from_f64(value: f64) -> Option<Self>;
        /// The number, rounded to an `f64`.
        fn to_f64(self) -> f64;
        /// The whole number towards zero.
        fn to_i64(self) -> Option<i64>;
    }
}

macro_rules! integer {
    ($($number:ident)+) => {$(
        impl sealed::Number for $number {
            const NAME: &'static str = stringify!($number);
            const FLOAT: bool = false;

            #[inline]
            fn from_index(index: usize) -> Option<Self> {
                Self::try_from(index).ok()
            }

            #[inline]
            fn from_f64(value: f64) -> Option<Self> {
                // Exact for every whole number that an `f64` has in the range: the comparison fails where `as` saturates.
                let number = value as $number;
                (number as f64 == value).then_some(number)
            }

            #[inline]
            fn to_f64(self) -> f64 {
                self as f64
            }

            #[inline]
            fn to_i64(self) -> Option<i64> {
                i64::try_from(self).ok()
            }
        }

        impl Number for $number {}
    )+};
}

macro_rules! float {
    ($($number:ident)+) => {$(
        impl sealed::Number for $number {
            const NAME: &'static str = stringify!($number);
            const FLOAT: bool = true;

            #[inline]
            fn from_index(index: usize) -> Option<Self> {
                Some(index as $number)
            }

            #[inline]
            fn from_f64(value: f64) -> Option<Self> {
                Some(value as $number)
            }

            #[inline]
            fn to_f64(self) -> f64 {
                self.into()
            }

            #[inline]
            fn to_i64(self) -> Option<i64> {
                // 2^63 is no `i64`, and the largest float below it is one.
                let value = f64::from(self);
                (-(2_f64.powi(63)) <= value && value < 2_f64.powi(63)).then_some(value as i64)
            }
        }

        impl Number for $number {}
    )+};
}

integer!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
float!(f32 f64);
