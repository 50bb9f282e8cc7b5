//! The fields of the input are the names in the signature.

use nn::prelude::*;

nn::network! {
    pub struct Net(headline: Input<10>, extra: Input<4>) -> y {
        let y = Concatenate(headline, extra) => Dense<1>;
    }
}

fn main() {
    let _ = NetInput { headline: [0.0; 10].into(), extras: [0.0; 4].into() };
}
