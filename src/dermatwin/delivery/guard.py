"""Guards: anaesthetic that is applied and absorbed, against its limits.

    absorbed share of the limit = sum over agents of absorbed/(V_d weight C_s),   per draw; the 95th percentile is judged

C_s is the plasma level from which signs of toxicity may start. All that was absorbed counts as if it entered the blood at
once and stayed: an upper bound on the plasma level. Agents add up. Limits on the amount applied are those of the labels
and of the screening; they are handed in, so that there is one rule and one table (`anaesthetics.csv`). Left out:
methaemoglobin, active metabolites, numbing elsewhere on the same day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from ..core.units import factor
from ..evidence import Draws

Verdict = Literal["ok", "caution", "stop"]

_BROKEN = ("fda_anaesthetics2009", "openfda_lido_prilo")
_JUDGED = 0.95  # numerical: quantile of the draws that is held against a limit


@dataclass(frozen=True)
class Guard:
    """One amount against its limit; None where the amount or the limit is not known, `share` also where the limit is nil."""

    what: str
    applied: float | None
    limit: float | None
    share: float | None
    unit: str
    verdict: Verdict
    sources: tuple[str, ...]
    note: str = ""


class Label(Protocol):
    """What a label allows for a person; `screening.agent_of` gives one."""

    @property
    def name(self) -> str:
        """The agent."""
        ...

    @property
    def max_mass(self) -> float | None:
        """Most of the product [mg]."""
        ...

    @property
    def max_area(self) -> float | None:
        """Largest area [cm2]."""
        ...

    @property
    def max_time(self) -> float | None:
        """Longest time on the skin [h]."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Who says so."""
        ...

    def mass(self, drug: str, product_mass: float) -> float | None:
        """Mass of a drug in `product_mass`; None if the strength is unknown."""
        ...


class Limit(Protocol):
    """How much lidocaine a person may have; `screening.allowance` gives one."""

    @property
    def lidocaine(self) -> float:
        """Most lidocaine in one session [mg]."""
        ...

    @property
    def weight(self) -> float:
        """Body weight [kg]."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Who says so."""
        ...


@dataclass(frozen=True)
class Application:
    """One anaesthetic as it is put on, or planned to be, in one treatment session."""

    label: Label
    product: float  # mg of product
    area: float  # cm2
    hours: float | None  # on the skin; None = not taken off
    on_channels: bool = False  # whether it lies on needled skin at any time


def judge(share: float, p: Draws) -> Verdict:
    """'stop' above the limit, 'caution' from `guard_caution_share` of it on, 'ok' below."""
    return "stop" if share > 1.0 else "caution" if share >= p.median("guard_caution_share", "1") else "ok"


def applied_guards(applications: Sequence[Application], limit: Limit, p: Draws) -> tuple[Guard, ...]:
    """What is put on in one session against the labels and against the limit by body weight.

    Product [g], area [cm2], time [min] for each label that says so, on broken skin [mg], lidocaine of all products [mg].
    """
    found = [guard for application in applications for guard in _label_guards(application, p)]
    masses = [application.label.mass("lidocaine", application.product) for application in applications]
    total = float(sum(mass or 0.0 for mass in masses))
    if total:
        found.append(
            _guard(
                "lidocaine applied", total, limit.lidocaine, "mg", limit.sources, p, f"by body weight, {limit.weight:g} kg"
            )
        )
    return tuple(found)


def _label_guards(application: Application, p: Draws) -> list[Guard]:
    label = application.label
    sizes = (
        (f"{label.name} applied", application.product, label.max_mass, "mg", "g"),
        (f"area under {label.name}", application.area, label.max_area, "cm^2", "cm^2"),
        (f"time under {label.name}", application.hours, label.max_time, "h", "min"),
    )
    found = [
        _guard(what, amount * factor(unit, shown), most * factor(unit, shown), shown, label.sources, p)
        for what, amount, most, unit, shown in sizes
        if amount is not None and most is not None
    ]
    if label.max_mass is None and label.max_area is None and not label.mass("lidocaine", application.product):
        found.append(
            Guard(
                f"{label.name} applied",
                application.product * factor("mg", "g"),
                None,
                None,
                "g",
                "stop",
                label.sources,
                "its strength or its maximum is not known: the dose cannot be checked",
            )
        )
    if application.hours is None:
        found.append(Guard(f"time under {label.name}", None, None, None, "min", "stop", _BROKEN, "never taken off"))
    if application.on_channels:
        found.append(
            _guard(
                f"{label.name} on open channels",
                application.product * factor("mg", "g"),
                0.0,
                "g",
                _BROKEN,
                p,
                "labels allow intact skin only; deaths followed uptake through broken skin",
            )
        )
    return found


def _guard(what: str, applied: float, limit: float, unit: str, sources: tuple[str, ...], p: Draws, note: str = "") -> Guard:
    if limit > 0.0:
        return Guard(what, applied, limit, applied / limit, unit, judge(applied / limit, p), sources, note)
    return Guard(what, applied, limit, None, unit, "stop" if applied > 0.0 else "ok", sources, note)


def plasma_bound(agent: str, absorbed: np.ndarray, weight: float, p: Draws) -> np.ndarray:
    """Plasma level that is not exceeded [mg/l], shape (draw,): absorbed/(V_d weight); absorbed mg (draw,), weight kg."""
    return absorbed / (p(f"distribution_volume[{agent}]", "l/kg") * weight)


def absorbed_guards(absorbed: Mapping[str, np.ndarray], weight: float, p: Draws) -> tuple[Guard, ...]:
    """What the body takes up against the amount at which signs of toxicity may start, each agent and all together.

    Units    absorbed mg by agent (draw,): cleared amount times area, of all zones; weight kg.
    Valid    agents with a `signs_plasma_level`; KeyError otherwise. `applied` and `limit` are the 95th percentile of the
             absorbed mass and the median limit; `share` is the 95th percentile of the draws' own shares, not their ratio.
    Source   `signs_plasma_level` (labels), `distribution_volume` (assumed, E).
    """
    shares, found = [], []
    for agent, mass in absorbed.items():
        level = p(f"signs_plasma_level[{agent}]", "mg/l")
        share = plasma_bound(agent, mass, weight, p) / level
        limit = float(np.median(level * p(f"distribution_volume[{agent}]", "l/kg"))) * weight
        found.append(_absorbed(f"{agent} absorbed", high(mass), limit, "mg", share, (agent,), p))
        shares.append(share)
    if len(shares) > 1:
        total = np.sum(shares, axis=0)
        found.append(_absorbed("all anaesthetics absorbed", high(total), 1.0, "1", total, tuple(absorbed), p))
    return tuple(found)


def _absorbed(
    what: str, applied: float, limit: float, unit: str, share: np.ndarray, agents: tuple[str, ...], p: Draws
) -> Guard:
    names = [f"{kind}[{agent}]" for agent in agents for kind in ("signs_plasma_level", "distribution_volume")]
    sources = tuple(dict.fromkeys(source for name in names for source in p.evidence.parameters[name].sources))
    return Guard(
        what,
        applied,
        limit,
        high(share),
        unit,
        judge(high(share), p),
        sources,
        "95 % of people absorb less; as if none were eliminated; methaemoglobin is not judged",
    )


def high(values: np.ndarray) -> float:
    """The quantile that a guard judges, of the draws that did not fail."""
    known = values[~np.isnan(values)]
    return float(np.quantile(known, _JUDGED)) if known.size else float("nan")
