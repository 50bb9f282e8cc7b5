//! A layer whose output has another shape than the network says.

use nn::{Tensor1, Tensor2};

pub struct Sums;

impl<const R: usize, const C: usize> nn::Lambda<Tensor2<R, C>> for Sums {
    type Output = Tensor1<R>;

    fn forward(_: &Tensor2<R, C>, _: &mut Tensor1<R>, _: &mut [f32]) {}

    fn backward(_: &Tensor2<R, C>, _: &Tensor1<R>, _: &Tensor1<R>, _: &mut Tensor2<R, C>, _: &mut [f32]) {}
}

nn::network! {
    pub struct Left = Input<4, 2> => Lambda<Sums> => Flatten;
}

nn::network! {
    pub struct Wrong = Input<4, 2> => Lambda<Sums, output = 2>;
}

fn main() {}
