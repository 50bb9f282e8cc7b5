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

/// [`padding`] along each axis of space; `input` may have its channels behind them.
///
/// ```
/// use nn_shape::{Padding, pads};
/// assert_eq!(pads(Padding::Same, &[8, 7, 16], [3, 3], [2, 1], [1, 1]), [[0, 1], [1, 1]]);
/// ```
pub const fn pads<const AXES: usize>(
    kind: Padding,
    input: &[usize],
    size: [usize; AXES],
    strides: [usize; AXES],
    dilation: [usize; AXES],
) -> [[usize; 2]; AXES] {
    let (mut pads, mut axis) = ([[0; 2]; AXES], 0);
    while axis < AXES {
        pads[axis] = padding(kind, input[axis], size[axis], strides[axis], dilation[axis]);
        axis += 1;
    }
    pads
}

/// How many windows fit on `input` with so many elements more before and behind it; 0 if none.
///
/// ```
/// use nn_shape::{Padding, padded_window, padding, window};
/// assert_eq!(padded_window(8, [1, 1], 3, 2, 1), 4);
/// assert_eq!(padded_window(8, padding(Padding::Same, 8, 3, 2, 1), 3, 2, 1), window(Padding::Same, 8, 3, 2, 1));
/// ```
pub const fn padded_window(
    input: usize,
    [before, behind]: [usize; 2],
    size: usize,
    stride: usize,
    dilation: usize,
) -> usize {
    if input == 0 {
        return 0;
    }
    window(Padding::Valid, input.saturating_add(before).saturating_add(behind), size, stride, dilation)
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
    padded_transposed(input, transposed_ends(padding, size, stride, dilation, more), size, stride, dilation)
}

/// What is cut off the windows of a transposed convolution before and behind its output, and how many outputs lie behind the last
/// window: with `n` inputs there are [`padded_transposed`] outputs, which are as many as [`transposed`] says.
///
/// ```
/// use nn_shape::{Padding, transposed_ends};
/// assert_eq!(transposed_ends(Padding::Valid, 3, 2, 1, None), [0, 0, 0]);
/// assert_eq!(transposed_ends(Padding::Valid, 2, 3, 1, None), [0, 0, 1]);
/// assert_eq!(transposed_ends(Padding::Same, 3, 1, 1, None), [1, 1, 0]);
/// assert_eq!(transposed_ends(Padding::Same, 3, 2, 1, None), [0, 1, 0]);
/// assert_eq!(transposed_ends(Padding::Same, 3, 2, 1, Some(0)), [1, 1, 0]);
/// ```
pub const fn transposed_ends(
    padding: Padding,
    size: usize,
    stride: usize,
    dilation: usize,
    more: Option<usize>,
) -> [usize; 3] {
    let reach = reach(size, dilation);
    // What is kept of the last window.
    let last = match (padding, more) {
        (Padding::Valid, Some(more)) => reach.saturating_add(more),
        (Padding::Valid, None) if reach > stride => reach,
        (Padding::Same | Padding::Causal, Some(more)) => (reach % 2).saturating_add(more),
        (Padding::Valid | Padding::Same | Padding::Causal, None) => stride,
    };
    let cut = reach.saturating_sub(last);
    [cut / 2, cut - cut / 2, last.saturating_sub(reach)]
}

/// How many outputs a transposed convolution has along an axis whose windows lose so many elements at the ends; 0 if none.
///
/// ```
/// assert_eq!(nn_shape::padded_transposed(4, [1, 1, 1], 3, 2, 1), 8);
/// ```
pub const fn padded_transposed(
    input: usize,
    [before, behind, more]: [usize; 3],
    size: usize,
    stride: usize,
    dilation: usize,
) -> usize {
    // A size of zero has been reported by the rule of the layer.
    if input == 0 || size == 0 || stride == 0 {
        return 0;
    }
    let whole = (input - 1).saturating_mul(stride).saturating_add(reach(size, dilation));
    whole.saturating_sub(before).saturating_sub(behind).saturating_add(more)
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
