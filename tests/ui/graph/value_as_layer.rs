//! A value where a layer belongs.

nn::network! {
    pub struct Net(x: Input<4>) -> y {
        let h = x => ReLU;
        let y = x => h;
    }
}

fn main() {}
