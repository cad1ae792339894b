"""What the data could not see: every parameter of a fit before and after it, and how well the fit settled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from ...evidence import Evidence
from ...evidence.posterior import ALL, Posterior
from .. import words
from ..figures import rows
from ..figures.rows import Interval
from ..figures.scales import Scale
from .told import between, share

LONG_MEMORY = 0.9  # share of its start that a particle still shows, above which a fit has not settled
FEW_COUNTED = 0.05  # share of the particles that a fit without a study started from, below which that is said
SPREADS = (-3.0, 3.0)  # axis of the posterior, in spreads of the prior
PRIOR_END = 1.645  # spreads: nine tenths of a normal prior lie within


@dataclass(frozen=True)
class Believed:
    """One parameter before and after a fit."""

    name: str
    informed: bool
    spread: float  # left over the prior's
    figure: Markup
    before: str
    after: str
    range: str
    left: str
    note: str


@dataclass(frozen=True)
class Fitted:
    """What a fit moved, what it left as it was, and how well it settled."""

    name: str
    studies: int
    moved: list[Believed]
    prior: list[Believed]
    rows: int
    axis: Markup
    diagnostics: list[str]


def fitted(posterior: Posterior, evidence: Evidence) -> Fitted:
    """What a fit moved, what it left as it was, and how well it settled."""
    entries = posterior.record["parameters"]
    everything = [_parameter(name, entries[name], posterior, evidence) for name in posterior.parameters]
    scale = Scale(*SPREADS, 0.0, 1.0)
    ticks = [float(tick) for tick in range(int(SPREADS[0]), int(SPREADS[1]) + 1)]
    labels = [(tick, words.fixed(tick, 0)) for tick in ticks]
    return Fitted(
        name=words.title(posterior.name),
        studies=len(posterior.studies),
        moved=sorted((p for p in everything if p.informed), key=lambda p: p.spread),
        prior=sorted((p for p in everything if not p.informed), key=lambda p: p.spread),
        rows=sum(posterior.record.get("rows", {}).values()),
        axis=rows.axis(scale, labels, "spreads of the prior"),
        diagnostics=diagnostics(posterior.record),
    )


def _parameter(name: str, entry: Mapping[str, Any], posterior: Posterior, evidence: Evidence) -> Believed:
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
    return Believed(
        name=name,
        informed=entry["informed"],
        spread=entry["spread_over_prior"],
        figure=figure,
        before=words.quantity(evidence.prior[name].value, parameter.unit),
        after=words.number(after[1]),
        range=words.with_unit(between(after[0], after[2]), parameter.unit),
        left=share(entry["spread_over_prior"]),
        note=parameter.note,
    )


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
