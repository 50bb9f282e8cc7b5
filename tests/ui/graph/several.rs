//! Every mistake of a graph is reported.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let a = x => Dense<3>;
        let b = y => Con2D<3, 3>;
        let y = x => shared => Dense<0>;
    }
}

fn main() {}
