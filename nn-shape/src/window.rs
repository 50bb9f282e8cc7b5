//! Sliding windows along one axis.

/// Whether a window may hang over the edge of its input: Keras' `padding`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Padding {
    /// Only whole windows; the output shrinks.
    Valid,
    /// As many windows as strides fit; zeros stand for what lies outside.
    Same,
    /// The same number of windows, with all zeros before the input: no window sees what comes after its place.
    Causal,
}

/// How windows slide over the axes of an image: a kernel, or a pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows<const AXES: usize> {
    /// The elements under a window.
    pub size: [usize; AXES],
    /// How far it moves.
    pub strides: [usize; AXES],
    /// Whether it may hang over the edge.
    pub padding: Padding,
    /// How far its own elements lie apart.
    pub dilation: [usize; AXES],
}

impl<const AXES: usize> Windows<AXES> {
    /// How many of them fit on `input` along one axis; 0 if none.
    pub const fn count(&self, axis: usize, input: usize) -> usize {
        window(self.padding, input, self.size[axis], self.strides[axis], self.dilation[axis])
    }

    /// How many of them fit along each axis.
    pub(crate) const fn counts(&self, input: [usize; AXES]) -> [usize; AXES] {
        let mut counts = input;
        let mut axis = 0;
        while axis < AXES {
            counts[axis] = self.count(axis, input[axis]);
            axis += 1;
        }
        counts
    }
}

/// How many windows of `size` (spread by `dilation`) fit on `input` at a distance of `stride`; 0 if none.
///
/// ```
/// use nn_shape::{Padding, window};
/// assert_eq!(window(Padding::Valid, 28, 3, 1, 1), 26);
/// assert_eq!(window(Padding::Same, 7, 3, 2, 1), 4);
/// assert_eq!(window(Padding::Causal, 7, 3, 2, 1), 4);
/// assert_eq!(window(Padding::Valid, 3, 5, 1, 1), 0);
/// assert_eq!(window(Padding::Same, 7, 3, 0, 1), 0);
/// ```
pub const fn window(padding: Padding, input: usize, size: usize, stride: usize, dilation: usize) -> usize {
    // A size of zero has been reported by the rule of the layer: no second error from a division here.
    if input == 0 || size == 0 || stride == 0 {
        return 0;
    }
    match padding {
        Padding::Valid => match input.checked_sub(reach(size, dilation)) {
            Some(room) => room / stride + 1,
            None => 0,
        },
        Padding::Same | Padding::Causal => input.div_ceil(stride),
    }
}

/// Zeros before and after `input`, as TensorFlow deals them out: with `Same` the odd one goes after.
///
/// ```
/// use nn_shape::{Padding, padding};
/// assert_eq!(padding(Padding::Same, 8, 3, 2, 1), [0, 1]);
/// assert_eq!(padding(Padding::Same, 7, 3, 1, 1), [1, 1]);
/// assert_eq!(padding(Padding::Causal, 7, 3, 1, 2), [4, 0]);
/// assert_eq!(padding(Padding::Valid, 7, 3, 1, 1), [0, 0]);
/// ```
pub const fn padding(padding: Padding, input: usize, size: usize, stride: usize, dilation: usize) -> [usize; 2] {
    match padding {
        Padding::Valid => [0, 0],
        Padding::Same => {
            let steps = window(padding, input, size, stride, dilation).saturating_sub(1);
            let zeros = steps.saturating_mul(stride).saturating_add(reach(size, dilation)).saturating_sub(input);
            [zeros / 2, zeros - zeros / 2]
        }
        Padding::Causal => [reach(size, dilation) - 1, 0],
    }
}

/// How many outputs a transposed convolution has along an axis: `size`, `stride` and `dilation` are those of its windows, and
/// `more` is its `output_padding`; 0 if none.
///
/// It is the input of a convolution whose windows would be the elements of `input`. Without `output_padding`, there is room for the
/// largest distance between two windows, and with `Same` for as many strides as there are elements, as in Keras.
///
/// ```
/// use nn_shape::{Padding, transposed};
/// assert_eq!(transposed(Padding::Valid, 4, 3, 2, 1, None), 9);
/// assert_eq!(transposed(Padding::Valid, 4, 2, 3, 1, None), 12);
/// assert_eq!(transposed(Padding::Valid, 4, 3, 2, 1, Some(1)), 10);
/// assert_eq!(transposed(Padding::Same, 4, 3, 2, 1, None), 8);
/// assert_eq!(transposed(Padding::Same, 4, 3, 2, 1, Some(0)), 7);
/// ```
pub const fn transposed(
    padding: Padding,
    input: usize,
    size: usize,
    stride: usize,
    dilation: usize,
    more: Option<usize>,
) -> usize {
    // A size of zero has been reported by the rule of the layer.
    if input == 0 || size == 0 || stride == 0 {
        return 0;
    }
    let (windows, reach) = ((input - 1).saturating_mul(stride), reach(size, dilation));
    match (padding, more) {
        (Padding::Valid, Some(more)) => windows.saturating_add(reach).saturating_add(more),
        (Padding::Valid, None) => windows.saturating_add(if reach > stride { reach } else { stride }),
        (Padding::Same | Padding::Causal, Some(more)) => windows.saturating_add(reach % 2).saturating_add(more),
        (Padding::Same | Padding::Causal, None) => input.saturating_mul(stride),
    }
}

/// How far the first window of a transposed convolution hangs over the first edge of its output.
///
/// ```
/// use nn_shape::{Padding, transposed_before};
/// assert_eq!(transposed_before(Padding::Valid, 3, 2, 1, None), 0);
/// assert_eq!(transposed_before(Padding::Same, 3, 1, 1, None), 1);
/// assert_eq!(transposed_before(Padding::Same, 3, 2, 1, None), 0);
/// assert_eq!(transposed_before(Padding::Same, 3, 2, 1, Some(0)), 1);
/// ```
pub const fn transposed_before(
    padding: Padding,
    size: usize,
    stride: usize,
    dilation: usize,
    more: Option<usize>,
) -> usize {
    let reach = reach(size, dilation);
    match (padding, more) {
        (Padding::Valid, _) => 0,
        (Padding::Same | Padding::Causal, Some(more)) => (reach - reach % 2).saturating_sub(more) / 2,
        (Padding::Same | Padding::Causal, None) => reach.saturating_sub(stride) / 2,
    }
}

/// From the first to the last element under a window of `size` that is spread by `dilation`.
///
/// ```
/// assert_eq!(nn_shape::reach(3, 1), 3);
/// assert_eq!(nn_shape::reach(3, 2), 5);
/// ```
pub const fn reach(size: usize, dilation: usize) -> usize {
    size.saturating_sub(1).saturating_mul(dilation).saturating_add(1)
}

/// The largest window up to `size` that fits on `input`, spread by `dilation`.
///
/// ```
/// assert_eq!(nn_shape::largest_kernel(3, 5, 1), 3);
/// assert_eq!(nn_shape::largest_kernel(9, 5, 1), 5);
/// assert_eq!(nn_shape::largest_kernel(4, 5, 2), 2);
/// ```
pub const fn largest_kernel(input: usize, size: usize, dilation: usize) -> usize {
    let fits = if dilation == 0 || input == 0 { size } else { (input - 1) / dilation + 1 };
    if fits < size { fits } else { size }
}
