//! A block in itself.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        block b(x) -> y { let y = x => b; }
        let y = x => b;
    }
}

fn main() {}
