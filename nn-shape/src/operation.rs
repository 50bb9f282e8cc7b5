//! The functions of single elements that `keras.ops` has and layers do not: one table, from which their rows in the compiler, their
//! kernels and what the interpreter calls are made.

/// Calls the macro `$then` with the table: documentation, name, and what the derivative is computed from.
#[macro_export]
macro_rules! operations {
    ($then:ident) => {
        $then! {
            #[doc = "`|x|`; the derivative at 0 is 0."]
            Abs: Input,
            #[doc = "The natural logarithm: -∞ of 0, not a number below."]
            Log: Input,
            #[doc = "The square root: not a number below 0."]
            Sqrt: Output,
            #[doc = "`1 / √x`."]
            Rsqrt: Output,
            #[doc = "`x²`."]
            Square: Input,
            #[doc = "`1 / x`."]
            Reciprocal: Output,
            #[doc = "-1, 0 or 1; the derivative is 0."]
            Sign: Output,
            #[doc = "The largest whole number that is not above `x`; the derivative is 0."]
            Floor: Output,
            #[doc = "The smallest whole number that is not below `x`; the derivative is 0."]
            Ceil: Output,
            #[doc = "The nearest whole number, of two the even one; the derivative is 0."]
            Round: Output,
            #[doc = "The sine of an angle in radians."]
            Sin: Input,
            #[doc = "The cosine of an angle in radians."]
            Cos: Input,
            #[doc = "The error function."]
            Erf: Input,
        }
    };
}

macro_rules! list {
    ($(#[doc = $doc:literal] $name:ident: $keeps:ident,)*) => {
        /// A function of single elements with the name and the meaning that it has in `keras.ops`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $(#[doc = $doc] $name,)*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &'static [Operation] = &[$(Operation::$name),*];

            /// As Keras writes it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Operation::$name => stringify!($name),)*
                }
            }

            /// Whether the derivative needs what went in; otherwise what came out is enough.
            pub const fn keeps_input(self) -> bool {
                match self {
                    $(Operation::$name => matches!(Keeps::$keeps, Keeps::Input),)*
                }
            }
        }
    };
}

/// What a derivative is computed from.
enum Keeps {
    Input,
    Output,
}

operations!(list);
