//! The weights, in Keras' order and layouts.

use crate::element::Element;

/// The weights of a `MultiHeadAttention`.
///
/// `QUERY`, `KEY` and `VALUE` are the features of the inputs, `OUT` those of the output. `HEAD_BIAS` is `HEADS` and
/// `OUT_BIAS` is `OUT`, both 0 with `use_bias = false`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct MultiHeadAttention<
    const QUERY: usize,
    const KEY: usize,
    const VALUE: usize,
    const HEADS: usize,
    const KEY_DIM: usize,
    const VALUE_DIM: usize,
    const OUT: usize,
    const HEAD_BIAS: usize,
    const OUT_BIAS: usize,
    T = f32,
> {
    /// What the query asks for.
    pub query: Heads<QUERY, HEADS, KEY_DIM, HEAD_BIAS, T>,
    /// What the steps of the value answer to.
    pub key: Heads<KEY, HEADS, KEY_DIM, HEAD_BIAS, T>,
    /// What they answer.
    pub value: Heads<VALUE, HEADS, VALUE_DIM, HEAD_BIAS, T>,
    /// From the answers of all heads to the output.
    pub attention_output: Output<HEADS, VALUE_DIM, OUT, OUT_BIAS, T>,
}

/// A projection of `IN` features to `HEADS` heads of `DIM` numbers each.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Heads<const IN: usize, const HEADS: usize, const DIM: usize, const BIAS: usize, T = f32> {
    /// The factors: `kernel[feature][head][number]`.
    pub kernel: [[[T; DIM]; HEADS]; IN],
    /// The shift, `bias[head][number]`; of no heads with `use_bias = false`.
    pub bias: [[T; DIM]; BIAS],
}

/// A projection of `HEADS` heads of `DIM` numbers each to `OUT` features.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Output<const HEADS: usize, const DIM: usize, const OUT: usize, const BIAS: usize, T = f32> {
    /// The factors: `kernel[head][number][feature]`.
    pub kernel: [[[T; OUT]; DIM]; HEADS],
    /// The shift; empty with `use_bias = false`.
    pub bias: [T; BIAS],
}

/// One projection as slices: `&[T]`, or `&mut [T]`.
#[derive(Clone, Copy, Debug)]
pub struct Part<P> {
    /// The factors, in memory order.
    pub kernel: P,
    /// The shift; empty where it is absent.
    pub bias: P,
}

/// A [`MultiHeadAttention`] of any sizes.
pub trait Weights<T> {
    /// The projections of query, key, value and output.
    fn parts(&self) -> [Part<&[T]>; 4];

    /// The same, to write to.
    fn parts_mut(&mut self) -> [Part<&mut [T]>; 4];
}

impl<
    const QUERY: usize,
    const KEY: usize,
    const VALUE: usize,
    const HEADS: usize,
    const KEY_DIM: usize,
    const VALUE_DIM: usize,
    const OUT: usize,
    const HEAD_BIAS: usize,
    const OUT_BIAS: usize,
    T: Element,
> Weights<T> for MultiHeadAttention<QUERY, KEY, VALUE, HEADS, KEY_DIM, VALUE_DIM, OUT, HEAD_BIAS, OUT_BIAS, T>
{
    #[inline(always)]
    fn parts(&self) -> [Part<&[T]>; 4] {
        let Output { kernel, bias } = &self.attention_output;
        let output = Part { kernel: kernel.as_flattened().as_flattened(), bias: &bias[..] };
        [self.query.part(), self.key.part(), self.value.part(), output]
    }

    #[inline(always)]
    fn parts_mut(&mut self) -> [Part<&mut [T]>; 4] {
        let Output { kernel, bias } = &mut self.attention_output;
        let output = Part { kernel: kernel.as_flattened_mut().as_flattened_mut(), bias: &mut bias[..] };
        [self.query.part_mut(), self.key.part_mut(), self.value.part_mut(), output]
    }
}

impl<const IN: usize, const HEADS: usize, const DIM: usize, const BIAS: usize, T> Heads<IN, HEADS, DIM, BIAS, T> {
    #[inline(always)]
    fn part(&self) -> Part<&[T]> {
        Part { kernel: self.kernel.as_flattened().as_flattened(), bias: self.bias.as_flattened() }
    }

    #[inline(always)]
    fn part_mut(&mut self) -> Part<&mut [T]> {
        Part { kernel: self.kernel.as_flattened_mut().as_flattened_mut(), bias: self.bias.as_flattened_mut() }
    }
}
