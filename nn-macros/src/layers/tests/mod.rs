//! The layers' arguments, values and tables.

mod golden;
mod language;
mod mistakes;
mod moved;
mod values;
