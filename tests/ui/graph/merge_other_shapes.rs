//! Two images that do not broadcast.

nn::network! {
    pub struct Net(x: Input<28, 28, 1>) -> y {
        let skip = x => Conv2D<8, 1>;
        let main = x => Conv2D<8, 3>;
        let y = Add(main, skip) => Flatten => Dense<3>;
    }
}

fn main() {}
