//! An image for a volume.

nn::network! {
    pub struct Net = Input<6, 7, 2> => Cropping3D<1>;
}

fn main() {}
