"""The engines: each loads a network for one sample, and has a `call` without arguments, which is all that is timed.

`put` and `get` copy samples into the engine's memory and results out of it.
"""

import os
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from samples import Signature

THREADS = int(os.environ.get("PEERS_THREADS", "1"))
Arrays = list[np.ndarray]


class Engine(Protocol):
    def __init__(self, folder: Path, name: str, signature: Signature) -> None: ...
    def put(self, xs: Arrays) -> None: ...
    def call(self) -> Any: ...
    def get(self) -> Arrays: ...


class OnnxRuntime:
    def __init__(self, folder: Path, name: str, signature: Signature) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        session = ort.InferenceSession(folder / f"{name}.onnx", options, providers=["CPUExecutionProvider"])
        new = ort.OrtValue.ortvalue_from_shape_and_type
        self.inputs = [new(x.shape, np.dtype(kind)) for x, kind in zip(session.get_inputs(), signature.dtypes)]
        self.outputs = [new(y.shape, np.float32) for y in session.get_outputs()]
        binding = session.io_binding()
        for number, x in enumerate(self.inputs):
            binding.bind_ortvalue_input(f"x{number}", x)
        for number, y in enumerate(self.outputs):
            binding.bind_ortvalue_output(f"y{number}", y)
        self.session, self.binding = session, binding
        run, bound = session._sess.run_with_iobinding, binding._iobinding  # without the wrapper in Python
        self.call = lambda: run(bound, None)

    def put(self, xs: Arrays) -> None:
        for value, x in zip(self.inputs, xs):
            value.update_inplace(x)

    def get(self) -> Arrays:
        return [y.numpy().copy() for y in self.outputs]


class LiteRT:
    """With XNNPACK, which is its default."""

    form = "tflite"

    def __init__(self, folder: Path, name: str, signature: Signature) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=str(folder / f"{name}.{self.form}"), num_threads=THREADS)
        self.interpreter.allocate_tensors()
        runner = self.interpreter.get_signature_runner()
        self.inputs, self.outputs = runner.get_input_details(), runner.get_output_details()
        self.call = self.interpreter._interpreter.Invoke  # without the wrapper in Python

    def put(self, xs: Arrays) -> None:
        for number, x in enumerate(xs):
            self.interpreter.set_tensor(self.inputs[f"x{number}"]["index"], x)

    def get(self) -> Arrays:
        indices = [self.outputs[f"y{number}"]["index"] for number in range(len(self.outputs))]
        return [self.interpreter.get_tensor(index) for index in indices]


class LiteRTUnrolled(LiteRT):
    """The recurrent networks without loops."""

    form = "unrolled.tflite"


class OpenVINO:
    OPTIONS = {
        "INFERENCE_NUM_THREADS": THREADS,
        "NUM_STREAMS": "1",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,
    }

    def __init__(self, folder: Path, name: str, signature: Signature) -> None:
        import openvino as ov

        self.model = ov.Core().compile_model(folder / f"{name}.onnx", "CPU", self.OPTIONS)
        self.request = self.model.create_infer_request()

    def put(self, xs: Arrays) -> None:
        for number, x in enumerate(xs):
            self.request.get_tensor(f"x{number}").data[:] = x

    def call(self) -> None:
        self.request.start_async()  # thinner than `infer`
        self.request.wait()

    def get(self) -> Arrays:
        return [self.request.get_tensor(y).data.copy() for y in self.model.outputs]


class Keras:
    """Compiled by XLA."""

    def __init__(self, folder: Path, name: str, signature: Signature) -> None:
        import networks

        self.tf = tensorflow()
        model = networks.build(name, folder)

        def outputs(*xs: Any) -> list[Any]:
            ys = model(list(xs) if len(xs) > 1 else xs[0], training=False)
            return ys if isinstance(ys, list) else [ys]

        specs = [self.tf.TensorSpec((1, *x.shape[1:]), x.dtype) for x in model.inputs]
        self.function = self.tf.function(outputs, jit_compile=True).get_concrete_function(*specs)

    def put(self, xs: Arrays) -> None:
        self.xs = [self.tf.constant(x) for x in xs]

    def call(self) -> None:
        self.ys = self.function(*self.xs)

    def get(self) -> Arrays:
        return [y.numpy() for y in self.ys]


def tensorflow() -> Any:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf


ENGINES: dict[str, type[Engine]] = {
    "onnxruntime": OnnxRuntime,
    "litert": LiteRT,
    "litert-unrolled": LiteRTUnrolled,
    "openvino": OpenVINO,
    "keras": Keras,
}
