//! The kernels, compiled here for both types of elements: a program that uses this crate compiles none of them.

use nn_core::Element;
use nn_core::rt::dispatch_each;
use nn_core::rt::fearless_simd::Level;

use crate::stage::{Sample, Stage};
use crate::training::{Pass, Shard, Training};

/// What runs programs.
pub(crate) trait Engine<T: Element>: Send + Sync {
    /// One sample through the steps of inference.
    fn infer(&self, level: Level, stage: &Stage<T>, sample: Sample<'_, '_, T>);

    /// A shard through a phase of training.
    fn forward(&self, level: Level, training: &Training<T>, phase: usize, pass: &Pass<'_, T>, shard: &mut Shard<T>);

    /// And back.
    fn backward(
        &self,
        level: Level,
        training: &Training<T>,
        phase: usize,
        pass: &Pass<'_, T>,
        shard: &mut Shard<T>,
        gradients: &mut [T],
    );
}

/// `f32` or `f64`.
pub trait Real: Element + private::Sealed {
    #[doc(hidden)]
    const DOUBLE: bool;
}

pub(crate) mod private {
    use super::Engine;
    use nn_core::Element;

    #[allow(private_interfaces)]
    pub trait Sealed: Sized {
        #[doc(hidden)]
        fn engine() -> &'static dyn Engine<Self>
        where
            Self: Element;
    }
}

struct Kernels;

macro_rules! engine {
    ($type:ty, $double:literal) => {
        impl Real for $type {
            const DOUBLE: bool = $double;
        }

        #[allow(private_interfaces)]
        impl private::Sealed for $type {
            fn engine() -> &'static dyn Engine<Self> {
                &Kernels
            }
        }

        impl Engine<$type> for Kernels {
            fn infer(&self, level: Level, stage: &Stage<$type>, sample: Sample<'_, '_, $type>) {
                dispatch_each!(level, simd => stage.run(simd, sample));
            }

            fn forward(
                &self,
                level: Level,
                training: &Training<$type>,
                phase: usize,
                pass: &Pass<'_, $type>,
                shard: &mut Shard<$type>,
            ) {
                dispatch_each!(level, simd => training.forward(simd, phase, pass, shard));
            }

            fn backward(
                &self,
                level: Level,
                training: &Training<$type>,
                phase: usize,
                pass: &Pass<'_, $type>,
                shard: &mut Shard<$type>,
                gradients: &mut [$type],
            ) {
                dispatch_each!(level, simd => training.backward(simd, phase, pass, shard, gradients));
            }
        }
    };
}

engine!(f32, false);
engine!(f64, true);
