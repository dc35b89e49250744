"""A workflow as an SVG picture: text only, no program needed to make it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import fsum

from zhunru.analysis.layout import Layout, Route, arrange
from zhunru.analysis.picture import Arrow, Box, Picture
from zhunru.analysis.xml_text import shown

_SIZE = 14
_SMALL = 12
_LINE = 18
_LABEL_LINE = 16
_MOST_COLUMNS = 34
_TITLE = 40

_STYLE = """
text { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
  "WenQuanYi Zen Hei", sans-serif; font-size: 14px; fill: #1c2530; text-anchor: middle; }
.title { font-size: 17px; font-weight: bold; text-anchor: start; }
.name { font-weight: bold; }
.small { font-size: 12px; fill: #4b5866; }
.alert { font-size: 12px; font-weight: bold; fill: #b3261e; }
.label { font-size: 12px; }
.paper { fill: #ffffff; }
.plate { fill: #ffffff; fill-opacity: .92; }
.state { fill: #eef4fb; stroke: #33608f; stroke-width: 1.4; }
.initial { fill: #dff0e2; stroke: #2c7a3f; stroke-width: 2; }
.end { fill: #ffffff; stroke: #4b5866; stroke-width: 1.3; }
.anywhere { fill: #faf6e8; stroke: #8a7a3a; stroke-width: 1.2; stroke-dasharray: 5 3; }
.way { fill: none; stroke: #3c4a58; stroke-width: 1.3; }
.overdue { fill: none; stroke: #b3261e; stroke-width: 1.3; stroke-dasharray: 6 3; }
.expiry { fill: none; stroke: #7a5a9e; stroke-width: 1.3; stroke-dasharray: 2 3; }
.lit { stroke: #b3261e; stroke-width: 3; }
""".strip()

_COLOURS = {"action": "#3c4a58", "overdue": "#b3261e", "expiry": "#7a5a9e"}


def to_svg(picture: Picture) -> str:
    """Return the picture as SVG."""
    places = {box.name: at for at, box in enumerate(picture.boxes)}
    labels = [_wrapped(arrow.labels) for arrow in picture.arrows]
    layout = arrange(
        [_size(box, picture.arrows) for box in picture.boxes],
        [(places[arrow.source], places[arrow.target]) for arrow in picture.arrows],
        [_label_size(lines) for lines in labels],
        next((at for at, box in enumerate(picture.boxes) if box.kind == "initial"), 0),
    )
    width = max(layout.width, _columns(picture.title) * 9.5 + 40)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
        f'height="{layout.height + _TITLE:.0f}" viewBox="0 0 {width:.0f} '
        f'{layout.height + _TITLE:.0f}" role="img">',
        f"<title>{shown(picture.title)}</title>",
        f"<style>{_STYLE}</style>",
        _markers(),
        '<rect class="paper" width="100%" height="100%"/>',
        f'<text class="title" x="20" y="28">{shown(picture.title)}</text>',
        f'<g transform="translate(0 {_TITLE})">',
        *(_way(a, r) for a, r in zip(picture.arrows, layout.routes, strict=True)),
        *_boxes(picture.boxes, layout),
        *(_label(ls, r) for ls, r in zip(labels, layout.routes, strict=True)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _columns(text: str) -> float:
    """Return how wide a text is, a Chinese character being two."""
    # `sum` rounds floats otherwise from Python 3.12 on.
    return fsum(2 if unicodedata.east_asian_width(c) in "WFA" else 1.15 for c in text)


def _size(box: Box, arrows: Sequence[Arrow]) -> tuple[float, float]:
    widths = [
        _columns(line) * (_SIZE if at == 0 else _SMALL) / 2
        for at, line in enumerate(_box_lines(box))
    ]
    loops = sum(
        _label_size(_wrapped(arrow.labels))[1] + 4
        for arrow in arrows
        if arrow.source == arrow.target == box.name
    )
    return max(70.0, max(widths) + 24), max(len(_box_lines(box)) * _LINE + 14, loops)


def _box_lines(box: Box) -> list[str]:
    rest = [part for line in box.lines[1:] for part in _cut(line)]
    return [box.lines[0], *rest, *([box.alert] if box.alert else [])]


def _wrapped(labels: Sequence[str]) -> list[str]:
    return [part for label in labels for part in _cut(label)]


def _cut(text: str) -> list[str]:
    """Cut a text into lines that are not too wide, at blanks where there are any."""
    lines, line = [], ""
    for character in text:
        if _columns(line + character) > _MOST_COLUMNS:
            head, _, tail = line.rpartition(" ")
            lines.append(head or line)
            line = tail if head else ""
        line += character
    return [*lines, line] if line else lines


def _label_size(lines: Sequence[str]) -> tuple[float, float]:
    widest = max((_columns(line) for line in lines), default=0)
    return widest * _SMALL / 2 + 10, len(lines) * _LABEL_LINE + 4


def _markers() -> str:
    shapes = (
        f'<marker id="{style}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" '
        f'fill="{colour}"/></marker>'
        for style, colour in _COLOURS.items()
    )
    return f"<defs>{''.join(shapes)}</defs>"


def _boxes(boxes: Sequence[Box], layout: Layout) -> list[str]:
    found = []
    for box, (x, y), (width, height) in zip(boxes, layout.boxes, layout.sizes, strict=True):
        left, top = x - width / 2, y - height / 2
        found.append(_rectangle(box.kind, left, top, width, height))
        if box.kind == "end":
            found.append(_rectangle(box.kind, left + 4, top + 4, width - 8, height - 8))
        lines = _box_lines(box)
        first = y - (len(lines) - 1) * _LINE / 2 + 5
        for at, line in enumerate(lines):
            is_alert = box.alert and at == len(lines) - 1
            kind = "alert" if is_alert else "small" if at else "name"
            found.append(_written(kind, x, first + at * _LINE, line))
    return found


def _rectangle(kind: str, left: float, top: float, width: float, height: float) -> str:
    rounded = 16 if kind == "end" else 6
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{rounded}"/>'
    )


def _way(arrow: Arrow, route: Route) -> str:
    kind = ("way" if arrow.style == "action" else arrow.style) + (" lit" if arrow.lit else "")
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in route.points)
    return f'<polyline class="{kind}" points="{points}" marker-end="url(#{arrow.style})"/>'


def _label(lines: Sequence[str], route: Route) -> str:
    if not lines or route.label is None:
        return ""
    x, y = route.label
    width, height = _label_size(lines)
    plate = (
        f'<rect class="plate" x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="3"/>'
    )
    first = y - (len(lines) - 1) * _LABEL_LINE / 2 + 4
    texts = (_written("label", x, first + at * _LABEL_LINE, each) for at, each in enumerate(lines))
    return plate + "".join(texts)


def _written(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{shown(text)}</text>'
