//! Layers that move, repeat, surround and cut, with their options.

const EDGE: usize = 2;

nn::network! {
    pub struct Net = Input<8, 9, 2>
        => ZeroPadding2D => ZeroPadding2D<EDGE> => ZeroPadding2D<(1, EDGE)> => ZeroPadding2D<((1, 0), (EDGE, 3))>
        => Cropping2D => Cropping2D<((1, 2), (0, EDGE))> => Cropping2D<cropping = (1, 2), data_format = channels_last>
        => UpSampling2D => UpSampling2D<(1, 2), interpolation = bilinear> => UpSampling2D<EDGE, interpolation = nearest>
        => Permute<3, 1, 2>
        => UpSampling2D<2, data_format = channels_first>
        => ZeroPadding2D<1, data_format = channels_first>
        => Cropping2D<1, data_format = channels_first>
        => Reshape<2, 1, -1, 4>
        => ZeroPadding3D<((1, 0), 0, EDGE)> => Cropping3D<(0, 0, 1)> => UpSampling3D<(1, 2, 1)>
        => Flatten<data_format = channels_first>
        => Dense<4> => RepeatVector<EDGE>
        => ZeroPadding1D<(1, EDGE)> => Cropping1D => UpSampling1D<EDGE> => ZeroPadding1D<1, data_format = channels_first>
        => Permute<2, 1>;
}

fn main() {}
