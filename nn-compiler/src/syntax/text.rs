//! Layers and values as the user would write them, evenly spaced.

use quote::ToTokens;
use syn::Path;

use super::ast::{Arg, Expression, Item, NamedInput, Operator, Range, Value};

/// `Conv2D<6, 3, padding = same>`.
pub fn call_text(name: &str, args: &[Arg]) -> String {
    if args.is_empty() {
        return name.to_string();
    }
    let args: Vec<_> = args.iter().map(arg_text).collect();
    format!("{name}<{}>", args.join(", "))
}

fn arg_text(arg: &Arg) -> String {
    match &arg.name {
        Some(name) => format!("{name} = {}", value_text(&arg.value)),
        None => value_text(&arg.value),
    }
}

/// `(2, 1)`, `l2(0.1)`, `{ 2 * N }`.
pub fn value_text(value: &Value) -> String {
    match value {
        Value::Int(n, _) => int_text(*n),
        Value::Float(x, _) => format!("{x:?}"),
        Value::Bool(b, _) => b.to_string(),
        Value::Tuple(values, _) if values.len() == 1 => format!("({},)", list(values)),
        Value::Tuple(values, _) => format!("({})", list(values)),
        Value::Path(path) => path_text(path),
        Value::Call { path, args, .. } => format!("{}({})", path_text(path), list(args)),
        Value::Block(block, _) => block.to_token_stream().to_string(),
        Value::Layer(call) => call.text.clone(),
        Value::Range(range, _) => range_text(range),
    }
}

/// `1..5`, `(..).step_by(2)`.
fn range_text(range: &Range) -> String {
    let bound = |value: &Option<Value>| value.as_ref().map(value_text).unwrap_or_default();
    let dots = if range.inclusive { "..=" } else { ".." };
    let text = format!("{}{dots}{}", bound(&range.from), bound(&range.to));
    match &range.step {
        Some(step) => format!("({text}).step_by({})", value_text(step)),
        None => text,
    }
}

/// `x[1..5, -1]`.
pub fn slice_text(of: &Expression, axes: &[Value]) -> String {
    let of = match of {
        Expression::Name(_) | Expression::Call { .. } | Expression::Slice { .. } | Expression::Broken => {
            expression_text(of)
        }
        of => format!("({})", expression_text(of)),
    };
    format!("{of}[{}]", list(axes))
}

fn list(values: &[Value]) -> String {
    values.iter().map(value_text).collect::<Vec<_>>().join(", ")
}

/// `(x => Dense<4>) + y`.
pub fn expression_text(value: &Expression) -> String {
    match value {
        Expression::Name(name) => name.to_string(),
        Expression::Chain { from, items } => format!("{} => {}", expression_text(from), chain_text(items)),
        Expression::Call { label, call, inputs, named, .. } => {
            let label = label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
            let mut inputs: Vec<_> = inputs.iter().map(expression_text).collect();
            inputs.extend(named.iter().map(named_text));
            format!("{label}{}({})", call.text, inputs.join(", "))
        }
        Expression::Binary { operator, left, right, .. } => {
            format!(
                "{} {} {}",
                operand_text(left, *operator, false),
                operator.sign(),
                operand_text(right, *operator, true)
            )
        }
        Expression::Negative { of, .. } => match &**of {
            Expression::Chain { .. } | Expression::Binary { .. } => format!("-({})", expression_text(of)),
            of => format!("-{}", expression_text(of)),
        },
        Expression::Slice { of, axes, .. } => slice_text(of, axes),
        Expression::Number(number, _) => format!("{number:?}"),
        Expression::Broken => "…".to_string(),
    }
}

/// `mask = (None, m)`.
fn named_text(named: &NamedInput) -> String {
    let text = |value: &Option<Expression>| value.as_ref().map_or_else(|| "None".to_string(), expression_text);
    let values: Vec<_> = named.values.iter().map(text).collect();
    match &values[..] {
        [value] => format!("{} = {value}", named.name),
        values => format!("{} = ({})", named.name, values.join(", ")),
    }
}

/// In parentheses where it would not bind as it does.
fn operand_text(value: &Expression, around: Operator, is_right: bool) -> String {
    let loose = match value {
        Expression::Chain { .. } => true,
        Expression::Binary { operator, .. } if operator.is_tight() => is_right && around.is_tight(),
        Expression::Binary { .. } => is_right || around.is_tight(),
        _ => false,
    };
    let text = expression_text(value);
    if loose { format!("({text})") } else { text }
}

fn chain_text(items: &[Item]) -> String {
    let text = |item: &Item| match item {
        Item::Layer { label: Some(label), call } => format!("{label}: {}", call.text),
        Item::Layer { label: None, call } => call.text.clone(),
        Item::Repeat { chain, count, .. } => format!("[{}; {}]", chain_text(chain), value_text(count)),
        Item::Each { chain, name, values, .. } => format!("[{}; {name} in ({})]", chain_text(chain), list(values)),
        Item::Broken => "…".to_string(),
    };
    items.iter().map(text).collect::<Vec<_>>().join(" => ")
}

/// `crate::model::CLASSES`.
pub fn path_text(path: &Path) -> String {
    let lead = if path.leading_colon.is_some() { "::" } else { "" };
    let text = |segment: &syn::PathSegment| {
        let parameters = segment.arguments.to_token_stream().to_string();
        format!("{}{}", segment.ident, parameters.replace(' ', "").replace(',', ", "))
    };
    let segments: Vec<_> = path.segments.iter().map(text).collect();
    format!("{lead}{}", segments.join("::"))
}

/// From five digits on with `_` between the thousands.
fn int_text(n: i128) -> String {
    let digits = n.unsigned_abs().to_string();
    let sign = if n < 0 { "-" } else { "" };
    if digits.len() < 5 {
        return format!("{sign}{digits}");
    }
    let mut text = sign.to_string();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_get_underscores() {
        assert_eq!(int_text(1024), "1024");
        assert_eq!(int_text(10_000), "10_000");
        assert_eq!(int_text(-1_234_567), "-1_234_567");
    }
}
