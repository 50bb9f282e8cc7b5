//! A value that is spelled wrong.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let hidden = x => Dense<3>;
        let y = hiden => ReLU;
    }
}

fn main() {}
