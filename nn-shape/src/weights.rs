//! The tensors of a weight file, compared with the weights of a network.

use crate::message::Message;

/// Says that a tensor of a file has another shape than the weight of its name.
///
/// ```
/// let message = nn_shape::other_shape("net.safetensors", "dense.kernel", &[4, 3], &[3, 4]);
/// assert_eq!(message.as_str(), "the shape of `dense.kernel` in `net.safetensors`: expected 4×3, found 3×4");
/// ```
pub const fn other_shape(file: &str, tensor: &str, expected: &[usize], found: &[usize]) -> Message {
    let message = Message::new()
        .text("the shape of `")
        .text(tensor)
        .text("` in `")
        .text(file)
        .text("`: expected ")
        .shape(expected)
        .text(", found ");
    if found.is_empty() { message.text("a single number") } else { message.shape(found) }
}

/// Stops the compiler where a tensor of a file has another shape than the weight of its name.
///
/// # Panics
///
/// In constant evaluation, so as a compile error: if the shapes differ.
///
/// ```
/// const _: () = nn_shape::same_shape("net.safetensors", "dense.kernel", &[4, 3], &[4, 3]);
/// ```
#[track_caller]
pub const fn same_shape(file: &str, tensor: &str, expected: &[usize], found: &[usize]) {
    let mut same = expected.len() == found.len();
    let mut axis = 0;
    while same && axis < expected.len() {
        same = expected[axis] == found[axis];
        axis += 1;
    }
    if !same {
        panic!("{}", other_shape(file, tensor, expected, found).as_str());
    }
}
