//! A value that leads to no output.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let hidden = x => Dense<3>;
        let aux = hidden => Dense<1>;
        let y = hidden => Dense<2>;
    }
}

fn main() {}
