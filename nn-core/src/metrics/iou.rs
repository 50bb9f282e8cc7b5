//! `IoU` and its siblings: how far what is predicted of a class overlaps with where it is.

use super::{Metric, argmax, by_row, weighted_rows};
use crate::config::row::{Excluded, Included, Range};
use crate::config::{Config, row};
use crate::element::Element;
use crate::error::FitError;

/// How often which class was taken for which.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassConfusion {
    /// By class that is right and class that is predicted.
    counts: Vec<f64>,
}

/// What the metrics here are about.
struct Setting<'a> {
    classes: usize,
    /// The classes that count; empty for all.
    target_class_ids: &'a [f64],
    /// A target that does not count.
    ignore_class: Option<i64>,
    /// Whether targets and outputs are indices of classes, rather than a number for each class.
    sparse: [bool; 2],
    /// What makes 0 or 1 of an output.
    threshold: Option<f64>,
}

const IDS: Range = Range { expected: "a list of indices of classes", from: Included(0.0), to: Excluded(f64::INFINITY) };

impl Setting<'_> {
    fn check(&self) -> Result<(), FitError> {
        match self.target_class_ids.iter().find(|id| id.fract() != 0.0 || **id >= self.classes as f64) {
            Some(id) => Err(FitError::option("target_class_ids", "indices of classes below `num_classes`", id)),
            None => Ok(()),
        }
    }

    /// Whether rows have as many classes in their targets as in their outputs.
    fn fits(&self, widths: [usize; 2]) -> bool {
        let ids = |at: usize| if self.sparse[at] { widths[at] } else { 1 };
        ids(0) == ids(1)
    }

    /// The classes of which a row of targets, or of outputs, consists.
    fn ids<T: Element>(&self, at: usize, row: &[T]) -> impl Iterator<Item = i64> {
        let (sparse, threshold) = (self.sparse[at], self.threshold.filter(|_| at == 1));
        let id = move |x: &T| match threshold {
            Some(threshold) => i64::from(Element::to_f64(*x) >= threshold),
            None => x.to_i64().unwrap_or(-1),
        };
        let one = (!sparse).then(|| argmax(row) as i64);
        one.into_iter().chain(row.iter().filter(move |_| sparse).map(id))
    }
}

impl ClassConfusion {
    fn update<T: Element>(
        &mut self,
        setting: &Setting<'_>,
        [y_true, y_pred]: [&[T]; 2],
        [width, classes]: [usize; 2],
        weights: Option<&[T]>,
    ) {
        self.counts.resize(setting.classes * setting.classes, 0.0);
        if !setting.fits([width, classes]) {
            return self.counts.fill(f64::NAN);
        }
        for (targets, outputs, weight) in weighted_rows([y_true, y_pred], [width, classes], weights) {
            let ids = setting.ids(0, targets).zip(setting.ids(1, outputs));
            for (target, output) in ids.filter(|(target, _)| Some(*target) != setting.ignore_class) {
                let known = |id: i64| usize::try_from(id).ok().filter(|id| *id < setting.classes);
                if let (Some(target), Some(output)) = (known(target), known(output)) {
                    // Whole numbers, as in Keras.
                    self.counts[target * setting.classes + output] += weight.trunc();
                }
            }
        }
    }

    /// The mean overlap of the classes that occur.
    fn overlap(&self, setting: &Setting<'_>) -> f64 {
        let classes = setting.classes;
        let at = |target: usize, output: usize| self.counts.get(target * classes + output).copied().unwrap_or(0.0);
        let (mut sum, mut count) = (0.0, 0.0);
        let mut add = |id: usize| {
            let right = at(id, id);
            let all = (0..classes).map(|other| at(id, other) + at(other, id)).sum::<f64>() - right;
            if all > 1e-9 || all.is_nan() {
                sum += right / (all + 1e-7);
                count += 1.0;
            }
        };
        match setting.target_class_ids {
            [] => (0..classes).for_each(&mut add),
            ids => ids.iter().for_each(|&id| add(id as usize)),
        }
        sum / (count + 1e-7)
    }
}

/// Writes [`Metric`] for a struct that has a [`ClassConfusion`].
macro_rules! overlap {
    ($class:ident, |$options:ident| $setting:expr) => {
        impl $class {
            fn setting(&self) -> Setting<'_> {
                let $options = self;
                $setting
            }
        }

        impl<T: Element> Metric<T> for $class {
            by_row!(|metric| metric.setting().check());

            fn fits(&self, classes: usize, target_width: usize) -> bool {
                self.setting().fits([target_width, classes])
            }

            fn reset(&mut self) {
                self.confusion = ClassConfusion::default();
            }

            fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, width: usize, weights: Option<&[T]>) {
                let mut confusion = std::mem::take(&mut self.confusion);
                confusion.update(&self.setting(), [y_true, y_pred], [width, classes], weights);
                self.confusion = confusion;
            }

            fn result(&self) -> f64 {
                self.confusion.overlap(&self.setting())
            }
        }
    };
}

/// The overlap of some classes: how often they are right, divided by how often they are right or predicted (intersection over union).
/// The result is the mean of the classes that occur at all.
///
/// Targets and outputs are indices of classes, or have a number for each class, of which the largest counts: see `sparse_y_true` and
/// `sparse_y_pred`. What is no index of a class does not count. Samples count by their weights, cut to whole numbers, as in Keras.
///
/// ```
/// use nn_core::metrics::{IoU, Metric};
///
/// let mut metric = IoU::new(2, [0]);
/// metric.update(&[0.0_f64, 0.0, 1.0, 1.0], &[0.0, 1.0, 0.0, 1.0], 1, 1, None);
/// assert!((Metric::<f64>::result(&metric) - 1.0 / 3.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IoU {
    /// The number of classes.
    pub num_classes: usize,
    /// The indices of the classes that count.
    pub target_class_ids: Vec<f64>,
    /// A target that does not count.
    pub ignore_class: Option<i64>,
    /// Whether targets are indices. Default true.
    pub sparse_y_true: bool,
    /// Whether outputs are indices. Default true.
    pub sparse_y_pred: bool,
    /// The axis of the classes; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub confusion: ClassConfusion,
}

row! {
    given IoU, "iou", ["io_u"], Up;
    num_classes: required(FROM_ONE),
    target_class_ids: numbers(IDS),
    ignore_class: optional(WHOLE),
    sparse_y_true: flag(true),
    sparse_y_pred: flag(true),
    axis: number(-1.0, LAST_AXIS); confusion
}

impl IoU {
    /// The overlap of these classes, all indices being sparse.
    pub fn new(num_classes: usize, target_class_ids: impl IntoIterator<Item = usize>) -> Self {
        Self { num_classes, target_class_ids: ids(target_class_ids), ..Self::with_defaults() }
    }
}

overlap!(IoU, |iou| Setting {
    classes: iou.num_classes,
    target_class_ids: &iou.target_class_ids,
    ignore_class: iou.ignore_class,
    sparse: [iou.sparse_y_true, iou.sparse_y_pred],
    threshold: None,
});

/// The overlap of all classes that occur: see [`IoU`].
///
/// ```
/// use nn_core::metrics::{MeanIoU, Metric};
///
/// let mut metric = MeanIoU::new(3);
/// metric.update(&[0.0_f64, 0.0, 1.0, 1.0], &[0.0, 1.0, 1.0, 1.0], 1, 1, None);
/// assert!((Metric::<f64>::result(&metric) - (1.0 / 2.0 + 2.0 / 3.0) / 2.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MeanIoU {
    /// The number of classes.
    pub num_classes: usize,
    /// A target that does not count.
    pub ignore_class: Option<i64>,
    /// Whether targets are indices. Default true.
    pub sparse_y_true: bool,
    /// Whether outputs are indices. Default true.
    pub sparse_y_pred: bool,
    /// The axis of the classes; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub confusion: ClassConfusion,
}

row! {
    given MeanIoU, "mean_iou", ["mean_io_u"], Up;
    num_classes: required(FROM_ONE),
    ignore_class: optional(WHOLE),
    sparse_y_true: flag(true),
    sparse_y_pred: flag(true),
    axis: number(-1.0, LAST_AXIS); confusion
}

impl MeanIoU {
    /// The overlap of all classes, all indices being sparse.
    pub fn new(num_classes: usize) -> Self {
        Self { num_classes, ..Self::with_defaults() }
    }
}

overlap!(MeanIoU, |iou| Setting {
    classes: iou.num_classes,
    target_class_ids: &[],
    ignore_class: iou.ignore_class,
    sparse: [iou.sparse_y_true, iou.sparse_y_pred],
    threshold: None,
});

/// The overlap of some classes where targets, and by default outputs, have a number for each class: see [`IoU`].
///
/// ```
/// use nn_core::metrics::{Metric, OneHotIoU};
///
/// let mut metric = OneHotIoU::new(2, [1]);
/// metric.update(&[0.0_f64, 1.0, 1.0, 0.0], &[0.1, 0.9, 0.3, 0.7], 2, 2, None);
/// assert!((Metric::<f64>::result(&metric) - 0.5).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OneHotIoU {
    /// The number of classes.
    pub num_classes: usize,
    /// The indices of the classes that count.
    pub target_class_ids: Vec<f64>,
    /// A target that does not count.
    pub ignore_class: Option<i64>,
    /// Whether outputs are indices. Default false.
    pub sparse_y_pred: bool,
    /// The axis of the classes; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub confusion: ClassConfusion,
}

row! {
    given OneHotIoU, "one_hot_iou", ["one_hot_io_u"], Up;
    num_classes: required(FROM_ONE),
    target_class_ids: numbers(IDS),
    ignore_class: optional(WHOLE),
    sparse_y_pred: flag(false),
    axis: number(-1.0, LAST_AXIS); confusion
}

impl OneHotIoU {
    /// The overlap of these classes.
    pub fn new(num_classes: usize, target_class_ids: impl IntoIterator<Item = usize>) -> Self {
        Self { num_classes, target_class_ids: ids(target_class_ids), ..Self::with_defaults() }
    }
}

overlap!(OneHotIoU, |iou| Setting {
    classes: iou.num_classes,
    target_class_ids: &iou.target_class_ids,
    ignore_class: iou.ignore_class,
    sparse: [false, iou.sparse_y_pred],
    threshold: None,
});

/// The overlap of all classes that occur where targets, and by default outputs, have a number for each class: see [`IoU`].
///
/// ```
/// use nn_core::metrics::{Metric, OneHotMeanIoU};
///
/// let mut metric = OneHotMeanIoU::new(2);
/// metric.update(&[0.0_f64, 1.0, 1.0, 0.0], &[0.1, 0.9, 0.7, 0.3], 2, 2, None);
/// assert!((Metric::<f64>::result(&metric) - 1.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OneHotMeanIoU {
    /// The number of classes.
    pub num_classes: usize,
    /// A target that does not count.
    pub ignore_class: Option<i64>,
    /// Whether outputs are indices. Default false.
    pub sparse_y_pred: bool,
    /// The axis of the classes; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub confusion: ClassConfusion,
}

row! {
    given OneHotMeanIoU, "one_hot_mean_iou", ["one_hot_mean_io_u"], Up;
    num_classes: required(FROM_ONE),
    ignore_class: optional(WHOLE),
    sparse_y_pred: flag(false),
    axis: number(-1.0, LAST_AXIS); confusion
}

impl OneHotMeanIoU {
    /// The overlap of all classes.
    pub fn new(num_classes: usize) -> Self {
        Self { num_classes, ..Self::with_defaults() }
    }
}

overlap!(OneHotMeanIoU, |iou| Setting {
    classes: iou.num_classes,
    target_class_ids: &[],
    ignore_class: iou.ignore_class,
    sparse: [false, iou.sparse_y_pred],
    threshold: None,
});

/// The overlap of two classes, of which an output tells the second where it is at least a threshold: see [`IoU`]. Targets are 0 and 1.
///
/// ```
/// use nn_core::metrics::{BinaryIoU, Metric};
///
/// let mut metric = BinaryIoU { target_class_ids: vec![1.0], ..Default::default() };
/// metric.update(&[0.0_f64, 1.0, 1.0], &[0.7, 0.9, 0.2], 1, 1, None);
/// assert!((Metric::<f64>::result(&metric) - 1.0 / 3.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryIoU {
    /// The indices of the classes that count. Both by default.
    pub target_class_ids: Vec<f64>,
    /// From which on an output tells class 1; 0.5 by default.
    pub threshold: f64,
    /// What was gathered.
    pub confusion: ClassConfusion,
}

row! {
    BinaryIoU, "binary_iou", ["binary_io_u"], Up;
    target_class_ids: Opt { default: crate::config::Value::Numbers(&[0.0, 1.0]), ..numbers(IDS) },
    threshold: number(0.5, FINITE); confusion
}

overlap!(BinaryIoU, |iou| Setting {
    classes: 2,
    target_class_ids: &iou.target_class_ids,
    ignore_class: None,
    sparse: [true, true],
    threshold: Some(iou.threshold),
});

fn ids(ids: impl IntoIterator<Item = usize>) -> Vec<f64> {
    ids.into_iter().map(|id| id as f64).collect()
}
