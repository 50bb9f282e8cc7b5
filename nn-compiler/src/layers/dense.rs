//! `Dense`.

pub mod emit;

use std::rc::Rc;

use super::activation::Function;
use super::args::Args;
use super::options::{BIAS, KERNEL, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site, ranked, rule};

/// `Dense<units, …>` on the last axis.
#[derive(Clone)]
pub struct Dense {
    pub units: Dim,
    pub activation: Function,
    pub use_bias: bool,
    pub trainable: bool,
    pub kernel: Weight,
    pub bias: Weight,
}

pub const ENTRY: Entry = Entry {
    names: &["Dense"],
    positional: Positional::Named { names: &["units"], required: 1 },
    options: &[&["activation", "use_bias", "trainable"], KERNEL, BIAS],
    read: |args| Rc::new(read(args)),
};

fn read(args: &mut Args) -> Dense {
    Dense {
        units: args.size("units"),
        activation: args.function("activation"),
        use_bias: args.bool_or("use_bias", true),
        trainable: args.bool_or("trainable", true),
        kernel: args.weight(KERNEL, "glorot_uniform"),
        bias: args.weight(BIAS, "zeros"),
    }
}

impl Layer for Dense {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let units = &self.units;
        ranked!(site, input, |input| rule!(site, dense(input, units)))?;
        let (last, outer) = site.last(input)?;
        let mut output = outer.to_vec();
        output.push(units.clone());
        let op = Op::Dense(Dense { activation: self.activation.on(output.len()), ..self.clone() });
        let macs = Dim::product(output.iter().chain([last]));
        Ok(Placed { macs, params: self.params(last), ..Placed::new(output, op) })
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        Masked::passed(masks)
    }
}

impl Dense {
    fn params(&self, inputs: &Dim) -> Vec<Param> {
        let param = |name, shape, weight: &Weight| {
            let (trainable, weight) = (self.trainable, weight.clone());
            Param::new(name, shape, trainable, weight)
        };
        let kernel = param("kernel", vec![inputs.clone(), self.units.clone()], &self.kernel);
        let bias = self.use_bias.then(|| param("bias", vec![self.units.clone()], &self.bias));
        [Some(kernel), bias].into_iter().flatten().collect()
    }
}
