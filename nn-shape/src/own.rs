//! Layers of a user's own, whose shapes only rustc knows.

use crate::message::Message;

/// Says that a layer of the user's gives another shape than the network says.
///
/// ```
/// let message = nn_shape::other_output("Custom<Gate>", &[8], &[8, 2]);
/// assert!(message.as_str().starts_with("the type of `Custom<Gate>` gives 8, but the network says 8×2"));
/// ```
pub const fn other_output(layer: &str, gives: &[usize], says: &[usize]) -> Message {
    let message = Message::new().text("the type of `").text(layer).text("` gives ").shape(gives);
    let message = message.text(", but the network says ").shape(says).text("\nhelp: `output = ");
    let message = if gives.len() == 1 { message.number(gives[0]) } else { tuple(message, gives) };
    message.text("` is the shape of its `Output`; without the option it is that of the input")
}

const fn tuple(mut message: Message, sizes: &[usize]) -> Message {
    message = message.text("(");
    let mut axis = 0;
    while axis < sizes.len() {
        message = if axis > 0 { message.text(", ") } else { message };
        message = message.number(sizes[axis]);
        axis += 1;
    }
    message.text(")")
}

/// Stops the compiler where a layer of the user's gives another shape than the network says.
///
/// # Panics
///
/// As said: while constants are evaluated, this is an error of the compiler.
///
/// ```
/// const _: () = nn_shape::own_output("Custom<Gate>", &[8, 2], &[8, 2]);
/// ```
pub const fn own_output(layer: &str, gives: &[usize], says: &[usize]) {
    let mut same = gives.len() == says.len();
    let mut axis = 0;
    while same && axis < gives.len() {
        same = gives[axis] == says[axis];
        axis += 1;
    }
    if !same {
        panic!("{}", other_output(layer, gives, says).as_str());
    }
}
