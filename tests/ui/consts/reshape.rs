//! Another number of elements, through a constant.

const WIDTH: usize = 5;

nn::network! {
    pub struct Net = Input<3, 4> => Reshape<2, WIDTH>;
}

fn main() {}
