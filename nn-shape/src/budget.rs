//! The limits of `#[budget(…)]`, checked while constants are evaluated.

use crate::message::Message;

/// Stops the compiler where a network needs more than its budget.
///
/// # Panics
///
/// In constant evaluation, so as a compile error: if `needs` is more than `most`.
///
/// ```
/// const _: () = nn_shape::within_budget("LeNet", "parameters", 61_706, 61_706);
/// ```
#[track_caller]
pub const fn within_budget(network: &str, what: &str, needs: u64, most: u64) {
    if needs > most {
        let message = Message::new()
            .text("`")
            .text(network)
            .text("` needs ")
            .number(needs as usize)
            .text(" ")
            .text(what)
            .text(", but its budget is ")
            .number(most as usize);
        panic!("{}", message.as_str());
    }
}
