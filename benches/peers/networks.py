"""The reference networks in Keras, with the weights that `ours.rs` exported."""

import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import Input, Model
from keras import layers as L
from safetensors.numpy import load_file

DILATIONS = (1, 2, 4, 8)


def chain(x, *layers) -> Model:
    """One layer after another."""
    y = x
    for layer in layers:
        y = layer(y)
    return Model(x, y)


def lenet() -> Model:
    return chain(
        Input((28, 28, 1)),
        L.Conv2D(6, 3, name="conv1"), L.MaxPooling2D(2), L.ReLU(),
        L.Conv2D(16, 3, name="conv2"), L.MaxPooling2D(2), L.ReLU(),
        L.Flatten(), L.Dense(120, "relu"), L.Dense(84, "relu"), L.Dense(10),
    )  # fmt: skip


def keras_cnn() -> Model:
    return chain(
        Input((64, 64, 3)),
        L.Conv2D(32, 3, padding="same", activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(64, 3, padding="same", activation="relu"), L.MaxPooling2D(2),
        L.Flatten(), L.Dense(64, "relu"), L.Dense(10, "softmax"),
    )  # fmt: skip


def mlp() -> Model:
    return chain(
        Input((20,)),
        L.Dense(64, "relu"), L.Dropout(0.5), L.Dense(64, "relu"), L.Dropout(0.5), L.Dense(1, "sigmoid"),
    )  # fmt: skip


def text(layer, unroll: bool = False) -> Model:
    """80 ids to a probability, with two recurrent layers."""
    return chain(
        Input((80,), dtype="int32"),
        L.Embedding(10_000, 100),
        layer(64, return_sequences=True, unroll=unroll), layer(64, unroll=unroll),
        L.Dense(1, "sigmoid"),
    )  # fmt: skip


def headline(unroll: bool = False) -> Model:
    ids, extra = Input((100,), dtype="int32"), Input((5,))
    encoded = L.LSTM(32, unroll=unroll)(L.Embedding(10_000, 512)(ids))
    aux = L.Dense(1, "sigmoid")(encoded)
    x = L.Concatenate()([encoded, extra])
    for _ in range(3):
        x = L.Dense(64, "relu")(x)
    return Model([ids, extra], [L.Dense(1, "sigmoid")(x), aux])


def resnet8() -> Model:
    def conv(x, block: str, name: str, filters: int, strides: int):
        x = L.Conv2D(filters, 3, strides, "same", name=f"{block}conv2d{name}")(x)
        return L.BatchNormalization(name=f"{block}batch_normalization{name}")(x)

    picture = Input((32, 32, 3))
    x = L.ReLU()(conv(picture, "", "", 16, 1))
    for block, filters, strides in (("same_1_", 16, 1), ("halved_1_", 32, 2), ("halved_2_", 64, 2)):
        y = L.ReLU()(conv(x, block, "", filters, strides))
        y = conv(y, block, "_1", filters, 1)
        if strides > 1:
            x = L.Conv2D(filters, 1, strides, "same", name=f"{block}conv2d_2")(x)
        x = L.ReLU()(L.Add()([x, y]))
    return Model(picture, L.Dense(10, "softmax")(L.Flatten()(L.AveragePooling2D(8)(x))))


def attention() -> Model:
    x = Input((10, 64))
    seen = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(4, 32)(x, x)]))
    y = L.Dense(128, "gelu")(seen)
    y = L.Dense(64)(y)
    return Model(x, L.LayerNormalization()(L.Add()([seen, y])))


def audio_lstm() -> Model:
    """One step: the state goes in and comes out."""
    x, h, c = Input((1, 1)), Input((20,)), Input((20,))
    y, *state = L.LSTM(20, unroll=True, return_state=True)(x, initial_state=[h, c])
    return Model([x, h, c], [L.Dense(1)(y), *state])


def audio_gru() -> Model:
    x, h = Input((1, 1)), Input((8,))
    y, state = L.GRU(8, unroll=True, return_state=True)(x, initial_state=[h])
    return Model([x, h], [L.Dense(1)(y), state])


def audio_tcn() -> Model:
    """One step: each convolution is a dense layer over the steps that its taps see, of the last ones that it keeps."""
    x, y = Input((1, 1)), None
    past = [Input((2 * dilation, 8 if i else 1)) for i, dilation in enumerate(DILATIONS)]
    kept, last = [], x
    for i, (dilation, before) in enumerate(zip(DILATIONS, past)):
        seen = L.Concatenate(axis=1)([before, last])
        kept.append(seen[:, 1:])
        y = L.Dense(8, "relu", name=f"conv1d_{i}" if i else "conv1d")(L.Flatten()(seen[:, ::dilation]))
        last = L.Reshape((1, 8))(y)
    return Model([x, *past], [L.Dense(1)(y), *kept])


def audio_dense() -> Model:
    return chain(Input((1,)), *(L.Dense(8, "tanh") for _ in range(3)), L.Dense(1))


BUILDERS = {
    "identity": lambda: chain(Input((4,)), L.ReLU()),
    "lenet": lenet, "keras_cnn": keras_cnn, "mlp": mlp,
    "rnn": lambda **options: text(L.SimpleRNN, **options),
    "lstm": lambda **options: text(L.LSTM, **options),
    "gru": lambda **options: text(L.GRU, **options),
    "headline": headline, "resnet8": resnet8, "attention": attention,
    "audio_lstm": audio_lstm, "audio_gru": audio_gru, "audio_tcn": audio_tcn, "audio_dense": audio_dense,
}  # fmt: skip


def build(name: str, folder: Path, **options: bool) -> Model:
    """A network with the exported weights; the names of Keras' layers are those of the exported ones."""
    keras.backend.clear_session()
    model = BUILDERS[name](**options)
    weights = load_file(folder / f"{name}.safetensors")
    for variable in model.variables:
        parts = [part for part in variable.path.split("/") if not part.endswith("_cell")]
        if parts[-1] != "seed_generator_state":
            variable.assign(weights.pop(".".join(parts)).reshape(variable.shape))
    if weights:
        raise ValueError(f"{name}: Keras has no {', '.join(weights)}")
    return model
