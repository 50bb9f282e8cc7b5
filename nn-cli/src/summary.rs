//! `nn summary`.

use std::path::Path;

use nn_import::Options;
use nn_run::Part;

use crate::open::{self, Stop};

pub fn summary(file: &Path, options: &Options) -> Result<(), Stop> {
    let (model, network) = open::network(file, options)?;
    let shape = |part: &Part| part.shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    for (part, own) in network.inputs().iter().zip(&model.inputs) {
        println!("input   {} {}{}", part.name, shape(part), called(&part.name, own));
    }
    for (part, own) in network.outputs().iter().zip(&model.outputs) {
        println!("output  {} {}{}", part.name, shape(part), called(&part.name, own));
    }
    println!("weights {} in {} arrays", network.weights().len(), network.params().len());
    println!("\n{}", model.text);
    Ok(())
}

/// What the file calls it, where that is something else.
fn called(name: &str, own: &str) -> String {
    if name == own { String::new() } else { format!(" (`{own}` in the file)") }
}
