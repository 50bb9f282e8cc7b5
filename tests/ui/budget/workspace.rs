//! More memory than the budget allows.

nn::network! {
    #[budget(workspace <= 1 KiB)]
    pub struct Net = Input<32, 32, 8> => Conv2D<8, 3, padding = same> => Conv2D<8, 3>;
}

fn main() {}
