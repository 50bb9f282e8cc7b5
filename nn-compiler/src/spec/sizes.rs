//! Arguments that are sizes: one, one for each axis, or what lies before and behind each.

use nn_graph::Size;
use nn_graph::size::Symbol;
use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{BinOp, Expr, ExprLit, Lit, Stmt};

use super::args::Args;
use super::values::{Bound, Given, Taken};
use crate::rule::{brief, space_text};
use crate::syntax::ast::{Range, Value};
use crate::syntax::text::value_text;

impl Args<'_> {
    /// One size, at least 1: a number, the path of a constant or a block.
    pub fn size(&mut self, name: &str, value: &Value) -> Size {
        self.size_from(1, name, value)
    }

    /// So many elements, which may be none.
    fn amount(&mut self, name: &str, value: &Value) -> Size {
        self.size_from(0, name, value)
    }

    fn size_from(&mut self, least: usize, name: &str, value: &Value) -> Size {
        let number = match value {
            Value::Int(n, _) => *n,
            Value::Path(path) => return self.constant(value, path),
            Value::Block(block, _) => match evaluate(block) {
                Some(n) => n,
                None => return self.constant(value, block),
            },
            _ => {
                let help = "a size is an integer, the path of a `const` or a block: `{ 2 * N }`";
                self.wrong(name, value, "a size", help);
                return Size::Known(1);
            }
        };
        match usize::try_from(number) {
            Ok(0) if least > 0 => self.zero(name, value),
            Ok(n) if n <= isize::MAX as usize => return Size::Known(n),
            Ok(_) => self.wrong(name, value, "a size that memory can address", ""),
            Err(_) if number < 0 => self.wrong(name, value, &format!("a size of at least {least}"), ""),
            Err(_) => self.wrong(name, value, "a size that memory can address", ""),
        }
        Size::Known(1)
    }

    /// A constant of the user's: a path, or a block.
    fn constant(&mut self, value: &Value, expression: &impl ToTokens) -> Size {
        let mut tokens = expression.to_token_stream();
        // The user's own braces would be linted as superfluous where they end up.
        if let Some(TokenTree::Group(group)) = tokens.clone().into_iter().next() {
            tokens = group.stream();
        }
        let text = tokens.to_string().replace(char::is_whitespace, "");
        Size::Symbol(Symbol { text, at: self.sources.refer(value.extent(), &tokens) })
    }

    fn zero(&mut self, name: &str, value: &Value) {
        let text = brief(self.call);
        if let Err(problem) = nn_shape::positive(&text, name, 0) {
            self.error(value.extent(), problem.problem().to_string(), "");
        }
    }

    /// A size for each axis of space; one stands for all of them.
    pub fn sizes(&mut self, name: &'static str, axes: usize, value: &Value) -> Vec<Size> {
        self.sizes_from(1, name, axes, value)
    }

    /// The same for numbers of elements, which may be 0.
    pub fn amounts(&mut self, name: &'static str, axes: usize, value: &Value) -> Vec<Size> {
        self.sizes_from(0, name, axes, value)
    }

    fn sizes_from(&mut self, least: usize, name: &'static str, axes: usize, value: &Value) -> Vec<Size> {
        match value {
            // One of one axis, too: `strides = (2,)`.
            Value::Tuple(values, _) if values.len() == axes => {
                values.iter().map(|value| self.size_from(least, name, value)).collect()
            }
            Value::Tuple(..) if axes > 1 => {
                let help = ["", "`3` or `(3, 4)`", "`2` or `(1, 2, 3)`"][axes - 1];
                self.wrong(name, value, &format!("one size, or {}", space_text(axes)), help);
                vec![Size::Known(1); axes]
            }
            value => vec![self.size_from(least, name, value); axes],
        }
    }

    /// How many elements before and behind each axis of space: one number, one for each axis, or a pair for each.
    pub fn ends_or(
        &mut self,
        name: &'static str,
        axes: usize,
        default: usize,
        value: Option<&Value>,
    ) -> Vec<[Size; 2]> {
        let Some(value) = value else { return vec![[Size::Known(default), Size::Known(default)]; axes] };
        match value {
            Value::Tuple(values, _) if axes > 1 && values.len() == axes => {
                values.iter().map(|value| self.ends(name, axes, value)).collect()
            }
            Value::Tuple(..) if axes > 1 => vec![self.no_ends(name, axes, value); axes],
            value => vec![self.ends(name, axes, value); axes],
        }
    }

    /// How many before and behind: a pair, or one number for both.
    fn ends(&mut self, name: &'static str, axes: usize, value: &Value) -> [Size; 2] {
        match value {
            Value::Tuple(values, _) => match values.as_slice() {
                [before, behind] => [self.amount(name, before), self.amount(name, behind)],
                _ => self.no_ends(name, axes, value),
            },
            value => {
                let both = self.amount(name, value);
                [both.clone(), both]
            }
        }
    }

    /// An index or a range for each axis.
    pub fn slice(&mut self) -> Given {
        let axes = self.positional().into_iter().map(|value| match value {
            Value::Range(range, _) => {
                let Range { from, to, inclusive, step } = &**range;
                let (start, end) =
                    (Bound { from_end: false, n: Size::Known(0) }, Bound { from_end: true, n: Size::Known(0) });
                let from = from.as_ref().map_or(start, |from| self.bound(from));
                let to = match to.as_ref().map(|to| self.bound(to)) {
                    None => end,
                    Some(to) if *inclusive => to.next(),
                    Some(to) => to,
                };
                let step = step.as_ref().map_or(Size::Known(1), |step| self.size("step_by", step));
                Taken::Range { from, to, step }
            }
            value => Taken::Index(self.bound(value)),
        });
        Given::Slice(axes.collect())
    }

    /// A place on an axis: a size, or a number below 0, which is counted from the end.
    fn bound(&mut self, value: &Value) -> Bound {
        match value {
            Value::Int(n @ ..0, span) => Bound { from_end: true, n: self.amount("", &Value::Int(-n, *span)) },
            Value::Int(..) | Value::Path(_) | Value::Block(..) => Bound { from_end: false, n: self.amount("", value) },
            _ => {
                let problem = format!("`{}` is no place on an axis", value_text(value));
                self.error(
                    value.extent(),
                    problem,
                    "a place is an integer, the path of a `const` or a block: `x[1..N]`",
                );
                Bound { from_end: false, n: Size::Known(0) }
            }
        }
    }

    /// How many elements before and behind each axis of the input, as NumPy reads them: one number or one pair is for all axes.
    pub fn widths(&mut self, name: &'static str, value: &Value) -> Vec<[Size; 2]> {
        match value {
            Value::Tuple(pairs, _)
                if pairs.iter().all(|pair| matches!(pair, Value::Tuple(..))) && !pairs.is_empty() =>
            {
                pairs.iter().map(|pair| self.width(name, pair)).collect()
            }
            value => vec![self.width(name, value)],
        }
    }

    fn width(&mut self, name: &'static str, value: &Value) -> [Size; 2] {
        match value {
            Value::Tuple(ends, _) => match ends.as_slice() {
                [before, behind] => [self.amount(name, before), self.amount(name, behind)],
                _ => {
                    let takes = "one number, one pair for all axes, or a pair for each of them";
                    self.wrong(name, value, takes, "`1`, `(1, 2)` or `((1, 0), (2, 3))`");
                    [Size::Known(0), Size::Known(0)]
                }
            },
            value => {
                let both = self.amount(name, value);
                [both.clone(), both]
            }
        }
    }

    fn no_ends(&mut self, name: &'static str, axes: usize, value: &Value) -> [Size; 2] {
        let (takes, help) = match axes {
            1 => ("one number, or one for each end", "`2` or `(1, 2)`"),
            2 => ("one number, or one or a pair for height and for width", "`1`, `(1, 2)` or `((1, 0), (2, 3))`"),
            _ => (
                "one number, or one or a pair for depth, for height and for width",
                "`1`, `(1, 2, 3)` or `((1, 0), (2, 3), (1, 1))`",
            ),
        };
        self.wrong(name, value, takes, help);
        [Size::Known(0), Size::Known(0)]
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
