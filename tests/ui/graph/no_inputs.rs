//! No inputs.

nn::network! {
    pub struct Net() -> y {
        let y = x => ReLU;
    }
}

fn main() {}
