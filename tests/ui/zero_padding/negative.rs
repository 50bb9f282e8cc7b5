//! Less than no zeros.

nn::network! {
    pub struct Net = Input<3, 4> => ZeroPadding1D<-1>;
}

fn main() {}
