//! Kernels that are compiled in this crate, once for each type of elements and each kind of vectors.
//!
//! A function that is generic over its vectors is compiled anew in every program that uses it, with the optimization of that
//! program. What takes its sizes as numbers, and is as fast so, need not be generic where it is called: it is called through this
//! trait. Convolutions are not as fast (in training half as fast as with constant sizes, as measured), so that only the interpreter
//! calls theirs: they are there with the feature `numbers`.

use alloc::vec::Vec;

use fearless_simd::Level;

use super::gemm::{self, Left};
use super::vectors::dispatch_each;
#[cfg(feature = "numbers")]
use crate::activations::AnyActivation;
#[cfg(feature = "numbers")]
use crate::geometry::Geometry;
#[cfg(feature = "numbers")]
use crate::layers::conv2d::{Conv2DNumbers, Conv2DSizes, Conv2DTraining};
#[cfg(feature = "numbers")]
use crate::layers::epilogue::Epilogue;

/// `f32` and `f64`: the types that there are kernels for.
pub trait Prebuilt: Sized + 'static {
    /// [`gemm::multiply`] on these vectors.
    #[doc(hidden)]
    fn multiply(level: Level, sizes: [usize; 3], a: Left<'_, Self>, b: &[Self], c: &mut [Self]);

    /// [`gemm::multiply_transposed`] on these vectors.
    #[doc(hidden)]
    fn multiply_transposed(
        level: Level,
        sizes: [usize; 3],
        a: &[Self],
        b: &[Self],
        c: &mut [Self],
        scratch: &mut Vec<Self>,
    );

    /// [`Conv2DNumbers::infer`] on these vectors.
    #[doc(hidden)]
    #[cfg(feature = "numbers")]
    fn conv2d_infer(
        level: Level,
        layer: &Conv2DNumbers<Self>,
        kernel: &[Self],
        x: &[Self],
        y: &mut [Self],
        scratch: &mut [Self],
        epilogue: Epilogue<'_, Self, AnyActivation, AnyActivation>,
    );

    /// What training of a convolution goes by: planned when it is first asked for, then looked up.
    #[doc(hidden)]
    #[cfg(feature = "numbers")]
    fn conv2d(sizes: &Conv2DSizes) -> &'static Conv2DTraining<Self>;

    /// [`Conv2DTraining::forward`] on these vectors: kernel, bias and activation; the number of samples and the samples.
    #[doc(hidden)]
    #[cfg(feature = "numbers")]
    fn conv2d_forward(
        level: Level,
        layer: &Conv2DTraining<Self>,
        weights: (&[Self], &[Self], AnyActivation),
        x: (usize, &[Self]),
        y: &mut [Self],
        scratch: &mut Vec<Self>,
    );

    /// [`Conv2DTraining::backward`] on these vectors: the samples and the gradients of the outputs; those of kernel and bias.
    #[doc(hidden)]
    #[cfg(feature = "numbers")]
    #[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
    fn conv2d_backward(
        level: Level,
        layer: &Conv2DTraining<Self>,
        kernel: &[Self],
        samples: usize,
        inputs: [&[Self]; 2],
        gradients: [&mut [Self]; 2],
        dx: Option<&mut [Self]>,
        scratch: &mut Vec<Self>,
    );
}

macro_rules! prebuilt {
    ($($element:ty)*) => { $(
        impl Prebuilt for $element {
            #[inline(never)]
            fn multiply(level: Level, sizes: [usize; 3], a: Left<'_, Self>, b: &[Self], c: &mut [Self]) {
                dispatch_each!(level, simd => gemm::multiply_on(simd, sizes, a, b, c));
            }

            #[inline(never)]
            fn multiply_transposed(
                level: Level,
                sizes: [usize; 3],
                a: &[Self],
                b: &[Self],
                c: &mut [Self],
                scratch: &mut Vec<Self>,
            ) {
                dispatch_each!(level, simd => gemm::multiply_transposed_on(simd, sizes, a, b, c, scratch));
            }

            #[cfg(feature = "numbers")]
            #[inline(never)]
            fn conv2d_infer(
                level: Level,
                layer: &Conv2DNumbers<Self>,
                kernel: &[Self],
                x: &[Self],
                y: &mut [Self],
                scratch: &mut [Self],
                epilogue: Epilogue<'_, Self, AnyActivation, AnyActivation>,
            ) {
                dispatch_each!(level, simd => layer.infer(simd, kernel, x, y, scratch, epilogue));
            }

            #[cfg(feature = "numbers")]
            #[inline(never)]
            fn conv2d(sizes: &Conv2DSizes) -> &'static Conv2DTraining<Self> {
                static KNOWN: Plans<$element> = Plans::new();
                KNOWN.of(sizes)
            }

            #[cfg(feature = "numbers")]
            #[inline(never)]
            fn conv2d_forward(
                level: Level,
                layer: &Conv2DTraining<Self>,
                (kernel, bias, activation): (&[Self], &[Self], AnyActivation),
                (samples, x): (usize, &[Self]),
                y: &mut [Self],
                scratch: &mut Vec<Self>,
            ) {
                dispatch_each!(level, simd => layer.forward(simd, kernel, bias, samples, x, y, activation, scratch));
            }

            #[cfg(feature = "numbers")]
            #[inline(never)]
            fn conv2d_backward(
                level: Level,
                layer: &Conv2DTraining<Self>,
                kernel: &[Self],
                samples: usize,
                [x, dy]: [&[Self]; 2],
                [dkernel, dbias]: [&mut [Self]; 2],
                dx: Option<&mut [Self]>,
                scratch: &mut Vec<Self>,
            ) {
                dispatch_each!(level, simd => layer.backward(simd, kernel, samples, x, dy, dkernel, dbias, dx, scratch));
            }
        }
    )* };
}

prebuilt!(f32 f64);

/// The plans of all convolutions that a program has trained: a few, which stay.
#[cfg(feature = "numbers")]
struct Plans<T: 'static>(std::sync::RwLock<Vec<&'static Conv2DTraining<T>>>);

#[cfg(feature = "numbers")]
impl<T: crate::Element> Plans<T> {
    const fn new() -> Self {
        Plans(std::sync::RwLock::new(Vec::new()))
    }

    fn of(&self, sizes: &Conv2DSizes) -> &'static Conv2DTraining<T> {
        let find = |known: &[&'static Conv2DTraining<T>]| known.iter().find(|layer| layer.sizes() == *sizes).copied();
        // What another thread has left when it ended badly is a list of whole plans all the same.
        let known = find(&self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner));
        known.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            find(&all).unwrap_or_else(|| {
                let layer: &Conv2DTraining<T> =
                    alloc::boxed::Box::leak(alloc::boxed::Box::new(Conv2DTraining::new(*sizes)));
                all.push(layer);
                layer
            })
        })
    }
}
