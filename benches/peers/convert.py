"""Builds the networks in Keras from the exported weights and writes them for the other engines.

convert.py FOLDER: reads `<network>.safetensors`; writes `<network>.onnx`, `<network>.tflite`, for recurrent networks
`<network>.unrolled.tflite`, and `networks.json`.
"""

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path

import tensorflow as tf
from keras import Model

import jobs
import networks
import onnx_graph
from samples import Signature


def tflite(model: Model, path: Path) -> None:
    """For one sample, with all shapes known and the weights as constants."""
    specs = [tf.TensorSpec((1, *x.shape[1:]), x.dtype, name=f"x{i}") for i, x in enumerate(model.inputs)]
    weights = [
        [tf.constant(each) for each in group] for group in (model.trainable_variables, model.non_trainable_variables)
    ]

    def outputs(*xs: tf.Tensor) -> dict[str, tf.Tensor]:
        ys, _ = model.stateless_call(*weights, list(xs) if len(xs) > 1 else xs[0], training=False)
        return {f"y{i}": y for i, y in enumerate(ys if isinstance(ys, list) else [ys])}

    function = tf.function(outputs, input_signature=specs).get_concrete_function()
    path.write_bytes(tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module()).convert())


def signature(name: str, model: Model) -> Signature:
    shapes, dtypes = [x.shape[1:] for x in model.inputs], [x.dtype for x in model.inputs]
    step = name.startswith("audio")
    return Signature(shapes, dtypes, 1 if step else len(model.outputs), step)


def main(folder: Path) -> None:
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    written = {}
    for name in jobs.INFERENCE:
        model = networks.build(name, folder)
        written[name] = asdict(signature(name, model))
        onnx_graph.write(model, str(folder / f"{name}.onnx"))
        tflite(model, folder / f"{name}.tflite")
        if name in jobs.LOOPS:
            tflite(networks.build(name, folder, unroll=True), folder / f"{name}.unrolled.tflite")
        print(f"converted {name}", flush=True)
    (folder / "networks.json").write_text(json.dumps(written))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
