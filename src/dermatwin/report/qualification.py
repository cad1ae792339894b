"""One page on how the twin compares with measurements, made from the scores of `validation.validate`.

File by file: figures by quantity beside those of a naive baseline, every measured value beside its band, and every row
that is not predicted with the reason. Then where the measurements contradict each other, and what a fit to them could not
see. Nothing is computed anew; what the page judges in words it judges by the rules that are written out here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from ..evidence import Evidence
from ..evidence.posterior import ALL, Posterior
from ..evidence.rows.knowledge import TensionRow
from . import qualification_outcome, words
from .figures import rows, scales, svg
from .figures.rows import Interval
from .figures.scales import Scale

TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    "insertion.csv": "Needles going in",
    "closure.csv": "Channels closing",
    "permeation_microneedle.csv": "Passage through needled skin",
    "permeability_intact.csv": "Permeability of intact skin",
    "permeability_intact_medians.csv": "Permeability in two other collections",
    "healing_timecourse.csv": "Healing",
    "outcomes.csv": "Results of trials",
    "adverse_rates.csv": "Pain, redness and harm",
}
MANY = 24  # rows of a quantity that are drawn one by one; beyond, one mark each in a square
WORST = 8  # of many rows, those that are named
FEW = 10  # rows below which a coverage is not judged, unless it is far too low
SURPRISE = 0.05  # chance of so few rows inside, were the bands right, below which they are called too narrow
LONG_MEMORY = 0.9  # share of its start that a particle still shows, above which a fit has not settled
FEW_COUNTED = 0.05  # share of the particles that a fit without a study started from, below which that is said
SPREADS = (-3.0, 3.0)  # axis of the posterior, in spreads of the prior
SIDE = 330.0  # px


def render(scores: Mapping[str, Any], evidence: Evidence) -> str:
    """The page as HTML: self-contained, no script; the same scores give the same bytes.

    `scores` is what `validate()` returns (or its JSON); sources, tensions and posteriors are those of `evidence`, which was
    scored.
    """
    files = [_file(name, found, evidence) for name, found in scores["files"].items()]
    return (
        _environment()
        .get_template("qualification.html")
        .render(
            total=_total(scores),
            files=files,
            overview=[_overview(name, found) for name, found in scores["files"].items()],
            tensions=[_tension(row, scores, evidence) for row in evidence.rows(TensionRow)],
            fits=[_fit(posterior, evidence) for posterior in evidence.posteriors],
            doubts=qualification_outcome.doubts(evidence) if qualification_outcome.FILE in scores["files"] else [],
            left_aside=scores.get("left_aside", {}),
            provenance=scores["provenance"],
            words=words,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    return environment


# What was scored ------------------------------------------------------------------------------------------------------


def _total(scores: Mapping[str, Any]) -> dict[str, Any]:
    """How much of everything there is, over all files."""
    files = scores["files"].values()
    predictions = [entry for found in files for entry in found["predictions"]]
    banded = [entry["inside"] for entry in predictions if entry["scale"] != "sign"]
    rows_read = sum(found["rows"] for found in files)
    return {
        "rows": rows_read,
        "scored": len(predictions),
        "missing": rows_read - len(predictions),
        "studies": len({entry["source"] for entry in predictions}),
        "banded": len(banded),
        "inside": share(sum(banded) / len(banded)) if banded else words.NOTHING,
        "failed": sum(found["failed"] for found in files),
    }


def _overview(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the table of files: only figures that a file's rows share, whatever their units."""
    quantities = found["quantities"].values()
    judged = [q["better_than_baseline"] for q in quantities if q["better_than_baseline"] is not None]
    return {
        "id": _anchor(name),
        "title": FILES.get(name, name),
        "name": name,
        "rows": found["rows"],
        "scored": found["scored"],
        "coverage": share(found["coverage_90"]),
        "counted": found["counted"]["coverage"],
        "unseen": share(found["not_leaning"]["coverage_90"]),
        "factor": factor(found["median_factor"]),
        "sign": share(found["sign_accuracy"]),
        "signs": found["counted"]["sign"],
        "nearer": f"{sum(judged)} of {len(judged)}" if judged else words.NOTHING,
        "quantities": len(quantities),
    }


def _file(name: str, found: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    predictions = found["predictions"]
    wrong = [_row(entry, evidence) for entry in predictions if entry["scale"] == "sign" and entry["sign_right"] is False]
    return {
        "id": _anchor(name),
        "name": name,
        "title": FILES.get(name, name),
        "sentences": _sentences(found),
        "quantities": [_quantity(key, entry) for key, entry in found["quantities"].items()],
        "groups": qualification_outcome.groups(found, share),
        "blocks": blocks(predictions, evidence),
        "wrong": wrong,
        "reasons": reasons(found["not_predicted"]),
        "missing": len(found["not_predicted"]),
        "rows": found["rows"],
    }


def _sentences(found: Mapping[str, Any]) -> list[str]:
    """The words beside a file's figures."""
    texts = [f"{words.count(found['scored'], 'row')} of {found['rows']} are predicted."]
    if found["counted"]["coverage"]:
        texts.append(
            f"{share(found['coverage_90'])} of {words.count(found['counted']['coverage'], 'value')} lie inside "
            f"their 90{words.NARROW}% band."
        )
    leaning = sum(entry["leans_on_itself"] for entry in found["predictions"])
    if leaning:
        texts.append(f"In {words.count(leaning, 'row')} the study is itself among the sources of the prediction: no test.")
    if found["failed"]:
        texts.append(f"On {words.count(found['failed'], 'row')} the computation broke.")
    return texts


def _quantity(name: str, q: Mapping[str, Any]) -> dict[str, Any]:
    """One line of a file's table of quantities."""
    naive = q["baseline"]
    own = naive["twin_on_the_same_rows"]

    def error(figures: Mapping[str, Any]) -> str:
        if figures["median_factor"] is not None:
            return factor(figures["median_factor"])
        return words.NOTHING if figures["mean_abs_error"] is None else words.number(figures["mean_abs_error"])

    plain = q["median_factor"] is None and q["mean_abs_error"] is not None
    return {
        "title": title(name),
        "rows": q["scored"],
        "studies": q["studies"],
        "bounds": q["bounds"],
        "coverage": share(q["coverage_90"]),
        "error": error(q),
        "baseline": error(naive),
        "unit": ("share" if q["unit"] == "1" else unit(q["unit"])) if plain else "",
        "same": error(own) if naive["scored"] != q["scored"] and naive["scored"] else "",
        "sign": share(q["sign_accuracy"]),
        "verdict": verdict(q),
        "tone": _tone(q),
    }


def verdict(q: Mapping[str, Any]) -> str:
    """A quantity's figures in words: the bands first, then the middle against the mean of other studies."""
    parts = [_of_bands(q), _of_direction(q), _of_baseline(q)]
    if q["leaning"] == q["scored"]:
        parts.append("its own studies are among the sources: no test")
    return words.sentence("; ".join(part for part in parts if part))


def _of_bands(q: Mapping[str, Any]) -> str:
    if q["coverage_90"] is None:
        return ""
    inside = round(q["coverage_90"] * q["scored"])
    if q["scored"] == 1:
        return "one row, inside its band" if inside else "one row, outside its band"
    if too_narrow(q):
        return "bands too narrow"
    if too_wide(q):
        return "bands wider than they need be"
    return f"{inside} of {q['scored']} inside, too few to judge" if q["scored"] < FEW else "bands hold within chance"


def too_narrow(q: Mapping[str, Any]) -> bool:
    """Whether so few rows inside would be a surprise if nine in ten belonged there (binomial, rows as if independent)."""
    from scipy.stats import binom

    if q["coverage_90"] is None:
        return False
    return bool(binom.cdf(round(q["coverage_90"] * q["scored"]), q["scored"], 0.9) < SURPRISE)


def too_wide(q: Mapping[str, Any]) -> bool:
    """Whether so many rows inside would be a surprise if nine in ten belonged there; takes 29 rows at least."""
    from scipy.stats import binom

    if q["coverage_90"] is None:
        return False
    return bool(binom.sf(round(q["coverage_90"] * q["scored"]) - 1, q["scored"], 0.9) < SURPRISE)


def _of_direction(q: Mapping[str, Any]) -> str:
    right = q["sign_accuracy"]
    if right is None:
        return ""
    return f"{share(right)} of directions right" if q["scored"] > 1 else f"direction {'right' if right else 'wrong'}"


def _of_baseline(q: Mapping[str, Any]) -> str:
    if q["coverage_90"] is None:
        return ""
    if q["better_than_baseline"] is None:
        return (
            "bounds only, no distance"
            if q["bounds"] == q["scored"]
            else ("no baseline" if not q["baseline"]["scored"] else "as near as other studies' mean")
        )
    return "nearer than other studies' mean" if q["better_than_baseline"] else "no nearer than other studies' mean"


def _tone(q: Mapping[str, Any]) -> str:
    """Which mark stands before the verdict; the words carry the meaning."""
    if q["leaning"] == q["scored"]:
        return "open"
    if too_narrow(q) or q["coverage_90"] == 0.0 or q["better_than_baseline"] is False:
        return "outside"
    return "inside" if q["better_than_baseline"] or q["sign_accuracy"] == 1.0 else "open"


def reasons(missing: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows without a prediction by reason, the most frequent first; under each the studies with their lines."""
    grouped: dict[str, dict[str, list[int]]] = {}
    for entry in missing:
        grouped.setdefault(entry["reason"], {}).setdefault(entry["source"], []).append(entry["row"])
    found = [
        {
            "reason": words.sentence(reason),
            "rows": sum(map(len, studies.values())),
            "studies": [(study, runs(lines)) for study, lines in studies.items()],
        }
        for reason, studies in grouped.items()
    ]
    return sorted(found, key=lambda group: -group["rows"])


def runs(lines: Iterable[int]) -> str:
    """Line numbers, those in a row as a range: '3, 7–9'."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}{words.DASH}{last}" for first, last in found)


# Measured beside predicted --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """Rows on one axis: those of one scale and one unit."""

    title: str
    unit: str
    axis: Markup
    groups: list[tuple[str, list[dict[str, Any]]]]  # quantity, its rows
    squares: list[tuple[str, str, Markup]]  # quantity with too many rows, how its rows are shown, figure


def blocks(predictions: Sequence[Mapping[str, Any]], evidence: Evidence) -> list[Block]:
    """The forests of some predictions, one per scale and unit; directions have none."""
    grouped: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = {}
    for entry in predictions:
        if entry["scale"] != "sign":
            kind = entry["quantity"].partition(":")[0] if entry["quantity"].startswith("rate:") else entry["quantity"]
            key = entry["scale"], entry["unit"] or f"={kind}"
            grouped.setdefault(key, {}).setdefault(entry["quantity"], []).append(entry)
    return [_block(unit, quantities, evidence) for (_, unit), quantities in grouped.items()]


def _block(stated: str, quantities: Mapping[str, list[Mapping[str, Any]]], evidence: Evidence) -> Block:
    power = _power([entry for entries in quantities.values() for entry in entries])
    quantities = {name: [_times(entry, 10.0**-power) for entry in entries] for name, entries in quantities.items()}
    scale = scale_of([entry for entries in quantities.values() for entry in entries])
    shown = {
        name: entries if len(entries) <= MANY else sorted(entries, key=_badness, reverse=True)[:WORST]
        for name, entries in quantities.items()
    }
    groups = [(title(name), [_row(entry, evidence, scale) for entry in entries]) for name, entries in shown.items()]
    squares = [
        (
            title(name),
            f"{words.count(len(entries), 'row')}; below, the {WORST} furthest off",
            square(entries, scale, title(name)),
        )
        for name, entries in quantities.items()
        if len(entries) > MANY
    ]
    printed = "" if stated.startswith("=") or stated == "1" else unit(stated)
    if power:
        printed = f"10{words.unit(f'^{power}')}{words.NARROW}{printed}"
    name = groups[0][0] if len(groups) == 1 else f"Values, {printed}" if printed else "Shares"
    return Block(name, printed if len(groups) == 1 else "", rows.axis(scale, labelled(scale), "Axis"), groups, squares)


def _power(entries: Sequence[Mapping[str, Any]]) -> int:
    """The power of ten in which very small or large values are written, 0 for all others: a multiple of three."""
    middles = [abs(entry["measured"]) for entry in entries if entry["measured"]]
    power = 3 * round(math.log10(float(np.median(middles))) / 3.0) if middles else 0
    return power if abs(power) > 3 else 0


def _times(entry: Mapping[str, Any], by: float) -> dict[str, Any]:
    return {**entry, **{key: entry[key] * by for key in ("measured", "median", "p05", "p95")}}


def labelled(scale: Scale, most: int = 6) -> list[tuple[float, str]]:
    """Ticks of an axis with their words; of many only some have words."""
    ticks = scale.ticks(5)
    if not scale.log:
        return list(zip(ticks, scales.tick_labels(ticks), strict=True))
    step = math.ceil(len(ticks) / most)
    return [(tick, "" if number % step else decade(tick)) for number, tick in enumerate(ticks)]


def _badness(entry: Mapping[str, Any]) -> float:
    return -1.0 if entry["error"] is None else entry["error"]


def scale_of(entries: Sequence[Mapping[str, Any]]) -> Scale:
    """An axis that holds measured values and medians; a logarithmic one has whole decades, and cuts bands that go far."""
    if entries[0]["scale"] != "log":
        ends = [entry[key] for entry in entries for key in ("measured", "median", "p05", "p95")]
        return Scale(*scales.cover(ends, zero=True), 0.0, 1.0)
    middles = [entry[key] for entry in entries for key in ("measured", "median") if entry[key] > 0.0] or [1.0]
    bands = [entry[key] for entry in entries for key in ("p05", "p95") if entry[key] > 0.0] or middles
    low = min(min(middles), max(min(bands), min(middles) / 10.0))
    high = max(max(middles), min(max(bands), max(middles) * 10.0))
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return Scale(10.0**first, 10.0 ** max(last, first + 1), 0.0, 1.0, log=True)


def _row(entry: Mapping[str, Any], evidence: Evidence, scale: Scale | None = None) -> dict[str, Any]:
    """One measured value beside its prediction."""
    source = evidence.sources.get(entry["source"])
    found = {
        "study": entry["source"],
        "line": entry["row"],
        "about": entry["about"].replace(" um", " µm").replace("_", " "),
        "citation": source.citation if source else "",
        "inside": entry["inside"],
        "quantity": title(entry["quantity"]),
    }
    if scale is None:
        return found
    low, middle, high, measured = (entry[key] for key in ("p05", "median", "p95", "measured"))
    ends = {"upper": (scale.low, measured), "lower": (measured, scale.high)}.get(entry["bound"], (measured, measured))
    text = {"upper": "≤ ", "lower": "≥ "}.get(entry["bound"], "") + _as_stated(measured)
    label = f"{entry['source']}: measured {text}, predicted {written(middle, scale)} ({band(low, high, scale)})"
    return {
        **found,
        "measured": text,
        "predicted": written(middle, scale),
        "band": band(low, high, scale),
        "figure": rows.row(
            scale,
            Interval(low, middle, high),
            label,
            tone=1 if entry["inside"] else 2,
            observed=(Interval(ends[0], measured, ends[1]),),
        ),
    }


def square(entries: Sequence[Mapping[str, Any]], scale: Scale, name: str) -> Markup:
    """Predicted against measured, a mark with its band for each row; on the diagonal the twin is right."""
    left, top, foot = 34.0, 22.0, 34.0
    x = Scale(scale.low, scale.high, left, SIDE - 16.0, scale.log)
    y = Scale(scale.low, scale.high, SIDE - foot, top, scale.log)
    parts = [
        *_frame(x, y, left),
        svg.tag("line", x1=x.at(x.low), y1=y.at(y.low), x2=x.at(x.high), y2=y.at(y.high), class_="reference"),
    ]
    parts += [_mark(entry, x, y) for entry in sorted(entries, key=lambda entry: not entry["inside"])]
    missed = sum(not entry["inside"] for entry in entries)
    return svg.figure(
        SIDE,
        SIDE,
        parts,
        f"{name}: predicted against measured",
        f"{len(entries)} rows with their 90 % bands; {missed} miss the diagonal",
        "square",
    )


def _frame(x: Scale, y: Scale, left: float) -> list[Markup]:
    parts = [
        svg.tag("text", "predicted", x=0.0, y=8.0, class_="axis-name"),
        svg.tag("text", "measured", x=x.end, y=SIDE - 3.0, class_="axis-name end"),
    ]
    for tick, label in labelled(x):
        parts += [
            svg.tag("line", x1=x.at(tick), x2=x.at(tick), y1=y.start, y2=y.end, class_="grid"),
            svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid"),
            svg.tag("text", label, x=x.at(tick), y=y.start + 14.0, class_="tick middle"),
            svg.tag("text", label, x=left - 4.0, y=y.at(tick) + 3.8, class_="tick end"),
        ]
    return parts


def _mark(entry: Mapping[str, Any], x: Scale, y: Scale) -> Markup:
    place, tone = x.at(entry["measured"]), 1 if entry["inside"] else 2
    low, high = y.at(entry["p05"]), y.at(entry["p95"])
    return svg.tag(
        "g",
        svg.tag("title", ", ".join(filter(None, (entry["source"], entry["about"])))),
        svg.tag("line", x1=place, x2=place, y1=low, y2=high, class_=f"whisker tone-{tone}"),
        svg.tag("circle", cx=place, cy=y.at(entry["median"]), r=2.4, class_=f"spot tone-{tone}"),
    )


# Tensions -------------------------------------------------------------------------------------------------------------


def _tension(row: TensionRow, scores: Mapping[str, Any], evidence: Evidence) -> dict[str, Any]:
    """One disagreement between measurements, with the twin's own prediction beside each that was scored."""
    found = [entry for place in row.rows for entry in _at(place, row.quantity, scores)]
    sources = [evidence.sources[name].citation for name in row.source]
    return {
        "title": words.title(row.id),
        "what": row.what_disagrees.replace(" um", " µm"),
        "handling": row.how_dermatwin_handles,
        "blocks": blocks(found, evidence),
        "sources": sources,
        "outside": sum(not entry["inside"] for entry in found),
        "count": len(found),
    }


def _at(place: str, quantities: Sequence[str], scores: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Predictions of a study in a file ('closure.csv:gupta2011'), or of one line ('closure.csv:14')."""
    file, _, which = place.partition(":")
    entries = scores["files"].get(file, {}).get("predictions", [])
    chosen: Callable[[Mapping[str, Any]], bool] = (
        (lambda entry: entry["row"] == int(which)) if which.isdigit() else (lambda entry: entry["source"] == which)
    )
    return [entry for entry in entries if chosen(entry) and entry["quantity"] in quantities]


# What the data could not see ------------------------------------------------------------------------------------------


def _fit(posterior: Posterior, evidence: Evidence) -> dict[str, Any]:
    """What a fit moved, what it left as it was, and how well it settled."""
    entries = posterior.record["parameters"]
    everything = [_parameter(name, entries[name], posterior, evidence) for name in posterior.parameters]
    scale = Scale(*SPREADS, 0.0, 1.0)
    ticks = [float(tick) for tick in range(int(SPREADS[0]), int(SPREADS[1]) + 1)]
    labels = [(tick, words.fixed(tick, 0)) for tick in ticks]
    return {
        "name": words.title(posterior.name),
        "studies": len(posterior.studies),
        "moved": sorted((p for p in everything if p["informed"]), key=lambda p: p["spread"]),
        "prior": sorted((p for p in everything if not p["informed"]), key=lambda p: p["spread"]),
        "rows": sum(posterior.record.get("rows", {}).values()),
        "axis": rows.axis(scale, labels, "spreads of the prior"),
        "diagnostics": diagnostics(posterior.record),
    }


def _parameter(name: str, entry: Mapping[str, Any], posterior: Posterior, evidence: Evidence) -> dict[str, Any]:
    """One parameter before and after: its prior as a pale bar, what is believed now as a line with its middle."""
    parameter = evidence.parameters[name]
    scores = posterior.tables[ALL][:, posterior.column(name)]
    low, middle, high = (float(q) for q in np.quantile(scores, (0.05, 0.5, 0.95)))
    figure = rows.row(
        Scale(*SPREADS, 0.0, 1.0),
        Interval(low, middle, high),
        f"{name}: after the fit, within its prior",
        group=Interval(-PRIOR_END, 0.0, PRIOR_END),
        reference=0.0,
    )
    after = parameter.fitted or (math.nan,) * 3
    return {
        "name": name,
        "informed": entry["informed"],
        "spread": entry["spread_over_prior"],
        "figure": figure,
        "before": words.quantity(evidence.prior[name].value, parameter.unit),
        "after": words.number(after[1]),
        "range": words.with_unit(_between(after[0], after[2]), parameter.unit),
        "left": share(entry["spread_over_prior"]),
        "note": parameter.note,
    }


PRIOR_END = 1.645  # spreads: nine tenths of a normal prior lie within


def diagnostics(record: Mapping[str, Any]) -> list[str]:
    """How well the fits settled, in sentences: the whole fit, then those without a study that are to be read with care."""
    fits = dict(record.get("fits", {}))
    whole = fits.pop("all studies", None)
    texts = [] if whole is None else [_of_whole(whole["memory_of_last_rounds"])]
    long = [
        f"{name} ({entry['memory_of_last_rounds']:.2f})"
        for name, entry in fits.items()
        if entry["memory_of_last_rounds"] > LONG_MEMORY
    ]
    thin = [
        f"{name} ({share(entry['share_that_counted'])})"
        for name, entry in fits.items()
        if entry.get("share_that_counted", 1.0) < FEW_COUNTED
    ]
    if long:
        texts.append(
            f"Not settled, with more than {LONG_MEMORY} of the start still visible: the fit{'s' * (len(long) > 1)} "
            f"without {words.listing(long)}. The bands for what was left out may be off."
        )
    if thin:
        texts.append(
            f"The fit{'s' * (len(thin) > 1)} without {words.listing(thin)} started from few particles, shown as "
            "the share of them that counted: these studies weigh much, and the bands predicted for them are the "
            "roughest."
        )
    return texts


def _of_whole(memory: float) -> str:
    """The memory of the fit to all studies, and whether it is too long."""
    verdict = (
        "That is too much: the fit has not settled, and what it says of spreads may be wrong"
        if memory > LONG_MEMORY
        else f"0 would be full independence; above {LONG_MEMORY} a fit counts as not settled"
    )
    return (
        f"After the last rounds of the fit to all studies a particle still shows {memory:.2f} of its start "
        f"(correlation, worst parameter): {verdict[0].lower()}{verdict[1:]}."
    )


def share(value: float | None) -> str:
    """A share in per cent."""
    return words.NOTHING if value is None else f"{100.0 * value:.0f}{words.NARROW}%"


def factor(value: float | None) -> str:
    """A factor between predicted and measured."""
    return words.NOTHING if value is None else f"×{words.NARROW}{words.number(value)}"


SPELT = {
    "um": "µm",
    "pct": "in %",
    "fft": "FFT",
    "picp": "PICP",
    "pinp": "PINP",
    "piiinp": "PIIINP",
    "qgsgs": "QGSGS",
    "goodman": "Goodman",
    "baron": "Baron",
    "lemperle": "Lemperle",
    "manchester": "Manchester",
}


def title(quantity: str) -> str:
    """A quantity's name in words: 'rate:pih' -> 'Rate: PIH'."""
    found = words.name(re.sub(r"_(um|pct)$", "", quantity).replace(":", ": ")).split()
    text = " ".join(SPELT.get(word, word) for word in found)
    return text[:1].upper() + text[1:]


def unit(text: str) -> str:
    """A unit as it is printed, with powers that the tables write plainly: 'g/m2/h' -> 'g/m²/h'."""
    return words.unit(re.sub(r"(?<=m)(?=[23]\b)", "^", text))


def _as_stated(value: float) -> str:
    return words.given(value) if 1e-3 <= abs(value) < 1e5 or not value else words.number(value)


def written(value: float, scale: Scale) -> str:
    """A value as it stands beside a figure; what lies off a log axis is written as such."""
    if scale.log and value < scale.low:
        return f"<{words.NARROW}{decade(scale.low)}"
    if scale.log and value > scale.high:
        return f">{words.NARROW}{decade(scale.high)}"
    return words.number(value, 3) if abs(value) >= 100 else words.number(value)


def band(low: float, high: float, scale: Scale) -> str:
    """A band beside a figure."""
    if not scale.log:
        return words.interval(low, high)
    first, last = written(low, scale), written(high, scale)
    return f"{first} to {last}" if {first[0], last[0]} & {"<", ">"} else f"{first}{words.DASH}{last}"


def _between(low: float, high: float) -> str:
    """A range of a quantity that lives on a scale of ratios: two digits of each end."""
    return words.interval(low, high) if not low > 0.0 else f"{words.number(low)}{words.DASH}{words.number(high)}"


def decade(value: float) -> str:
    """A power of ten as an axis has it: '0.01', '1000', '10⁻⁷'."""
    power = round(math.log10(value))
    return words.number(value, 1) if -2 <= power <= 3 else "10" + words.unit(f"^{power}")


def _anchor(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.removesuffix(".csv"))
