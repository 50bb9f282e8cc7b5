//! The layers of [`network!`](crate::network), one item each: arguments, shapes, defaults, examples.
//!
//! The items hold no code; the macro refers to them, so that hover and go-to-definition work on a layer's name.
