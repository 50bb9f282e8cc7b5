//! Fields are plain themselves.

#[derive(Clone, Copy)]
#[repr(C)]
struct Letter {
    letter: char,
    other: bool,
    rest: [u8; 3],
}

nn::__rt::plain!(Letter { letter, other, rest });

#[derive(Clone, Copy)]
struct Reference {
    number: &'static f32,
}

nn::__rt::zeroable!(Reference { number });

fn main() {}
