//! `ConvLSTM1D` and `ConvLSTM2D`: an LSTM whose products are convolutions, of each step of the input and of the state.
//!
//! `i, f, o = recurrent_activation(…)`, `g = activation(…)`, `c = f · c + i · g`, `h = o · activation(c)`, where a gate's sum is
//! `x ∗ kernel + h ∗ recurrent_kernel + bias`; the state is convolved with `same` padding and without strides.
//!
//! The convolutions take their sizes as numbers: they are compiled once.
//!
//! Shi et al.: *Convolutional LSTM Network*, 2015, <https://arxiv.org/abs/1506.04214>.

#[cfg(feature = "alloc")]
mod backward;
#[cfg(feature = "alloc")]
mod drops;
mod forward;
mod windows;

#[cfg(feature = "alloc")]
pub use backward::backward;
#[cfg(feature = "alloc")]
pub use forward::forward;
pub use forward::infer;

use crate::element::Element;
use crate::shape::{self, Padding};
use windows::Windows;

/// The sizes of one layer; a step of a `ConvLSTM1D` is one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvLstmSizes {
    steps: usize,
    filters: usize,
    of_input: Windows,
    of_state: Windows,
    return_sequences: bool,
    go_backwards: bool,
    starts: bool,
    dropout: f64,
    recurrent_dropout: f64,
}

impl ConvLstmSizes {
    /// A layer. No size is 0.
    ///
    /// - `input`: steps, height, width, channels.
    /// - `kernel_size`, `strides`, `dilation_rate`: along height and width.
    pub const fn new(
        input: [usize; 4],
        filters: usize,
        kernel_size: [usize; 2],
        strides: [usize; 2],
        dilation_rate: [usize; 2],
        padding: Padding,
    ) -> Self {
        let [steps, height, width, channels] = input;
        let of_input =
            Windows::new([height, width, channels], 4 * filters, kernel_size, strides, dilation_rate, padding);
        let [rows, columns] = of_input.output;
        let of_state = Windows::new([rows, columns, filters], 4 * filters, kernel_size, [1; 2], [1; 2], Padding::Same);
        ConvLstmSizes {
            steps,
            filters,
            of_input,
            of_state,
            return_sequences: false,
            go_backwards: false,
            starts: false,
            dropout: 0.0,
            recurrent_dropout: 0.0,
        }
    }

    /// The same with the outputs of all steps as result.
    pub const fn sequences(self, return_sequences: bool) -> Self {
        ConvLstmSizes { return_sequences, ..self }
    }

    /// The same from the last step to the first.
    pub const fn backwards(self, go_backwards: bool) -> Self {
        ConvLstmSizes { go_backwards, ..self }
    }

    /// The same that starts from a state: what it is given or what it carries.
    pub const fn starts(self, starts: bool) -> Self {
        ConvLstmSizes { starts, ..self }
    }

    /// The same with shares of the inputs and of the states before a step that are dropped in training, the same ones in all
    /// steps of a sample.
    pub const fn dropouts(self, dropout: f64, recurrent_dropout: f64) -> Self {
        ConvLstmSizes { dropout, recurrent_dropout, ..self }
    }

    /// The elements of `h`, and of `c`.
    pub const fn state(&self) -> usize {
        self.of_input.output[0] * self.of_input.output[1] * self.filters
    }

    /// How many elements of scratch [`infer`] needs: the sums of the gates, and both states.
    pub const fn scratch_len(&self) -> usize {
        6 * self.state()
    }

    /// How many elements [`forward`] saves of each sample: these of each step, and the states before the first.
    pub const fn saved_len(&self) -> usize {
        self.steps * self.scratch_len() + self.start_len()
    }

    /// The elements of the states before the first step.
    const fn start_len(&self) -> usize {
        if self.starts { 2 * self.state() } else { 0 }
    }

    /// The elements of a sample of the input.
    #[cfg(feature = "alloc")]
    const fn input(&self) -> usize {
        self.steps * self.of_input.len()
    }

    /// The elements of a sample of the output.
    #[cfg(feature = "alloc")]
    const fn output(&self) -> usize {
        if self.return_sequences { self.steps * self.state() } else { self.state() }
    }

    /// Whether a sample takes the step at this place.
    #[inline(always)]
    fn keeps<T: Element>(&self, mask: Option<&[T]>, place: usize) -> bool {
        mask.is_none_or(|mask| mask.get(self.input_at(place)).is_none_or(|step| *step != T::zero()))
    }

    /// The step of the input that comes at this place.
    #[inline(always)]
    const fn input_at(&self, place: usize) -> usize {
        if self.go_backwards { self.steps - 1 - place } else { place }
    }
}

/// Kernel, recurrent kernel and bias, in Keras' layouts; `bias` may be empty.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// `[taps][channels][4 · filters]`.
    pub kernel: &'a [T],
    /// `[taps][filters][4 · filters]`.
    pub recurrent: &'a [T],
    /// `[4 · filters]`.
    pub bias: &'a [T],
}

/// The weights of a `ConvLSTM1D`. `GATES` is four times `FILTERS`, and `BIAS` that or 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct ConvLSTM1D<
    const K: usize,
    const C: usize,
    const FILTERS: usize,
    const GATES: usize,
    const BIAS: usize,
    T = f32,
> {
    /// `kernel[k][channel][gate and filter]`, the gates in the order i, f, c, o.
    pub kernel: [[[T; GATES]; C]; K],
    /// The same for the state.
    pub recurrent_kernel: [[[T; GATES]; FILTERS]; K],
    /// Empty with `use_bias = false`.
    pub bias: [T; BIAS],
}

/// The weights of a `ConvLSTM2D`. `GATES` is four times `FILTERS`, and `BIAS` that or 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct ConvLSTM2D<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const FILTERS: usize,
    const GATES: usize,
    const BIAS: usize,
    T = f32,
> {
    /// `kernel[row][column][channel][gate and filter]`, the gates in the order i, f, c, o.
    pub kernel: [[[[T; GATES]; C]; KW]; KH],
    /// The same for the state.
    pub recurrent_kernel: [[[[T; GATES]; FILTERS]; KW]; KH],
    /// Empty with `use_bias = false`.
    pub bias: [T; BIAS],
}

/// The weights of either as slices.
pub trait Parts<T> {
    /// To read.
    fn parts(&self) -> Weights<'_, T>;

    /// To add to: kernel, recurrent kernel, bias.
    fn parts_mut(&mut self) -> [&mut [T]; 3];
}

impl<const K: usize, const C: usize, const F: usize, const G: usize, const B: usize, T> Parts<T>
    for ConvLSTM1D<K, C, F, G, B, T>
{
    fn parts(&self) -> Weights<'_, T> {
        let (kernel, recurrent) = (self.kernel.as_flattened(), self.recurrent_kernel.as_flattened());
        Weights { kernel: kernel.as_flattened(), recurrent: recurrent.as_flattened(), bias: &self.bias }
    }

    fn parts_mut(&mut self) -> [&mut [T]; 3] {
        let (kernel, recurrent) = (self.kernel.as_flattened_mut(), self.recurrent_kernel.as_flattened_mut());
        [kernel.as_flattened_mut(), recurrent.as_flattened_mut(), &mut self.bias]
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const F: usize, const G: usize, const B: usize, T> Parts<T>
    for ConvLSTM2D<KH, KW, C, F, G, B, T>
{
    fn parts(&self) -> Weights<'_, T> {
        let kernel = self.kernel.as_flattened().as_flattened().as_flattened();
        let recurrent = self.recurrent_kernel.as_flattened().as_flattened().as_flattened();
        Weights { kernel, recurrent, bias: &self.bias }
    }

    fn parts_mut(&mut self) -> [&mut [T]; 3] {
        let kernel = self.kernel.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let recurrent = self.recurrent_kernel.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        [kernel, recurrent, &mut self.bias]
    }
}

/// The size of an output along an axis.
const fn windows_along(padding: Padding, input: usize, size: usize, stride: usize, dilation: usize) -> usize {
    shape::window(padding, input, size, stride, dilation)
}
