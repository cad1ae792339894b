"""How much of an active gets in, beside what would pass intact skin: amounts, ratios, and the sentence that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import words
from . import lookup

if TYPE_CHECKING:
    from ...evidence import Evidence
    from ...flows import Exposure

BELOW = ("viable_epidermis", "dermis", "cleared")
HOUR, MOST, SAME = 24.0, 1000.0, 1.15  # h read; largest enhancement written out; what counts as no difference
TRACE = 0.1  # % of a dose, less is not told apart in words
NOTHING = 1e-5  # of a dose: where less than this ever gets in, nothing is drawn


def part(exposure: Exposure, *names: str) -> np.ndarray:
    """Amount in some compartments together, shape (draw, time)."""
    from ...flows import COMPARTMENTS

    return exposure.amount[:, [COMPARTMENTS.index(name) for name in names], :].sum(axis=1)


def at(exposure: Exposure, values: np.ndarray, hour: float = HOUR) -> np.ndarray:
    """Values of a course (draw, time) at an hour after the needling, at its end if that is earlier."""
    return np.array([np.interp(hour, exposure.time, row) for row in values])


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """One over the other; NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full_like(np.asarray(above, float), np.nan), where=below > 0.0)


def more(ratio: np.ndarray) -> tuple[str, str]:
    """Median and band of an enhancement, cut where intact skin lets next to nothing through."""
    found = lookup.band(ratio)
    if not found.known:
        return words.NOTHING, ""
    if found.low > 1.0 / SAME and found.high < SAME:
        return "the same", ""
    median, low, high = (
        f">{words.given(MOST)}" if v > MOST else words.number(v) for v in (found.middle, found.low, found.high)
    )
    return median, "" if low == high else f"{low} to {high}" if ">" in high else f"{low}{words.DASH}{high}"


def sentences(found: list[Exposure], evidence: Evidence) -> list[str]:
    """Per active, for its first zone: does needling let more in, in the twin and in what was measured."""
    exposure = found[0]
    if exposure.removed is not None and exposure.removed <= 0.0:
        return [f"{words.title(exposure.active)} is wiped off before the needling and meets no open channel."]
    return [f"{words.title(exposure.active)}: {_gain(exposure)} {measured(exposure.active, evidence)}".strip()]


def _gain(exposure: Exposure) -> str:
    entered, zone = at(exposure, part(exposure, *BELOW)), words.name(exposure.zone)
    gained = ratio(entered, at(exposure, exposure.intact_below_sc))
    found, share = lookup.band(gained), lookup.band(100.0 * ratio(entered, exposure.dose), "%")
    if not found.known:
        return "nothing measurable passes intact skin."
    if found.high < SAME:
        return "needling changes little; as much would pass intact skin."
    if found.middle > MOST:
        written = share.text if share.high >= TRACE else words.with_unit(f"less than {TRACE}", "%")
        return f"next to nothing passes intact skin; through the needled {zone} {written} of the dose within a day."
    median, band = more(gained)
    return f"within a day {median} times as much gets below the stratum corneum of the {zone} as without needles" + (
        f" ({band})." if band else "."
    )


def measured(active: str, evidence: Evidence) -> str:
    """What was measured of this active where it contradicts a gain by needling; nothing else."""
    from ...delivery import claims_of

    against = any(claim.verdict == "not enhanced" for claim in claims_of(active, evidence))
    return "Measurements found that needling did not bring more in." if against else ""
