"""One page of a trial in silico: would it show it, with how many people, what trials of the design come to, who misreads it.

Made like every page: from the record alone, user text escaped, no script, no request to a network, one style sheet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from . import words
from .chapters.piece import Chart
from .figures import panel, rows
from .figures.panel import Axis, Line, Panel
from .figures.scales import Scale, cover, multiples, nice_step
from .page import environment

if TYPE_CHECKING:
    from ..evidence import Source
    from ..trial import Results
    from ..trial.running import Characteristics, Share

DESIGNS = {"parallel": "parallel groups", "split_face": "split face", "crossover": "crossover"}
METHODS = {
    "t_test": "two means (Student’s t)",
    "ancova": "analysis of covariance on the baseline",
    "paired_t": "differences within people (Student’s t)",
    "wilcoxon": "Wilcoxon’s ranks",
    "responders": "shares of responders",
    "proportional_odds": "proportional odds of a better grade",
    "mixed_model": "mixed model of all visits",
}
ESTIMANDS = {
    "treatment_policy": "everybody read as if they had come",
    "hypothetical": "those who stayed",
    "composite": "who left counts as unchanged",
}
SHOWN = 30  # simulated trials that are drawn
WIDTH, HEIGHT = 940.0, 300.0


@dataclass(frozen=True)
class Number:
    """A large number of the head: what it is, its value, its range, a remark."""

    label: str
    value: str
    range: str
    note: str


@dataclass(frozen=True)
class Column:
    """Operating characteristics in one state of knowledge, in words."""

    label: str
    rows: list[tuple[str, str]]


def render_trial(found: Results) -> str:
    """The page of a trial; the same results give the same bytes."""
    chapters = {
        "design": _design(found),
        "characteristics": _columns(found),
        "sizes": _sizes(found),
        "forest": _forest(found),
        "looks": _looks(found),
        "naive": [(words.title(one.label), _value(one.value, "bias" in one.label), one.note) for one in found.naive],
        "people": _people(found),
        "sure": True,
    }
    numbers = {name: number for number, name in enumerate((name for name, held in chapters.items() if held), start=1)}
    page = environment().get_template("trial.html")
    return page.render(
        title=found.plan.document.title or "A trial in silico",
        found=found,
        who=_who(found),
        large=_large(found),
        numbers=numbers,
        notes=_notes(found),
        sources=_sources(found),
        provenance=_provenance(found),
        **chapters,
    )


def _who(found: Results) -> str:
    document, (first, second) = found.plan.document, found.plan.compared
    return (
        f"{words.title(first.name)} against {words.name(second.name)}, {DESIGNS[document.design]}, "
        f"{words.count(document.people, 'person', 'people')}: {found.plan.preset.label}"
    )


def _percent(share: Share) -> str:
    return words.NOTHING if not math.isfinite(share.value) else f"{100.0 * share.value:.0f}{words.NARROW}%"


def _error(share: Share, scale: float = 100.0) -> str:
    return "" if not math.isfinite(share.error) else f"±{words.NARROW}{scale * share.error:.1f}"


def _value(share: Share, plain: bool = False) -> str:
    if plain:
        return f"{words.number(share.value)} ±{words.NARROW}{words.number(share.error, 1)}"
    return f"{_percent(share)} {_error(share)}"


def _large(found: Results) -> list[Number]:
    """Power, assurance, the effect that trials would see, people for the power aimed at."""
    document = found.plan.document
    known, drawn = found.power, found.assurance
    told = [
        Number("Power", _percent(known.significant), _error(known.significant), "if everything is as believed in the middle")
    ]
    if drawn is not None:
        told.append(
            Number("Assurance", _percent(drawn.significant), _error(drawn.significant), "with what nobody knows drawn")
        )
    of = drawn or known
    low, middle, high = of.quantiles
    unit = "" if document.analysis.method in ("responders", "proportional_odds") else found.plan.scale.title
    told.append(Number("Effect that a trial sees", words.number(middle), words.interval(low, high), unit))
    if found.sizes:
        aim = f"for a power of {100.0 * document.analysis.power:.0f}{words.NARROW}%"
        value = str(found.wanted) if found.wanted else f"over {found.sizes[-1].people}"
        told.append(Number("People", value, "", aim))
    return told


def _design(found: Results) -> list[tuple[str, str]]:
    document = found.plan.document
    course = next((case for case in found.plan.cases.values() if case.zones[0].treated), None)
    leaving, tested = document.leaving, document.analysis
    return [
        ("Concern", f"{words.name(found.plan.concern)}, read on the {found.plan.scale.title}"),
        ("Arms", "; ".join(_arm(arm.name, arm.role, arm.ratio) for arm in document.arms)),
        ("Sessions", "none" if course is None else words.count(len(course.session_days), "session")),
        ("Read", ", ".join(f"day {v.time:g}" + (f" ± {v.window:g}" if v.window else "") for v in document.visits)),
        ("Raters", _raters(found)),
        ("Randomised", _randomised(found)),
        ("Lost sessions", f"{100.0 * document.missed_sessions:.0f}{words.NARROW}% missed"),
        ("Leaving", _leaving(leaving.at_random, leaving.pain, leaving.downtime)),
        ("Tested", f"{METHODS[tested.method]}, two-sided alpha {tested.alpha:g}; {ESTIMANDS[tested.estimand]}"),
    ]


def _arm(name: str, role: str, ratio: int) -> str:
    return (
        words.name(name)
        + (f" ({words.name(role)})" if role not in ("needled", name) else "")
        + (f" ×{ratio}" if ratio > 1 else "")
    )


def _raters(found: Results) -> str:
    raters = found.plan.document.raters
    step = raters.step if raters.step is not None else found.plan.scale.step
    told = [words.count(raters.count, "rater"), "blinded" if raters.blinded else "who know the arm"]
    told += [f"steps of {step:g}"] if step else []
    told += [f"disagreement sd {raters.disagreement:g}"] if raters.disagreement else []
    told += [f"drift {raters.drift:g} a year"] if raters.drift else []
    return ", ".join(told)


def _randomised(found: Results) -> str:
    document = found.plan.document
    if document.design == "split_face":
        return "which half gets what, in pairs of people"
    if document.design == "crossover":
        return "which arm comes first, in pairs of people"
    strata = (
        f" within {words.listing([words.name(name) for name in document.randomisation.strata])}"
        if document.randomisation.strata
        else ""
    )
    return f"in blocks of {document.randomisation.block or 2 * sum(arm.ratio for arm in document.arms)}{strata}"


def _leaving(at_random: float, pain: object, downtime: object) -> str:
    told = [f"{100.0 * at_random:.0f}{words.NARROW}% at any time"]
    for limit, what in ((pain, "pain above {:g}"), (downtime, "more than {:g} days until make-up")):
        if limit is not None:
            told.append(f"{100.0 * limit.leave:.0f}{words.NARROW}% after {what.format(limit.above)}")  # type: ignore[attr-defined]
    return "; ".join(told)


def _columns(found: Results) -> list[Column]:
    both = [("Knowledge at its median", found.power)]
    if found.assurance is not None:
        both.append(("Knowledge drawn", found.assurance))
    return [Column(label, _rows(one)) for label, one in both]


def _rows(one: Characteristics) -> list[tuple[str, str]]:
    low, _, high = one.quantiles
    return [
        ("Significant", _value(one.significant)),
        ("Significant the wrong way round", _value(one.worse)),
        ("Estimate, mean over trials", words.number(one.estimate, 3)),
        ("Nine of ten estimates", words.interval(low, high)),
        ("True effect", words.number(one.true, 3)),
        ("Bias", words.NOTHING if not math.isfinite(one.bias.value) else _value(one.bias, True)),
        ("Intervals that hold the truth", _value(one.covered)),
        ("Spread of the estimate, and as trials report it", f"{words.number(one.sd)}, {words.number(one.error)}"),
        ("People who leave", f"{100.0 * one.left:.0f}{words.NARROW}%"),
        ("People read, mean", f"{one.read:.0f}"),
        ("Trials, in lots", f"{one.trials} in {one.lots}"),
        ("Trials without a test", f"{one.untested}"),
    ]


def _sizes(found: Results) -> Chart | None:
    """Power and assurance by number of people."""
    if len(found.sizes) < 2:
        return None
    people = np.array([float(size.people) for size in found.sizes])
    lines = [_size_line(people, [size.power for size in found.sizes], "power", 1)]
    drawn = [size.assurance for size in found.sizes if size.assurance is not None]
    if len(drawn) == len(people):
        lines.append(_size_line(people, drawn, "assurance", 2))
    high = float(people[-1])
    ticks = multiples(0.0, high, nice_step(high, 6))
    aim = 100.0 * found.plan.document.analysis.power
    chart = Panel(
        "Significant trials by number of people",
        "; ".join(f"{size.people} people: power {_percent(size.power)}" for size in found.sizes),
        lines,
        Axis(0.0, high, ticks, [f"{tick:g}" for tick in ticks], "people"),
        "% of trials",
        zero=True,
        reference=aim,
        reference_label=f"{aim:.0f} %",
        width=WIDTH,
        height=HEIGHT,
    )
    return Chart("Significant trials by number of people", "bands: two Monte Carlo errors", panel.draw(chart))


def _size_line(people: np.ndarray, shares: list[Share], label: str, tone: int) -> Line:
    middle, error = (np.array([100.0 * getattr(share, name) for share in shares]) for name in ("value", "error"))
    return Line(people, middle, np.maximum(middle - 2.0 * error, 0.0), np.minimum(middle + 2.0 * error, 100.0), label, tone)


@dataclass(frozen=True)
class Forest:
    """Simulated trials, one row each, and their axis."""

    lines: list[tuple[str, Markup, str, bool]]
    axis: Markup
    unit: str


def _forest(found: Results) -> Forest:
    known = [(e, low, high, hit) for e, low, high, hit in found.forest if math.isfinite(e) and math.isfinite(low)][:SHOWN]
    ordered = sorted(known)
    low, high = cover([np.array([(a, b) for _, a, b, _ in ordered] or [(0.0, 1.0)])], around=0.0)
    scale = Scale(low, high, 0.0, 1.0)
    lines = [
        (
            str(number),
            rows.row(
                scale,
                rows.Interval(a, e, b),
                f"Trial {number}: {words.number(e)}, {words.interval(a, b)}",
                reference=0.0,
                tone=1 if hit else 4,
            ),
            f"{words.number(e)} ({words.interval(a, b)})",
            hit,
        )
        for number, (e, a, b, hit) in enumerate(ordered, start=1)
    ]
    labels = [(tick, f"{tick:g}".replace("-", words.MINUS)) for tick in scale.ticks(5)]
    unit = "share of responders" if found.plan.document.analysis.method == "responders" else found.plan.scale.title
    unit = "log odds ratio" if found.plan.document.analysis.method == "proportional_odds" else unit
    return Forest(lines, rows.axis(scale, labels, f"Axis, {unit}"), unit)


def _looks(found: Results) -> list[tuple[str, str, str, str]]:
    return [
        (words.count(look.people, "person", "people"), f"{look.boundary:.3f}", _value(look.efficacy), _value(look.futility))
        for look in found.power.looks
    ]


@dataclass(frozen=True)
class People:
    """Who was asked and who was left out."""

    lines: list[tuple[str, str]]
    note: str


def _people(found: Results) -> People:
    asked = found.pools[0].asked
    left = sorted(asked.reasons.items(), key=lambda pair: -pair[1])
    lines = [
        (words.title(why.replace(":", ",")), f"{100.0 * count / asked.asked:.1f}{words.NARROW}%") for why, count in left
    ]
    failed = sum(pool.failed for pool in found.pools)
    said = f"{words.count(len(asked.people), 'person', 'people')} simulated of the first {asked.asked:,} asked".replace(
        ",", words.NARROW
    )
    return People(lines, said + (f"; {failed} failed and are taken by the mean of their lot" if failed else ""))


def _notes(found: Results) -> list[str]:
    from ..trial.telling import notes

    return list(notes(found))


def _sources(found: Results) -> list[Source]:
    known, preset = found.plan.evidence.sources, found.plan.preset
    ids = {name for row in (*preset.rows, *preset.ranks) for name in row.source}
    ids |= {name for key in ("side_correlation", "unblinded_gain") for name in found.plan.evidence.parameters[key].sources}
    ids |= set(found.plan.document.sources) & set(known)
    return sorted((known[name] for name in ids if name in known), key=lambda source: source.citation.lower())


def _provenance(found: Results) -> list[tuple[str, str]]:
    from importlib.metadata import version

    plan = found.plan
    told = {
        "version": version("dermatwin"),
        "seed": found.seed,
        "evidence": plan.evidence.fingerprint,
        "overlays": [overlay.name for overlay in plan.evidence.overlays] or "none",
        "population": plan.preset.name,
    }
    return [(words.title(name), words.recorded(value)) for name, value in told.items()]
