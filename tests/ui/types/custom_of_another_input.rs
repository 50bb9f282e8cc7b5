//! A layer for vectors, on a sequence.

use nn::Tensor1;

pub struct Squares;

impl<const N: usize> nn::Lambda<Tensor1<N>> for Squares {
    type Output = Tensor1<N>;

    fn forward(_: &Tensor1<N>, _: &mut Tensor1<N>, _: &mut [f32]) {}

    fn backward(_: &Tensor1<N>, _: &Tensor1<N>, _: &Tensor1<N>, _: &mut Tensor1<N>, _: &mut [f32]) {}
}

nn::network! {
    pub struct Net = Input<4, 2> => Lambda<crate::Squares> => Flatten;
}

fn main() {}
