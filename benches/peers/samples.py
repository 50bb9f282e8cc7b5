"""What goes into the networks: the same numbers as in `ours.rs`."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STEPS = 64


@dataclass
class Signature:
    """What a network takes and gives, each for one sample."""

    shapes: list[tuple[int, ...]]
    dtypes: list[str]
    outputs: int
    """The network is one step of a sequence: inputs and outputs behind the first are its state."""
    step: bool

    def batch(self, count: int) -> list[np.ndarray]:
        """Samples, or steps of a sequence, for each input that is no state."""
        given = list(zip(self.shapes, self.dtypes))[: 1 if self.step else None]
        return [sample((count, *shape), dtype) for shape, dtype in given]

    def state(self) -> list[np.ndarray]:
        """The state before the first step."""
        return [np.zeros((1, *shape), np.float32) for shape in self.shapes[1:]] if self.step else []


def sample(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    index = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    if dtype == "int32":
        return (index * 977 % 10_000).astype(np.int32)
    return (index * 7919 % 29).astype(np.float32) / np.float32(14) - np.float32(1)


def targets(batch: int, classes: int) -> np.ndarray:
    return (np.arange(batch) * 7 % classes).astype(np.int32)


def signatures(folder: Path) -> dict[str, Signature]:
    """What `convert.py` wrote."""
    return {name: Signature(**each) for name, each in json.loads((folder / "networks.json").read_text()).items()}
