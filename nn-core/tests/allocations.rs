//! Steps of training and of evaluation use the memory of the steps before.

mod mlp;

use std::alloc::System;

use mlp::Mlp;
use nn_core::callbacks::{Callback, CallbackResult, Control};
use nn_core::losses::SparseCategoricalCrossentropy;
use nn_core::metrics::accuracy;
use nn_core::optimizers::Adam;
use nn_core::train::{Evaluate, Fit, Logs};
use nn_core::{Network, Tensor1, rng};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The number of allocations before each step but the first.
#[derive(Default)]
struct Count(Vec<usize>);

impl Count {
    fn note(&mut self, batch: usize) -> CallbackResult {
        if batch > 0 {
            self.0.push(ALLOCATOR.stats().allocations + ALLOCATOR.stats().reallocations);
        }
        Ok(())
    }
}

impl<N: Network> Callback<N> for Count {
    fn on_train_batch_begin(&mut self, batch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(batch)
    }
    fn on_test_batch_begin(&mut self, batch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.note(batch)
    }
    fn on_train_batch_end(&mut self, _: usize, logs: &Logs, _: &mut Control<'_, N>) -> CallbackResult {
        assert!(logs["accuracy"] >= 0.0);
        Ok(())
    }
}

/// One thread, because rayon may allocate as it hands over work.
#[test]
fn warm_steps_allocate_nothing() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| {
        let x: Vec<_> = (0..100).map(|i| Tensor1([i as f32 / 100.0; 6])).collect();
        let y: Vec<_> = (0..100).map(|i| (i % 3) as u8).collect();
        let loss = SparseCategoricalCrossentropy::from_logits();
        let mut model = Mlp::new(&mut rng(1)).compile(Adam::new(0.01), loss, accuracy());
        let mut count = Count(Vec::with_capacity(1000));
        let callbacks: &mut [&mut dyn Callback<Mlp>] = &mut [&mut count];
        model.fit(&x, &y, Fit { batch_size: 20, verbose: 0, callbacks, ..Fit::default() }).unwrap();
        assert_eq!(count.0.len(), 4);
        assert_eq!(count.0.first(), count.0.last(), "training allocates: {:?}", count.0);
        count.0.clear();
        let callbacks: &mut [&mut dyn Callback<Mlp>] = &mut [&mut count];
        model.evaluate(&x, &y, Evaluate { batch_size: 20, verbose: 0, callbacks, ..Evaluate::default() }).unwrap();
        assert_eq!(count.0.first(), count.0.last(), "evaluation allocates: {:?}", count.0);
    });
}
