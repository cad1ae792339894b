"""Numbness: from the unbound concentration of anaesthetics at the nerves to the share of nociceptors that are blocked.

    B = w_d h(x; C50_d, n_d) + (1 - w_d) h(x; C50_c, n_c),    h = x^n/(x^n + C50^n),    x = sum over agents of r_i C_i

Hill's law for A-delta and for C fibres, half-blocking concentrations as measured around rat nerve with lidocaine; agents
add up as equivalent concentrations of lidocaine (Loewe). The block follows the concentration without delay. Left out: how
often a fibre fires (use-dependent block), free endings that may need less than axons, acid of inflamed tissue. Nothing
here is fitted to a clinical time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..core import Notice, require_finite, require_not_negative
from ..core.notebook import Noted, Reads
from ..core.units import factor
from ..evidence import Draws
from ..flows import NERVE_DEPTHS, Curve, Exposure, Reading
from ..naming import Detail
from ..skin.section import Skin

FIBRES = ("a_delta", "c")


@dataclass(frozen=True)
class Numbness(Noted):
    """The block of nociceptors in one zone around one treatment session."""

    zone: str
    session: int
    time: np.ndarray  # (time,) h after the needling; negative before it
    block: np.ndarray  # (draw, time) share of nociceptors [-]
    apply: float  # h, when the first product was put on
    remove: float | None  # h, when the last was wiped off; None = never
    below: np.ndarray | None = None  # (draw, nerve_depth, time) the same at NERVE_DEPTHS; None = not looked at
    reads: Reads = field(default_factory=dict, repr=False)  # names of what was read, by field
    deep: np.ndarray | None = None  # (draw, nerve_depth) the same at NERVE_DEPTHS at the needling; None = not looked at

    @property
    def computed(self) -> np.ndarray:
        """Who did not fail in delivery, shape (draw,)."""
        return np.asarray(~np.isnan(self.block).any(axis=1))


def nerve_depth(skin: Skin, p: Draws) -> np.ndarray:
    """Depth of the nerves to be blocked [mm], shape (draw,): below both layers of the epidermis by `papillary_nerve_depth`.

    Fibres end in every living layer of the epidermis; block of the trunk below it silences them all.
    """
    return skin.stratum_corneum + skin.viable_epidermis + p("papillary_nerve_depth", "mm")


def equivalent_lidocaine(concentrations: Mapping[str, np.ndarray], p: Draws) -> np.ndarray:
    """Concentration of lidocaine that would block as much [ug/cm3], shape (draw, time): sum of r_i C_i.

    KeyError for an agent without a potency: every active of the class 'anaesthetic' has one, if only an assumed one.
    """
    known = p.evidence.family("relative_potency")
    strange = sorted(set(concentrations) - set(known))
    if strange or not concentrations:
        raise KeyError(f"no potency is known for {', '.join(strange) or 'no agent'}; one of {', '.join(known)}")
    for name, values in concentrations.items():
        failed = np.asarray(np.isnan(values).all(axis=1))  # in delivery; they stay left out
        computed = values[~failed]
        require_finite(computed, f"concentration of {name}")
        require_not_negative(computed, f"concentration of {name}", tolerance=1e-9 * float(np.abs(computed).max(initial=1.0)))
    return np.sum(
        [p(f"relative_potency[{name}]", "1")[:, None] * np.maximum(values, 0.0) for name, values in concentrations.items()],
        axis=0,
    )


def hill(concentration: np.ndarray, half: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Hill's law c^n/(c^n + C50^n) [-]; 0 at 0, a half at C50."""
    from scipy.special import expit

    with np.errstate(divide="ignore"):
        return expit(exponent * np.log(concentration / half))


def block(concentrations: Mapping[str, np.ndarray], p: Draws) -> np.ndarray:
    """Share of nociceptors that are blocked [-], shape (draw, time).

    Units    unbound concentration at the nerves by agent, ug/cm3 (draw, time).
    Valid    steady or slowly changing concentrations; fibres of the rat at about body temperature.
    Source   `half_blocking_concentration`, `block_hill` (grade C and D); potencies of other agents are assumed (E).
    Law      0 without an agent, increasing in each concentration, below 1; a mixture of an agent with itself is that agent.
    """
    dose = equivalent_lidocaine(concentrations, p)
    share = p("a_delta_share", "1")[:, None]
    fast, slow = (
        hill(dose, p(f"half_blocking_concentration[{fibre}]", "ug/cm^3")[:, None], p(f"block_hill[{fibre}]", "1")[:, None])
        for fibre in FIBRES
    )
    return share * fast + (1.0 - share) * slow


def numb(exposures: Sequence[Exposure], p: Draws) -> Numbness | None:
    """The block by all anaesthetics of one zone and session together; None without one."""
    numbing = [exposure for exposure in exposures if exposure.at_nerves is not None]
    if not numbing:
        return None
    time = np.unique(np.concatenate([exposure.time for exposure in numbing]))
    levels: dict[str, np.ndarray] = {}
    for exposure in numbing:
        levels[exposure.active] = levels.get(exposure.active, 0.0) + _on(time, exposure)
    first, ends = numbing[0], [exposure.removed for exposure in numbing]
    last = None if None in ends else max(end for end in ends if end is not None)
    own, start = p.apart(), min(float(exposure.time[0]) for exposure in numbing)
    blocked = block(levels, own)
    below = np.stack([block(level, own) for level in _at_depths(numbing, time)], axis=1)
    reads = {"block": own.reads.union(*(exposure.behind() for exposure in numbing))}
    found = Numbness(first.zone, first.session, time, blocked, start, last, below, reads)
    return replace(found, deep=along_needle(found))


def _at_depths(numbing: Sequence[Exposure], time: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
    """Concentrations by agent at each of `NERVE_DEPTHS`, shape (draw, time); as at the nerves where only these are known."""
    for number in range(len(NERVE_DEPTHS)):
        levels: dict[str, np.ndarray] = {}
        for exposure in numbing:
            deep = exposure.at_depths
            here = exposure if deep is None else replace(exposure, at_nerves=deep[:, number])
            levels[exposure.active] = levels.get(exposure.active, 0.0) + _on(time, here)
        yield levels


def _on(time: np.ndarray, exposure: Exposure) -> np.ndarray:
    """The concentration at the nerves on other times, shape (draw, time); 0 before the product is put on."""
    levels = exposure.at_nerves if exposure.at_nerves is not None else np.zeros((1, exposure.time.size))
    if np.array_equal(time, exposure.time):
        return np.maximum(levels, 0.0)
    return np.array([np.interp(time, exposure.time, np.maximum(row, 0.0), left=0.0) for row in levels])


def onset(numbness: Numbness, p: Draws) -> np.ndarray:
    """Minutes from the application to the first block above `numb_block`, shape (draw,); NaN for those never numb."""
    crossed = _first(numbness, numbness.block > p.median("numb_block", "1"), numbness.apply, p)
    return (crossed - numbness.apply) * factor("h", "min")


def _first(numbness: Numbness, inside: np.ndarray, start: float, p: Draws) -> np.ndarray:
    """First time from `start` on at which `inside` holds [h], (draw,): the crossing linear between the steps."""
    level, person = p.median("numb_block", "1"), np.arange(len(inside))
    reached = inside & (numbness.time >= start)
    at = reached.argmax(axis=1)
    before = np.maximum(at - 1, 0)
    low, high = numbness.block[person, before], numbness.block[person, at]
    share = np.where(inside[person, before], 0.0, (level - low) / np.where(high != low, high - low, 1.0))
    crossed = numbness.time[before] + share * (numbness.time[at] - numbness.time[before])
    return np.where(reached.any(axis=1), np.maximum(crossed, start), np.nan)


def at_needling(numbness: Numbness) -> np.ndarray:
    """Share of nociceptors blocked at time 0 [-], shape (draw,)."""
    return _at(numbness, 0.0)


def along_needle(numbness: Numbness, hours: np.ndarray | float = 0.0) -> np.ndarray:
    """Share of nociceptors blocked at each of `NERVE_DEPTHS` at an hour (or one for each person) [-], (draw, depth).

    At another hour than that of the needling it needs the time course (`below`), which a run does not keep.
    """
    if numbness.deep is not None and np.ndim(hours) == 0 and hours == 0.0:
        return numbness.deep
    if numbness.deep is not None and numbness.below is None:
        raise ValueError(f"of the numbness in {numbness.zone} only the hour of the needling was kept at depths")
    when = np.broadcast_to(np.asarray(hours, float), len(numbness.block))
    deep = numbness.block[:, None] if numbness.below is None else numbness.below
    if np.ndim(hours) == 0 and hours in numbness.time:  # a step of the grid, as the needling is
        at_once = deep[..., int(np.searchsorted(numbness.time, hours))]
        return np.broadcast_to(at_once, (len(when), len(NERVE_DEPTHS)))
    found = [[np.interp(t, numbness.time, row) for row in rows] for t, rows in zip(when, deep, strict=True)]
    return np.broadcast_to(np.asarray(found), (len(when), len(NERVE_DEPTHS)))


def _at(numbness: Numbness, hour: float) -> np.ndarray:
    if hour in numbness.time:
        return numbness.block[:, int(np.searchsorted(numbness.time, hour))]
    return np.array([np.interp(hour, numbness.time, values) for values in numbness.block])


def duration(numbness: Numbness, p: Draws) -> np.ndarray:
    """Minutes above `numb_block` from wiping off until the block first falls below it, shape (draw,); 0 if not numb then.

    Where it is still above at the last time, the minutes until then: at least so long (see `notices`). Without wiping off
    it is counted from the needling.
    """
    start = max(numbness.apply, 0.0) if numbness.remove is None else numbness.remove
    fallen = numbness.block <= p.median("numb_block", "1")
    ends = _first(numbness, fallen, start, p)
    ends = np.where(np.isnan(ends), numbness.time[-1], ends)
    numb = _at(numbness, start) > p.median("numb_block", "1")
    lasting = np.where(numb, np.maximum(ends - start, 0.0), 0.0) * factor("h", "min")
    return np.where(numbness.computed, lasting, np.nan)


def time_to_numb(numbness: Numbness, p: Draws) -> float:
    """Minutes after application until `numb_people` of the people are numb; NaN if fewer ever are, or nobody is left."""
    found = onset(numbness, p)[numbness.computed]
    if not found.size:
        return float("nan")
    waits = np.sort(np.where(np.isnan(found), np.inf, found))
    wait = waits[min(int(np.ceil(p.median("numb_people", "1") * waits.size)), waits.size) - 1]
    return float(wait) if np.isfinite(wait) else float("nan")


def numb_readings(numbness: Numbness, p: Draws, day: float) -> tuple[Reading, ...]:
    """Readings of one zone and session; `day` is the day of the treatment session.

    Onset is left out where not everybody becomes numb, as the rest has none; `numbness_reached` says for how many.
    """
    p, block = p.apart(), numbness.behind()
    start = onset(numbness, p)
    reached, lasting = np.isfinite(start) | ~numbness.computed, duration(numbness, p)
    timed = block | p.reads
    always = (
        _reading(numbness, "numbness_reached", "1", np.where(numbness.computed, reached, np.nan), day, timed),
        _reading(numbness, "numbness_at_needling", "1", at_needling(numbness), day, block),
        _reading(numbness, "numbness_duration", "min", lasting, day, timed),
    )
    return (_reading(numbness, "numbness_onset", "min", start, day, timed), *always) if reached.all() else always


def _reading(numbness: Numbness, quantity: str, unit: str, values: np.ndarray, day: float, reads: frozenset[str]) -> Reading:
    return Reading(quantity, numbness.zone, unit, values, day, Detail(session=numbness.session + 1), reads)


def numb_curve(numbness: Numbness) -> Curve:
    """The block of nociceptors in hours after the treatment session."""
    return Curve(
        "nociceptor_block", numbness.zone, "1", numbness.time, numbness.block, numbness.session, reads=numbness.behind()
    )


def numb_notices(numbness: Numbness, p: Draws) -> tuple[Notice, ...]:
    """How long to wait, who is not numb when the needling starts, and where the duration is only a lower bound."""
    path, level = f"numbness.{numbness.zone}", p.median("numb_block", "1")
    if not numbness.computed.any():
        return ()
    wait, ready = time_to_numb(numbness, p), float((at_needling(numbness)[numbness.computed] > level).mean())
    given = -numbness.apply * factor("h", "min")
    wanted = p.median("numb_people", "1")
    found = []
    if np.isnan(wait):
        reached = float(np.isfinite(onset(numbness, p)[numbness.computed]).mean())
        found.append(Notice(path, f"only {reached:.0%} of people become numb with this product, dose and time", "huang1997"))
    elif ready < wanted:
        found.append(
            Notice(
                path,
                f"{ready:.0%} are numb when the needling starts, {given:.0f} min after application; "
                f"{wanted:.0%} were first numb {wait:.0f} min after it",
                "huang1997",
            )
        )
    if (numbness.block[:, -1] > level).any():
        found.append(Notice(path, "some are still numb at the end of what was computed: duration is a lower bound"))
    return tuple(found)
