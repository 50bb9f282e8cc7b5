"""Training in Keras and torch: one step of Adam on a batch that stays where it is."""

from pathlib import Path
from typing import Any

import numpy as np

from engines import THREADS, tensorflow
from samples import Signature, targets

LOGITS, CLASSES, BINARY = "logits", "classes", "binary"
LOSSES = {"lenet": LOGITS, "keras_cnn": CLASSES, "mlp": BINARY, "lstm": BINARY, "gru": BINARY}


class Keras:
    jit = False

    def __init__(self, folder: Path, name: str, signature: Signature, batch: int) -> None:
        tf = tensorflow()
        import keras

        import networks

        model = networks.build(name, folder)
        kind = LOSSES[name]
        loss = (
            keras.losses.BinaryCrossentropy()
            if kind == BINARY
            else keras.losses.SparseCategoricalCrossentropy(from_logits=kind == LOGITS)
        )
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(model.trainable_variables)

        @tf.function(jit_compile=self.jit)
        def step(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                value = loss(y, model(x, training=True))
            optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)
            return value

        (x,), y = signature.batch(batch), targets(batch, 2 if kind == BINARY else 10)
        self.x, self.y = tf.constant(x), tf.constant(y.astype(np.float32)[:, None] if kind == BINARY else y)
        self.step = step

    def call(self) -> float:
        """The loss before the step."""
        return float(self.step(self.x, self.y))


class KerasJit(Keras):
    """Compiled by XLA."""

    jit = True


class Torch:
    def __init__(self, folder: Path, name: str, signature: Signature, batch: int) -> None:
        import torch

        import torch_networks

        torch.set_num_threads(THREADS)
        (x,), binary = signature.batch(batch), LOSSES[name] == BINARY
        self.x, self.y = torch.tensor(x), torch.tensor(targets(batch, 2 if binary else 10)).long()
        if self.x.ndim == 4:
            self.x = self.x.permute(0, 3, 1, 2).contiguous()
        if binary:
            self.y = self.y.float()[:, None]
        self.loss = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
        self.model = torch_networks.build(name, folder).train()
        self.optimizer = torch.optim.Adam(self.model.parameters(), 1e-3, eps=1e-7)

    def call(self) -> float:
        """The loss before the step."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        return loss.item()


ENGINES = {"keras": Keras, "keras-jit": KerasJit, "torch": Torch}
