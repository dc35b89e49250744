"""A simulation as an SVG plot: queues over time, how stays ended, how busy people were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from zhunru.analysis.xml_text import shown
from zhunru.checker.flow_words import index
from zhunru.diagnostics import Language
from zhunru.simulation.results import CrewFigures, Simulation, StateFigures

_WIDTH = 880
_LEFT = 190
_RIGHT = 40
_BAR = 18
_ROW = 30
_QUEUES = 230
_MOST_POINTS = 400
_MOST_LINES = 6

_STYLE = """
text { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
  "WenQuanYi Zen Hei", sans-serif; font-size: 13px; fill: #1c2530; }
.title { font-size: 17px; font-weight: bold; }
.head { font-size: 14px; font-weight: bold; }
.small { font-size: 12px; fill: #4b5866; }
.right { text-anchor: end; }
.middle { text-anchor: middle; }
.paper { fill: #ffffff; }
.grid { stroke: #dde3ea; stroke-width: 1; }
.axis { stroke: #4b5866; stroke-width: 1.2; }
.rest { fill: #f1f4f8; }
.acted { fill: #33608f; }
.expired { fill: #a58cc4; }
.overdue { fill: #b3261e; }
.busy { fill: #2c7a3f; }
.over { fill: #b3261e; }
""".strip()

# Distinct without red and green beside each other; lines also differ in their dashes.
_COLOURS = ("#33608f", "#c0691d", "#2c7a3f", "#7a5a9e", "#b3261e", "#4b5866")
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "1 2")

_WORDS = {
    "queue": ("排队件数（每日最多）", "Queue (longest of each day)"),
    "ends": ("各环节怎样离开（次数 · 逾期占比）", "How states were left (visits · share overdue)"),
    "load": ("各方忙闲（工作占上班时间）", "Load (work by working time)"),
    "acted": ("按时办理", "done in time"),
    "expired": ("期满", "expiry"),
    "overdue": ("逾期", "overdue"),
    "staff": ("{n} 人", "{n} person(s)"),
    "any": ("人手不限，相当于 {n} 人", "any number, {n} at work"),
    "none": ("没有排队", "nobody waited"),
    "cases": (
        "{arrived} 件，办结 {closed} 件，种子 {seed}",
        "{arrived} cases, {closed} closed, seed {seed}",
    ),
    "more": ("（最长的 {n} 个）", " (the {n} longest)"),
}


def draw(found: Simulation, language: Language = "zh") -> str:
    """Return the plot of a simulation."""
    canvas = _Canvas(language)
    canvas.title(found)
    canvas.queues(found)
    canvas.endings([state for state in found.states if state.visits])
    canvas.loads(found.crews)
    return canvas.text(found.flow)


class _Canvas:
    """Parts of the picture, one below the other; `top` is where the next begins."""

    def __init__(self, language: Language) -> None:
        self.at = index(language)
        self.parts: list[str] = []
        self.top = 0.0

    def text(self, title: str) -> str:
        """Return the whole picture."""
        height = self.top + 14
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:.0f}" '
                f'viewBox="0 0 {_WIDTH} {height:.0f}" role="img">',
                f"<title>{shown(title)}</title>",
                f"<style>{_STYLE}</style>",
                '<rect class="paper" width="100%" height="100%"/>',
                *self.parts,
                "</svg>\n",
            ]
        )

    def word(self, key: str, **values: object) -> str:
        """Return a text in the language of the plot."""
        return _WORDS[key][self.at].format(**values)

    def write(self, x: float, y: float, text: str, kind: str = "") -> None:
        """Add a text."""
        named = f' class="{kind}"' if kind else ""
        self.parts.append(f'<text{named} x="{x:.1f}" y="{y:.1f}">{shown(text)}</text>')

    def box(self, kind: str, x: float, y: float, width: float, height: float) -> None:
        """Add a filled rectangle."""
        if width > 0:
            self.parts.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}"/>'
            )

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """Add a line."""
        self.parts.append(
            f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
        )

    def title(self, found: Simulation) -> None:
        """Write what was simulated."""
        self.write(20, 30, found.flow, "title")
        counts = self.word("cases", arrived=found.arrived, closed=found.closed, seed=found.seed)
        self.write(20, 52, f"{counts} · {found.start} – {found.end}", "small")
        self.top = 62

    def head(self, key: str, note: str = "") -> None:
        """Write the heading of a part."""
        self.write(20, self.top + 24, self.word(key) + note, "head")
        self.top += 36

    # --- queues over time ----------------------------------------------------------------------

    def queues(self, found: Simulation) -> None:
        """Draw the longest queue of each day, a line for each crew."""
        shown = sorted(found.queues, key=lambda name: -max(found.queues[name], default=0))
        shown = [name for name in shown if max(found.queues[name], default=0)][:_MOST_LINES]
        note = self.word("more", n=len(shown)) if len(shown) < len(found.queues) and shown else ""
        self.head("queue", note)
        if not shown:
            self.write(_LEFT, self.top + 8, self.word("none"), "small")
            self.top += 24
            return
        most = max(max(found.queues[name]) for name in shown)
        bottom = self.top + _QUEUES
        self._scale(most, bottom)
        self._dates(found.days, bottom)
        for at, name in enumerate(shown):
            self._queue(found.queues[name], most, bottom, at)
            y = self.top + 10 + at * 20
            self._sample(20, y - 4, at)
            self.write(46, y, name, "small")
        self.top = bottom + 30

    def _scale(self, most: int, bottom: float) -> None:
        step = _step(most)
        for value in range(0, most + 1, step):
            y = bottom - value / most * _QUEUES
            self.line("grid", _LEFT, y, _WIDTH - _RIGHT, y)
            self.write(_LEFT - 8, y + 4, str(value), "small right")

    def _dates(self, days: Sequence[date], bottom: float) -> None:
        self.line("axis", _LEFT, bottom, _WIDTH - _RIGHT, bottom)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            day = days[round(share * (len(days) - 1))]
            self.write(_LEFT + share * _span(), bottom + 18, day.isoformat(), "small middle")

    def _queue(self, lengths: Sequence[int], most: int, bottom: float, at: int) -> None:
        points = " ".join(
            f"{_LEFT + x * _span():.1f},{bottom - length / most * _QUEUES:.1f}"
            for x, length in _thinned(lengths)
        )
        dash = f' stroke-dasharray="{_DASHES[at]}"' if _DASHES[at] else ""
        self.parts.append(
            f'<polyline fill="none" stroke="{_COLOURS[at]}" stroke-width="1.6"{dash} '
            f'points="{points}"/>'
        )

    def _sample(self, x: float, y: float, at: int) -> None:
        dash = f' stroke-dasharray="{_DASHES[at]}"' if _DASHES[at] else ""
        self.parts.append(
            f'<line stroke="{_COLOURS[at]}" stroke-width="2.4"{dash} '
            f'x1="{x}" y1="{y:.1f}" x2="{x + 20}" y2="{y:.1f}"/>'
        )

    # --- bars ----------------------------------------------------------------------------------

    def endings(self, states: Sequence[StateFigures]) -> None:
        """Draw for each state how stays in it ended."""
        self.head("ends")
        self.top += 14
        for at, kind in enumerate(("acted", "expired", "overdue")):
            self.box(kind, _LEFT + at * 120, self.top - 12, 12, 12)
            self.write(_LEFT + 18 + at * 120, self.top - 1, self.word(kind), "small")
        self.top += 12
        for state in states:
            self._ended(state)
        self.top += 8

    def _ended(self, state: StateFigures) -> None:
        left = state.acted + state.expired + state.overdue
        x = float(_LEFT)
        span = _span() - 90
        self.box("rest", x, self.top, span, _BAR)
        self.write(_LEFT - 10, self.top + 14, state.name, "right")
        parts = (("acted", state.acted), ("expired", state.expired), ("overdue", state.overdue))
        for kind, number in parts:
            width = number / left * span if left else 0.0
            self.box(kind, x, self.top, width, _BAR)
            x += width
        late = f" · {state.overdue_share:.1%}" if state.overdue else ""
        self.write(_LEFT + span + 10, self.top + 14, f"{state.visits}{late}", "small")
        self.top += _ROW

    def loads(self, crews: Sequence[CrewFigures]) -> None:
        """Draw how busy each crew was."""
        self.head("load")
        for crew in crews:
            span = _span() - 150
            self.box("rest", _LEFT, self.top, span, _BAR)
            # Beyond nine tenths a queue grows quickly; that is what the colour says.
            kind = "over" if crew.staff is not None and crew.load > 0.9 else "busy"
            self.box(kind, _LEFT, self.top, min(crew.load, 1.0) * span, _BAR)
            self.write(_LEFT - 10, self.top + 14, crew.name, "right")
            self.write(_LEFT + span + 10, self.top + 14, self._people(crew), "small")
            self.top += _ROW

    def _people(self, crew: CrewFigures) -> str:
        if crew.staff is None:
            return self.word("any", n=f"{crew.load:.1f}")
        return f"{crew.load:.0%} · {self.word('staff', n=crew.staff)}"


def _span() -> float:
    return _WIDTH - _LEFT - _RIGHT


def _step(most: int) -> int:
    """Return a round distance of grid lines, at most six of them."""
    step = 1
    while most / step > 6:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step


def _thinned(lengths: Sequence[int]) -> Iterator[tuple[float, int]]:
    """Yield places from 0 to 1 with lengths; where there are many, the longest of a group."""
    size = max(1, -(-len(lengths) // _MOST_POINTS))
    last = max(1, len(lengths) - 1)
    for start in range(0, len(lengths), size):
        yield start / last, max(lengths[start : start + size])
