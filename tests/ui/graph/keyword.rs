//! An input that is a word of Rust.

nn::network! {
    pub struct Net(r#type: Input<4>) -> y {
        let y = r#type => Dense<3>;
    }
}

fn main() {}
