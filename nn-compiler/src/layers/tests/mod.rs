//! The layers' arguments, values and tables.

mod depthwise;
mod golden;
mod language;
mod mistakes;
mod moved;
mod values;
mod volumes;
