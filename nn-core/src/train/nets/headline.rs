//! Two inputs, one of them ids, and two outputs, in f64:
//!
//! ```text
//! (ids: Input<4, dtype = u32>, extra: Input<2>) -> (main, tags) {
//!     let steps = ids => Embedding<5, 3>;
//!     let main = Concatenate(mean of steps, extra) => Dense<2>;
//!     let tags = steps => Dense<3, activation = softmax>;
//! }
//! ```
//!
//! [`Masked`] is the same with `mask_zero = true`: `tags` has a mask, and the mean is one over all steps all the same.

use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;

use super::{dense, dense_backward, layer, param};
use crate::layers::dense::Dense;
use crate::network::Network;
use crate::params::{LayerInfo, Param};
use crate::record::{BadInput, Dtype, Part, Record, check_ids};
use crate::rt;
use crate::tensor::{Tensor1, Tensor2};
use crate::train::{Activations, OutputActivation, Pass, Shard, Train};

const STEPS: usize = 4;
const IDS: usize = 5;
const WIDTH: usize = 3;
const TAGS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Headline {
    pub embeddings: [[f64; WIDTH]; IDS],
    pub main: Dense<5, 2, f64>,
    pub tags: Dense<WIDTH, TAGS, f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(transparent)]
pub(crate) struct Masked(pub Headline);

#[derive(Clone, Copy, Debug, PartialEq, Zeroable)]
#[repr(C)]
pub(crate) struct HeadlineInput {
    pub ids: Tensor1<STEPS, u32>,
    pub extra: Tensor1<2, f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct HeadlineOutput {
    pub main: Tensor1<2, f64>,
    pub tags: Tensor2<STEPS, TAGS, f64>,
}

macro_rules! record {
    ($name:ident, $parts:ty, $($field:ident: $shape:expr, $dtype:ident, $index:literal;)+) => {
        impl Record for $name {
            type Parts = $parts;
            const PARTS: &'static [Part] =
                &[$(Part { name: stringify!($field), shape: &$shape, dtype: Dtype::$dtype }),+];

            fn part(&self, index: usize) -> &[u8] {
                match index {
                    $($index => bytemuck::bytes_of(&self.$field),)+
                    _ => &[],
                }
            }

            fn part_mut(&mut self, index: usize) -> &mut [u8] {
                match index {
                    $($index => bytemuck::bytes_of_mut(&mut self.$field),)+
                    _ => &mut [],
                }
            }
        }
    };
}

record! { HeadlineInput, (Tensor1<STEPS, u32>, Tensor1<2, f64>), ids: [STEPS], U32, 0; extra: [2], F64, 1; }
record! {
    HeadlineOutput, (Tensor1<2, f64>, Tensor2<STEPS, TAGS, f64>),
    main: [2], F64, 0; tags: [STEPS, TAGS], F64, 1;
}

#[derive(Clone, Debug)]
pub(crate) struct Buffers<const MASKED: bool> {
    ids: Vec<u32>,
    extra: Vec<f64>,
    steps: Vec<f64>,
    joined: Vec<f64>,
    main: Vec<f64>,
    logits: Vec<f64>,
    tags: Vec<f64>,
    mask: Vec<f64>,
}

impl<const MASKED: bool> Activations for Buffers<MASKED> {
    type Element = f64;

    fn new(samples: usize) -> Self {
        let zeros = |size| vec![0.0; samples * size];
        Self {
            ids: vec![0; samples * STEPS],
            extra: zeros(2),
            steps: zeros(STEPS * WIDTH),
            joined: zeros(5),
            main: zeros(2),
            logits: zeros(STEPS * TAGS),
            tags: zeros(STEPS * TAGS),
            mask: zeros(STEPS),
        }
    }
    fn resize(&mut self, samples: usize) {
        self.ids.resize(samples * STEPS, 0);
        self.extra.resize(samples * 2, 0.0);
        self.steps.resize(samples * STEPS * WIDTH, 0.0);
        self.joined.resize(samples * 5, 0.0);
        self.main.resize(samples * 2, 0.0);
        self.logits.resize(samples * STEPS * TAGS, 0.0);
        self.tags.resize(samples * STEPS * TAGS, 0.0);
        self.mask.resize(samples * STEPS, 0.0);
    }
    fn load(&mut self, sample: usize, part: usize, x: &[u8]) {
        match part {
            0 => rt::load(&mut self.ids, sample, x),
            _ => rt::load(&mut self.extra, sample, x),
        }
    }
    fn input(&self, part: usize) -> &[f64] {
        if part == 1 { &self.extra } else { &[] }
    }
    fn output(&self, part: usize) -> &[f64] {
        [&self.main, &self.tags][part]
    }
    fn output_mut(&mut self, part: usize) -> &mut [f64] {
        [&mut self.main, &mut self.tags][part]
    }
    fn logits(&self, part: usize) -> &[f64] {
        [&self.main, &self.logits][part]
    }
    fn logits_mut(&mut self, part: usize) -> &mut [f64] {
        [&mut self.main, &mut self.logits][part]
    }
    fn mask(&self, part: usize) -> Option<&[f64]> {
        (MASKED && part == 1).then_some(&self.mask)
    }
}

fn softmax(row: &mut [f64]) {
    let sum: f64 = row.iter().map(|x| x.exp()).sum();
    row.iter_mut().for_each(|x| *x = x.exp() / sum);
}

impl Headline {
    /// One sample.
    fn run(&self, x: &HeadlineInput, y: &mut HeadlineOutput) {
        let mut shard = Shard::<Buffers<false>, f64>::new();
        shard.resize(0, 1);
        shard.load(0, x);
        self.shard_forward(&mut shard);
        y.main.0.copy_from_slice(&shard.values.main);
        y.tags.0.as_flattened_mut().copy_from_slice(&shard.values.tags);
    }

    fn shard_forward<const MASKED: bool>(&self, shard: &mut Shard<Buffers<MASKED>, f64>) {
        let Buffers { ids, extra, steps, joined, main, logits, tags, mask } = &mut shard.values;
        for ((id, step), mask) in ids.iter().zip(steps.chunks_exact_mut(WIDTH)).zip(mask) {
            step.copy_from_slice(&self.embeddings[*id as usize]);
            *mask = if *id == 0 { 0.0 } else { 1.0 };
        }
        for ((joined, steps), extra) in
            joined.chunks_exact_mut(5).zip(steps.chunks_exact(STEPS * WIDTH)).zip(extra.chunks_exact(2))
        {
            let mean = |at: usize| steps.chunks_exact(WIDTH).map(|step| step[at]).sum::<f64>() / STEPS as f64;
            (0..WIDTH).for_each(|at| joined[at] = mean(at));
            joined[WIDTH..].copy_from_slice(extra);
        }
        dense(&self.main, joined, main);
        dense(&self.tags, steps, logits);
        tags.copy_from_slice(logits);
        tags.chunks_exact_mut(TAGS).for_each(softmax);
    }

    fn shard_backward<const MASKED: bool, S: Simd>(
        &self,
        simd: S,
        from_logits: &[bool],
        shard: &mut Shard<Buffers<MASKED>, f64>,
        gradients: &mut Self,
    ) {
        let (values, d) = (&shard.values, &mut shard.gradients);
        if !from_logits[1] {
            let rows = values.tags.chunks_exact(TAGS).zip(d.tags.chunks_exact(TAGS));
            for ((y, dy), dz) in rows.zip(d.logits.chunks_exact_mut(TAGS)) {
                let dot: f64 = y.iter().zip(dy).map(|(y, dy)| y * dy).sum();
                (0..TAGS).for_each(|at| dz[at] = y[at] * (dy[at] - dot));
            }
        }
        dense_backward(&self.main, (&values.joined, &d.main), &mut d.joined, &mut gradients.main);
        dense_backward(&self.tags, (&values.steps, &d.logits), &mut d.steps, &mut gradients.tags);
        let [mean] = rt::spare(&mut shard.spare, 1, [values.steps.len()]);
        for ((mean, joined), extra) in
            mean.chunks_exact_mut(STEPS * WIDTH).zip(d.joined.chunks_exact(5)).zip(d.extra.chunks_exact_mut(2))
        {
            mean.iter_mut().enumerate().for_each(|(at, dx)| *dx = joined[at % WIDTH] / STEPS as f64);
            extra.copy_from_slice(&joined[WIDTH..]);
        }
        rt::add(simd, mean, &mut d.steps);
        for (&id, step) in values.ids.iter().zip(d.steps.chunks_exact(WIDTH)) {
            gradients.embeddings[id as usize].iter_mut().zip(step).for_each(|(to, from)| *to += from);
        }
    }
}

macro_rules! network {
    ($name:ident, $masked:literal) => {
        impl Network for $name {
            type Element = f64;
            type Input = HeadlineInput;
            type Output = HeadlineOutput;
            type Workspace = [f64; STEPS];
            type Predictions = Result<Vec<Self::Output>, crate::predictions::BadSample>;

            const NAME: &'static str = stringify!($name);
            const PARAMS: &'static [Param] = &[
                param("embedding.embeddings", &[IDS, WIDTH], 0),
                param("dense.kernel", &[5, 2], 15),
                param("dense.bias", &[2], 25),
                param("dense_1.kernel", &[WIDTH, TAGS], 27),
                param("dense_1.bias", &[TAGS], 36),
            ];
            const LAYERS: &'static [LayerInfo] = &[
                layer("ids", "InputLayer", &[STEPS], 0, 0),
                layer("embedding", "Embedding", &[STEPS, WIDTH], 15, 0),
                layer("extra", "InputLayer", &[2], 0, 0),
                layer("dense", "Dense", &[2], 12, 10),
                layer("dense_1", "Dense", &[STEPS, TAGS], 12, 36),
            ];

            fn check_input(x: &HeadlineInput) -> Result<(), BadInput> {
                check_ids("ids", &x.ids.0, IDS)
            }

            fn forward<S: Simd>(&self, _: S, x: &HeadlineInput, mask: &mut [f64; STEPS], y: &mut HeadlineOutput) {
                mask.iter_mut().zip(&x.ids.0).for_each(|(mask, &id)| *mask = if id == 0 { 0.0 } else { 1.0 });
                self.headline().run(x, y);
            }

            fn output_mask(mask: &[f64; STEPS], part: usize) -> Option<&[f64]> {
                ($masked && part == 1).then_some(mask)
            }
        }

        impl Train for $name {
            type Activations = Buffers<$masked>;
            const PHASES: usize = 1;
            const OUTPUT_ACTIVATIONS: &'static [OutputActivation] =
                &[OutputActivation::Other, OutputActivation::Softmax];

            fn forward_phase<S: Simd>(&self, _: S, _: usize, _: &Pass<'_>, shard: &mut Shard<Buffers<$masked>, f64>) {
                self.headline().shard_forward(shard);
            }

            fn backward_phase<S: Simd>(
                &self,
                simd: S,
                _: usize,
                pass: &Pass<'_>,
                shard: &mut Shard<Buffers<$masked>, f64>,
                gradients: &mut Self,
            ) {
                self.headline().shard_backward(simd, pass.from_logits, shard, gradients.headline_mut());
            }
        }
    };
}

network!(Headline, false);
network!(Masked, true);

impl Headline {
    fn headline(&self) -> &Headline {
        self
    }
    fn headline_mut(&mut self) -> &mut Headline {
        self
    }
}

impl Masked {
    fn headline(&self) -> &Headline {
        &self.0
    }
    fn headline_mut(&mut self) -> &mut Headline {
        &mut self.0
    }
}
