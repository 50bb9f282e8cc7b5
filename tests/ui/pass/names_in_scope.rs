//! Names of the user that are like ours, or like those of the standard library.

#[allow(dead_code)]
mod user {
    pub struct Dense;
    pub struct Conv2D;
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct Tensor1;
    pub mod core {}
    pub mod std {}
    pub mod nn_core {}

    ::nn::network! {
        pub struct Net = Input<8, 8, 2> => Conv2D<3, 3, activation = relu> => BatchNorm => Flatten => Dense<4>;
    }
}

use nn::Network;

fn main() {
    let _ = user::Net::zeros();
}
