//! What emitted code needs of layers of a user's own.

pub use super::CustomWeights;
use super::{Custom, Gradient, Lambda, Memory, Weights, WeightsMut, len};
use crate::element::Element;
use crate::initializers::Initializer;
#[cfg(feature = "alloc")]
use crate::layers::state::Carried;
use crate::layers::state::kept_number;
use crate::params::Param;
use crate::shape::own_output;
use crate::tensor::Tensor;

/// A [`Lambda`] as a [`Custom`] layer.
#[derive(Debug)]
pub struct Weightless<L>(core::marker::PhantomData<L>);

impl<X: Tensor<Item: Element>, L: Lambda<X>> Custom<X> for Weightless<L> {
    type Output = L::Output;
    const SCRATCH: usize = L::SCRATCH;

    #[inline(always)]
    fn infer(_: Weights<'_, X::Item>, x: &X, y: &mut L::Output, memory: Memory<'_, X::Item>) {
        L::forward(x, y, memory.scratch);
    }

    #[inline(always)]
    fn backward(
        _: Weights<'_, X::Item>,
        of: Gradient<'_, X, L::Output>,
        dx: &mut X,
        _: WeightsMut<'_, X::Item>,
        scratch: &mut [X::Item],
    ) {
        L::backward(of.x, of.y, of.dy, dx, scratch);
    }
}

/// A layer of the user's in a network: the `INDEX`th; emitted by the macro.
pub trait Own<const INDEX: usize> {
    /// What goes in.
    type Input: Tensor<Item: Element>;
    /// What comes out, as the network says.
    type Output: Tensor<Item = <Self::Input as Tensor>::Item>;
    /// The user's type.
    type Layer: Custom<Self::Input>;

    /// Its weights.
    const LIST: &'static [Param] = <Self::Layer as Custom<Self::Input>>::WEIGHTS;
    /// How many numbers they are.
    const LEN: usize = len(Self::LIST);
    /// How many of them the optimizer changes.
    const TRAINABLE: usize = trainable(Self::LIST);
    /// [`Custom::SCRATCH`].
    const SCRATCH: usize = <Self::Layer as Custom<Self::Input>>::SCRATCH;
    /// [`Custom::SAVED`].
    const SAVED: usize = <Self::Layer as Custom<Self::Input>>::SAVED;
    /// [`Custom::STATE`].
    const STATE: usize = <Self::Layer as Custom<Self::Input>>::STATE;
}

const fn trainable(list: &[Param]) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < list.len() {
        count += if list[index].trainable { list[index].len() } else { 0 };
        index += 1;
    }
    count
}

type Item<N, const INDEX: usize> = <<N as Own<INDEX>>::Input as Tensor>::Item;
type Layer<N, const INDEX: usize> = <N as Own<INDEX>>::Layer;
type Input<N, const INDEX: usize> = <N as Own<INDEX>>::Input;
type Output<N, const INDEX: usize> = <Layer<N, INDEX> as Custom<Input<N, INDEX>>>::Output;

/// Stops the compiler where the user's type gives another shape than the network says.
pub const fn fits<N: Own<INDEX>, const INDEX: usize>(layer: &str) {
    own_output(layer, Output::<N, INDEX>::SHAPE, <<N as Own<INDEX>>::Output as Tensor>::SHAPE);
}

fn tensor<X: Tensor>(flat: &[X::Item]) -> Option<&X> {
    bytemuck::try_cast_slice(flat).ok()?.first()
}

fn tensor_mut<X: Tensor>(flat: &mut [X::Item]) -> Option<&mut X> {
    bytemuck::try_cast_slice_mut(flat).ok()?.first_mut()
}

/// The part of a sample.
#[cfg(feature = "alloc")]
fn sample<T>(all: &[T], index: usize, len: usize) -> &[T] {
    all.get(index * len..(index + 1) * len).unwrap_or_default()
}

#[cfg(feature = "alloc")]
fn sample_mut<T>(all: &mut [T], index: usize, len: usize) -> &mut [T] {
    all.get_mut(index * len..(index + 1) * len).unwrap_or_default()
}

/// One sample.
#[inline(always)]
pub fn infer<N: Own<INDEX>, const INDEX: usize>(
    weights: &[Item<N, INDEX>],
    x: &[Item<N, INDEX>],
    y: &mut [Item<N, INDEX>],
    scratch: &mut [Item<N, INDEX>],
    state: Option<&mut [Item<N, INDEX>]>,
) {
    let weights = Weights::new(Layer::<N, INDEX>::WEIGHTS, weights);
    let state = state.unwrap_or_default();
    if let (Some(x), Some(y)) = (tensor(x), tensor_mut(y)) {
        Layer::<N, INDEX>::infer(weights, x, y, Memory { scratch, state: &mut *state });
    }
    for state in state {
        *state = kept_number(*state);
    }
}

/// The samples of a shard in training.
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward<N: Own<INDEX>, const INDEX: usize>(
    weights: &[Item<N, INDEX>],
    samples: usize,
    (x, y): (&[Item<N, INDEX>], &mut [Item<N, INDEX>]),
    saved: &mut [Item<N, INDEX>],
    mut carried: Option<Carried<'_, Item<N, INDEX>>>,
    scratch: &mut alloc::vec::Vec<Item<N, INDEX>>,
) {
    let weights = Weights::new(Layer::<N, INDEX>::WEIGHTS, weights);
    let [scratch, state] = crate::rt::spare(scratch, 1, [N::SCRATCH, if carried.is_some() { N::STATE } else { 0 }]);
    for index in 0..samples {
        let x = tensor(sample(x, index, Input::<N, INDEX>::LEN));
        let y = tensor_mut(sample_mut(y, index, Output::<N, INDEX>::LEN));
        let saved = sample_mut(saved, index, N::SAVED);
        if let Some(carried) = &carried {
            carried.read(index, 0, state);
        }
        if let (Some(x), Some(y)) = (x, y) {
            let memory = Memory { scratch: &mut *scratch, state: &mut *state };
            Layer::<N, INDEX>::forward(weights, x, y, saved, memory);
        }
        if let Some(carried) = &mut carried {
            carried.keep(index, 0, state);
        }
    }
}

/// What a shard goes back from.
#[derive(Debug)]
pub struct Back<'a, T> {
    /// The inputs.
    pub x: &'a [T],
    /// The outputs.
    pub y: &'a [T],
    /// Their gradients.
    pub dy: &'a [T],
    /// What forward has kept.
    pub saved: &'a [T],
}

/// The gradients of a shard.
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn backward<N: Own<INDEX>, const INDEX: usize>(
    weights: &[Item<N, INDEX>],
    samples: usize,
    of: Back<'_, Item<N, INDEX>>,
    mut dx: Option<&mut [Item<N, INDEX>]>,
    gradients: &mut [Item<N, INDEX>],
    scratch: &mut alloc::vec::Vec<Item<N, INDEX>>,
) {
    let list = Layer::<N, INDEX>::WEIGHTS;
    let (input, output) = (Input::<N, INDEX>::LEN, Output::<N, INDEX>::LEN);
    let [scratch, unused] = crate::rt::spare(scratch, 1, [N::SCRATCH, if dx.is_some() { 0 } else { input }]);
    for index in 0..samples {
        let [y, dy] = [of.y, of.dy].map(|all| tensor(sample(all, index, output)));
        let dx = match &mut dx {
            Some(dx) => sample_mut(dx, index, input),
            None => &mut *unused,
        };
        dx.fill(num_traits::Zero::zero());
        let x = tensor(sample(of.x, index, input));
        let (Some(x), Some(y), Some(dy), Some(dx)) = (x, y, dy, tensor_mut(dx)) else { continue };
        let of = Gradient { x, y, dy, saved: sample(of.saved, index, N::SAVED) };
        let gradients = WeightsMut::new(list, gradients);
        Layer::<N, INDEX>::backward(Weights::new(list, weights), of, dx, gradients, scratch);
    }
}

/// What a network with [`Custom`] layers lists among its weights.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// A weight of another layer; its place follows from those before.
    One(Param),
    /// All weights of a layer of this name.
    Layer {
        /// The layer.
        name: &'static str,
        /// Its weights.
        weights: &'static [Param],
        /// Whether the layer is trained.
        trainable: bool,
    },
}

/// How many weights the entries list.
pub const fn count(entries: &[Entry]) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < entries.len() {
        count += match entries[index] {
            Entry::One(_) => 1,
            Entry::Layer { weights, .. } => weights.len(),
        };
        index += 1;
    }
    count
}

/// The bytes of the names that [`names`] puts together.
pub const fn name_len(entries: &[Entry]) -> usize {
    let (mut len, mut index) = (0, 0);
    while index < entries.len() {
        if let Entry::Layer { name, weights, .. } = entries[index] {
            let mut weight = 0;
            while weight < weights.len() {
                len += name.len() + 1 + weights[weight].name.len();
                weight += 1;
            }
        }
        index += 1;
    }
    len
}

/// `gate.scale` for the weight `scale` of the layer `gate`, one name after another.
pub const fn names<const LEN: usize>(entries: &[Entry]) -> [u8; LEN] {
    let (mut bytes, mut at, mut index) = ([0; LEN], 0, 0);
    while index < entries.len() {
        if let Entry::Layer { name, weights, .. } = entries[index] {
            let mut weight = 0;
            while weight < weights.len() {
                at = put(&mut bytes, at, name.as_bytes());
                at = put(&mut bytes, at, b".");
                at = put(&mut bytes, at, weights[weight].name.as_bytes());
                weight += 1;
            }
        }
        index += 1;
    }
    bytes
}

const fn put(bytes: &mut [u8], at: usize, text: &[u8]) -> usize {
    let mut index = 0;
    while index < text.len() {
        bytes[at + index] = text[index];
        index += 1;
    }
    at + index
}

/// The table of weights; `names` are those that [`names`] gives.
pub const fn params<const COUNT: usize>(entries: &[Entry], mut names: &'static [u8]) -> [Param; COUNT] {
    let mut params = [Param::new("", &[], 0, Initializer::Zeros); COUNT];
    let (mut index, mut at, mut offset) = (0, 0, 0);
    while index < entries.len() {
        match entries[index] {
            Entry::One(param) => {
                params[at] = Param { offset, ..param };
                offset += param.len();
                at += 1;
            }
            Entry::Layer { name, weights, trainable } => {
                let mut weight = 0;
                while weight < weights.len() {
                    let (own, rest) = names.split_at(name.len() + 1 + weights[weight].name.len());
                    names = rest;
                    let Ok(name) = core::str::from_utf8(own) else { panic!("names are text") };
                    let param = Param { name, offset, ..weights[weight] };
                    params[at] = if trainable { param } else { param.frozen() };
                    offset += param.len();
                    at += 1;
                    weight += 1;
                }
            }
        }
        index += 1;
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: &[Param] = &[
        Param::weight("scale", &[2, 3], Initializer::Ones),
        Param::weight("shift", &[4], Initializer::Zeros).frozen(),
    ];
    const ENTRIES: &[Entry] = &[
        Entry::One(Param::new("dense.kernel", &[5], 0, Initializer::GlorotUniform)),
        Entry::Layer { name: "gate", weights: SCALE, trainable: true },
        Entry::Layer { name: "none", weights: &[], trainable: true },
        Entry::Layer { name: "still", weights: SCALE, trainable: false },
        Entry::One(Param::new("dense_1.kernel", &[7], 0, Initializer::GlorotUniform)),
    ];
    const NAMES: &[u8] = &names::<{ name_len(ENTRIES) }>(ENTRIES);
    const PARAMS: [Param; count(ENTRIES)] = params(ENTRIES, NAMES);

    #[test]
    fn weights_of_layers_stand_in_their_places() {
        let rows = PARAMS.map(|param| (param.name, param.range(), param.trainable));
        let expected = [
            ("dense.kernel", 0..5, true),
            ("gate.scale", 5..11, true),
            ("gate.shift", 11..15, false),
            ("still.scale", 15..21, false),
            ("still.shift", 21..25, false),
            ("dense_1.kernel", 25..32, true),
        ];
        assert_eq!(rows, expected);
        assert_eq!((len(SCALE), trainable(SCALE)), (10, 6));
    }
}
