//! Networks among items that are called as everything in the expansion is, with sizes and functions called so too.
#![forbid(unsafe_code)]
#![allow(
    clippy::new_ret_no_self,
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unused_imports,
    unused_macros
)]

use nn::prelude::*;

/// Constants, statics and types of these names.
macro_rules! constants {
    ($($name:ident)*) => { $(const $name: ::core::primitive::usize = 3;)* };
}
macro_rules! statics {
    ($($name:ident)*) => { $(static $name: ::core::primitive::usize = 3;)* };
}
macro_rules! types {
    ($($name:ident)*) => {
        $(struct $name;
        impl $name {
            const N: ::core::primitive::usize = 3;
        })*
    };
}

/// What hides names of the standard library and of the expansion.
macro_rules! environment {
    () => {
        constants! {
            buffers first folded gradients index input kept saved list memory of output part pass phase rows sample samples scale
            scratch shard
        }
        constants! {
            shards shift simd spare state states statistics sums values workspace x xs y ys conv2d conv2d_1 dense dense_1 lstm
            embedding mask ddense dlstm
        }
        types! {
            f32 f64 u8 u32 u64 usize bool str S T D Option Some None Ok Err Result Vec Box String Default Clone Copy Debug
            PartialEq Range Regions Tensor Tensor1 Tensor2 Tensor3 Network Train Stream Simd Pod Zeroable
        }
        types! {
            NetSample NetKept NetActivations NetStatistics NetPenalties Penalized Regularizer Conv2DShape Conv2dShape Conv2dDestination LstmShape Iterator Sized
        }
        mod core {}
        mod std {}
        mod alloc {}
        mod nn {}
        mod nn_core {}
        mod bytemuck {}
        mod rt {
            pub const UNITS: ::core::primitive::usize = 4;
            pub const SQUARE: ::nn::activations::Function<::core::primitive::f32> =
                ::nn::activations::Function { function: |x| x * x, derivative: |x| 2.0 * x };
            pub const SCALES: [::core::primitive::f32; 9] = [1.0; 9];
            pub fn ones(_: &[::core::primitive::usize], _: ::core::primitive::usize) {}
        }
        mod markers {}
        mod shape {}
        macro_rules! vec { ($t:tt) => { compile_error!("not this `vec!`") } }
        macro_rules! assert { ($t:tt) => { compile_error!("not this `assert!`") } }
        macro_rules! env { ($t:tt) => { compile_error!("not this `env!`") } }
        macro_rules! plain { ($t:tt) => { compile_error!("not this `plain!`") } }
        macro_rules! if_std { ($t:tt) => { compile_error!("not this `if_std!`") } }
        /// Methods that the expansion calls, for everything.
        trait Everywhere {
            fn infer(&self) {}
            fn new() {}
            fn default() {}
            fn clone(&self) {}
            fn as_flat(&self) {}
            fn as_flat_mut(&mut self) {}
            fn fill(&mut self, _: ()) {}
            fn iter(&self) {}
            fn map(&self) {}
            fn zip(&self) {}
            fn copied(&self) {}
            fn resize(&mut self) {}
            fn get(&self) {}
            fn split_at_mut(&mut self) {}
            fn copy_from_slice(&mut self) {}
            fn combine(&self) {}
            fn range(&self) {}
        }
        impl<X> Everywhere for X {}
    };
}

mod images {
    environment!();

    ::nn::network! {
        pub struct Net = Input<8, 8, { S::N }>
            => Conv2D<samples, memory, activation = rt::SQUARE> => MaxPool2D<2> => BatchNorm => ReLU
            => Conv2D<{ Regions::N + rt::UNITS }, 2, padding = same> => BatchNorm => Flatten
            => Dense<rt::UNITS, activation = relu>
            => Dense<{ rt::UNITS / 2 }> => Dropout<0.5> => Dense<{ usize::N * values }> => Rescaling<rt::SCALES> => Softmax;
    }
}

mod sequences {
    environment!();

    ::nn::network! {
        #[stream]
        pub struct Net = Input<x, y> => Conv1D<simd, list, padding = causal> => LSTM<state, return_sequences = true>
            => GRU<{ f32::N }, return_sequences = true> => Dense<{ NetActivations::N }>;
    }
}

mod stateful {
    environment!();

    ::nn::network! {
        pub struct Net = Input<x, y> => LSTM<state, stateful = true> => Dense<{ LstmShape::N }>;
    }
}

mod words {
    environment!();

    ::nn::network! {
        pub struct Net(x: Input<input, dtype = u32>, y: Input<output>) -> (a, b) {
            let words = x => Embedding<{ 7 + index }, kept, mask_zero = true>;
            let h = words => LSTM<sums>;
            let steps = words => MultiHeadAttention<2, scratch> => LayerNorm => Flatten;
            let a = Concatenate(h, y) => Dense<rows, activity_regularizer = l1> => Dense<2, activity_regularizer = l2>;
            let seen = Attention<score_mode = concat, use_scale = true, dropout = 0.5>(words, words);
            let steps = Concatenate(steps, AdditiveAttention(words, seen) => Flatten);
            let b = Concatenate(a, steps) + Concatenate(a, steps) => Dense<spare, activation = sigmoid>;
        }
    }
}

mod copies {
    environment!();

    ::nn::network! {
        pub struct Net(x: Input<4, y>) -> (flat, h, last, all) {
            let flat = x => Flatten;
            let h = x => Bidirectional<LSTM<state>, merge_mode = sum> => GroupNormalization<1>;
            let steps = x => PReLU => RMSNormalization => SeparableConv1D<saved, 2, padding = same> => Masking => Dropout<0.1>;
            let (all, last, _) = steps => LSTM<scratch, return_sequences = true, return_state = true>;
        }
    }
}

mod operations {
    environment!();

    ::nn::network! {
        pub struct Net(x: Input<4, y>, ids: Input<3, dtype = u32>, bytes: Input<2, dtype = u8>) -> (a, b, c) {
            weight table: [y, { samples + 1 }] = normal(0.0, 1.0);
            weight scale: [y] = ones;
            let h = Matmul(x * scale - 1, table)[1.., ..-1];
            let (p, q, r) = h => Split<3>;
            let a = Stack(Sum<axis = 2>(h), Max<2>(h), Variance<2>(h), Norm<2>(h)) + CumSum<1>(Pad<((0, 0), (1, 0))>(h));
            let b = Where(Greater(p, 0.5), q, r) * Take<axis = 1>(h, ids)[.., 1..y] + OneHot<{ kept - 1 }>(ids);
            let c = Prod(bytes / 255) + ArgMax(Reshape<1, kept, { 2 * list / 2 }>(h) => Resizing<2, memory>);
        }
    }
}

mod wide {
    environment!();

    ::nn::network! {
        pub struct Net = Input<256> => Dense<512, activation = relu> => BatchNorm => Dense<512, activation = rt::SQUARE>
            => Dense<{ S::N }>;
    }
}

mod called_s {
    ::nn::network! {
        pub struct S = Input<256> => Dense<512> => Dense<512, activation = relu> => Dense<3>;
    }
    ::nn::network! {
        pub struct Regions = Input<8, 8, 1> => Conv2D<2, 2> => MaxPool2D<2> => Flatten => Dense<3>;
    }
}

mod static_names {
    statics! { output0 output1 simd x y input output memory workspace samples values gradients scratch dense dense_1 shard pass }

    ::nn::network! {
        pub struct Net = Input<4> => Dense<4> => Dense<4, activity_regularizer = l2> => ReLU => Dense<3>;
    }
}

/// The same networks where nothing is in the way.
mod plain {
    ::nn::network! {
        pub struct Images = Input<8, 8, 3>
            => Conv2D<3, 3, activation = super::images_square::SQUARE> => MaxPool2D<2> => BatchNorm => ReLU
            => Conv2D<7, 2, padding = same> => BatchNorm => Flatten
            => Dense<4, activation = relu> => Dense<2> => Dropout<0.5> => Dense<9> => Softmax;
    }
}

mod images_square {
    pub const SQUARE: nn::activations::Function<f32> =
        nn::activations::Function { function: |x| x * x, derivative: |x| 2.0 * x };
}

#[test]
fn networks_compute_the_same_among_hostile_names() {
    let net = images::Net::new(&mut nn::rng(1));
    let plain = plain::Images::new(&mut nn::rng(1));
    let x = nn::Tensor3([[[0.5_f32, -1.0, 0.25]; 8]; 8]);
    let y = Network::infer(&*net, &x, &mut images::NetWorkspace::new());
    assert_eq!(y, plain.infer(&x, &mut Default::default()));
    assert_eq!(y.0.len(), 9);
}
