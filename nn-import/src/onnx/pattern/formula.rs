//! Formulas of patterns: `x * sigmoid(x)`, read once into sums and products of which the order of the parts is no matter.

/// A formula. Numbers are collected: one in each sum, one in each product.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    Number(f64),
    /// A value, or by their names a number (`epsilon`) or an array of the file (`gamma`, `beta`).
    Name(String),
    /// What is added, by name where any number will do; parts, and by what each is multiplied.
    Sum(Plus, Vec<(f64, Form)>),
    /// A number, and parts to the power of a number.
    Product(f64, Vec<(Form, f64)>),
    Call(String, Vec<Form>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Plus {
    Known(f64),
    Any(String),
}

/// Names that stand for any number.
pub fn is_number(name: &str) -> bool {
    name == "epsilon"
}

/// Names that stand for an array of the file.
pub fn is_array(name: &str) -> bool {
    matches!(name, "gamma" | "beta")
}

/// Reads a formula. A text that is none gives one that nothing matches.
pub fn read(text: &str) -> Form {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    reader.sum()
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn takes(&mut self, c: u8) -> bool {
        let takes = self.peek() == c;
        self.at += usize::from(takes);
        takes
    }

    fn sum(&mut self) -> Form {
        let mut parts = vec![(1.0, self.product())];
        loop {
            let sign = match self.peek() {
                b'+' => 1.0,
                b'-' => -1.0,
                _ => break,
            };
            self.at += 1;
            parts.push((sign, self.product()));
        }
        if let [(_, _)] = parts.as_slice() {
            return parts.remove(0).1;
        }
        let (mut plus, mut terms) = (Plus::Known(0.0), Vec::new());
        for (sign, part) in parts {
            match part {
                Form::Number(number) => plus = Plus::Known(sign * number),
                Form::Name(name) if is_number(&name) => plus = Plus::Any(name),
                Form::Product(by, factors) if by != 1.0 && factors.len() == 1 && factors[0].1 == 1.0 => {
                    terms.extend(factors.into_iter().map(|(form, _)| (sign * by, form)));
                }
                part => terms.push((sign, part)),
            }
        }
        Form::Sum(plus, terms)
    }

    fn product(&mut self) -> Form {
        let (mut by, mut factors) = (1.0, Vec::new());
        let mut power = 1.0;
        loop {
            if self.takes(b'-') {
                by = -by;
            }
            let (part, exponent) = self.power();
            match part {
                Form::Number(number) => by *= f64::powf(number, power * exponent),
                part => factors.push((part, power * exponent)),
            }
            power = match self.peek() {
                b'*' => 1.0,
                b'/' => -1.0,
                _ => break,
            };
            self.at += 1;
        }
        match factors.as_slice() {
            [] => Form::Number(by),
            [(_, 1.0)] if by == 1.0 => factors.remove(0).0,
            _ => Form::Product(by, factors),
        }
    }

    fn power(&mut self) -> (Form, f64) {
        let part = self.atom();
        if !self.takes(b'^') {
            return (part, 1.0);
        }
        let sign = if self.takes(b'-') { -1.0 } else { 1.0 };
        match self.atom() {
            Form::Number(exponent) => (part, sign * exponent),
            _ => (part, sign),
        }
    }

    fn atom(&mut self) -> Form {
        if self.takes(b'(') {
            let inner = self.sum();
            self.takes(b')');
            return inner;
        }
        let first = self.peek();
        let from = self.at;
        let is_part = |c: u8| c.is_ascii_alphanumeric() || c == b'.' || c == b'_';
        while self.text.get(self.at).copied().is_some_and(is_part) {
            self.at += 1;
        }
        let word = String::from_utf8_lossy(&self.text[from..self.at]).into_owned();
        if first.is_ascii_digit() {
            return Form::Number(word.parse().unwrap_or(f64::NAN));
        }
        if !self.takes(b'(') {
            return Form::Name(word);
        }
        let mut arguments = Vec::new();
        while !self.takes(b')') && self.at < self.text.len() {
            arguments.push(self.sum());
            self.takes(b',');
        }
        Form::Call(word, arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Form {
        Form::Name(name.to_owned())
    }

    #[test]
    fn numbers_are_collected() {
        assert_eq!(
            read("0.5 * x / 2 * (1 + erf(x))"),
            Form::Product(
                0.25,
                vec![
                    (name("x"), 1.0),
                    (Form::Sum(Plus::Known(1.0), vec![(1.0, Form::Call("erf".to_owned(), vec![name("x")]))]), 1.0)
                ]
            )
        );
        assert_eq!(
            read("d * (m + epsilon)^-0.5 - 2 * x"),
            Form::Sum(
                Plus::Known(0.0),
                vec![
                    (
                        1.0,
                        Form::Product(
                            1.0,
                            vec![
                                (name("d"), 1.0),
                                (Form::Sum(Plus::Any("epsilon".to_owned()), vec![(1.0, name("m"))]), -0.5)
                            ]
                        )
                    ),
                    (-2.0, name("x"))
                ]
            )
        );
    }
}
