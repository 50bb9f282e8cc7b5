"""The engines as processes that answer lines; `protocol.rs` says which."""

import os
import subprocess
import sys
from pathlib import Path

from jobs import OURS, RUST

HERE = Path(__file__).parent


class Refused(Exception):
    """What an engine answered instead of numbers."""


class Worker:
    """An engine on certain cores, with a thread for each."""

    def __init__(self, engine: str, command: list[str], cores: str, folder: Path) -> None:
        self.engine = engine
        threads = str(len(cores.split(",")))
        names = ("PEERS_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")
        environment = os.environ | {name: threads for name in names} | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        with (folder / f"{engine}.log").open("w") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores, *command, str(folder)],
                env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip

    def ask(self, line: str) -> list[float]:
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # there will be no answer
        answer = self.process.stdout.readline()
        if not answer:
            raise Refused(f"{self.engine} ended with {self.process.wait()}, see {self.engine}.log")
        if answer.startswith("error: "):
            raise Refused(f"{self.engine}: {answer.removeprefix('error: ').strip()}")
        return [float(number) for number in answer.split()]

    def end(self) -> None:
        self.process.communicate()


def start(engines: list[str], ours: str, cores: str, folder: Path) -> dict[str, Worker]:
    """A process for each engine; all but the one that is asked wait for their input."""

    workers = {}
    for engine in engines:
        command = [ours] if engine == OURS else [sys.executable, str(HERE / "worker.py"), engine]
        if engine in RUST:
            command = [str(folder / "rust" / "release" / engine)]
        if Path(command[0]).exists():
            workers[engine] = Worker(engine, command, cores, folder)
        else:
            print(f"left out: {engine} is not built", flush=True)
    return workers
