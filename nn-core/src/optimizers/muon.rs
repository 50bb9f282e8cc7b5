//! `Muon`: steps of matrices that change all directions alike.

use super::LearningRate;
use super::adam::Rates;
use super::clip::sum_of_squares;
use super::common::{Algorithm, Common, State, optimizer};
use super::update::{Tensor, Update};
use crate::element::Element;
use crate::kernels::blas::{Strided, multiply};
use crate::params::Param;

optimizer! {
    /// Muon: Jordan, [Muon: An optimizer for hidden layers in neural networks](https://kellerjordan.github.io/posts/muon/), with the
    /// scale of Liu et al., [Muon is Scalable for LLM Training](https://arxiv.org/abs/2502.16982).
    ///
    /// Matrices move by `m = momentum · m + gradient` and
    /// `w -= learning_rate · √max(rows, columns) · rms_rate · orthogonal(gradient + momentum · m)`, or `orthogonal(m)` without
    /// `nesterov`. `orthogonal` brings all singular values near one: `ns_steps` steps of the iteration of Newton and Schulz,
    /// `X = muon_a · X + (muon_b · A + muon_c · A²) · X` with `A = X · Xᵀ`.
    ///
    /// Weights of other than two axes, embeddings, and what `exclude_layers` names move as with [`AdamW`](super::AdamW), at the
    /// learning rate times `adam_lr_ratio`. The output layer should be among them.
    ///
    /// Slots: `momentum`, and `velocity`, which has the weights that move as with AdamW, one after another. At most one of the three ways
    /// to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Muon, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("dense.kernel", &[2, 2], 0, Initializer::Zeros)];
    ///
    /// // Both directions move nearly alike, however long the gradient is in them.
    /// let mut weights = [0.0_f64; 4];
    /// Muon { rms_rate: None, ..Muon::new(1.0) }.step(&params, &mut weights, &[4.0, 0.0, 0.0, 1.0]);
    /// assert!((-1.3..-0.6).contains(&weights[0]) && (-1.3..-0.6).contains(&weights[3]));
    /// let layers: Muon = Muon { exclude_layers: vec!["output".into()], ..Muon::new(0.02) };
    /// ```
    pub struct Muon, "muon" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly Adam's average of the gradient moves; 0.9 by default.
        pub adam_beta_1: f64 = number(0.9, BELOW_ONE),
        /// How slowly Adam's average of its square moves; 0.999 by default.
        pub adam_beta_2: f64 = number(0.999, BELOW_ONE),
        /// What part of a weight is taken off before each step of Adam, times the learning rate; 0.004 by default.
        pub adam_weight_decay: Option<f64> = number(0.004, FROM_ZERO),
        /// What keeps Adam's division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
        /// Whether weights with `embedding` in their name move as with AdamW. Default true.
        pub exclude_embeddings: bool = flag(true),
        /// What the matrix counts in the iteration; 3.4445 by default.
        pub muon_a: f64 = number(3.4445, FINITE),
        /// What its third power counts; -4.775 by default.
        pub muon_b: f64 = number(-4.775, FINITE),
        /// What its fifth power counts; 2.0315 by default.
        pub muon_c: f64 = number(2.0315, FINITE),
        /// The learning rate of Adam, in learning rates; 1 by default.
        pub adam_lr_ratio: f64 = number(1.0, FROM_ZERO),
        /// How much of the last steps is made again; 0.95 by default.
        pub momentum: f64 = number(0.95, UNIT),
        /// Steps of the iteration; 5 by default.
        pub ns_steps: usize = number(5.0, FROM_ONE),
        /// Whether the gradient counts as taken after the momentum. Default true.
        pub nesterov: bool = flag(true),
        /// What steps are scaled with, besides the root of the larger size; 0.2 by default, and none for no scale at all.
        pub rms_rate: Option<f64> = number(0.2, POSITIVE),
        ;
        /// What part of a matrix is taken off before each step, times the learning rate; 0.004 by default.
        pub weight_decay: Option<f64> = number(0.004, FROM_ZERO),
        /// Weights that move as with AdamW: all that have one of these texts in their name, `dense_1.kernel`. None by default.
        pub exclude_layers: Vec<String>,
    }
}

impl<T: Element> Algorithm<T> for Muon<T> {
    const SKIPS_ROWS: bool = false;

    fn slot_names(&self) -> Vec<&'static str> {
        vec!["momentum", "velocity"]
    }

    fn weight_decay(&self, common: &Common<'_>, param: &Param) -> Option<f64> {
        if self.uses_adam(param) { self.adam_weight_decay } else { common.weight_decay }
    }

    fn update(&self, update: Update<'_, T>) {
        let rate = update.rate;
        let (beta_1, beta_2) = (self.adam_beta_1, self.adam_beta_2);
        let adam = Rates::new(&update, rate * self.adam_lr_ratio, beta_1, beta_2, self.epsilon);
        update.tensors(
            |param| [param.len(), if self.uses_adam(param) { param.len() } else { 0 }],
            |tensor| match *tensor.param.shape {
                [rows, columns] if !self.uses_adam(tensor.param) => self.move_matrix(tensor, [rows, columns], rate),
                _ => tensor.each(adam),
            },
        );
    }
}

impl<T: Element> Muon<T> {
    /// Whether a weight moves as with AdamW.
    fn uses_adam(&self, param: &Param) -> bool {
        let embedding = self.exclude_embeddings && param.name.to_lowercase().contains("embedding");
        let excluded = self.exclude_layers.iter().any(|name| param.name.contains(&name[..]));
        param.shape.len() != 2 || embedding || excluded
    }

    fn move_matrix(&self, tensor: Tensor<'_, T, 2>, [rows, columns]: [usize; 2], rate: f64) {
        let [m, _] = tensor.slots;
        let momentum = T::from_f64(self.momentum);
        m.iter_mut().zip(tensor.gradients).for_each(|(m, &gradient)| *m = momentum * *m + gradient);
        let mut step = m.to_vec();
        if self.nesterov {
            step.iter_mut().zip(tensor.gradients).for_each(|(step, &gradient)| *step = gradient + momentum * *step);
        }
        self.make_orthogonal(&mut step, [rows, columns]);
        let scale = self.rms_rate.map_or(1.0, |rms| rms * (rows.max(columns) as f64).sqrt());
        let scale = T::from_f64(rate * scale);
        tensor.weights.iter_mut().zip(step).for_each(|(weight, step)| *weight -= scale * step);
    }

    /// Brings the singular values of a matrix near one.
    fn make_orthogonal(&self, x: &mut [T], [rows, columns]: [usize; 2]) {
        let [a, b, c] = [self.muon_a, self.muon_b, self.muon_c].map(T::from_f64);
        let scale = T::from_f64(1.0 / (sum_of_squares(x).sqrt() + 1e-7));
        x.iter_mut().for_each(|x| *x *= scale);
        // Of a tall matrix, the products of its columns are fewer.
        let (short, long) = (rows.min(columns), rows.max(columns));
        let [mut square, mut fourth] = [(); 2].map(|()| vec![T::zero(); short * short]);
        let mut product = vec![T::zero(); x.len()];
        for _ in 0..self.ns_steps {
            let (across, along) = (Strided::rows(x, columns), Strided::columns(x, columns));
            let (left, right) = if rows > columns { (along, across) } else { (across, along) };
            multiply([short, short, long], left, right, false, &mut square);
            multiply([short; 3], Strided::rows(&square, short), Strided::rows(&square, short), false, &mut fourth);
            fourth.iter_mut().zip(&square).for_each(|(fourth, &square)| *fourth = b * square + c * *fourth);
            // It is symmetric: from the right it does to a tall matrix what it does from the left to a wide one.
            let powers = Strided::rows(&fourth, short);
            let (left, right) = if rows > columns { (across, powers) } else { (powers, across) };
            multiply([rows, columns, short], left, right, false, &mut product);
            x.iter_mut().zip(&product).for_each(|(x, &product)| *x = a * *x + product);
        }
    }
}
