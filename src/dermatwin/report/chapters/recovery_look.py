"""How the treated skin may look from the first minutes to the twelfth week: three rows of swatches, and the numbers.

The run holds L*, a* and b* of every person over time. Three rows are shown, people whose mean redness over the first
day ranks around 5, 50 and 95 %: their mean change of colour, laid upon the middle colour of this phototype, so that the
rows differ by the redness alone. The numbers below are the bands of all people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ...outcome import appearance
from .. import words
from ..figures import swatches
from . import lookup

if TYPE_CHECKING:
    from ...twin import Run, ZoneRun

RANKED_UNTIL = 1.0  # d after the first session: the mean redness until then ranks people
AROUND = 0.05  # share of people on either side of a rank whose change of colour is averaged
PEOPLE = (
    ("Little redness", "5 in 100 redden less"),
    ("Middle", "half redden less"),
    ("Much redness", "5 in 100 redden more"),
)
SUNBURN = "sunburn_a_star"


@dataclass(frozen=True)
class _Seen:
    """Colours of one zone: L*, a*, b* (person, time, 3); the first time is untouched skin."""

    days: np.ndarray
    colours: np.ndarray

    @property
    def base(self) -> np.ndarray:
        """The middle colour of untouched skin."""
        return np.median(self.colours[:, 0], axis=0)

    @property
    def change(self) -> np.ndarray:
        """Change of colour since before the first session."""
        return self.colours - self.colours[:, :1]


@dataclass(frozen=True)
class Row:
    """People of about one rank over time."""

    name: str
    note: str
    swatches: list[Markup]


@dataclass(frozen=True)
class Cell:
    """A median with its band, as they are written."""

    value: str
    range: str


@dataclass(frozen=True)
class Line:
    """One number over time."""

    name: str
    note: str
    grade: str
    cells: list[Cell]


@dataclass(frozen=True)
class Mark:
    """A swatch of the key and its words."""

    swatch: Markup
    words: str


@dataclass(frozen=True)
class Look:
    """Swatches and numbers of one zone."""

    moments: list[str]
    rows: list[Row]
    lines: list[Line]
    key: list[Mark]
    sentences: list[str]


def look(run: Run, zone: ZoneRun) -> Look | None:
    """Swatches and numbers of one zone; None where the run has no colours."""
    seen = _seen(run, zone)
    if seen is None:
        return None
    moments = [words.lapse(day) for day in _shown_days(seen.days[1:])]
    return Look(moments, _rows(run, seen, moments), _lines(run, seen), _key(run, zone, seen), _sentences(run))


def _seen(run: Run, zone: ZoneRun) -> _Seen | None:
    known = (lookup.curve(run, channel, zone.zone.key) for channel in appearance.CHANNELS)
    found = [curve for curve in known if curve is not None]
    if len(found) < len(appearance.CHANNELS):
        return None
    colours = np.stack([curve.values for curve in found], axis=-1)
    colours = colours[np.isfinite(colours).all(axis=(1, 2))]
    days = found[0].time
    return _Seen(days, colours) if colours.size and days.size > 1 else None


def _shown_days(days: np.ndarray) -> np.ndarray:
    """Days as they are written: the eve of a session carries the day of the session."""
    return np.where(days < 1.0, days, np.rint(days))


def _rows(run: Run, seen: _Seen, moments: list[str]) -> list[Row]:
    order = np.argsort(seen.change[:, seen.days <= RANKED_UNTIL, 1].mean(axis=1))
    ranks = (np.arange(order.size) + 0.5) / order.size
    found = []
    for (name, note), middle in zip(PEOPLE, lookup.QUANTILES, strict=True):
        near = np.abs(ranks - middle) <= max(AROUND, 0.5 / order.size)
        found.append(Row(name, note, _strip(run, seen, seen.change[order[near]].mean(axis=0), moments, name)))
    return found


def _strip(run: Run, seen: _Seen, change: np.ndarray, moments: list[str], name: str) -> list[Markup]:
    return [_swatch(run, seen.base, change[i], f"{name}, {moment}") for i, moment in enumerate(moments, start=1)]


def _swatch(run: Run, base: np.ndarray, change: np.ndarray, title: str) -> Markup:
    seen = appearance.xyz_of_lab(np.stack([base, base + change]), run.evidence)
    untreated, treated = appearance.srgb(seen, run.evidence)
    return swatches.swatch(untreated, treated, f"{title}: untreated left, treated right; a* {_signed(change[1])}")


def _lines(run: Run, seen: _Seen) -> list[Line]:
    angles = appearance.ita(seen.colours, run.evidence)
    untouched = words.fixed(float(np.median(angles[:, 0])), 0)
    redder, paler = (lookup.grade_of(run, quantity) for quantity in ("erythema_a_star", "ita"))
    return [
        Line("Redness, rise of a*", "over untreated skin", redder, _cells(seen.change[:, 1:, 1], 1)),
        *_burnt(run, seen),
        Line("Typology angle ITA", f"degrees; untreated {untouched}", paler, _cells(angles[:, 1:], 0)),
    ]


def _burnt(run: Run, seen: _Seen) -> list[Line]:
    """In how many people the skin is at least as red as the least sunburn."""
    known = run.evidence.parameters.get(SUNBURN)
    if known is None:
        return []
    shares = (seen.change[:, 1:, 1] >= known.value).mean(axis=0)
    cells = [Cell(words.with_unit(words.fixed(100.0 * float(share), 0), "%"), "") for share in shares]
    note = f"share of people, a* +{words.given(known.value)}"
    return [Line("At least a mild sunburn", note, "", cells)]


def _cells(values: np.ndarray, places: int) -> list[Cell]:
    return [
        Cell(words.fixed(float(middle), places), words.interval(float(low), float(high), places))
        for low, middle, high in lookup.bands(values).T
    ]


def _key(run: Run, zone: ZoneRun, seen: _Seen) -> list[Mark]:
    """Untreated skin alone, and the least sunburn on it for comparison."""
    angle = float(appearance.ita(seen.base, run.evidence))
    kind = appearance.typology(angle, run.evidence)
    plain = f"untreated: middle colour of phototype {zone.skin.phototype}, ITA {words.fixed(angle, 0)}° ({kind})"
    found = [Mark(_swatch(run, seen.base, np.zeros(3), "untreated skin"), plain)]
    burn, known = _sunburn(run, seen), run.evidence.parameters.get(SUNBURN)
    if burn is not None and known is not None:
        said = f"right half: the least sunburn that a sunscreen test counts, a* +{words.given(known.value)}"
        found.append(Mark(_swatch(run, seen.base, burn, "a mild sunburn"), said))
    return found


def _sunburn(run: Run, seen: _Seen) -> np.ndarray | None:
    """The middle change of colour at its reddest, shrunk to the rise of a* of a mild sunburn."""
    known = run.evidence.parameters.get(SUNBURN)
    middle = np.median(seen.change, axis=0)
    reddest = middle[int(np.argmax(middle[:, 1]))]
    return None if known is None or reddest[1] <= 0.0 else reddest * known.value / reddest[1]


def _signed(value: float) -> str:
    return ("+" if value >= 0.0 else "") + words.fixed(float(value), 1)


def _sentences(run: Run) -> list[str]:
    days = lookup.session_days(run)
    said = (
        "Left half of each swatch: skin left alone; right half: treated skin, as melanin, blood and scattering make it "
        "in daylight (D65). Each row is the change of colour of people of about that rank, on the middle colour of the "
        "phototype. "
        "Bleeding points, crusts, bruises and the gloss of swelling are left out. On dark skin redness hides: feel for "
        "warmth and tenderness."
    )
    again = ("A day on which the skin is needled again is shown just before; later weeks include the later sessions.",)
    return [said, *(again if len(days) > 1 else ())]
