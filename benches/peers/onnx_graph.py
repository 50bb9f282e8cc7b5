"""Keras networks as ONNX graphs for one sample.

Batch normalization is folded into convolutions, recurrent layers are single operators, and samples are channels-last as
in Keras, with a transpose inside of the graph where a convolution wants channels first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from keras import Model
from onnx import TensorProto, helper, numpy_helper


@dataclass
class Value:
    """A tensor of the graph, and how it lies there: as in Keras, channels first, or time before the batch."""

    name: str
    shape: tuple[int, ...]
    layout: str = "keras"


class Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.values: dict[int, Value] = {}

    def weight(self, array: Any) -> str:
        name = f"w{len(self.weights)}"
        array = np.ascontiguousarray(array)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, inputs: list[str], outputs: int = 1, **attributes: Any) -> list[str]:
        number = len(self.nodes)
        names = [f"{operator}{number}_{output}" for output in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names

    def op(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self.node(operator, list(inputs), **attributes)[0]

    def reshape(self, x: str, *shape: int) -> str:
        return self.op("Reshape", x, self.weight(np.array(shape, np.int64)))

    def laid(self, x: Value, layout: str) -> str:
        """The tensor in another layout."""
        if x.layout == layout:
            return x.name
        orders = {
            ("keras", "channels_first"): (0, 3, 1, 2), ("channels_first", "keras"): (0, 2, 3, 1),
            ("keras", "time_first"): (1, 0, 2), ("time_first", "keras"): (1, 0, 2),
        }  # fmt: skip
        return self.op("Transpose", x.name, perm=orders[x.layout, layout])


def numbers(variable: Any) -> np.ndarray:
    return np.asarray(variable, np.float32)


def activation(g: Graph, x: str, name: str) -> str:
    if name == "linear":
        return x
    if name == "gelu":
        erf = g.op("Erf", g.op("Mul", x, g.weight(np.float32(0.5**0.5))))
        return g.op("Mul", g.op("Mul", x, g.op("Add", erf, g.weight(np.float32(1)))), g.weight(np.float32(0.5)))
    return g.op({"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softmax": "Softmax"}[name], x)


def affine(g: Graph, x: str, rank: int, kernel: np.ndarray, bias: np.ndarray) -> str:
    if rank == 2:
        return g.op("Gemm", x, g.weight(kernel), g.weight(bias))
    return g.op("Add", g.op("MatMul", x, g.weight(kernel)), g.weight(bias))


def dense(g: Graph, layer: Any, x: Value) -> Value:
    kernel = numbers(layer.kernel)
    if x.layout.startswith("flat"):
        height, width, channels = map(int, x.layout.split()[1:])
        kernel = kernel.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    y = affine(g, x.name, len(x.shape), kernel, numbers(layer.bias))
    return Value(activation(g, y, layer.activation.__name__), layer.output.shape)


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return missing // 2, missing - missing // 2


def conv2d(g: Graph, layer: Any, x: Value) -> Value:
    kernel, bias = numbers(layer.kernel), numbers(layer.bias)
    norm = following(layer, "BatchNormalization")
    if norm:
        scale = numbers(norm.gamma) / np.sqrt(numbers(norm.moving_variance) + norm.epsilon)
        kernel, bias = kernel * scale, (bias - numbers(norm.moving_mean)) * scale + numbers(norm.beta)
    sides = [(0, 0), (0, 0)]
    if layer.padding == "same":
        sides = [same_padding(*axis) for axis in zip(x.shape[1:3], layer.kernel_size, layer.strides)]
    (top, bottom), (left, right) = sides
    y = g.op(
        "Conv", g.laid(x, "channels_first"), g.weight(kernel.transpose(3, 2, 0, 1)), g.weight(bias),
        strides=layer.strides, pads=(top, left, bottom, right),
    )  # fmt: skip
    return Value(activation(g, y, layer.activation.__name__), layer.output.shape, "channels_first")


def following(layer: Any, kind: str) -> Any:
    """The only layer that reads this one's output, if it is of this kind."""
    readers = [node.operation for node in layer._outbound_nodes]
    return readers[0] if len(readers) == 1 and type(readers[0]).__name__ == kind else None


def pool(operator: str) -> Callable[..., Value]:
    def emit(g: Graph, layer: Any, x: Value) -> Value:
        y = g.op(operator, g.laid(x, "channels_first"), kernel_shape=layer.pool_size, strides=layer.strides)
        return Value(y, layer.output.shape, "channels_first")

    return emit


def flatten(g: Graph, layer: Any, x: Value) -> Value:
    shape = f"flat {' '.join(map(str, x.shape[1:]))}" if x.layout == "channels_first" else "keras"
    return Value(g.reshape(x.name, 1, -1), layer.output.shape, shape)


def embedding(g: Graph, layer: Any, x: Value) -> Value:
    ids = g.reshape(x.name, x.shape[1], 1)
    return Value(g.op("Gather", g.weight(numbers(layer.embeddings)), ids), layer.output.shape, "time_first")


def recurrent(operator: str, gates: tuple[int, ...], **attributes: int) -> Callable[..., Value | list[Value]]:
    """`gates`: where ONNX's gates are in Keras' weights."""

    def emit(g: Graph, layer: Any, x: Value, *state: Value) -> Value | list[Value]:
        units = layer.units
        columns = np.concatenate([np.arange(gate * units, (gate + 1) * units) for gate in gates])
        bias = np.zeros((2, len(columns)), np.float32)
        bias[: layer.cell.bias.shape[0] if len(layer.cell.bias.shape) == 2 else 1] = numbers(layer.cell.bias)
        kernels = [numbers(kernel)[:, columns].T[None] for kernel in (layer.cell.kernel, layer.cell.recurrent_kernel)]
        weights = [g.weight(array) for array in (*kernels, bias[:, columns].reshape(1, -1))]
        begin = [g.reshape(each.name, 1, 1, units) for each in state]
        inputs = [g.laid(x, "time_first"), *weights, *([""] + begin if begin else [])]
        every, *last = g.node(operator, inputs, 3 if operator == "LSTM" else 2, hidden_size=units, **attributes)
        if layer.return_sequences:
            steps = g.op("Squeeze", every, g.weight(np.array([1], np.int64)))
            return Value(steps, layer.output.shape, "time_first")
        last = [Value(g.reshape(each, 1, units), (1, units)) for each in last]
        return [last[0], *last] if layer.return_state else last[0]

    return emit


def attention(g: Graph, layer: Any, x: Value, *_: Value) -> Value:
    (_, steps, width), heads, size = x.shape, layer.num_heads, layer.key_dim

    def project(part: Any, order: tuple[int, ...], scale: float = 1.0) -> str:
        kernel = numbers(part.kernel).reshape(width, heads * size) * np.float32(scale)
        y = affine(g, x.name, 3, kernel, numbers(part.bias).reshape(-1) * np.float32(scale))
        return g.op("Transpose", g.reshape(y, 1, steps, heads, size), perm=order)

    query = project(layer.query_dense, (0, 2, 1, 3), size**-0.5)
    scores = g.op("Softmax", g.op("MatMul", query, project(layer.key_dense, (0, 2, 3, 1))))
    seen = g.op("MatMul", scores, project(layer.value_dense, (0, 2, 1, 3)))
    y = g.reshape(g.op("Transpose", seen, perm=(0, 2, 1, 3)), 1, steps, heads * size)
    kernel = numbers(layer.output_dense.kernel).reshape(heads * size, width)
    return Value(affine(g, y, 3, kernel, numbers(layer.output_dense.bias)), x.shape)


def layer_norm(g: Graph, layer: Any, x: Value) -> Value:
    gamma, beta = g.weight(numbers(layer.gamma)), g.weight(numbers(layer.beta))
    return Value(g.op("LayerNormalization", x.name, gamma, beta, epsilon=layer.epsilon), x.shape)


def add(g: Graph, layer: Any, *xs: Value) -> Value:
    return Value(g.op("Add", *(g.laid(x, xs[0].layout) for x in xs)), xs[0].shape, xs[0].layout)


def concatenate(g: Graph, layer: Any, *xs: Value) -> Value:
    return Value(g.op("Concat", *(x.name for x in xs), axis=layer.axis), layer.output.shape)


def steps(g: Graph, layer: Any, x: Value, key: tuple[slice, ...]) -> Value:
    """`x[:, from::step]`."""
    taken = key[1]
    bounds = [g.weight(np.array([at], np.int64)) for at in (taken.start or 0, x.shape[1], 1, taken.step or 1)]
    return Value(g.op("Slice", x.name, *bounds), layer.output.shape)


def reshape(g: Graph, layer: Any, x: Value) -> Value:
    return Value(g.reshape(x.name, 1, *layer.output.shape[1:]), layer.output.shape)


def relu(g: Graph, layer: Any, x: Value) -> Value:
    return Value(g.op("Relu", x.name), x.shape, x.layout)


def unchanged(g: Graph, layer: Any, x: Value) -> Value:
    """Dropout, and a batch normalization that its convolution has taken in."""
    return x


EMITTERS: dict[str, Callable[..., Value | list[Value]]] = {
    "Add": add, "AveragePooling2D": pool("AveragePool"), "BatchNormalization": unchanged, "Concatenate": concatenate,
    "Conv2D": conv2d, "Dense": dense, "Dropout": unchanged, "Embedding": embedding, "Flatten": flatten,
    "GRU": recurrent("GRU", (0, 1, 2), linear_before_reset=1), "GetItem": steps,
    "LSTM": recurrent("LSTM", (0, 3, 1, 2)), "LayerNormalization": layer_norm, "MaxPooling2D": pool("MaxPool"),
    "MultiHeadAttention": attention, "ReLU": relu, "Reshape": reshape, "SimpleRNN": recurrent("RNN", (0,)),
}  # fmt: skip


def write(model: Model, path: str) -> None:
    """Writes a network for one sample, with the inputs `x0`, … and the outputs `y0`, …"""
    g, inputs, outputs = Graph(), [], []
    for number, tensor in enumerate(model.inputs):
        shape = (1, *tensor.shape[1:])
        kind = TensorProto.INT32 if tensor.dtype == "int32" else TensorProto.FLOAT
        inputs.append(helper.make_tensor_value_info(f"x{number}", kind, shape))
        g.values[id(tensor)] = Value(f"x{number}", shape)
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            emit(g, node)
    for number, tensor in enumerate(model.outputs):
        value = g.values[id(tensor)]
        g.nodes.append(helper.make_node("Identity", [g.laid(value, "keras")], [f"y{number}"]))
        outputs.append(helper.make_tensor_value_info(f"y{number}", TensorProto.FLOAT, (1, *tensor.shape[1:])))
    graph = helper.make_graph(g.nodes, "network", inputs, outputs, g.weights)
    written = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(written)
    onnx.save(written, path)


def emit(g: Graph, node: Any) -> None:
    """One layer."""
    kind = type(node.operation).__name__
    if kind == "InputLayer":
        return
    if kind not in EMITTERS:
        raise NotImplementedError(f"{kind} has no ONNX form here")
    inputs = [g.values[id(tensor)] for tensor in node.input_tensors]
    slices = node.arguments.args[1:] if kind == "GetItem" else ()
    values = EMITTERS[kind](g, node.operation, *inputs, *slices)
    for tensor, value in zip(node.output_tensors, values if isinstance(values, list) else [values]):
        g.values[id(tensor)] = value
