//! Sizes: numbers, constants that only the user's compiler can see, and what is computed from both.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use nn_shape::Padding;

use crate::source::SourceId;

/// The size of one axis, or a number of elements.
///
/// An expression is normalised, so that equal ones compare as equal whatever the order in which they were written: `A * B`
/// and `B * A`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// A number.
    Known(usize),
    /// A constant of the user's.
    Symbol(Symbol),
    /// The product of a number and other sizes, which are sorted and none of which is a number or a product.
    Product(usize, Vec<Size>),
    /// The sum of a number and other sizes, likewise.
    Sum(usize, Vec<Size>),
    /// A rule applied to sizes, not all of which are known.
    Applied(Rule, Vec<Size>),
    /// A length that the kernels know.
    Measured(Measure),
}

/// The shape of one sample, outermost axis first.
pub type Shape = Vec<Size>;

/// A constant of the user's. Two are equal if they are written alike.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// As written, without spaces and without the braces of a block.
    pub text: String,
    /// Where it stands.
    pub at: SourceId,
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Symbol {}

impl PartialOrd for Symbol {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Symbol {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

/// How one size follows from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// `nn_shape::window`: how often a window fits: input, size, stride, dilation.
    Window(Padding),
    /// `nn_shape::transposed`, the size of what a transposed convolution gives: input, size, stride, dilation, and
    /// `output_padding` where there is one.
    Transposed(Padding),
    /// `nn_shape::padding` with `Same`: the zeros before (0) or behind (1) an axis: input, size, stride, dilation.
    Same(usize),
    /// `nn_shape::transposed_ends`: what is cut off before (0) and behind (1) the output of a transposed convolution, and how many
    /// outputs lie behind the last window (2): size, stride, dilation, and `output_padding` where there is one.
    TransposedEnd(Padding, usize),
    /// `nn_shape::share`: one size divided by another.
    Share,
    /// `nn_shape::cropped`: a size without what lies before and behind.
    Cropped,
    /// `nn_shape::broadcast`: the size in which two meet.
    Broadcast,
    /// The elements before the last one of a dilated kernel: size, dilation.
    Before,
    /// The larger of two.
    Larger,
    /// `nn_shape::span`: how many elements lie between two places, in steps: from, to, step.
    Span,
}

impl Rule {
    /// The result for numbers.
    fn apply(self, args: &[usize]) -> Option<usize> {
        Some(match (self, args) {
            (Rule::Window(padding), &[input, size, stride, dilation]) => {
                nn_shape::window(padding, input, size, stride, dilation)
            }
            (Rule::Transposed(padding), &[input, size, stride, dilation]) => {
                nn_shape::transposed(padding, input, size, stride, dilation, None)
            }
            (Rule::Transposed(padding), &[input, size, stride, dilation, more]) => {
                nn_shape::transposed(padding, input, size, stride, dilation, Some(more))
            }
            (Rule::Same(end), &[input, size, stride, dilation]) => {
                *nn_shape::padding(Padding::Same, input, size, stride, dilation).get(end)?
            }
            (Rule::TransposedEnd(padding, end), &[size, stride, dilation]) => {
                *nn_shape::transposed_ends(padding, size, stride, dilation, None).get(end)?
            }
            (Rule::TransposedEnd(padding, end), &[size, stride, dilation, more]) => {
                *nn_shape::transposed_ends(padding, size, stride, dilation, Some(more)).get(end)?
            }
            (Rule::Share, &[whole, parts]) => nn_shape::share(whole, parts),
            (Rule::Cropped, &[size, before, behind]) => nn_shape::cropped(size, before, behind),
            (Rule::Broadcast, &[a, b]) => nn_shape::broadcast(a, b),
            (Rule::Before, &[kernel, dilation]) => nn_shape::reach(kernel, dilation) - 1,
            (Rule::Larger, &[a, b]) => a.max(b),
            (Rule::Span, &[from, to, step]) => nn_shape::span(from, to, step),
            (
                Rule::Window(_)
                | Rule::Transposed(_)
                | Rule::Same(_)
                | Rule::TransposedEnd(..)
                | Rule::Share
                | Rule::Cropped
                | Rule::Broadcast
                | Rule::Before
                | Rule::Larger
                | Rule::Span,
                _,
            ) => return None,
        })
    }

    /// The size that follows from these.
    pub fn of<'a>(self, args: impl IntoIterator<Item = &'a Size>) -> Size {
        let args: Vec<Size> = args.into_iter().cloned().collect();
        let known: Option<Vec<usize>> = args.iter().map(Size::known).collect();
        match (self, known.and_then(|known| self.apply(&known)), args.as_slice()) {
            (_, Some(known), _) => Size::Known(known),
            (Rule::Broadcast | Rule::Larger, _, [a, b]) if a == b => a.clone(),
            (Rule::Span, _, [Size::Known(0), to, Size::Known(1)]) => to.clone(),
            (Rule::Cropped, _, [size, Size::Known(0), Size::Known(0)]) => size.clone(),
            (Rule::Larger, _, [Size::Known(0), other] | [other, Size::Known(0)]) => other.clone(),
            _ => Size::Applied(self, args),
        }
    }
}

/// A length that depends on how a kernel works, of the operation of one node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    /// What is measured.
    pub what: Length,
    /// The node, by its place in the graph.
    pub node: usize,
}

/// What can be measured of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// The memory that it works in at inference.
    Scratch,
    /// The same for a convolution that writes through a pooling or into a border.
    ScratchInto,
    /// The input with zeros around it.
    Bordered,
    /// What it keeps for backward, for each sample.
    Saved,
    /// What it carries from one call to the next.
    State,
}

impl Size {
    /// The number, where it is one.
    pub fn known(&self) -> Option<usize> {
        match self {
            Size::Known(n) => Some(*n),
            Size::Symbol(_) | Size::Product(..) | Size::Sum(..) | Size::Applied(..) | Size::Measured(_) => None,
        }
    }

    /// A length that the kernel of a node knows.
    pub fn measured(what: Length, node: usize) -> Size {
        Size::Measured(Measure { what, node })
    }

    /// The product of some sizes.
    pub fn product<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Size {
        let (mut known, mut rest) = (1usize, Vec::new());
        for size in sizes {
            match size {
                Size::Known(n) => known = known.saturating_mul(*n),
                Size::Product(n, terms) => {
                    known = known.saturating_mul(*n);
                    rest.extend(terms.iter().cloned());
                }
                other => rest.push(other.clone()),
            }
        }
        rest.sort();
        match rest.as_slice() {
            [] => Size::Known(known),
            _ if known == 0 => Size::Known(0),
            [only] if known == 1 => only.clone(),
            _ => Size::Product(known, rest),
        }
    }

    /// The sum of some sizes.
    pub fn sum<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Size {
        let (mut known, mut rest) = (0usize, Vec::new());
        for size in sizes {
            match size {
                Size::Known(n) => known = known.saturating_add(*n),
                Size::Sum(n, terms) => {
                    known = known.saturating_add(*n);
                    rest.extend(terms.iter().cloned());
                }
                other => rest.push(other.clone()),
            }
        }
        rest.sort();
        match rest.as_slice() {
            [] => Size::Known(known),
            [only] if known == 0 => only.clone(),
            _ => Size::Sum(known, rest),
        }
    }

    /// As users read it: the number, the path of the constant, or `?` for what follows from one.
    pub fn text(&self) -> String {
        match self {
            Size::Known(n) => n.to_string(),
            Size::Symbol(Symbol { text, .. }) if is_path(text) => text.clone(),
            Size::Symbol(_) | Size::Product(..) | Size::Sum(..) | Size::Applied(..) | Size::Measured(_) => {
                "?".to_owned()
            }
        }
    }
}

fn is_path(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

/// A shape as users read it: `28×28×1`.
pub fn shape_text(shape: &[Size]) -> String {
    shape.iter().map(Size::text).collect::<Vec<_>>().join("×")
}

/// The elements before, along and after an axis.
pub fn around(shape: &[Size], axis: usize) -> [Size; 3] {
    [Size::product(&shape[..axis]), shape[axis].clone(), Size::product(&shape[axis + 1..])]
}

/// A shape of height, width and channels: a sequence is an image of one row, a volume one of the rows of all its frames.
pub fn image(shape: &[Size]) -> Shape {
    match shape {
        [steps, channels] => vec![Size::Known(1), steps.clone(), channels.clone()],
        [depth, height, width, channels] => {
            vec![Size::product([depth, height]), width.clone(), channels.clone()]
        }
        other => other.to_vec(),
    }
}

/// A shape of depth, height, width and channels: an image is one frame, a sequence one row of it.
pub fn volume(shape: &[Size]) -> Shape {
    let ones = 4_usize.saturating_sub(shape.len());
    core::iter::repeat_n(Size::Known(1), ones).chain(shape.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(text: &str) -> Size {
        Size::Symbol(Symbol { text: text.to_owned(), at: SourceId::NONE })
    }

    #[test]
    fn the_order_of_terms_does_not_matter() {
        let (a, b, three) = (symbol("A"), symbol("b::B"), Size::Known(3));
        assert_eq!(Size::product([&a, &b]), Size::product([&b, &a]));
        assert_eq!(
            Size::product([&Size::product([&a, &three]), &b]),
            Size::product([&three, &Size::product([&b, &a])])
        );
        assert_eq!(Size::sum([&a, &three, &b]), Size::sum([&Size::sum([&b, &three]), &a]));
        assert_ne!(Size::product([&a, &a]), a);
    }

    #[test]
    fn what_is_known_stays_a_number() {
        assert_eq!(Size::product([&Size::Known(3), &Size::Known(4)]), Size::Known(12));
        assert_eq!(Size::product([&symbol("A"), &Size::Known(0)]), Size::Known(0));
        assert_eq!(Size::product([&symbol("A"), &Size::Known(1)]), symbol("A"));
        assert_eq!(Size::sum([&symbol("A"), &Size::Known(0)]), symbol("A"));
        assert_eq!(Rule::Share.of([&Size::Known(12), &Size::Known(4)]), Size::Known(3));
        assert_eq!(Rule::Broadcast.of([&symbol("A"), &symbol("A")]), symbol("A"));
        assert_eq!(Rule::Larger.of([&Size::Known(0), &symbol("A")]), symbol("A"));
    }

    #[test]
    fn sizes_read_as_they_were_written() {
        assert_eq!(shape_text(&[Size::Known(28), symbol("crate::N"), symbol("2*N")]), "28×crate::N×?");
    }
}
