//! After a mistake the struct is still there: its uses are no further errors.

nn::network! {
    pub struct Net = Input<4> => Dense<0>;
}

pub fn size(net: &Net) -> usize {
    size_of_val(net)
}

fn main() {}
