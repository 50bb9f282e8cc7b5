//! A compiled network and the interpreter: the same bits.

use bytemuck::Zeroable;
use fearless_simd::Simd;
use nn_core::train::{SHARD, Train};

use nn_run::{Real, Step as Interpreted};

use crate::case::Case;
use crate::interpreted::{self, Samples, buffers};
use crate::network::{self, inputs, with_params};
use crate::sample::elements_of;
use crate::simd::vectors;
use crate::training::Step;

/// Checks all that the case has of a compiled network, and that the interpreter computes the same bits: at inference, of
/// several samples at a time, forward and backward.
///
/// # Panics
///
/// If anything differs.
pub fn check<N: Train<Element: Real + Into<f64>>>(name: &str) {
    network::check::<N>(name);
    let case = Case::load(name);
    // On the vectors that the compiled networks of this suite have; Keras' cases run on the best of this machine.
    let run = interpreted::network::<N::Element>(&case).on(vectors().level());
    let compiled = with_params::<N>(&case, "param.");
    assert!(same(compiled.as_flat(), run.weights()), "{name}: the weights");
    let (x, samples) = (inputs::<N>(&case, "input."), Samples::of(&case, &run, ""));
    let (mut workspace, mut memory) = (N::workspace(), run.workspace());
    let mut outputs = buffers(&run);
    for (index, x) in x.iter().enumerate() {
        let mut y = Box::<N::Output>::new(Zeroable::zeroed());
        let simd = vectors();
        simd.vectorize(
            #[inline(always)]
            || compiled.forward(simd, x, &mut workspace, &mut y),
        );
        let mut slices: Vec<&mut [N::Element]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        run.infer(&samples.one(index), &mut memory, &mut slices).expect("inputs of the case");
        for (part, got) in outputs.iter().enumerate() {
            let want = elements_of::<_, N::Element>(&*y, part);
            assert!(same(got, &want), "{name}: output {part} of sample {index}: {got:?}, not {want:?}");
        }
    }
    for size in [SHARD, 2] {
        let mut want = Step::forward(&*compiled, &x, size);
        let mut got = Interpreted::in_shards(&run, &samples.all(), samples.count, size, 0).expect("inputs of the case");
        let mut dy = Vec::new();
        assert_eq!(got.penalty().to_bits(), want.penalty().to_bits(), "{name}: the penalty in shards of {size}");
        for part in 0..outputs.len() {
            let (got, want) = (got.output(part), want.output(part));
            assert!(same(&got, &want), "{name}: output {part} in training, shards of {size}: {got:?}, not {want:?}");
            // As good a gradient as any.
            dy.push(want);
        }
        let slices: Vec<&[N::Element]> = dy.iter().map(Vec::as_slice).collect();
        let (got, want) = (got.backward(&slices).expect("gradients of all outputs"), want.backward(&dy));
        for param in N::PARAMS {
            let range = param.range();
            assert!(
                same(&got.weights[range.clone()], &want.params.as_flat()[range]),
                "{name}: the gradient of {} in shards of {size}",
                param.name,
            );
        }
        for (part, (got, want)) in got.inputs.iter().zip(&want.inputs).enumerate() {
            assert!(same(got, want), "{name}: the gradient of input {part} in shards of {size}");
        }
    }
}

/// Whether two slices have the same bits.
fn same<T: Real + Into<f64>>(a: &[T], b: &[T]) -> bool {
    let bits = |x: &T| -> u64 { (*x).into().to_bits() };
    a.len() == b.len() && a.iter().map(bits).eq(b.iter().map(bits))
}
