//! Layers and values as the user would write them, evenly spaced.

use quote::ToTokens;
use syn::Path;

use super::ast::{Arg, Value};

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
    }
}

fn list(values: &[Value]) -> String {
    values.iter().map(value_text).collect::<Vec<_>>().join(", ")
}

/// `crate::model::CLASSES`.
pub fn path_text(path: &Path) -> String {
    let lead = if path.leading_colon.is_some() { "::" } else { "" };
    let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
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
