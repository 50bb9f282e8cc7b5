//! File names with values in them: `net-{epoch:02d}-{val_loss:.2f}`.

/// Fills the braces of a template: `{name}`, `{name:04d}`, `{name:.2f}`; `{{` and `}}` are braces.
pub(super) fn fill(template: &str, value: impl Fn(&str) -> Option<f64>) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        text += before;
        if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
            text += &brace[..1];
            rest = after;
            continue;
        }
        let field = brace.strip_prefix('{').and_then(|brace| brace.split_once('}'));
        let (field, after) = field.ok_or_else(|| format!("`{template}` has a brace without its other half"))?;
        let (name, format) = field.split_once(':').unwrap_or((field, ""));
        let value = value(name).ok_or_else(|| format!("`{template}` names `{name}`, which there is not"))?;
        let number = number(value, format);
        text +=
            &number.ok_or_else(|| format!("`{template}`: expected a format like `02d` or `.2f`, found `{format}`"))?;
        rest = after;
    }
    Ok(text + rest)
}

/// A value in Python's format `[0][width][.precision][d or f]`.
fn number(value: f64, format: &str) -> Option<String> {
    let kind = format.chars().last().filter(|kind| matches!(kind, 'd' | 'f'));
    let format = format.strip_suffix(['d', 'f']).unwrap_or(format);
    let (width, precision) = match format.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse().ok().filter(|digits: &usize| *digits <= 32)?)),
        None => (format, None),
    };
    let zeros = width.starts_with('0');
    let width = if width.is_empty() { 0 } else { width.parse().ok().filter(|width: &usize| *width <= 64)? };
    let digits = match (kind, precision) {
        (Some('d'), None) if value.fract() == 0.0 => format!("{value:.0}"),
        (Some('d'), _) => return None,
        (None, None) => value.to_string(),
        (_, precision) => format!("{value:.*}", precision.unwrap_or(6)),
    };
    Some(if zeros { format!("{digits:0>width$}") } else { format!("{digits:>width$}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Result<String, String> {
        fill(template, |name| match name {
            "epoch" => Some(3.0),
            "val_loss" => Some(0.12345),
            _ => None,
        })
    }

    #[test]
    fn names_are_replaced_by_values() {
        assert_eq!(filled("net.safetensors").unwrap(), "net.safetensors");
        assert_eq!(filled("net-{epoch}").unwrap(), "net-3");
        assert_eq!(filled("{epoch:02d}-{val_loss:.2f}.x").unwrap(), "03-0.12.x");
        assert_eq!(filled("{epoch:4d}{{{val_loss}}}").unwrap(), "   3{0.12345}");
        assert_eq!(filled("{val_loss:f}").unwrap(), "0.123450");
    }

    #[test]
    fn bad_templates_are_errors() {
        for bad in ["{", "}", "{epoch", "{loss}", "{epoch:x}", "{val_loss:d}", "{epoch:.d}", "{epoch:999999d}"] {
            assert!(filled(bad).is_err(), "{bad}");
        }
    }
}
