//! An option of images only.

nn::network! {
    pub struct Net = Input<3, 2> => UpSampling1D<2, interpolation = bilinear>;
}

fn main() {}
