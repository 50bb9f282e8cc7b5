//! The shape rules of the `nn` crate, as `const fn`s without dependencies.
//!
//! The macro calls them with the sizes it sees; where a size is a `const` of the user's, the
//! compiler calls them while it evaluates constants. So both speak the same sentences.
#![no_std]
#![forbid(unsafe_code)]

pub mod memory;

/// Whether a window may hang over the edge of its input: Keras' `padding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Only whole windows; the output shrinks.
    Valid,
    /// As many windows as strides fit; zeros stand for what lies outside.
    Same,
}

/// How many windows of `size` (spread by `dilation`) fit on `input` at a distance of `stride`; 0 if none.
///
/// ```
/// use nn_shape::{Padding, window};
/// assert_eq!(window(Padding::Valid, 28, 3, 1, 1), 26);
/// assert_eq!(window(Padding::Same, 7, 3, 2, 1), 4);
/// assert_eq!(window(Padding::Valid, 3, 5, 1, 1), 0);
/// ```
pub const fn window(padding: Padding, input: usize, size: usize, stride: usize, dilation: usize) -> usize {
    let span = dilation * (size - 1) + 1;
    match padding {
        Padding::Valid if input < span => 0,
        Padding::Valid => (input - span) / stride + 1,
        Padding::Same => input.div_ceil(stride),
    }
}

/// Zeros before and after `input`, as TensorFlow deals them out: the odd one goes after.
///
/// ```
/// use nn_shape::{Padding, padding};
/// assert_eq!(padding(Padding::Same, 8, 3, 2, 1), [0, 1]);
/// assert_eq!(padding(Padding::Same, 7, 3, 1, 1), [1, 1]);
/// assert_eq!(padding(Padding::Valid, 7, 3, 1, 1), [0, 0]);
/// ```
pub const fn padding(padding: Padding, input: usize, size: usize, stride: usize, dilation: usize) -> [usize; 2] {
    match padding {
        Padding::Valid => [0, 0],
        Padding::Same => {
            let needed = (window(padding, input, size, stride, dilation) - 1) * stride + dilation * (size - 1) + 1;
            let zeros = needed.saturating_sub(input);
            [zeros / 2, zeros - zeros / 2]
        }
    }
}
