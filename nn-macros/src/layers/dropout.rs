//! `Dropout`.

/// `Dropout<rate, …>`.
#[derive(Clone)]
pub struct Dropout {
    /// The share of elements that are dropped, in `0..1`.
    pub rate: f64,
    /// `seed = …`, mixed into the training's own seed.
    pub seed: Option<u64>,
}
