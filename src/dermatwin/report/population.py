"""One page of drawn people: what the evidence says of each property beside what was drawn, and histograms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ..outcome import scales
from . import words
from .chapters.piece import Chart
from .figures import svg
from .figures.scales import Scale, tick_labels
from .page import environment

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..population import People

WIDTH, HEIGHT, FOOT, BINS = 300.0, 150.0, 34.0, 24
EDGE = 0.95  # of the width: a label beyond it ends at its tick
TITLES = {"age": "Age", "severity": "Severity", "body_weight": "Body weight"}


def render_population(people: People, seed: int, evidence: Evidence) -> str:
    """The page of some people; the same people give the same bytes."""
    from importlib.metadata import version

    from ..population import described
    from ..population.describing import rank_correlations

    lines, known = described(people), {scale.id: scale.title for scale in scales(evidence).values()}
    ids = {name for line in lines for name in line.sources}
    sources = sorted((evidence.sources[name] for name in ids if name in evidence.sources), key=lambda s: s.citation.lower())
    told = {
        "version": version("dermatwin"),
        "seed": seed,
        "population": people.preset.name,
        "evidence": evidence.fingerprint,
    }
    return (
        environment()
        .get_template("population.html")
        .render(
            title=words.title(people.preset.label),
            who=words.count(len(people), "virtual person", "virtual people"),
            note=people.preset.note,
            charts=list(_charts(people, known)),
            lines=[
                (
                    words.title(f"{line.variable} {known.get(line.category, line.category)}".strip().replace("_", " ")),
                    _said(line.stated, line.unit, share=line.sd is None),
                    _said(line.mean, line.unit, share=line.sd is None),
                    "" if line.low is None or line.high is None else words.span(line.low, line.high, line.unit),
                    line.grade,
                    line.note,
                )
                for line in lines
            ],
            ranks=[
                (f"{words.name(a)} and {words.name(b)}", words.fixed(r, 2))
                for (a, b), r in rank_correlations(people).items()
            ],
            provenance=[(words.title(name), words.recorded(value)) for name, value in told.items()],
            sources=sources,
        )
    )


def _said(value: float, unit: str, *, share: bool) -> str:
    return f"{100.0 * value:.3g}{words.NARROW}%" if share else words.quantity(value, unit, 3)


def _charts(people: People, known: Mapping[str, str]) -> Iterator[Chart]:
    for name, values, unit in (
        ("age", people.age, "yr"),
        ("severity", people.severity, ""),
        ("body_weight", people.body_weight, "kg"),
    ):
        note = known[people.preset.scale] if name == "severity" else unit
        yield Chart(TITLES[name], note, histogram(values, TITLES[name], unit))


def histogram(values: np.ndarray, title: str, unit: str) -> Markup:
    """Bars of how many people have which value."""
    counts, edges = np.histogram(values, bins=BINS)
    x = Scale(float(edges[0]), float(edges[-1]), 8.0, WIDTH - 8.0)
    y = Scale(0.0, float(counts.max()), HEIGHT - FOOT, 8.0)
    bars = [
        svg.tag(
            "rect",
            x=x.at(left),
            y=y.at(count),
            width=max(x.at(right) - x.at(left) - 1.0, 0.5),
            height=y.at(0.0) - y.at(count),
            class_="bar",
        )
        for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True)
    ]
    foot = [svg.tag("line", x1=8.0, x2=WIDTH - 8.0, y1=HEIGHT - FOOT, y2=HEIGHT - FOOT, class_="axis")]
    ticks = x.ticks(5)
    foot += [
        svg.tag(
            "text", label, x=x.at(tick), y=HEIGHT - FOOT + 16.0, class_=f"tick {'end' if x.share(tick) > EDGE else 'middle'}"
        )
        for tick, label in zip(ticks, tick_labels(ticks), strict=True)
    ]
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    band = words.span(float(low), float(high), unit or "1")
    said = f"median {words.quantity(float(middle), unit or '1', 3)}, nine of ten {band}"
    return svg.figure(WIDTH, HEIGHT, [*bars, *foot], title, said)
