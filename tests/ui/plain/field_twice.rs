//! Each field is listed once: two halves make no whole.

#[derive(Clone, Copy)]
#[repr(C)]
struct Halves {
    number: u32,
    letter: char,
}

nn::__rt::plain!(Halves { number, number });

fn main() {}
