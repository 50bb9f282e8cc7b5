//! All fields are listed, even those without a size.

#[derive(Clone, Copy)]
#[repr(C)]
struct More {
    number: f32,
    never: [std::convert::Infallible; 0],
}

nn::__rt::plain!(More { number });

fn main() {}
