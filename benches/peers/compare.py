"""Times the same networks with the same weights in every engine, round by round, and leaves tables and pictures.

Each engine's results are compared with ours before it is timed. See README.md.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

import jobs
import picture
import tables
from jobs import OURS
from workers import Refused, Worker, start

TOLERANCE = {"infer": 1e-4, "train": 5e-3}
"""Losses may differ by more: the engines' versions of Adam do not add their epsilon at the same place."""


@dataclass
class Figures:
    """Seconds: the medians of the rounds, the best time of all, and the processor's for a call in the best round."""

    medians: list[float] = field(default_factory=list)
    best: float = float("inf")
    processor: float = float("inf")

    def add(self, processor: float, *times: float) -> None:
        self.medians.append(median(times))
        self.best = min(self.best, *times)
        self.processor = min(self.processor, processor)

    @property
    def median(self) -> float:
        return median(self.medians)


Results = dict[str, dict[str, Figures]]


def close(ours: list[float], theirs: list[float], tolerance: float) -> bool:
    return len(ours) == len(theirs) and all(abs(a - b) <= tolerance * (1 + abs(a)) for a, b in zip(ours, theirs))


def check(names: list[str], workers: dict[str, Worker]) -> dict[str, list[str]]:
    """The engines that can do each job; one that computes something else than ours ends the comparison."""
    able: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for job in names:
        ours = workers[OURS].ask(f"check {job}")
        able[job] = [OURS]
        for engine in jobs.peers(job, workers):
            try:
                theirs = workers[engine].ask(f"check {job}")
            except Refused as reason:
                missing.setdefault(str(reason), []).append(job)
                continue
            if job not in jobs.RANDOM and not close(ours, theirs, TOLERANCE[job.split(":")[0]]):
                sys.exit(f"{engine} does not compute {job} as ours does:\n ours {ours[:8]}\n {engine} {theirs[:8]}")
            able[job].append(engine)
    for reason, left_out in missing.items():
        print(f"left out for {', '.join(left_out)}: {reason}", flush=True)
    return able


def compare(able: dict[str, list[str]], workers: dict[str, Worker], rounds: int, seconds: float) -> Results:
    """Every engine on every job in every round, in an order that goes round."""
    results: Results = {job: {engine: Figures() for engine in engines} for job, engines in able.items()}
    for number in range(rounds):
        for job, engines in able.items():
            turn = number % len(engines)
            for engine in engines[turn:] + engines[:turn]:
                results[job][engine].add(*workers[engine].ask(f"time {job} {seconds}"))
        print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return results


def run(kind: str, options: argparse.Namespace) -> None:
    """One table and its picture: `infer`, `train1` on one core, or `train2` on two."""
    what, cores = kind.rstrip("12"), options.cores if kind == "train2" else options.cores.split(",")[0]
    only = options.only.split(",") if options.only else []
    engines = [OURS] + ([engine for engine in jobs.PEERS[what] if engine in only] or jobs.PEERS[what])
    names = [job for job in jobs.names(what) if job.split(":")[1] in only] or jobs.names(what)
    workers = start(engines, options.worker, cores, options.folder)
    results = compare(check(names, workers), workers, options.rounds, options.seconds)
    for worker in workers.values():
        worker.end()
    figures = {
        job: {engine: getattr(each, options.figure) for engine, each in row.items()} for job, row in results.items()
    }
    table = tables.table(kind, figures)
    print(f"\n{table}")
    (options.folder / f"{kind}.md").write_text(table)
    (options.folder / f"{kind}.svg").write_text(picture.picture(kind, figures))
    every = {job: {engine: asdict(each) for engine, each in row.items()} for job, row in results.items()}
    (options.folder / f"{kind}.json").write_text(json.dumps(every, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worker", help="the program of `ours.rs`")
    parser.add_argument("folder", type=Path, help="where the networks are, and the results go")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each engine and job in a round")
    parser.add_argument("--cores", default="1,0", help="the first is for what runs on one")
    parser.add_argument("--what", default="infer,train1,train2")
    parser.add_argument("--figure", choices=["median", "best", "processor"], default="median", help="see README.md")
    parser.add_argument("--only", help="names of networks and engines, separated by commas")
    options = parser.parse_args()
    try:
        for kind in options.what.split(","):
            run(kind, options)
    except Refused as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
