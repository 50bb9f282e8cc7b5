//! Ids where numbers belong.

nn::network! {
    pub struct Net(x: Input<4, dtype = u32>) -> y {
        let y = x => Dense<3>;
    }
}

fn main() {}
