//! Arguments that are sizes: one, or height and width.

use syn::{BinOp, Expr, ExprLit, Lit, Stmt};

use super::args::Args;
use super::options::Pair;
use crate::parse::ast::Value;
use crate::shapes::dim::Dim;
use crate::shapes::rule::brief;

impl Args<'_> {
    /// A size that must be there, at least 1.
    pub fn size(&mut self, name: &'static str) -> Dim {
        self.size_or(name, 1)
    }

    /// A size, at least 1.
    pub fn size_or(&mut self, name: &'static str, default: usize) -> Dim {
        match self.get(name) {
            Some(value) => self.dim(name, value),
            None => Dim::Known(default),
        }
    }

    /// One size, at least 1: a number, the path of a constant or a block.
    pub fn dim(&mut self, name: &str, value: &Value) -> Dim {
        self.dim_from(1, name, value)
    }

    /// So many elements, which may be none.
    pub fn amount(&mut self, name: &str, value: &Value) -> Dim {
        self.dim_from(0, name, value)
    }

    fn dim_from(&mut self, least: usize, name: &str, value: &Value) -> Dim {
        let number = match value {
            Value::Int(n, _) => *n,
            Value::Path(path) => return Dim::constant(path),
            Value::Block(block, _) => match evaluate(block) {
                Some(n) => n,
                None => return Dim::constant(block),
            },
            _ => {
                let help = "a size is an integer, the path of a `const` or a block: `{ 2 * N }`";
                self.wrong(name, value, "a size", help);
                return Dim::Known(1);
            }
        };
        match usize::try_from(number) {
            Ok(0) if least > 0 => self.zero(name, value),
            Ok(n) if n <= isize::MAX as usize => return Dim::Known(n),
            Ok(_) => self.wrong(name, value, "a size that memory can address", ""),
            Err(_) if number < 0 => self.wrong(name, value, &format!("a size of at least {least}"), ""),
            Err(_) => self.wrong(name, value, "a size that memory can address", ""),
        }
        Dim::Known(1)
    }

    fn zero(&mut self, name: &str, value: &Value) {
        let text = brief(self.call);
        if let Err(problem) = nn_shape::positive(&text, name, 0) {
            self.error(value.extent(), problem.problem().to_string(), "");
        }
    }

    /// A size for height and one for width; one size stands for both.
    pub fn pair_or(&mut self, name: &'static str, default: Pair) -> Pair {
        match self.get(name) {
            Some(value) => self.pair_of(name, value),
            None => default,
        }
    }

    /// A size for the steps of a sequence, which is an image of one row.
    pub fn steps_or(&mut self, name: &'static str, default: Pair) -> Pair {
        match self.get(name) {
            Some(value) => [Dim::Known(1), self.dim(name, value)],
            None => default,
        }
    }

    fn pair_of(&mut self, name: &str, value: &Value) -> Pair {
        match value {
            Value::Tuple(values, _) => match values.as_slice() {
                [height, width] => [self.dim(name, height), self.dim(name, width)],
                _ => {
                    self.wrong(name, value, "one size, or height and width", "`3` or `(3, 4)`");
                    [Dim::Known(1), Dim::Known(1)]
                }
            },
            value => {
                let size = self.dim(name, value);
                [size.clone(), size]
            }
        }
    }
}

/// What a block comes to, if it is nothing but integers and `+ - * / %`.
pub fn evaluate(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => int.base10_parse().ok(),
        Expr::Paren(inner) => evaluate(&inner.expr),
        Expr::Group(inner) => evaluate(&inner.expr),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => evaluate(expr),
            _ => None,
        },
        Expr::Binary(binary) => {
            let (a, b) = (evaluate(&binary.left)?, evaluate(&binary.right)?);
            match binary.op {
                BinOp::Add(_) => a.checked_add(b),
                BinOp::Sub(_) => a.checked_sub(b),
                BinOp::Mul(_) => a.checked_mul(b),
                BinOp::Div(_) => a.checked_div(b),
                BinOp::Rem(_) => a.checked_rem(b),
                _ => None,
            }
        }
        _ => None,
    }
}
