//! A type of Rust as the shape of an input.

nn::network! {
    pub struct Net(x: [f32; 4]) -> y {
        let y = x => Dense<3>;
    }
}

fn main() {}
