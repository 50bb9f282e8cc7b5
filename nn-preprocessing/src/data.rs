//! What goes in and what comes out: nested lists of texts or numbers, and arrays.

use std::borrow::Cow;

use nn_core::{Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

use crate::error::{self, Result};

/// Texts or numbers: one, or lists of them, or lists of lists.
///
/// Implemented for `str`, [`String`] and [`Cow`], for all integers and floats, for arrays, slices and vectors of what
/// has it, for [`Array`] and for the tensors of samples. So `"a text"`, `["two", "texts"]`, `[[1.0, 2.0], [3.0,
/// 4.0]]` and a `Vec<Tensor1<4>>` are data.
pub trait Data: Sync {
    /// The text or number in it: [`str`], `f32`, ….
    type Leaf: ?Sized + Sync;

    /// How many axes it has at least.
    const RANK: usize;

    /// Tells the lengths of its axes, the first of which is number `axis`.
    #[doc(hidden)]
    fn measure(&self, shape: &mut Shape, axis: usize);

    /// Calls `f` with each leaf, the last axis fastest.
    fn visit<'a, F: FnMut(&'a Self::Leaf)>(&'a self, f: &mut F);

    /// Tells how many leaves each innermost list has.
    #[doc(hidden)]
    fn lengths(&self, lengths: &mut Vec<usize>);
}

/// [`Data`] whose numbers can be changed where they are.
pub trait DataMut: Data<Leaf: Sized> {
    /// Calls `f` with each leaf, the last axis fastest.
    fn visit_mut<F: FnMut(&mut Self::Leaf)>(&mut self, f: &mut F);
}

/// The lengths of axes, as far as they are the same everywhere.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Shape {
    pub(crate) sizes: Vec<usize>,
    /// An axis with lists of two lengths.
    pub(crate) ragged: Option<(usize, usize, usize)>,
}

impl Shape {
    pub(crate) fn of<D: Data + ?Sized>(data: &D) -> Self {
        let mut shape = Self::default();
        data.measure(&mut shape, 0);
        shape
    }

    /// The lengths, if they are the same everywhere.
    pub(crate) fn dense(self, layer: &'static str) -> Result<Vec<usize>> {
        match self.ragged {
            None => Ok(self.sizes),
            Some((axis, first, other)) => error::shape(
                layer,
                "lists of one length here",
                format!("there are some of {first} and some of {other} along axis {axis}"),
            ),
        }
    }

    fn axis(&mut self, axis: usize, len: usize) {
        match self.sizes.get(axis) {
            None => self.sizes.push(len),
            Some(&size) if size != len => drop(self.ragged.get_or_insert((axis, size, len))),
            Some(_) => {}
        }
    }
}

macro_rules! leaf {
    ($leaf:ty: $($type:ty),+) => {$(
        impl Data for $type {
            type Leaf = $leaf;
            const RANK: usize = 0;

            fn measure(&self, _: &mut Shape, _: usize) {}

            #[inline]
            fn visit<'a, F: FnMut(&'a $leaf)>(&'a self, f: &mut F) {
                f(self)
            }

            fn lengths(&self, lengths: &mut Vec<usize>) {
                lengths.push(1);
            }
        }
    )+};
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        leaf!($number: $number);

        impl DataMut for $number {
            #[inline]
            fn visit_mut<F: FnMut(&mut $number)>(&mut self, f: &mut F) {
                f(self)
            }
        }
    )+};
}

leaf!(str: str, String, Box<str>, Cow<'_, str>);
numbers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64);

impl<D: Data> Data for [D] {
    type Leaf = D::Leaf;
    const RANK: usize = 1 + D::RANK;

    fn measure(&self, shape: &mut Shape, axis: usize) {
        shape.axis(axis, self.len());
        if D::RANK > 0 {
            self.iter().for_each(|item| item.measure(shape, axis + 1));
        }
        if self.is_empty() {
            (1..Self::RANK).for_each(|inner| shape.axis(axis + inner, 0));
        }
    }

    #[inline]
    fn visit<'a, F: FnMut(&'a D::Leaf)>(&'a self, f: &mut F) {
        self.iter().for_each(|item| item.visit(f));
    }

    fn lengths(&self, lengths: &mut Vec<usize>) {
        if D::RANK == 0 {
            lengths.push(self.len());
        } else {
            self.iter().for_each(|item| item.lengths(lengths));
        }
    }
}

impl<D: DataMut> DataMut for [D] {
    #[inline]
    fn visit_mut<F: FnMut(&mut D::Leaf)>(&mut self, f: &mut F) {
        self.iter_mut().for_each(|item| item.visit_mut(f));
    }
}

/// What has a list in it, or refers to data, is data as that is.
macro_rules! like {
    ($([$($generics:tt)*] $type:ty, $inner:ty, |$value:ident| $get:expr, $rank:ty;)+) => {$(
        impl<$($generics)*> Data for $type {
            type Leaf = <$inner as Data>::Leaf;
            const RANK: usize = <$rank>::RANK;

            fn measure(&self, shape: &mut Shape, axis: usize) {
                let $value = self;
                $get.measure(shape, axis)
            }

            #[inline]
            fn visit<'a, Visitor: FnMut(&'a Self::Leaf)>(&'a self, f: &mut Visitor) {
                let $value = self;
                $get.visit(f)
            }

            fn lengths(&self, lengths: &mut Vec<usize>) {
                let $value = self;
                $get.lengths(lengths)
            }
        }
    )+};
}

like! {
    [D: Data + ?Sized] &D, D, |value| (**value), D;
    [D: Data + ?Sized] &mut D, D, |value| (**value), D;
    [D: Data] Vec<D>, D, |value| value.as_slice(), [D];
    [D: Data] Box<[D]>, D, |value| (**value), [D];
    [D: Data, const N: usize] [D; N], D, |value| value.as_slice(), [D];
    [T: Data, const A: usize] Tensor1<A, T>, T, |value| value.0, [T];
    [T: Data, const A: usize, const B: usize] Tensor2<A, B, T>, T, |value| value.0, [[T; B]];
    [T: Data, const A: usize, const B: usize, const C: usize] Tensor3<A, B, C, T>, T, |value| value.0, [[[T; C]; B]];
    [T: Data, const A: usize, const B: usize, const C: usize, const D: usize]
        Tensor4<A, B, C, D, T>, T, |value| value.0, [[[[T; D]; C]; B]];
    [T: Data, const A: usize, const B: usize, const C: usize, const D: usize, const E: usize]
        Tensor5<A, B, C, D, E, T>, T, |value| value.0, [[[[[T; E]; D]; C]; B]];
    [T: Data, const A: usize, const B: usize, const C: usize, const D: usize, const E: usize, const F: usize]
        Tensor6<A, B, C, D, E, F, T>, T, |value| value.0, [[[[[[T; F]; E]; D]; C]; B]];
}

macro_rules! like_mut {
    ($([$($generics:tt)*] $type:ty, |$value:ident| $get:expr;)+) => {$(
        impl<$($generics)*> DataMut for $type {
            #[inline]
            fn visit_mut<Visitor: FnMut(&mut Self::Leaf)>(&mut self, f: &mut Visitor) {
                let $value = self;
                $get.visit_mut(f)
            }
        }
    )+};
}

like_mut! {
    [D: DataMut + ?Sized] &mut D, |value| (**value);
    [D: DataMut] Vec<D>, |value| value.as_mut_slice();
    [D: DataMut] Box<[D]>, |value| (**value);
    [D: DataMut, const N: usize] [D; N], |value| value.as_mut_slice();
    [T: DataMut, const A: usize] Tensor1<A, T>, |value| value.0;
    [T: DataMut, const A: usize, const B: usize] Tensor2<A, B, T>, |value| value.0;
    [T: DataMut, const A: usize, const B: usize, const C: usize] Tensor3<A, B, C, T>, |value| value.0;
    [T: DataMut, const A: usize, const B: usize, const C: usize, const D: usize] Tensor4<A, B, C, D, T>, |value| value.0;
    [T: DataMut, const A: usize, const B: usize, const C: usize, const D: usize, const E: usize]
        Tensor5<A, B, C, D, E, T>, |value| value.0;
    [T: DataMut, const A: usize, const B: usize, const C: usize, const D: usize, const E: usize, const F: usize]
        Tensor6<A, B, C, D, E, F, T>, |value| value.0;
}

/// Numbers or texts of a shape that is known when the program runs, row by row: the last axis varies fastest.
///
/// ```
/// use nn_preprocessing::Array;
///
/// let ids = Array::new(&[2, 3], vec![4_u32, 1, 0, 7, 2, 5])?;
/// let samples: Vec<[u32; 3]> = ids.samples()?;
/// assert_eq!(samples, [[4, 1, 0], [7, 2, 5]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Array<T> {
    shape: Vec<usize>,
    data: Vec<T>,
}

impl<T> Array<T> {
    /// An array of this shape; `[]` is that of a single element.
    ///
    /// # Errors
    ///
    /// If the shape has another number of elements than `data`.
    pub fn new(shape: &[usize], data: Vec<T>) -> Result<Self> {
        if size("Array", shape)? != data.len() {
            return error::shape(
                "Array",
                format!("as many elements as {shape:?} has"),
                format!("{} were given", data.len()),
            );
        }
        Ok(Self { shape: shape.to_vec(), data })
    }

    /// An array whose shape was computed with its elements.
    pub(crate) fn of(shape: Vec<usize>, data: Vec<T>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), data.len());
        Self { shape, data }
    }

    /// The lengths of the axes, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The elements, to write to.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The elements alone.
    pub fn into_vec(self) -> Vec<T> {
        self.data
    }

    /// The lists of the last axis.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        let width = self.shape.last().copied().unwrap_or(1);
        let count = self.shape.iter().rev().skip(1).product::<usize>();
        (0..count).map(move |row| self.data.get(row * width..(row + 1) * width).unwrap_or_default())
    }

    /// The samples of a network: an item of `N` elements for each place of the first axis.
    ///
    /// `X` is what is made of `[T; N]`: a network's `…Input` of one axis, a `Tensor1<N, T>`, or `[T; N]` itself.
    ///
    /// # Errors
    ///
    /// If the array has no axis, or more or fewer than `N` elements for each place of the first.
    pub fn samples<X: From<[T; N]>, const N: usize>(&self) -> Result<Vec<X>>
    where
        T: Copy,
    {
        let (Some(&count), Ok(width)) = (self.shape.first(), size("samples", self.shape.get(1..).unwrap_or_default()))
        else {
            return error::shape("samples", "an array of samples", "a single element was given");
        };
        if width != N {
            let found = format!("there are {width}: the shape is {:?}", self.shape);
            return error::shape("samples", format!("{N} elements for each sample"), found);
        }
        let samples: Vec<X> =
            self.data.chunks_exact(N.max(1)).filter_map(<[T]>::first_chunk).map(|&sample| sample.into()).collect();
        if samples.len() != count {
            return error::shape("samples", "samples of at least one element", "they have none");
        }
        Ok(samples)
    }
}

/// A single number: the mean of all of them.
impl From<f64> for Array<f64> {
    fn from(element: f64) -> Self {
        Self { shape: Vec::new(), data: vec![element] }
    }
}

impl<T> From<Vec<T>> for Array<T> {
    fn from(data: Vec<T>) -> Self {
        Self { shape: vec![data.len()], data }
    }
}

impl<T: Data> Data for Array<T> {
    type Leaf = T::Leaf;
    const RANK: usize = T::RANK;

    fn measure(&self, shape: &mut Shape, axis: usize) {
        self.shape.iter().enumerate().for_each(|(index, &len)| shape.axis(axis + index, len));
        if T::RANK > 0 {
            self.data.iter().for_each(|item| item.measure(shape, axis + self.shape.len()));
        }
    }

    #[inline]
    fn visit<'a, F: FnMut(&'a T::Leaf)>(&'a self, f: &mut F) {
        self.data.visit(f);
    }

    fn lengths(&self, lengths: &mut Vec<usize>) {
        if T::RANK == 0 {
            lengths.extend(self.rows().map(<[T]>::len));
        } else {
            self.data.iter().for_each(|item| item.lengths(lengths));
        }
    }
}

impl<T: DataMut> DataMut for Array<T> {
    #[inline]
    fn visit_mut<F: FnMut(&mut T::Leaf)>(&mut self, f: &mut F) {
        self.data.visit_mut(f);
    }
}

/// The number of elements of a shape.
pub(crate) fn size(layer: &'static str, shape: &[usize]) -> Result<usize> {
    let product = shape.iter().try_fold(1_usize, |product, &len| product.checked_mul(len));
    product
        .map_or_else(|| error::shape(layer, "as many elements as fit into memory", format!("{shape:?} are more")), Ok)
}

/// A vector with this many elements.
pub(crate) fn filled<T: Copy + Default>(layer: &'static str, shape: &[usize]) -> Result<Vec<T>> {
    let len = size(layer, shape)?;
    let mut data = Vec::new();
    if data.try_reserve_exact(len).is_err() {
        return error::shape(layer, "as many elements as fit into memory", format!("{shape:?} are more"));
    }
    data.resize(len, T::default());
    Ok(data)
}

/// All leaves, one after another.
pub(crate) fn leaves<D: Data + ?Sized>(data: &D) -> Vec<&D::Leaf> {
    let mut leaves = Vec::new();
    data.visit(&mut |leaf| leaves.push(leaf));
    leaves
}
