//! Too few values for a block.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block b(x, w) -> y { let y = x + w; }
        let y = x => b;
    }
}

fn main() {}
