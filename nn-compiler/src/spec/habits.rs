//! Options that people know from elsewhere, and what to write here instead.

/// An option that no layer here has, or not this one, and the way out.
struct Habit {
    option: &'static str,
    help: &'static str,
}

const fn habit(option: &'static str, help: &'static str) -> Habit {
    Habit { option, help }
}

const SHAPE: &str = "a network starts with the shape of one sample: `Input<28, 28, 1> => …`";
const BATCH: &str = "the batch is never part of a network: `fit` and `predict` take any number of samples";

const HABITS: &[Habit] = &[
    habit("name", "a name stands before the layer: `encoder: Dense<64>`"),
    habit("input_shape", SHAPE),
    habit("input_dim", SHAPE),
    habit("input_length", SHAPE),
    habit("batch_input_shape", SHAPE),
    habit("batch_shape", BATCH),
    habit("batch_size", BATCH),
    habit("time_major", "the steps are the first axis of a sample, whatever the batch: `Input<steps, features>`"),
    habit("dtype", "`#[dtype(f64)]` on the struct holds for all layers"),
    habit("weights", "weights come from a file, by `load` or `#[weights(\"…\")]`, or from `as_flat_mut`"),
    habit("border_mode", "`padding = same`"),
    habit("subsample", "`strides = 2`"),
    habit("subsample_length", "`strides = 2`"),
    habit("dim_ordering", "`data_format = channels_first`"),
    habit("nb_filter", "the filters are the first argument: `Conv2D<6, 3>`"),
    habit("filter_length", "the size of the kernel is the second argument: `Conv1D<8, 3>`"),
    habit("output_shape", "a layer of your own says it as `output = (8, 16)`"),
    habit("output_dim", "the units are the first argument: `Dense<64>`"),
    habit("init", "`kernel_initializer = he_normal`"),
    habit("bias", "`use_bias = false`"),
    habit("W_regularizer", "`kernel_regularizer = l2(0.01)`"),
    habit("b_regularizer", "`bias_regularizer = l2(0.01)`"),
    habit("W_constraint", "`kernel_constraint = max_norm(2.0)`"),
    habit("b_constraint", "`bias_constraint = max_norm(2.0)`"),
    habit("inner_activation", "`recurrent_activation = sigmoid`"),
    habit("dropout_W", "`dropout = 0.2`"),
    habit("dropout_U", "`recurrent_dropout = 0.2`"),
    habit("p", "`rate` is the first argument: `Dropout<0.5>`"),
];

/// Options of Keras' that one layer does not have: the layer comes first.
const OF_LAYERS: &[(&str, Habit)] = &[(
    "MultiHeadAttention",
    habit(
        "activity_regularizer",
        "Keras' penalizes its four projections; `ActivityRegularization<l2 = 0.01>` behind it penalizes its result",
    ),
)];

/// What to write instead of an option of a layer.
pub fn instead(layer: &str, option: &str) -> Option<&'static str> {
    let own = OF_LAYERS.iter().find(|(of, habit)| *of == layer && habit.option == option);
    if let Some((_, habit)) = own {
        return Some(habit.help);
    }
    HABITS.iter().find(|habit| habit.option == option).map(|habit| habit.help)
}
