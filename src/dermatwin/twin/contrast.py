"""Cases side by side on the same virtual people: every difference is taken person by person.

All arms are simulated under one seed. Chance comes by named keys, so that a person has the same skin, the same unknown
parameters and the same luck in every arm; a difference between arms is then a difference of treatment, with a band that
is narrower than the arms' own bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from ..case import Case
from ..case.document import MOVED
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..evidence import Evidence
from ..evidence.records import weakest
from ..naming import Detail
from .blocks import Apart, Task
from .endpoints import BAND, Endpoint
from .resolve import resolve
from .run import Run
from .simulate import simulate_together
from .stages import Progress, untold
from .summary import FORMAT, shared

FEWEST = 2  # arms
APART = 1.5  # ratio of two densities from which results are said to hang on what made them
_TAKEN = "not stated; taken as "
ALIKE = 1e-6  # relative difference below which two arms are the same to a person
STORY = (
    "in_situ_depth",
    "residual_depth",
    "puncture_density",
    "injured_volume",
    "open_area_at_0_h",
    "open_area_at_1_h",
    "open_area_at_6_h",
    "open_area_at_24_h",
    "closure_time_tewl",
    "bleeding_fraction",
    "bleeding_endpoint",
    "pain_vas",
    "downtime_makeup",
    "downtime_unnoticeable",
    "swelling_duration",
    "needling_time",
    "pih_risk",
    "tram_track_risk",
)
"""What the needles do, read at the first session; the outcome per concern follows at its last reading."""
OUTCOMES = ("relative_improvement", "scale_change")
PAIRED = ("patient", "zones")  # parts of a case that arms must share
Key = tuple[str, Detail, str, float | None]


@dataclass(frozen=True)
class Difference:
    """One arm against the first, person by person: arm minus first, arm over first, and how often it is larger."""

    low: float
    median: float
    high: float
    ratio: tuple[float, float, float] | None  # 5, 50 and 95 %; None where the first arm can be 0
    larger: float  # share of the people in whom the arm has more; those in whom both are equal count half
    people: int  # with a number in both arms
    equal: float = 0.0  # share of the people in whom both arms have the same

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "minus_first": _spread((self.low, self.median, self.high)),
            "over_first": None if self.ratio is None else _spread(self.ratio),
            "larger_in": _digits(self.larger),
            "equal_in": _digits(self.equal),
            "people": self.people,
        }


@dataclass(frozen=True)
class Contrasted:
    """One endpoint over all arms; the first arm is the one that the others are set against."""

    arms: tuple[Endpoint, ...]
    differences: tuple[Difference, ...]  # one fewer than arms

    @property
    def first(self) -> Endpoint:
        """The endpoint in the first arm: name, title, zone, unit and time are those of every arm."""
        return self.arms[0]

    @property
    def grade(self) -> str:
        """The weakest grade of the arms."""
        return weakest([arm.grade for arm in self.arms])

    def to_dict(self, labels: Sequence[str]) -> dict[str, Any]:
        """Plain data."""
        first = self.first
        arms = [
            {"arm": label, **_spread(arm.band), "failed_draws": arm.failed}
            for label, arm in zip(labels, self.arms, strict=True)
        ]
        against = [{"arm": label, **d.to_dict()} for label, d in zip(labels[1:], self.differences, strict=True)]
        return {
            "name": first.name,
            "title": first.title,
            "zone": first.zone,
            "time_days": first.time_days,
            "unit": first.unit,
            "grade": self.grade,
            "sources": sorted({s for arm in self.arms for s in arm.sources}),
            "arms": arms,
            "differences": against,
        }


@dataclass(frozen=True)
class Contrast:
    """Arms with their runs and every endpoint that all of them have."""

    labels: tuple[str, ...]
    runs: tuple[Run, ...]
    rows: tuple[Contrasted, ...]

    @property
    def story(self) -> tuple[Contrasted, ...]:
        """The rows that tell devices and techniques apart, in the order of `STORY`, then outcomes at the last reading."""
        early = [row for name in STORY for row in self._named(name, last=False)]
        late = [row for name in OUTCOMES for row in self._named(name, last=True)]
        needled = {zone.zone.key for run in self.runs for zone in run.zones if zone.punctures}
        return tuple(row for row in (*early, *late) if row.first.zone in needled)

    def _named(self, quantity: str, *, last: bool) -> Iterator[Contrasted]:
        found: dict[tuple[str, Detail], Contrasted] = {}
        for row in self.rows:
            if row.first.quantity != quantity:
                continue
            of = replace(row.first.detail, session=None)  # sessions are times of one endpoint
            if last or (row.first.zone, of) not in found:
                found[row.first.zone, of] = row
        yield from found.values()

    @property
    def settings(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What differs between the arms: path of the field, and what each arm says."""
        flat = [
            dict(_flat(run.case.model_dump(mode="json", exclude={"title", "description", "sources", "observations"})))
            for run in self.runs
        ]
        paths = dict.fromkeys(path for arm in flat for path in arm)
        found = ((path, tuple(arm.get(path, "") for arm in flat)) for path in paths)
        return tuple((path, values) for path, values in found if len(set(values)) > 1)

    @property
    def hangs_on(self) -> tuple[str, ...]:
        """Zones in which settings that nobody stated decide how densely the arms are needled, in a sentence each."""
        return tuple(said for row in self._named("puncture_density", last=False) if (said := self._assumed(row)))

    def _assumed(self, row: Contrasted) -> str:
        middle = [end.band[1] for end in row.arms]
        taken = {label: _taken(run, row.first.zone) for label, run in zip(self.labels, self.runs, strict=True)}
        if min(middle) <= 0.0 or max(middle) < APART * min(middle) or not any(taken.values()):
            return ""
        made = ", ".join(f"{label} {value:.0f}" for label, value in zip(self.labels, middle, strict=True))
        names = ", ".join(dict.fromkeys(name.replace("_", " ") for found in taken.values() for name in found))
        zone, same = row.first.zone, f"'{float(f'{min(middle):.2g}'):g} 1/cm^2'"
        return (
            f"{zone}: the arms differ in punctures per cm2 ({made}), and what decides that is not all stated but taken as "
            f"usual for the device ({names}). Bleeding, pain, redness, downtime and risks hang on it. The same density in "
            f"every arm shows what the needles do: --density {same} with --device, else course.settings.{zone}.density"
        )

    def to_dict(self, *, everything: bool = False) -> dict[str, Any]:
        """Plain data: the story, or every shared endpoint."""
        chosen = self.rows if everything else self.story
        return {
            "format": FORMAT,
            "arms": [
                {"arm": label, "title": run.case.title, "verdict": run.screening.verdict}
                for label, run in zip(self.labels, self.runs, strict=True)
            ],
            "settings": [{"path": path, "values": list(values)} for path, values in self.settings],
            "hangs_on": list(self.hangs_on),
            **shared(row.to_dict(self.labels) for row in chosen),
            "warnings": [
                {"arm": label, "path": n.path, "message": n.message, "source": n.source}
                for label, run in zip(self.labels, self.runs, strict=True)
                for n in run.notices
            ],
            "provenance": self.runs[0].provenance,
        }


def compare(
    cases: Sequence[Case],
    labels: Sequence[str],
    draws: int = 200,
    seed: int = 1,
    *,
    progress: Progress | None = None,
    evidence: Evidence | None = None,
    workers: int = 1,
) -> Contrast:
    """Simulate cases on the same people and set every endpoint of the others against the first.

    cases : two or more that share the person and the zones. labels : a name for each.
    draws, seed, evidence, workers : as in `simulate`. The reference course, which belongs to the people, is computed once.
    Raises CaseError where the cases cannot be paired, with every field that differs.
    """
    believed = evidence or Evidence.packaged()
    require_pairs(cases, labels)
    _require_sound(cases, labels, believed)
    tell = progress or untold
    tells = [_part(tell, number, len(cases), label) for number, label in enumerate(labels)]
    runs = simulate_together(Task(tuple(cases), believed), Luck(seed, draws), tells, apart=Apart(workers))
    tables = [{_key(end): end for end in run.endpoints} for run in runs]
    shared = [key for key in tables[0] if all(key in table for table in tables[1:])]
    return Contrast(tuple(labels), runs, tuple(contrasted([table[key] for table in tables]) for key in shared))


def require_pairs(cases: Sequence[Case], labels: Sequence[str]) -> None:
    """CaseError unless the cases are two or more on the same person and zones."""
    if len(cases) < FEWEST:
        raise CaseError([Fault("CASES", str(len(cases)), "is too few to compare; name two cases, or one with --device")])
    first = _shared_part(cases[0])
    faults: list[Fault] = []
    for case, label in zip(cases[1:], labels[1:], strict=True):
        other = _shared_part(case)
        faults += [
            Fault(
                f"{label}: {path}",
                other.get(path, "nothing"),
                f"is {first.get(path, 'not stated')} in {labels[0]}; arms share the person and the zones",
            )
            for path in dict.fromkeys((*first, *other))
            if first.get(path) != other.get(path)
        ]
    if faults:
        raise CaseError(faults)


def _require_sound(cases: Sequence[Case], labels: Sequence[str], evidence: Evidence) -> None:
    """CaseError with the faults of every arm, each under its label, before the first of them is simulated."""
    faults: list[Fault] = []
    for case, label in zip(cases, labels, strict=True):
        try:
            resolve(case, evidence)
        except CaseError as error:
            faults += [Fault(f"{label}: {fault.path}", fault.found, fault.expected) for fault in error.faults]
    if faults:
        raise CaseError(faults)


def contrasted(arms: Sequence[Endpoint]) -> Contrasted:
    """Set one endpoint of every arm against the first, person by person."""
    return Contrasted(tuple(arms), tuple(difference(arm.values, arms[0].values) for arm in arms[1:]))


def difference(values: np.ndarray, first: np.ndarray) -> Difference:
    """Paired difference of two arms, shape (draw,) each; people without a finite number in both arms are left out."""
    both = np.isfinite(values) & np.isfinite(first)
    mine, theirs = values[both], first[both]
    if not mine.size:
        return Difference(np.nan, np.nan, np.nan, None, np.nan, 0)
    low, middle, high = (float(q) for q in np.quantile(mine - theirs, BAND))
    ratio = None
    if (theirs > 0.0).all() and (mine >= 0.0).all():
        ratio_low, ratio_middle, ratio_high = (float(q) for q in np.quantile(mine / theirs, BAND))
        ratio = (ratio_low, ratio_middle, ratio_high)
    alike = np.isclose(mine, theirs, rtol=ALIKE, atol=0.0)
    larger = float(np.mean((mine > theirs) & ~alike) + 0.5 * np.mean(alike))
    return Difference(low, middle, high, ratio, larger, int(both.sum()), float(np.mean(alike)))


def _taken(run: Run, zone: str) -> list[str]:
    """Settings of a zone that decide the density and that the case does not state."""
    told = {notice.path: notice.message for notice in run.notices}
    paths = {name: f"course.settings.{zone}.{name}" for name in MOVED}
    return [name for name, path in paths.items() if told.get(path, "").startswith(_TAKEN)]


def _key(end: Endpoint) -> Key:
    return end.quantity, end.detail, end.zone, None if end.time_days is None else round(float(end.time_days), 6)


def _shared_part(case: Case) -> dict[str, str]:
    whole = case.model_dump(mode="json", include=set(PAIRED))
    for zone in whole["zones"]:
        zone.pop("treated")
    return dict(_flat(whole))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Leaves of nested data as (path, text)."""
    entries = cast(list[Any], value) if isinstance(value, list) else None
    if isinstance(value, dict):
        for key, inner in cast(dict[str, Any], value).items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif entries is not None and any(isinstance(entry, dict) for entry in entries):
        for number, inner in enumerate(entries):
            yield from _flat(inner, f"{path}.{number}")
    elif entries:
        yield path, ", ".join(map(str, entries))
    elif entries is None and value not in (None, ""):
        yield path, str(cast(object, value))


def _part(tell: Progress, number: int, count: int, label: str) -> Callable[[float, str], None]:
    return lambda share, what: tell((number + share) / count, f"{label}: {what}")


def _spread(band: tuple[float, float, float]) -> dict[str, float | None]:
    low, middle, high = band
    return {"median": _digits(middle), "p05": _digits(low), "p95": _digits(high)}


def _digits(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
