//! Every budget that is exceeded is reported.

nn::network! {
    #[budget(params <= 10, workspace <= 1 KiB, macs <= 1_000)]
    pub struct Net = Input<32, 32, 8> => Conv2D<8, 3, padding = same> => Conv2D<8, 3>;
}

fn main() {}
