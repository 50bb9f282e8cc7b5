//! The comparison with Keras' results, with the tolerances that the case gives.

use std::fmt::Write;

use crate::case::Case;

/// What a gradient of `f32` that cancels to nothing (a bias before a BatchNormalization) may be off by: it is a sum of numbers
/// around 1 that is as near to 0 as rounding lets it be.
const CANCELLED: f64 = 2e-5;

/// How many wrong elements a message shows.
const SHOWN: usize = 5;

impl Case {
    /// Compares what we computed with one of the case's arrays.
    ///
    /// # Panics
    ///
    /// If an element is further off than the case allows, with a message that tells which ones.
    pub fn compare<T: Into<f64> + Copy>(&self, tensor: &str, got: &[T]) {
        let want = self.array(tensor);
        assert_eq!(got.len(), want.data.len(), "{}: {tensor} has the shape {:?}", self.name, want.shape);
        let got: Vec<f64> = got.iter().map(|&value| value.into()).collect();
        self.compare_values(tensor, &want.shape, &got, &want.data);
    }

    /// Compares numbers that we computed with numbers of `cases.json`.
    ///
    /// # Panics
    ///
    /// If a number is further off than the case allows.
    pub fn compare_values(&self, what: &str, shape: &[usize], got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len(), "{}: the number of values in {what}", self.name);
        let (rtol, mut atol) = self.tolerance(what);
        let cancels = what.starts_with("grad_param.") && want.iter().all(|want| want.abs() < 1e-12);
        if cancels && rtol > 1e-6 {
            atol = atol.max(CANCELLED);
        }
        let wrong = |(_, (got, want)): &(usize, (&f64, &f64))| !within(**got, **want, rtol, atol);
        let wrong: Vec<_> = got.iter().zip(want).enumerate().filter(wrong).collect();
        if wrong.is_empty() {
            return;
        }
        let mut text = format!("{}: {what} is wrong in {} of {} elements\n", self.name, wrong.len(), want.len());
        for (at, (got, want)) in wrong.iter().take(SHOWN) {
            let (index, off, allowed) = (index(*at, shape), (*got - *want).abs(), atol + rtol * want.abs());
            writeln!(text, "  at {index:?}: got {got:e}, want {want:e}: off by {off:e}, allowed is {allowed:e}")
                .expect("a String takes all");
        }
        write!(text, "  tolerance: {atol:e} + {rtol:e} · |want|, from {}", crate::case::FOLDER)
            .expect("a String takes all");
        panic!("{text}");
    }

    /// Whether all numbers are within the tolerance of `what`.
    pub fn agree(&self, what: &str, got: &[f64], want: &[f64]) -> bool {
        let (rtol, atol) = self.tolerance(what);
        got.len() == want.len() && got.iter().zip(want).all(|(&got, &want)| within(got, want, rtol, atol))
    }

    /// `(rtol, atol)` of a tensor.
    fn tolerance(&self, tensor: &str) -> (f64, f64) {
        let rtol = self.json["rtol"].as_f64().unwrap_or_else(|| panic!("{}: no `rtol`", self.name));
        let own = self.json["atols"][tensor].as_f64();
        let atol = own.or_else(|| self.json["atol"].as_f64()).unwrap_or_else(|| panic!("{}: no `atol`", self.name));
        (rtol, atol)
    }
}

/// Whether a value is near enough; two equal infinities are, not-a-number never is.
fn within(got: f64, want: f64, rtol: f64, atol: f64) -> bool {
    got == want || (got - want).abs() <= atol + rtol * want.abs()
}

/// The place of an element in an array of this shape.
fn index(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = Vec::new();
    for &size in shape.iter().rev() {
        index.push(at % size);
        at /= size;
    }
    index.reverse();
    index
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case() -> Case {
        let json = json!({ "rtol": 0.01, "atol": 1.0, "atols": { "output.y": 0.1 } });
        Case { name: "dense".to_string(), json: Box::leak(Box::new(json)), file: None }
    }

    #[test]
    fn values_within_the_tolerance_of_their_tensor_pass() {
        case().compare_values("output.y", &[2], &[10.19, -3.0], &[10.0, -3.0]);
        case().compare_values("grad_input.x", &[2], &[11.0, f64::INFINITY], &[10.0, f64::INFINITY]);
    }

    #[test]
    #[should_panic(
        expected = "dense: output.y is wrong in 1 of 4 elements\n  at [1, 0]: got 1.021e1, want 1e1: off by"
    )]
    fn a_value_beyond_the_tolerance_is_named() {
        case().compare_values("output.y", &[2, 2], &[1.0, 2.0, 10.21, 4.0], &[1.0, 2.0, 10.0, 4.0]);
    }

    #[test]
    #[should_panic(expected = "wrong in 1 of 1")]
    fn not_a_number_is_wrong() {
        case().compare_values("output.y", &[1], &[f64::NAN], &[1.0]);
    }

    #[test]
    #[should_panic(expected = "the number of values in output.y")]
    fn a_missing_value_is_wrong() {
        case().compare_values("output.y", &[2], &[1.0], &[1.0, 2.0]);
    }
}
