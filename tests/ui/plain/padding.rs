//! Plain data has no padding.

#[derive(Clone, Copy)]
#[repr(C)]
struct Gap {
    byte: u8,
    number: f32,
}

nn::__rt::plain!(Gap { byte, number });

fn main() {}
