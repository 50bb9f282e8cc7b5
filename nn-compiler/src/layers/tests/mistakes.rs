//! What is said about arguments that are none.

use crate::testing::{fine, mistake};

#[test]
fn arguments_by_number_and_name() {
    let form = "\n= help: `Conv2D<filters, kernel_size>`";
    mistake("Input<8, 8, 5> => Conv2D<6>", "Conv2D<6>", &format!("`Conv2D<6>` needs `kernel_size`{form}"));
    mistake("Input<8, 8, 5> => Conv2D", "Conv2D", &format!("`Conv2D` needs `filters` and `kernel_size`{form}"));
    mistake(
        "Input<8, 8, 5> => Conv2D<6, 3, 2>",
        "2",
        "`Conv2D` takes 2 arguments without a name: filters and kernel_size\n= help: an option has a name: `strides = 2`",
    );
    mistake(
        "Input<8> => ReLU<5>",
        "5",
        "`ReLU` takes no argument without a name\n= help: an option has a name: `max_value = 5`",
    );
    mistake("Input<8> => Flatten<3>", "3", "`Flatten` takes no argument without a name");
    mistake("Input<8> => Dense<6, use_bias = true, use_bias = true>", "use_bias", "`use_bias` stands here twice");
    mistake("Input<8> => Dense<6, units = 2>", "units", "`units` stands here twice: once without its name");
    mistake(
        "Input<8, 8, 5> => Conv2D<filters = 6, 3>",
        "3",
        "an argument without a name stands before the options\n= help: `Conv2D<3, …>`",
    );
    fine("Input<8, 8, 5> => Conv2D<kernel_size = 3, filters = 2>");
    mistake(
        "Input => Dense<3>",
        "Input",
        "`Input` needs the shape of one sample\n= help: `Input<28, 28, 1>`, without the batch",
    );
}

#[test]
fn options_that_do_not_exist() {
    mistake(
        "Input<8> => Dense<6, activaton = relu>",
        "activaton",
        "`Dense` has no option `activaton`\n= help: did you mean `activation`?",
    );
    mistake(
        "Input<8> => Dense<6, strides = 3>",
        "strides",
        "`Dense` has no option `strides`\n= help: `strides` is an option of Conv1D, Conv2D, Conv3D, DepthwiseConv1D, DepthwiseConv2D and SeparableConv1D",
    );
    mistake(
        "Input<8> => Dense<6, return_sequences = true>",
        "return_sequences",
        "`Dense` has no option `return_sequences`\n= help: `return_sequences` is an option of SimpleRNN, LSTM, GRU, ConvLSTM1D and ConvLSTM2D",
    );
    for (network, option, layer, help) in [
        (
            "Input<8> => Dense<3, name = encoder>",
            "name",
            "Dense",
            "a name stands before the layer: `encoder: Dense<64>`",
        ),
        ("Input<8, 3> => Conv1D<4, 3, border_mode = same>", "border_mode", "Conv1D", "`padding = same`"),
        (
            "Input<8, 3> => LSTM<4, time_major = true>",
            "time_major",
            "LSTM",
            "the steps are the first axis of a sample, whatever the batch: `Input<steps, features>`",
        ),
    ] {
        mistake(network, option, &format!("`{layer}` has no option `{option}`\n= help: {help}"));
    }
    mistake("Input<8> => ReLU6<foo = 1>", "foo", "`ReLU6` has no option `foo`\n= help: it takes none");
    mistake("Input<8, foo = 1> => ReLU", "foo", "`Input` has no option `foo`\n= help: its options: dtype");
}

#[test]
fn sizes() {
    mistake("Input<4> => Dense<0>", "0", "`units` of `Dense<0>` is 0, but must be at least 1");
    mistake("Input<0, 3> => Dense<3>", "0", "`Input<0, 3>` has a size of 0, but sizes are at least 1");
    mistake("Input<4> => Dense<-3>", "-3", "`units` of `Dense` takes a size of at least 1, not `-3`");
    mistake("Input<4> => Reshape<-2>", "-2", "`Reshape` takes a size of at least 1, not `-2`");
    mistake(
        "Input<4> => Dense<99999999999999999999>",
        "99999999999999999999",
        "`units` of `Dense` takes a size that memory can address, not `99_999_999_999_999_999_999`",
    );
    let help = "\n= help: a size is an integer, the path of a `const` or a block: `{ 2 * N }`";
    mistake("Input<3> => Dense<3.5>", "3.5", &format!("`units` of `Dense` takes a size, not `3.5`{help}"));
    mistake(
        "Input<3> => Dense<Dense<3>>",
        "Dense<3>",
        &format!("`units` of `Dense` takes a size, not `Dense<3>`{help}"),
    );
    mistake(
        "Input<8, 8, 5> => Conv2D<6, (3, 0)>",
        "0",
        "`kernel_size` of `Conv2D<6, (3, 0)>` is 0, but must be at least 1",
    );
    mistake(
        "Input<8, 8, 5> => Conv2D<6, 3, strides = 0>",
        "0",
        "`strides` of `Conv2D<6, 3, strides = 0>` is 0, but must be at least 1",
    );
    mistake(
        "Input<8, 8, 5> => Conv2D<6, (3, 3, 3)>",
        "(3, 3, 3)",
        "`kernel_size` of `Conv2D` takes one size, or height and width, not `(3, 3, 3)`\n= help: `3` or `(3, 4)`",
    );
    mistake(
        "Input<4> => Reshape<-1, -1>",
        "-1",
        "only one size of `Reshape` can be `-1`\n= help: it is what the other sizes leave over",
    );
    let reshape = "`Reshape` takes 1 to 6 sizes\n= help: `Reshape<7, 7, 16>`";
    mistake("Input<4> => Reshape", "Reshape", reshape);
    mistake("Input<4> => Reshape<1, 1, 2, 1, 2, 1, 1>", "Reshape<1, 1, 2, 1, 2, 1, 1>", reshape);
}

#[test]
fn words_numbers_and_switches() {
    mistake(
        "Input<28, 28, 1> => Conv2D<6, 3, padding = sane>",
        "sane",
        "`padding` of `Conv2D` takes `valid` or `same`, not `sane`\n= help: did you mean `same`?",
    );
    mistake(
        "Input<8> => Dense<6, use_bias = False>",
        "False",
        "`use_bias` of `Dense` takes `true` or `false`, not `False`\n= help: did you mean `false`?",
    );
    mistake("Input<8> => Dense<6, use_bias = 0>", "0", "`use_bias` of `Dense` takes `true` or `false`, not `0`");
    mistake(
        "Input<8> => Dense<6, activation = None>",
        "None",
        "`None` is no value here\n= help: leave `activation` out",
    );
    for rate in ["1.5", "1", "-0.1", "x"] {
        let message = format!("`rate` of `Dropout` takes a share from 0 to below 1, not `{rate}`");
        mistake(&format!("Input<4> => Dropout<{rate}>"), rate, &message);
    }
    mistake("Input<3> => Dropout<0.5, seed = -2>", "-2", "`seed` of `Dropout` takes an integer from 0 on, not `-2`");
    mistake("Input<3> => ReLU<max_value = -1>", "-1", "`max_value` of `ReLU` takes a number from 0 on, not `-1`");
    mistake(
        "Input<3> => BatchNorm<momentum = 2>",
        "2",
        "`momentum` of `BatchNorm` takes a number between 0 and 1, not `2`",
    );
    mistake(
        "Input<3, 4> => BatchNorm<axis = 1.5>",
        "1.5",
        "`axis` of `BatchNorm` takes the number of an axis, not `1.5`\n= help: the batch is axis 0, `-1` is the last axis",
    );
}

#[test]
fn names_of_functions() {
    let near =
        |kind: &str, name: &str, near: &str| format!("there is no {kind} `{name}`\n= help: did you mean `{near}`?");
    let dense = |option: &str| format!("Input<3> => Dense<3, {option}>");
    mistake(&dense("activation = rleu"), "rleu", &near("activation", "rleu", "relu"));
    mistake(
        &dense("activation = foo(3)"),
        "foo(3)",
        &format!("there is no activation `foo`\n= help: there are: {ALL}; one of your own has a path: `self::foo`"),
    );
    mistake(
        &dense("kernel_initializer = xavier_uniform"),
        "xavier_uniform",
        &near("initializer", "xavier_uniform", "glorot_uniform"),
    );
    mistake(
        &dense("kernel_initializer = random_normal"),
        "random_normal",
        &near("initializer", "random_normal", "normal"),
    );
    mistake(&dense("kernel_regularizer = l3"), "l3", &near("regularizer", "l3", "l1"));
    mistake(&dense("kernel_constraint = nonneg"), "nonneg", &near("constraint", "nonneg", "non_neg"));
    mistake(&dense("kernel_initializer = constant(1, 2)"), "2", "`constant` takes one number");
    mistake(&dense("kernel_initializer = zeros(1)"), "1", "`zeros` takes no number");
    mistake(&dense("kernel_regularizer = l2(x)"), "x", "`l2` takes a number here");
    mistake(
        &dense("kernel_regularizer = 3"),
        "3",
        "`kernel_regularizer` of `Dense` takes a regularizer by its name, not `3`",
    );
    mistake(&dense("kernel_regularizer = l2(-1.0)"), "l2(-1.0)", "`l2` takes numbers from 0 on");
    mistake(
        &dense("kernel_initializer = uniform(0.1, -0.1)"),
        "uniform(0.1, -0.1)",
        "`uniform` takes the lower bound, then the upper one",
    );
    mistake(&dense("activation = leaky_relu(-0.3)"), "leaky_relu(-0.3)", "`leaky_relu` takes a number from 0 on");
    mistake(
        &dense("activation = gelu(fast)"),
        "gelu(fast)",
        "`gelu` takes nothing, or `approximate`\n= help: `gelu` or `gelu(approximate)`",
    );
}

const ALL: &str = "linear, relu, relu6, leaky_relu, elu, selu, gelu, sigmoid, hard_sigmoid, tanh, softmax, log_softmax, \
    softplus, softsign, swish, silu, hard_swish, mish, exponential";

#[test]
fn the_type_of_the_input() {
    fine("Input<3, dtype = f32> => ReLU");
    fine("#[dtype(f64)] Input<3, dtype = f64> => ReLU");
    for ids in ["u32", "u8"] {
        mistake(
            &format!("Input<3, dtype = {ids}> => ReLU"),
            "ReLU",
            &format!(
                "`ReLU` computes with numbers, but its input holds ids of type `{ids}`\n\
                 = help: ids become vectors in an `Embedding<input_dim, output_dim>`, and numbers in a `Cast<float>`\n\
                 = note: the shapes up to here: Input 3"
            ),
        );
    }
    mistake("Input<1, 2, 3, 4, 5, 6, 7> => ReLU", "7", "`Input` takes 1 to 6 sizes");
    mistake(
        "Input<3, dtype = f64> => ReLU",
        "f64",
        "the input is `f64`, but the network computes in `f32`\n= help: `#[dtype(f64)]` on the struct sets both",
    );
    mistake(
        "Input<3, dtype = f16> => ReLU",
        "f16",
        "`dtype` of `Input` takes `f32`, `f64`, `u8`, `u32` or `i32`, not `f16`",
    );
}

#[test]
fn options_of_one_layer_that_are_written_otherwise() {
    mistake(
        "Input<3, 2> => MultiHeadAttention<3, 2, activity_regularizer = l2>",
        "activity_regularizer",
        "`MultiHeadAttention` has no option `activity_regularizer`\n\
         = help: Keras' penalizes its four projections; `ActivityRegularization<l2 = 0.01>` behind it penalizes its result",
    );
}

#[test]
fn directions() {
    mistake(
        "Input<8, 2> => Bidirectional<LSTM<4, go_backwards = true>>",
        "Bidirectional<LSTM<4, go_backwards = true>>",
        "`Bidirectional<LSTM<4, go_backwards = true>>` goes in both directions, but the layer inside has `go_backwards = true`\n\
         = help: leave `go_backwards` out\n\
         = note: the shapes up to here: Input 8×2",
    );
}
