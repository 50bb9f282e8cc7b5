"""Results as a picture: a row of dots for each job, each dot an engine's time over ours, on a logarithmic axis."""

from collections.abc import Callable
from html import escape
from math import ceil, floor, log10

from jobs import OURS
from tables import HEADINGS, Seconds, cell, ratio, title

COLOURS = {
    OURS: "#e8590c", "onnxruntime": "#1971c2", "litert": "#2f9e44", "litert-unrolled": "#8ce99a", "openvino": "#9c36b5",
    "keras": "#495057", "keras-jit": "#adb5bd", "torch": "#c2255c", "tract": "#0c8599", "candle": "#f59f00",
    "burn": "#364fc7",
}  # fmt: skip
WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 1000, 250, 40, 100, 30, 52
INK, GREY, LINE = "#212529", "#868e96", "#e9ecef"
Place = Callable[[float], float]


def picture(kind: str, results: Seconds) -> str:
    rows = {job: {engine: time / row[OURS] for engine, time in row.items()} for job, row in results.items()}
    values = [value for row in rows.values() for value in row.values()]
    low, high = floor(4 * log10(min(values)) - 0.5) / 4, ceil(4 * log10(max(values)) + 0.5) / 4
    height = TOP + ROW * len(rows) + BOTTOM

    def place(value: float) -> float:
        return LEFT + (log10(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>',
        text(24, 36, HEADINGS[kind].split(":")[0], size=20, weight=600),
        text(24, 58, "How many times longer each engine takes. Left of the line would be faster.", GREY),
        *legend(results),
        *axis(place, low, high, height - BOTTOM + 6),
    ]
    for number, (job, row) in enumerate(rows.items()):
        parts += dots(job, row, results[job], TOP + ROW * (number + 0.5), place)
    return "\n".join([*parts, "</svg>", ""])


def text(
    x: float, y: float, words: str, fill: str = INK, anchor: str = "start", size: int = 13, weight: int = 400
) -> str:
    style = f'fill="{fill}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def circle(x: float, y: float, engine: str, hint: str) -> str:
    style = f'fill="{COLOURS.get(engine, INK)}" stroke="#ffffff" stroke-width="1.5"'
    radius = 7 if engine == OURS else 6
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" {style}><title>{escape(hint)}</title></circle>'


def legend(results: Seconds) -> list[str]:
    parts, x = [], 30.0
    for engine in COLOURS:
        if any(engine in row for row in results.values()):
            parts += [circle(x, 78, engine, engine), text(x + 11, 82.5, engine)]
            x += 40 + 7 * len(engine)
    return parts


def axis(place: Place, low: float, high: float, bottom: float) -> list[str]:
    parts = []
    digits = (1, 2, 5) if high - low < 2.6 else (1,)
    for value in (digit * 10.0**power for power in range(floor(low), ceil(high) + 1) for digit in digits):
        if low <= log10(value) <= high:
            x, colour = place(value), COLOURS[OURS] if value == 1 else LINE
            parts.append(f'<path d="M{x:.1f} {TOP - 4}V{bottom:.1f}" stroke="{colour}"/>')
            parts.append(text(x, bottom + 18, f"{value:,g}×", GREY, "middle"))
    return parts


def dots(job: str, row: dict[str, float], seconds: dict[str, float], y: float, place: Place) -> list[str]:
    """One job: its name, our figure, and the engines, ours on top."""
    ends = [place(value) for value in (min(row.values()), max(row.values()))]
    parts = [
        text(24, y + 4.5, title(job), weight=600),
        text(LEFT - 16, y + 4.5, cell(job, seconds[OURS]), COLOURS[OURS], "end"),
        f'<path d="M{ends[0]:.1f} {y:.1f}H{ends[1]:.1f}" stroke="#dee2e6" stroke-width="3"/>',
    ]
    for engine in sorted(row, key=lambda engine: engine == OURS):
        hint = f"{title(job)}, {engine}: {cell(job, seconds[engine])}, {ratio(row[engine])}"
        parts.append(circle(place(row[engine]), y, engine, hint))
    return parts
