//! A declared layer that is spelled wrong.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        layer shared = Dense<3>;
        let y = x => shard => shared;
    }
}

fn main() {}
