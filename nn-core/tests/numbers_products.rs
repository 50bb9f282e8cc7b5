//! Layers whose sizes are numbers give the bits of those whose sizes are types: dense layers, products, attention, and the
//! layers that work element by element.
#![cfg(feature = "std")]

use nn_core::Geometry;
use nn_core::activations::{self, Activation, AnyActivation, Keeps, Relu};
use nn_core::element::Element;
use nn_core::layers::dense::{self, Dense, DenseSizes};
use nn_core::layers::dot::{self, DotShape, DotSizes};
use nn_core::layers::embedding::{self, Embedding, EmbeddingSizes};
use nn_core::layers::epilogue::Epilogue;
use nn_core::layers::multi_head_attention::{
    self as attention, Dropout, Masks, MultiHeadAttention, MultiHeadAttentionShape, MultiHeadAttentionSizes, Part,
    Weights,
};
use nn_core::layers::{activation, masks};
use nn_core::rt::bytemuck;
use nn_core::rt::dispatch;
use nn_core::rt::fearless_simd::{Level, Simd};

/// Numbers between -1 and 1, with as many bits as an `f32` has.
fn random<T: Element>(seed: u64, count: usize) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    };
    (0..count).map(|_| next()).collect()
}

/// What is not a number, everywhere: what is not written is seen.
fn nans<T: Element>(count: usize) -> Vec<T> {
    vec![T::nan(); count]
}

#[track_caller]
fn same<T: Element>(numbers: &[T], types: &[T], what: &str) {
    let differs = numbers.iter().zip(types).position(|(a, b)| bytemuck::bytes_of(a) != bytemuck::bytes_of(b));
    assert!(numbers.len() == types.len(), "{what}");
    assert!(types.iter().all(|x| !x.is_nan()), "{what}: not everything was written");
    if let Some(at) = differs {
        panic!("{what}, element {at}: {} by numbers, {} by types", numbers[at], types[at]);
    }
}

fn levels() -> [Level; 2] {
    [Level::new(), Level::baseline()]
}

/// Everything that goes into a dense layer.
struct DenseCase<T> {
    sizes: DenseSizes,
    rows: usize,
    kernel: Vec<T>,
    bias: Vec<T>,
    affine: Option<[Vec<T>; 2]>,
    x: Vec<T>,
    dy: Vec<T>,
}

impl<T: Element> DenseCase<T> {
    fn new([rows, inputs, units, bias]: [usize; 4]) -> Self {
        DenseCase {
            sizes: DenseSizes { inputs, units },
            rows,
            kernel: random(1, inputs * units),
            bias: random(2, bias),
            affine: rows.is_multiple_of(2).then(|| [random(3, units), random(4, units)]),
            x: random(5, rows * inputs),
            dy: random(6, rows * units),
        }
    }

    fn affine(&self) -> Option<(&[T], &[T])> {
        self.affine.as_ref().map(|[scale, shift]| (&scale[..], &shift[..]))
    }

    /// `y` at inference, `y` in training, the gradients of kernel, bias and input.
    fn results(&self) -> [Vec<T>; 5] {
        let len = self.rows * self.sizes.units;
        [nans(len), nans(len), self.kernel.clone(), self.bias.clone(), nans(self.x.len())]
    }

    /// By numbers. One function for all sizes.
    fn by_numbers(&self, level: Level, activation: AnyActivation) -> [Vec<T>; 5] {
        let (DenseCase { sizes, kernel, bias, x, dy, .. }, mut scratch) = (self, Vec::new());
        let mut results = self.results();
        let [inferred, y, dkernel, dbias, dx] = &mut results;
        let weights = dense::Weights { kernel, bias };
        dispatch!(level, simd => {
            let epilogue = Epilogue { affine: self.affine(), ..Epilogue::bias(bias) };
            dense::infer_with(simd, sizes, kernel, x, inferred, epilogue.activation(activation));
            dense::forward_with(simd, sizes, weights, x, y, activation);
            let gradients = dense::Gradients { kernel: dkernel, bias: dbias };
            dense::backward_with(simd, sizes, kernel, x, dy, gradients, Some(dx), &mut scratch);
        });
        results
    }

    fn by_types<const IN: usize, const OUT: usize, const BIAS: usize>(
        &self,
        level: Level,
        activation: impl Activation<T>,
    ) -> [Vec<T>; 5] {
        let DenseCase { kernel, bias, x, dy, .. } = self;
        let mut layer: Box<Dense<IN, OUT, T, [T; BIAS]>> = bytemuck::zeroed_box();
        layer.kernel_mut().copy_from_slice(kernel);
        layer.bias.copy_from_slice(bias);
        let (mut sums, mut scratch, mut results) = (layer.clone(), Vec::new(), self.results());
        let [inferred, y, dkernel, dbias, dx] = &mut results;
        dispatch!(level, simd => {
            let epilogue = Epilogue { affine: self.affine(), ..Epilogue::bias(&layer.bias) };
            dense::infer(simd, &*layer, x, inferred, epilogue.activation(activation));
            dense::forward(simd, &*layer, x, y, activation);
            dense::backward(simd, &*layer, x, dy, &mut *sums, Some(dx), &mut scratch);
        });
        dkernel.copy_from_slice(sums.kernel());
        dbias.copy_from_slice(&sums.bias);
        results
    }
}

fn dense_layer<T, const IN: usize, const OUT: usize, const BIAS: usize, A>(level: Level, rows: usize, activation: A)
where
    T: Element,
    A: Activation<T> + Into<AnyActivation>,
{
    let case = DenseCase::<T>::new([rows, IN, OUT, BIAS]);
    let numbers = case.by_numbers(level, activation.into());
    let types = case.by_types::<IN, OUT, BIAS>(level, activation);
    let names = ["y", "y in training", "gradient of the kernel", "gradient of the bias", "gradient of the input"];
    for ((numbers, types), name) in numbers.iter().zip(&types).zip(names) {
        let what = format!("{rows} rows, Dense of {IN} to {OUT}, {:?} at {level:?}: {name}", T::DTYPE);
        same(numbers, types, &what);
    }
}

macro_rules! dense_layers {
    ($($test:ident, $dtype:ty: $($input:literal -> $output:literal $(+ $bias:literal)?),*;)*) => {
        $(#[test]
        fn $test() {
            for (level, rows) in levels().into_iter().flat_map(|level| [1, 2, 4, 5, 12].map(|rows| (level, rows))) {
                $(dense_layer::<$dtype, $input, $output, { 0 $(+ $bias)? }, _>(level, rows, Relu);)*
            }
        })*
    };
}

dense_layers! {
    one_unit, f32: 7 -> 1, 133 -> 1 + 1;
    few_units, f32: 2 -> 3 + 3, 5 -> 2 + 2, 33 -> 5, 84 -> 10 + 10;
    one_vector_of_units, f32: 3 -> 8 + 8, 9 -> 16, 20 -> 13 + 13;
    some_vectors_of_units, f32: 3 -> 17 + 17, 9 -> 24, 31 -> 33 + 33, 20 -> 50, 30 -> 64 + 64;
    many_vectors_of_units, f32: 5 -> 70 + 70, 9 -> 120, 18 -> 200 + 200;
    doubles, f64: 30 -> 1 + 1, 9 -> 3 + 3, 17 -> 20, 5 -> 70 + 70;
}

macro_rules! activations {
    ($($value:expr),* $(,)?) => {
        $({
            for level in levels() {
                compare::<f32, _>(level, $value);
            }
            compare::<f64, _>(Level::new(), $value);
        })*
    };
}

/// What comes out, and the gradient of what went in, each in memory of its own and in place.
fn element_by_element<T: Element>(level: Level, function: impl Activation<T>) -> [Vec<T>; 4] {
    let (x, dy) = (random::<T>(1, 37), random::<T>(2, 37));
    let [mut y, mut dx] = [(); 2].map(|()| nans(x.len()));
    let (mut in_place, mut gradients) = (x.clone(), dy.clone());
    dispatch!(level, simd => {
        activation::infer(simd, &x, &mut y, function);
        activation::in_place(simd, &mut in_place, function);
        activation::backward(simd, &x, &y, &dy, &mut dx, function);
    });
    if let Keeps::Output = function.keeps() {
        // A function that keeps its input does not compile there.
        dispatch!(level, simd => activation::backward_in_place(simd, &y, &mut gradients, Either(function)));
    } else {
        gradients.clone_from(&dx);
    }
    [y, in_place, dx, gradients]
}

fn compare<T: Element, A: Activation<T> + Into<AnyActivation>>(level: Level, function: A) {
    let any = function.into();
    let (numbers, types) = (element_by_element::<T>(level, any), element_by_element::<T>(level, function));
    for (numbers, types) in numbers.iter().zip(&types) {
        same(numbers, types, &format!("{any:?}, {:?} at {level:?}", T::DTYPE));
    }
    same(&types[1], &types[0], "in place");
    same(&types[3], &types[2], "backward in place");
}

/// An activation of which the compiler does not know what it keeps.
#[derive(Clone, Copy)]
struct Either<A>(A);

impl<T: Element, A: Activation<T>> Activation<T> for Either<A> {
    const KEEPS: Keeps = Keeps::Output;

    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        self.0.apply(simd, x)
    }

    fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        self.0.derivative(simd, kept, dy)
    }
}

#[test]
fn every_activation() {
    use activations::*;
    activations!(
        Linear,
        Relu,
        Relu6,
        LeakyRelu(0.2),
        Elu(0.7),
        Selu,
        Exponential,
        Sigmoid,
        HardSigmoid,
        Tanh,
        Softplus,
        Softsign,
        Swish,
        HardSwish,
        Mish,
        Gelu,
        GeluApproximate,
        ReluOptions { negative_slope: 0.1, max_value: Some(0.4), threshold: 0.2 },
        Rescaling { center: 0.2, scale: -0.3, offset: 0.7 },
        Clip { min: -0.1, max: 0.2 },
    );
}

fn embedding_layer<T: Element, const IN: usize, const OUT: usize>(level: Level) {
    let what = format!("Embedding of {IN} ids, {OUT} numbers");
    let mut table: Box<Embedding<IN, OUT, T>> = bytemuck::zeroed_box();
    table.embeddings.as_flattened_mut().copy_from_slice(&random(1, IN * OUT));
    let sizes = EmbeddingSizes { output_dim: OUT };
    // The last id has no row.
    let ids: Vec<u32> = (0..9).map(|i| i * i % IN as u32).chain([IN as u32]).collect();
    let dy = random::<T>(2, ids.len() * OUT);
    let (mut y, mut other) = (nans(dy.len()), nans(dy.len()));
    embedding::infer(&table, &ids, &mut y);
    embedding::infer_with(&sizes, table.embeddings.as_flattened(), &ids, &mut other);
    same(&other, &y, &what);
    assert_eq!(y[9 * OUT..], vec![T::zero(); OUT]);
    assert_eq!(y[2 * OUT..3 * OUT], table.embeddings[4 % IN]);
    let (mut sums, mut others) = (table.clone(), table.embeddings.as_flattened().to_vec());
    dispatch!(level, simd => {
        embedding::backward(simd, &ids, &dy, &mut *sums);
        embedding::backward_with(simd, &sizes, &ids, &dy, &mut others);
    });
    same(&others, sums.embeddings.as_flattened(), &format!("{what}: gradients"));
}

#[test]
fn rows_of_a_table() {
    for level in levels() {
        embedding_layer::<f32, 7, 1>(level);
        embedding_layer::<f32, 5, 19>(level);
    }
    embedding_layer::<f64, 3, 8>(Level::new());
}

#[test]
fn any_number_of_masks() {
    let masks: Vec<Vec<f32>> = (1..4).map(|seed| random(seed, 6).iter().map(|x: &f32| x.max(0.0)).collect()).collect();
    let [a, b, c] = [&masks[0][..], &masks[1], &masks[2][..2]];
    let (mut y, mut other) = (nans::<f32>(6), nans::<f32>(6));
    masks::any(2, [a, b, c], &mut y);
    masks::any_of(2, &[a, b, c], &mut other);
    same(&other, &y, "any");
    let (mut y, mut other) = (nans::<f32>(14), nans::<f32>(14));
    masks::chain(2, [a, b, c], &mut y);
    masks::chain_of(2, &[a, b, c], &mut other);
    same(&other, &y, "chain");
}

/// `y` at inference, `y` in training, the gradients of both inputs.
fn products<L: Geometry<DotSizes>, T: Element>(level: Level, shape: L) -> [Vec<T>; 4] {
    const SAMPLES: usize = 2;
    let sizes = shape.sizes();
    let [a, b] = [0, 1].map(|i| random::<T>(i as u64, SAMPLES * sizes.inputs[i].iter().product::<usize>()));
    let [left, right] = [a.len() / SAMPLES, b.len() / SAMPLES];
    let [mut inferred, mut y] = [(); 2].map(|()| nans(SAMPLES * sizes.output()));
    let dy = random::<T>(2, y.len());
    let (mut da, mut db, mut scratch) = (nans(a.len()), nans(b.len()), Vec::new());
    dispatch!(level, simd => {
        for (sample, y) in inferred.chunks_mut(sizes.output()).enumerate() {
            dot::infer(simd, shape, [&a[sample * left..][..left], &b[sample * right..][..right]], y);
        }
        dot::forward(simd, shape, SAMPLES, [&a, &b], &mut y);
        dot::backward(simd, shape, SAMPLES, [&a, &b], &y, &dy, [Some(&mut da), Some(&mut db)], &mut scratch);
    });
    [inferred, y, da, db]
}

macro_rules! products {
    ($($left:expr, $right:expr, $axes:expr, $normalize:literal;)*) => {
        #[test]
        fn products_along_axes() {
            $({
                #[derive(Clone, Copy)]
                struct Shape;
                impl DotShape for Shape {
                    const INPUTS: [&'static [usize]; 2] = [&$left, &$right];
                    const AXES: [usize; 2] = $axes;
                    const NORMALIZE: bool = $normalize;
                }
                let sizes = DotSizes::new([&$left, &$right], $axes, $normalize);
                let what = format!("{:?} and {:?} along {:?}", $left, $right, $axes);
                for level in levels() {
                    let (numbers, types) = (products::<_, f32>(level, &sizes), products::<_, f32>(level, Shape));
                    numbers.iter().zip(&types).for_each(|(numbers, types)| same(numbers, types, &what));
                }
                let (numbers, types) = (products::<_, f64>(Level::new(), &sizes), products(Level::new(), Shape));
                numbers.iter().zip(&types).for_each(|(numbers, types)| same(numbers, types, &what));
            })*
        }
    };
}

products! {
    [5], [5], [0, 0], false;
    [3, 4], [4, 5], [1, 0], false;
    [5, 70], [17, 70], [1, 1], true;
    [4, 19], [5, 4], [0, 1], false;
    [2, 3, 4], [5, 3, 2], [1, 1], true;
    [2, 3, 4, 2, 3], [3, 4, 2], [2, 1], false;
    [2, 1, 3, 2, 4, 2], [4, 3], [4, 0], true;
}

/// Everything that goes into an attention.
struct AttentionCase<T> {
    sizes: MultiHeadAttentionSizes,
    samples: usize,
    inputs: [Vec<T>; 3],
    masks: [Option<Vec<T>>; 3],
    dropout: Dropout,
    /// Kernel and bias of each projection.
    weights: [[Vec<T>; 2]; 4],
    dy: Vec<T>,
}

/// `y` at inference, `y` in training, the gradients of query, value and key, and those of the weights.
type AttentionResults<T> = ([Vec<T>; 5], [[Vec<T>; 2]; 4]);

impl<T: Element> AttentionCase<T> {
    fn new(sizes: MultiHeadAttentionSizes, biased: bool, masked: [bool; 3], rate: f64) -> Self {
        let MultiHeadAttentionSizes { query, value, key, heads, key_dim, value_dim, output, .. } = sizes;
        let samples = 2;
        let steps = [query[0], value[0], value[0]].map(|steps| samples * steps);
        let inputs = [(1, steps[0] * query[1]), (2, steps[1] * value[1]), (3, steps[2] * key)];
        // The first step counts in every mask.
        let mask = |i: usize| -> Vec<T> { (0..steps[i]).map(|step| T::from_f64(f64::from(step % 5 != 3))).collect() };
        let (keys, values) = (heads * key_dim, heads * value_dim);
        let part = |seed: u64, [rows, columns]: [usize; 2]| {
            [random(seed, rows * columns), random(seed + 10, if biased { columns } else { 0 })]
        };
        AttentionCase {
            sizes,
            samples,
            inputs: inputs.map(|(seed, len)| random(seed, len)),
            masks: [0, 1, 2].map(|i| masked[i].then(|| mask(i))),
            dropout: Dropout { rate, key: 3, stream: 5, first: 7 },
            weights: [
                part(20, [query[1], keys]),
                part(21, [key, keys]),
                part(22, [value[1], values]),
                part(23, [values, output]),
            ],
            dy: random(30, steps[0] * output),
        }
    }

    fn results(&self) -> AttentionResults<T> {
        let [query, value, key] = self.inputs.each_ref().map(|x| nans(x.len()));
        ([nans(self.dy.len()), nans(self.dy.len()), query, value, key], self.weights.clone())
    }

    /// Of one sample, or of all.
    fn masks(&self, sample: Option<usize>) -> Masks<'_, T> {
        let [query, value, key] = self.masks.each_ref().map(|mask| mask.as_deref().map(|mask| self.part(mask, sample)));
        Masks { query, value, key, attention: None }
    }

    fn part<'a>(&self, x: &'a [T], sample: Option<usize>) -> &'a [T] {
        let len = x.len() / self.samples;
        sample.map_or(x, |sample| &x[sample * len..][..len])
    }

    /// By numbers. One function for all sizes.
    fn by_numbers(&self, level: Level) -> AttentionResults<T> {
        let AttentionCase { sizes, samples, inputs, dropout, dy, .. } = self;
        let [query, value, key] = inputs;
        let weights = self.weights.each_ref().map(|[kernel, bias]| Part { kernel: &kernel[..], bias: &bias[..] });
        let (mut results, mut sums) = self.results();
        let [inferred, y, dquery, dvalue, dkey] = &mut results;
        let mut scratch = nans(sizes.scratch_len::<T>());
        let (mut saved, mut more) = (nans(samples * sizes.saved_len::<T>()), Vec::new());
        dispatch!(level, simd => {
            for (sample, y) in inferred.chunks_mut(dy.len() / samples).enumerate() {
                let inputs = [query, value, key].map(|x| self.part(x, Some(sample)));
                attention::infer_with(simd, sizes, weights, inputs, self.masks(Some(sample)), y, &mut scratch);
            }
            let inputs = [&query[..], value, key];
            attention::forward_with(
                simd, sizes, weights, *samples, inputs, self.masks(None), *dropout, y, &mut saved, &mut more,
            );
            let gradients = sums.each_mut().map(|[kernel, bias]| Part { kernel: &mut kernel[..], bias: &mut bias[..] });
            attention::backward_with(
                simd, sizes, weights, *samples, inputs, self.masks(None), *dropout, &saved, dy, gradients,
                [Some(dquery), Some(dvalue), Some(dkey)], &mut more,
            );
        });
        (results, sums)
    }

    fn by_types<G: MultiHeadAttentionShape, W: Weights<T> + bytemuck::Pod>(
        &self,
        level: Level,
        shape: G,
    ) -> AttentionResults<T> {
        let AttentionCase { samples, inputs, dropout, dy, .. } = self;
        let [query, value, key] = inputs;
        let mut weights: Box<W> = bytemuck::zeroed_box();
        for (part, [kernel, bias]) in weights.parts_mut().into_iter().zip(&self.weights) {
            part.kernel.copy_from_slice(kernel);
            part.bias.copy_from_slice(bias);
        }
        let (mut results, _) = self.results();
        let [inferred, y, dquery, dvalue, dkey] = &mut results;
        let mut scratch = nans(attention::scratch_len::<G, T>());
        let (mut saved, mut more) = (nans(samples * attention::saved_len::<G, T>()), Vec::new());
        let mut sums = weights.clone();
        dispatch!(level, simd => {
            for (sample, y) in inferred.chunks_mut(dy.len() / samples).enumerate() {
                let [query, value, key] = [query, value, key].map(|x| self.part(x, Some(sample)));
                let masks = self.masks(Some(sample));
                attention::infer(simd, shape, &*weights, query, value, key, masks, y, &mut scratch);
            }
            attention::forward(
                simd, shape, &*weights, *samples, query, value, key, self.masks(None), *dropout, y, &mut saved,
                &mut more,
            );
            attention::backward(
                simd, shape, &*weights, *samples, query, value, key, self.masks(None), *dropout, &saved, dy,
                &mut *sums, [Some(dquery), Some(dvalue), Some(dkey)], &mut more,
            );
        });
        (results, sums.parts().map(|part| [part.kernel.to_vec(), part.bias.to_vec()]))
    }

    fn compare<G: MultiHeadAttentionShape, W: Weights<T> + bytemuck::Pod>(&self, shape: G) {
        for level in levels() {
            let what = format!("{:?}, {:?} at {level:?}", self.sizes, T::DTYPE);
            let ((numbers, number_sums), (types, type_sums)) =
                (self.by_numbers(level), self.by_types::<G, W>(level, shape));
            for ((numbers, types), name) in numbers.iter().zip(&types).zip(["y", "y in training", "dq", "dv", "dk"]) {
                same(numbers, types, &format!("{what}: {name}"));
            }
            for (numbers, types) in number_sums.iter().flatten().zip(type_sums.iter().flatten()) {
                same(numbers, types, &format!("{what}: weights"));
            }
        }
    }
}

macro_rules! attentions {
    ($($name:ident, $dtype:ty: query [$t:literal, $q:literal], value [$s:literal, $v:literal], key $k:literal,
        $heads:literal x [$kd:literal, $vd:literal], output $out:literal, biases [$hb:literal, $ob:literal],
        causal $causal:literal;)*) => {
        $(#[test]
        fn $name() {
            #[derive(Clone, Copy)]
            struct Shape;
            impl MultiHeadAttentionShape for Shape {
                const QUERY: [usize; 2] = [$t, $q];
                const VALUE: [usize; 2] = [$s, $v];
                const KEY: usize = $k;
                const HEADS: usize = $heads;
                const KEY_DIM: usize = $kd;
                const VALUE_DIM: usize = $vd;
                const OUTPUT: usize = $out;
                const USE_CAUSAL_MASK: bool = $causal;
            }
            type Layer = MultiHeadAttention<$q, $k, $v, $heads, $kd, $vd, $out, $hb, $ob, $dtype>;
            let sizes = MultiHeadAttentionSizes {
                query: [$t, $q],
                value: [$s, $v],
                key: $k,
                heads: $heads,
                key_dim: $kd,
                value_dim: $vd,
                output: $out,
                use_causal_mask: $causal,
                attention_mask: [1; 3],
                nothing_of_nothing: false,
            };
            for (masked, rate) in [([false; 3], 0.0), ([true, false, true], 0.3), ([false, true, false], 0.0)] {
                AttentionCase::<$dtype>::new(sizes, $ob > 0, masked, rate).compare::<_, Layer>(Shape);
            }
        })*
    };
}

attentions! {
    self_attention, f32: query [5, 6], value [5, 6], key 6, 2 x [3, 3], output 6, biases [2, 6], causal false;
    cross_attention, f32: query [4, 6], value [5, 3], key 2, 2 x [3, 4], output 7, biases [2, 7], causal false;
    causal_attention, f32: query [21, 9], value [21, 9], key 9, 3 x [5, 18], output 9, biases [0, 0], causal true;
    long_attention, f32: query [70, 9], value [41, 7], key 5, 2 x [17, 20], output 33, biases [2, 33], causal false;
    long_causal_attention, f32: query [50, 8], value [50, 8], key 8, 1 x [16, 40], output 64, biases [1, 64], causal true;
    attention_of_doubles, f64: query [19, 4], value [11, 3], key 3, 2 x [3, 9], output 5, biases [2, 5], causal true;
}
