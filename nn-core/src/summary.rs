//! The table of a network's layers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

use crate::network::Network;
use crate::params::LayerInfo;

const HEAD: [&str; 4] = ["Layer (type)", "Output Shape", "Param #", "Mult-Adds"];

/// What [`Network::summary`] returns: printed, it is Keras' table with a column for multiply-adds.
///
/// Sizes count the bytes of the weights in the network's element type; multiply-adds are those of
/// one sample.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The name of the network.
    pub network: &'static str,
    /// The layers, in order.
    pub layers: &'static [LayerInfo],
    /// The number of weights, the moving statistics included.
    pub params: usize,
    /// How many of them the optimizer changes.
    pub trainable: usize,
    /// Multiply-adds for one sample.
    pub macs: u64,
    /// Bytes of one weight.
    element: usize,
}

impl Summary {
    pub(crate) fn of<N: Network>() -> Self {
        let params = N::PARAMS.iter().map(|param| param.len()).sum();
        let trainable = N::PARAMS.iter().filter(|param| param.trainable).map(|param| param.len()).sum();
        let macs = N::LAYERS.iter().map(|layer| layer.macs).sum();
        Self { network: N::NAME, layers: N::LAYERS, params, trainable, macs, element: size_of::<N::Element>() }
    }

    fn total(&self, f: &mut Formatter<'_>, name: &str, count: usize) -> fmt::Result {
        writeln!(f, " {name}: {} ({})", grouped(count as u64), memory(count * self.element))
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self.layers.iter().map(cells).collect();
        let widths: [usize; 4] = core::array::from_fn(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([HEAD[column].len()]).max().unwrap_or(0)
        });
        writeln!(f, "Model: \"{}\"", self.network)?;
        rule(f, &widths, ["┏", "━", "┳", "┓"])?;
        row(f, &widths, &HEAD.map(ToString::to_string), "┃")?;
        rule(f, &widths, ["┡", "━", "╇", "┩"])?;
        for (index, cells) in rows.iter().enumerate() {
            if index > 0 {
                rule(f, &widths, ["├", "─", "┼", "┤"])?;
            }
            row(f, &widths, cells, "│")?;
        }
        rule(f, &widths, ["└", "─", "┴", "┘"])?;
        self.total(f, "Total params", self.params)?;
        self.total(f, "Trainable params", self.trainable)?;
        self.total(f, "Non-trainable params", self.params - self.trainable)?;
        writeln!(f, " Multiply-adds: {}", grouped(self.macs))?;
        let mut losing = self.layers.iter().filter(|layer| layer.loses_mask);
        losing.try_for_each(|LayerInfo { name, class, .. }| writeln!(f, " The mask ends at: {name} ({class})"))
    }
}

fn cells(layer: &LayerInfo) -> [String; 4] {
    let mut shape = String::from("(None");
    for size in layer.output {
        shape += &format!(", {size}");
    }
    shape.push(')');
    let name = format!("{} ({})", layer.name, layer.class);
    [name, shape, grouped(layer.params as u64), grouped(layer.macs)]
}

fn rule(f: &mut Formatter<'_>, widths: &[usize], [left, line, cross, right]: [&str; 4]) -> fmt::Result {
    let columns: Vec<_> = widths.iter().map(|width| line.repeat(width + 2)).collect();
    writeln!(f, "{left}{}{right}", columns.join(cross))
}

/// Names and shapes to the left, numbers to the right.
fn row(f: &mut Formatter<'_>, w: &[usize; 4], [name, shape, params, macs]: &[String; 4], bar: &str) -> fmt::Result {
    write!(f, "{bar} {name:<0$} {bar} {shape:<1$} ", w[0], w[1])?;
    writeln!(f, "{bar} {params:>0$} {bar} {macs:>1$} {bar}", w[2], w[3])
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes as Keras prints them: `136.04 KB`, in steps of 1024.
fn memory(bytes: usize) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KB", "MB", "GB", "TB"] {
        if size < 1024.0 {
            return format!("{size:.2} {unit}");
        }
        size /= 1024.0;
    }
    format!("{size:.2} PB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn memory_is_in_steps_of_1024() {
        assert_eq!(memory(0), "0.00 B");
        assert_eq!(memory(139_304), "136.04 KB");
        assert_eq!(memory(3 << 20), "3.00 MB");
    }
}
