//! The long names of Keras, and the default size of a window.

nn::network! {
    pub struct Net = Input<8, 8, 2>
        => MaxPooling2D
        => AveragePooling2D<2>
        => BatchNorm
        => GlobalMaxPooling2D<keepdims = true>
        => GlobalAveragePooling2D;
}

fn main() {}
