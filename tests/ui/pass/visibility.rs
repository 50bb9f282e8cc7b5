//! Every visibility.

mod inner {
    nn::network! {
        pub(crate) struct A = Input<4> => Dense<3>;
    }
    nn::network! {
        pub(super) struct B = Input<4> => Dense<3>;
    }
    nn::network! {
        #[allow(dead_code)]
        struct C = Input<4> => Dense<3>;
    }
}

use nn::Network;

fn main() {
    let _ = (inner::A::zeros(), inner::B::zeros());
}
