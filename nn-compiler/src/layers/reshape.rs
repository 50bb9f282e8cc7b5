//! `Reshape`.

use std::rc::Rc;

use super::args::Args;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::parse::ast::Value;
use crate::shapes::Operand;
use crate::shapes::dim::{Dim, Shape, apply};
use crate::shapes::rule::{MOST_AXES, Problem, Site, ranked, rule};

/// `Reshape<sizes…>`; the size that is `-1` follows from the others.
struct Reshape {
    target: Vec<Dim>,
    open: Option<usize>,
}

pub const ENTRY: Entry =
    Entry { names: &["Reshape"], positional: Positional::Sizes, options: &[], read: |args| Rc::new(read(args)) };

fn read(args: &mut Args) -> Reshape {
    let values = args.positional();
    let mut reshape = Reshape { target: Vec::new(), open: None };
    if values.is_empty() || values.len() > MOST_AXES {
        let problem = format!("`{}` takes 1 to {MOST_AXES} sizes", args.layer());
        args.error(args.call.extent(), problem, "`Reshape<7, 7, 16>`");
    }
    for (axis, value) in values.into_iter().enumerate() {
        let is_open = matches!(value, Value::Int(-1, _));
        if is_open && reshape.open.is_some() {
            let problem = "only one size of `Reshape` can be `-1`".to_string();
            args.error(value.extent(), problem, "it is what the other sizes leave over");
        }
        if is_open {
            reshape.open = Some(axis);
            reshape.target.push(Dim::Known(nn_shape::INFER));
        } else {
            reshape.target.push(args.dim("", value));
        }
    }
    reshape
}

impl Layer for Reshape {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let target = self.target.as_slice();
        ranked!(site, input, |input| ranked!(site, target, |target| rule!(site, reshape(input, target))))?;
        let mut output = self.target.clone();
        if let Some(axis) = self.open {
            let all = Dim::product(input);
            let others = Dim::product(output.iter().filter(|size| size.known() != Some(nn_shape::INFER)));
            output[axis] = apply!(share(all, others));
        }
        Ok(Placed::new(output, Op::View))
    }

    fn certain_output(&self) -> Option<Shape> {
        self.open.is_none().then(|| self.target.clone())
    }
}
