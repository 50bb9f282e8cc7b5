//! A network inside of a function.

use nn::Network;

fn main() {
    nn::network! {
        struct Net = Input<4> => Dense<3>;
    }
    let _ = Net::zeros();
}
