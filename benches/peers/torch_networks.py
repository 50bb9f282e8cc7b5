"""The networks that are trained, in torch, with the exported weights."""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import Tensor, nn


class Recurrent(nn.Module):
    """Ids to a logit, by two recurrent layers."""

    def __init__(self, weights: dict[str, np.ndarray], kind: str) -> None:
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(torch.tensor(weights["embedding.embeddings"]), freeze=False)
        self.layers = nn.ModuleList([recurrent(weights, kind, f"{kind}{number}") for number in ("", "_1")])
        self.dense = dense(weights, "dense")

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embedding(ids)
        for layer in self.layers:
            x, _ = layer(x)
        return self.dense(x[:, -1])


def recurrent(weights: dict[str, np.ndarray], kind: str, name: str) -> nn.RNNBase:
    kernel, again, bias = (weights[f"{name}.{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
    units = again.shape[0]
    order = {"lstm": [0, 1, 2, 3], "gru": [1, 0, 2]}[kind]  # torch's gates in Keras' weights
    columns = np.concatenate([np.arange(gate * units, (gate + 1) * units) for gate in order])
    biases = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    layer = {"lstm": nn.LSTM, "gru": nn.GRU}[kind](kernel.shape[0], units, batch_first=True)
    arrays = {"weight_ih_l0": kernel[:, columns].T, "weight_hh_l0": again[:, columns].T}
    arrays |= {"bias_ih_l0": biases[0, columns], "bias_hh_l0": biases[1, columns]}
    layer.load_state_dict({name: torch.tensor(array.copy()) for name, array in arrays.items()})
    return layer


def dense(weights: dict[str, np.ndarray], name: str, flat: tuple[int, int, int] | None = None) -> nn.Linear:
    """`flat`: height, width and channels of the input before it was flattened."""
    kernel = weights[f"{name}.kernel"]
    if flat:
        kernel = kernel.reshape(*flat, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    layer = nn.Linear(*kernel.shape)
    layer.load_state_dict({"weight": torch.tensor(kernel.T.copy()), "bias": torch.tensor(weights[f"{name}.bias"])})
    return layer


def conv(weights: dict[str, np.ndarray], name: str, padding: int = 0) -> nn.Conv2d:
    kernel = weights[f"{name}.kernel"].transpose(3, 2, 0, 1)
    layer = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2], padding=padding)
    layer.load_state_dict({"weight": torch.tensor(kernel.copy()), "bias": torch.tensor(weights[f"{name}.bias"])})
    return layer


def build(name: str, folder: Path) -> nn.Module:
    """A network without the activation of its last layer, which torch's losses contain."""
    w, relu, pool = load_file(folder / f"{name}.safetensors"), nn.ReLU(), nn.MaxPool2d(2)
    match name:
        case "lenet":
            front = [conv(w, "conv1"), pool, relu, conv(w, "conv2"), pool, relu, nn.Flatten()]
            back = [dense(w, "dense", (5, 5, 16)), relu, dense(w, "dense_1"), relu, dense(w, "dense_2")]
        case "keras_cnn":
            front = [conv(w, "conv2d", 1), relu, pool, conv(w, "conv2d_1", 1), relu, pool, nn.Flatten()]
            back = [dense(w, "dense", (16, 16, 64)), relu, dense(w, "dense_1")]
        case "mlp":
            front = [dense(w, "dense"), relu, nn.Dropout(0.5), dense(w, "dense_1"), relu, nn.Dropout(0.5)]
            back = [dense(w, "dense_2")]
        case _:
            return Recurrent(w, name)
    return nn.Sequential(*front, *back)
