"""Results as tables in Markdown: seconds by job and engine."""

from jobs import OURS, PEERS

Seconds = dict[str, dict[str, float]]
HEADINGS = {
    "infer": "One sample, one thread on one core: the time of a call",
    "train1": "Training with Adam, one thread on one core: samples per second",
    "train2": "Training with Adam, two threads on two cores: samples per second",
}


def table(kind: str, results: Seconds) -> str:
    """A row for each job, its best engine in bold, and the best peer's time over ours."""
    engines = [engine for engine in (OURS, *PEERS[kind.rstrip("12")]) if any(engine in row for row in results.values())]
    lines = [HEADINGS[kind], "", f"| | {' | '.join(engines)} | best peer / ours |"]
    lines.append("| --- |" + " ---: |" * (len(engines) + 1))
    for job, row in results.items():
        best = min(row, key=row.__getitem__)
        cells = [cell(job, row[engine]) if engine in row else "–" for engine in engines]
        cells = [f"**{text}**" if engine == best else text for engine, text in zip(engines, cells)]
        lines.append(f"| {' | '.join([title(job), *cells, comparison(row)])} |")
    return "\n".join([*lines, ""])


def comparison(row: dict[str, float]) -> str:
    """How many times longer the best of the others takes."""
    peers = [engine for engine in row if engine != OURS]
    if not peers:
        return "–"
    best = min(peers, key=row.__getitem__)
    return f"{ratio(row[best] / row[OURS])} ({best})"


def title(job: str) -> str:
    _, network, *batch = job.split(":")
    return f"{network}, batch {batch[0]}" if batch else network


def cell(job: str, seconds: float) -> str:
    """The time of a call, or for training the samples per second."""
    batch = job.split(":")[2:]
    return f"{int(batch[0]) / seconds:,.0f}" if batch else duration(seconds)


def duration(seconds: float) -> str:
    """Three digits, in the unit that suits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= 0.9995 * size or unit == "ns":
            digits = 2 if seconds < 9.995 * size else 1 if seconds < 99.95 * size else 0
            return f"{seconds / size:.{digits}f} {unit}"
    raise AssertionError


def ratio(value: float) -> str:
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"
