//! `UpSampling1D`, `2D` and `3D`: several elements in place of one along some axes.
//!
//! With `interpolation = nearest`, copies of it ([`infer`]). With `bilinear`, in 2D, a mixture of it and its neighbours
//! ([`infer_bilinear`]), as `tf.image.resize` with half-pixel centres: output `i` lies at `(i + ½) / size - ½` of the
//! input, and what would lie outside of the image is taken from its edge.

mod bilinear;
mod nearest;
#[cfg(all(test, feature = "std"))]
mod tests;

pub use bilinear::{backward_bilinear, infer_bilinear};
pub use nearest::{backward, infer};

use crate::geometry::geometry;

/// The geometry of one layer in a network: a unit struct that the macro emits.
pub trait UpSamplingShape: Copy + Send + Sync + 'static {
    /// The axes of the input, at most four, in memory order; so channels may come first or last.
    const INPUT: &'static [usize];
    /// For each of them, how many elements stand for one; 1 for the channels.
    const SIZE: &'static [usize];

    /// Both of it.
    const SIZES: UpSamplingSizes = UpSamplingSizes::new(Self::INPUT, Self::SIZE);
}

/// The sizes of one up-sampling.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpSamplingSizes {
    /// The axes that change, and what lies outside and inside of them.
    pub stretch: Stretch,
}

impl UpSamplingSizes {
    /// The sizes for an input of at most four axes, with for each of them how many elements stand for one.
    pub const fn new(input: &[usize], size: &[usize]) -> Self {
        UpSamplingSizes { stretch: Stretch::new(input, size) }
    }
}

geometry!(UpSamplingShape, UpSamplingSizes);

/// At most three axes that are stretched, and what lies outside and inside of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The sizes of the axes in the input.
    input: [usize; 3],
    /// How many elements stand for one along each of them.
    by: [usize; 3],
    /// The elements inside of them, which lie side by side.
    run: usize,
}

impl Stretch {
    /// The axes of a shape; the first and the last one that change are the first and the last of the three.
    pub const fn new(shape: &[usize], size: &[usize]) -> Stretch {
        assert!(shape.len() <= 4 && shape.len() == size.len(), "at most three axes and the channels");
        let mut stretch = Stretch { input: [1; 3], by: [1; 3], run: 1 };
        let (mut axis, mut to) = (shape.len(), 3);
        while axis > 0 && size[axis - 1] == 1 {
            axis -= 1;
            stretch.run *= shape[axis];
        }
        // The axes outside of these are part of the loop over samples.
        let mut first = 0;
        while first < axis && size[first] == 1 {
            first += 1;
        }
        assert!(axis - first <= 3, "the channels are not stretched");
        while axis > first {
            axis -= 1;
            to -= 1;
            stretch.input[to] = shape[axis];
            stretch.by[to] = size[axis];
        }
        stretch
    }

    /// The elements inside of the axes up to `axis`, before and after.
    #[inline(always)]
    const fn inside(&self, axis: usize) -> [usize; 2] {
        let (mut small, mut large, mut at) = (self.run, self.run, axis + 1);
        while at < 3 {
            small *= self.input[at];
            large *= self.input[at] * self.by[at];
            at += 1;
        }
        [small, large]
    }
}
