"""One engine as a process: worker.py ENGINE FOLDER. It speaks the protocol that `protocol.rs` describes."""

import os
import sys
import time
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any, Protocol

import numpy as np

import samples

LOSSES = 5


class Job(Protocol):
    call: Callable[[], Any]

    def check(self) -> list[float]: ...


class Inference:
    def __init__(self, engine: str, folder: Path, name: str) -> None:
        import engines

        self.signature = samples.signatures(folder)[name]
        self.engine = engines.ENGINES[engine](folder, name, self.signature)
        self.call = self.engine.call
        self.check()

    def check(self) -> list[float]:
        """The outputs for one sample, or of the steps of a sequence."""
        state, ys = self.signature.state(), []
        steps = samples.STEPS if self.signature.step else 1
        xs = self.signature.batch(steps)
        for step in range(steps):
            self.engine.put([x[step : step + 1] for x in xs] + state)
            self.call()
            outputs = self.engine.get()
            ys += outputs[: self.signature.outputs]
            state = outputs[1:] if self.signature.step else []
        return np.concatenate([y.ravel() for y in ys]).tolist()


class Training:
    def __init__(self, engine: str, folder: Path, name: str, batch: int) -> None:
        import training

        self.call = training.ENGINES[engine](folder, name, samples.signatures(folder)[name], batch).call

    def check(self) -> list[float]:
        """The losses of the first steps."""
        return [self.call() for _ in range(LOSSES)]


def job(engine: str, folder: Path, name: str) -> Job:
    match name.split(":"):
        case ["infer", network]:
            return Inference(engine, folder, network)
        case ["train", network, batch]:
            return Training(engine, folder, network, int(batch))
    raise ValueError(f"no job is called {name}")


def measure(call: Callable[[], Any], seconds: float) -> list[float]:
    """The processor's seconds of a call, then those of the clock: means of blocks of about 20 µs, once it is warm."""
    clock, calls = time.perf_counter, 0
    start = clock()
    while calls == 0 or clock() - start < 0.15 * seconds:
        call()
        calls += 1
    block = max(1, round(20e-6 * calls / (clock() - start)))
    times, busy, end = [], time.process_time(), clock() + seconds
    while not times or clock() < end:
        begin = clock()
        for _ in repeat(None, block):
            call()
        times.append((clock() - begin) / block)
    return [(time.process_time() - busy) / (len(times) * block), *times]


def main(engine: str, folder: Path) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    jobs: dict[str, Job] = {}
    for line in sys.stdin:
        what, name, *seconds = line.split()
        try:
            if name not in jobs:
                jobs[name] = job(engine, folder, name)
            numbers = measure(jobs[name].call, float(seconds[0])) if what == "time" else jobs[name].check()
            answer = " ".join(map(repr, numbers))
        except Exception as error:  # whatever an engine raises, the others go on
            answer = f"error: {type(error).__name__}: {error}".splitlines()[0]
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
