//! Zeros around the input of a convolution are its pads: the bits of the layers one after another, where the zeros are an output too.

use nn::prelude::*;
use rand::RngExt;

/// Sizes that the macro cannot see.
const SIDE: usize = 9;
const MORE: usize = 2;

nn::network! {
    struct Folded(x: Input<SIDE, 8, 3>, s: Input<12, 2>) -> (y, t) {
        let a = x => MaxPool2D<2, strides = 1> => ZeroPadding2D<((1, MORE), (0, 3))> => Conv2D<6, 3, strides = 2, activation = relu>;
        let b = x => ZeroPadding2D<MORE> => DepthwiseConv2D<(3, 2), padding = same>;
        let c = b => Reshape<1, 13, 12, 3> => ZeroPadding3D<(1, 0, MORE)> => Conv3D<4, (2, 3, 3)>;
        let y = Concatenate(a => Flatten, b => Flatten, c => Flatten);
        let t = s => Dense<5> => ZeroPadding1D<(MORE, 0)> => Conv1D<7, 3>;
    }
}

nn::network! {
    struct Apart(x: Input<SIDE, 8, 3>, s: Input<12, 2>) -> (y, t, p, q, r, v) {
        let p = x => MaxPool2D<2, strides = 1> => ZeroPadding2D<((1, MORE), (0, 3))>;
        let a = p => Conv2D<6, 3, strides = 2, activation = relu>;
        let q = x => ZeroPadding2D<MORE>;
        let b = q => DepthwiseConv2D<(3, 2), padding = same>;
        let r = b => Reshape<1, 13, 12, 3> => ZeroPadding3D<(1, 0, MORE)>;
        let c = r => Conv3D<4, (2, 3, 3)>;
        let y = Concatenate(a => Flatten, b => Flatten, c => Flatten);
        let v = s => Dense<5> => ZeroPadding1D<(MORE, 0)>;
        let t = v => Conv1D<7, 3>;
    }
}

#[test]
fn the_same_bits() {
    let mut rng = nn::rng(5);
    let (mut folded, mut apart) = (Folded::new(&mut rng), Apart::new(&mut rng));
    folded.as_flat_mut().iter_mut().for_each(|weight| *weight += rng.random_range(-0.1..0.1));
    apart.as_flat_mut().copy_from_slice(folded.as_flat());
    let mut x: FoldedInput = bytemuck::Zeroable::zeroed();
    x.x.as_flat_mut().iter_mut().chain(x.s.as_flat_mut()).for_each(|x| *x = rng.random_range(-1.0..1.0));
    let one = folded.infer(&x, &mut Folded::workspace());
    let other = apart.infer(&ApartInput { x: x.x, s: x.s }, &mut Apart::workspace());
    assert_eq!((one.y, one.t), (other.y, other.t));
}
