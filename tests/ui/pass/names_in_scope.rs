//! Names of the user that are like those of the expansion, or like those of the standard library.

#[allow(dead_code)]
mod user {
    pub struct Dense;
    pub struct Conv2D;
    pub struct Option;
    pub struct Some;
    pub struct Default;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct Tensor1;
    pub mod core {}
    pub mod std {}
    pub mod nn_core {}

    ::nn::network! {
        pub struct Net = Input<8, 8, 2> => Conv2D<3, 3, activation = relu> => MaxPool2D<2> => BatchNorm => Flatten => Dense<4>;
    }
}

#[allow(dead_code)]
mod constants {
    const HIDDEN: usize = 6;
    const PARAMS: usize = 5;
    const LAYERS: usize = 4;
    const LAYOUT: usize = 3;
    const A: usize = 2;

    ::nn::network! {
        pub struct Net = Input<8, 8, A>
            => a: Conv2D<A, LAYOUT>
            => layout: Conv2D<LAYOUT, A>
            => Flatten
            => hidden: Dense<HIDDEN>
            => params: Dense<PARAMS>
            => layers: Dense<LAYERS>;
    }
}

#[allow(dead_code)]
mod labels {
    ::nn::network! {
        pub struct Conv1 = Input<9, 9, 2>
            => conv1: Conv2D<2, 2, padding = same>
            => conv_1: Conv2D<2, 2, padding = same>
            => MaxPool2D<2>
            => shift: Conv2D<2, 2>
            => scale: BatchNorm
            => simd: MaxPool2D<2, strides = 1, padding = same>
            => Flatten
            => network_input: Dense<2>
            => memory: Dense<3>
            => samples: PReLU
            => scratch: Dense<2>
            => output: Dense<2>
            => sums: Dense<2>;
    }
}

/// The network of `labels`, without them.
mod plain {
    ::nn::network! {
        pub struct Net = Input<9, 9, 2>
            => [Conv2D<2, 2, padding = same>; 2]
            => MaxPool2D<2>
            => Conv2D<2, 2>
            => BatchNorm
            => MaxPool2D<2, strides = 1, padding = same>
            => Flatten
            => Dense<2>
            => Dense<3>
            => PReLU
            => [Dense<2>; 3];
    }
}

use nn::Network;

fn main() {
    let _ = user::Net::zeros();
    let _ = constants::Net::zeros();

    // A variable of the expansion in place of another would be seen here.
    let mut net = labels::Conv1::new(&mut nn::rng(1));
    net.scale.moving_mean = [1.0; 2];
    let mut plain = plain::Net::zeros();
    plain.as_flat_mut().copy_from_slice(net.as_flat());
    let x = nn::Tensor3([[[1.0; 2]; 9]; 9]);
    assert_eq!(net.infer(&x, &mut Default::default()), plain.infer(&x, &mut Default::default()));
}
