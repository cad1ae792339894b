"""A course on a line of time: sessions as numbered dots, read-outs as diamonds, months below; fluid in width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from .. import words
from . import svg

NOMINAL = 680.0  # px, the width of a page of paper: labels are kept apart there and on anything wider
BASE = 64.0
HEIGHT = 112.0
EDGE = 0.055  # share of the width left free at both ends
MONTH_STEPS = (1, 2, 3, 6, 12)


@dataclass(frozen=True)
class Event:
    """One thing on the line: day after the first session, words above it, kind ('session' or 'reading')."""

    day: float
    label: str
    note: str
    kind: str


def draw(events: Sequence[Event], start: date, horizon: float, title: str) -> Markup:
    """The line of time from the first session to the horizon."""
    last = max([horizon, *(event.day for event in events)])

    def share(day: float) -> float:
        return EDGE + (1.0 - 2.0 * EDGE) * day / max(last, 1e-9)

    parts = [
        svg.tag("line", x1=svg.percent(share(0.0)), x2=svg.percent(share(last)), y1=BASE, y2=BASE, class_="course-line")
    ]
    parts += _months(start, last, share)
    parts += _events(events, share)
    return svg.strip(HEIGHT, parts, title, "timeline")


def _months(start: date, last: float, share) -> list[Markup]:
    """Month ticks at a step that leaves room for their names."""
    firsts = list(_first_days(start, last))
    step = next((s for s in MONTH_STEPS if len(firsts) / s <= 13), 12)
    parts, shown = [], 0
    for number, first in enumerate(firsts):
        if number % step:
            continue
        place = share((first - start).days)
        label = f"{first:%b}" + ("" if first.year == shown else f" {first.year}")
        shown = first.year
        parts += [
            svg.tag("line", x1=svg.percent(place), x2=svg.percent(place), y1=BASE + 16, y2=BASE + 22, class_="axis"),
            svg.tag("text", label, x=svg.percent(place), y=BASE + 36, class_="tick middle"),
        ]
    return parts


def _first_days(start: date, last: float) -> list[date]:
    end, found, year, month = start + timedelta(days=last), [], start.year, start.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if date(year, month, 1) > end:
            return found
        found.append(date(year, month, 1))


def _events(events: Sequence[Event], share) -> list[Markup]:
    parts, free = [], [-1e9, -1e9]  # right end of the words so far, by level
    for event in sorted(events, key=lambda e: e.day):
        place, x = svg.percent(share(event.day)), share(event.day) * NOMINAL
        mark = _session(event) if event.kind == "session" else _reading()
        said, labels = svg.tag("title", f"{event.label}, {event.note}"), []
        for level, line in enumerate(_lines(event)):
            half = svg.text_width(line, 11.5) / 2.0
            if x - half > free[level] + 5.0:
                labels.append(
                    svg.tag("text", line, x=0, y=-20.0 - 14.0 * level, class_="name middle" if level else "note middle")
                )
                free[level] = x + half
        parts.append(svg.tag("svg", svg.tag("g", said, *mark, *labels), x=place, y=BASE, overflow="visible"))
    return parts


def _lines(event: Event) -> list[str]:
    """Words above a mark, from the lowest: a session has its number in the dot, so that its date is enough."""
    return [event.note] if event.kind == "session" else [event.note, event.label]


def _session(event: Event) -> list[Markup]:
    number = event.label.rsplit(" ", 1)[-1]
    return [
        svg.tag("circle", cx=0, cy=0, r=10, class_="session-dot"),
        svg.tag("text", number, x=0, y=4, class_="on-dot middle"),
    ]


def _reading() -> list[Markup]:
    return [svg.tag("path", d="M0 -8L8 0L0 8L-8 0Z", class_="reading-mark")]


@dataclass(frozen=True)
class Bar:
    """One product around a session: minutes from the needling, None = stays on."""

    start: float
    end: float | None


def around_session(bar: Bar, low: float, high: float, title: str) -> Markup:
    """One row of the hour around a session: a bar from application to removal, the needling at zero."""

    def share(minutes: float) -> float:
        return min(max((minutes - low) / (high - low), 0.0), 1.0)

    zero = svg.percent(share(0.0))
    left, right = share(bar.start), 1.0 if bar.end is None else share(bar.end)
    parts = [
        svg.tag("line", x1=zero, x2=zero, y1=0, y2=24, class_="needling"),
        svg.tag(
            "rect",
            x=svg.percent(left),
            width=svg.percent(max(right - left, 0.004)),
            y=7,
            height=10,
            rx=2,
            class_="product" if bar.end is not None else "product open-ended",
        ),
    ]
    return svg.strip(24.0, parts, title, "around")


def minutes_axis(low: float, high: float, ticks: Sequence[float]) -> Markup:
    """The axis below such rows."""
    parts = [svg.tag("line", x1="0%", x2="100%", y1=1, y2=1, class_="axis")]
    for tick in ticks:
        share = (tick - low) / (high - low)
        place = "end" if share > 0.93 else "start" if share < 0.07 else "middle"
        label = "needling" if tick == 0 else words.lapse(tick / 1440.0)
        parts.append(svg.tag("line", x1=svg.percent(share), x2=svg.percent(share), y1=1, y2=5, class_="axis"))
        if tick == 0 or abs(tick) / (high - low) > 0.14:
            parts.append(svg.tag("text", label, x=svg.percent(share), y=17, class_=f"tick {place}"))
    return svg.strip(22.0, parts, "Time before and after the needling", "around")
