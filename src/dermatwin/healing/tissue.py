"""The wound's reaction network over a whole course, layer by layer, for every possible person.

Each layer is three pieces of tissue that run side by side. `hit` is the tissue within the halos of the latest session,
`spared` the rest, and `repeated` a point that every session hits. Needles of the next session fall at random, so the
tissue they meet is a fair sample of the layer: before each session hit and spared tissue are mixed by their shares, and
both start again from the mixture, one of them injured. The mean over the layer is exact where the network is linear;
what it leaves out is that a point hit twice in a short time answers more than twice (the mixture dilutes its memory).
The repeated point bounds that from above and gives the alarm for myofibroblasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..case.document import Patient
from ..core.checks import require_finite, require_not_negative
from ..core.errors import ComputationError, Notice
from ..core.notebook import Reads
from ..evidence import Draws, Pages
from ..evidence.timetable import reading_days
from ..flows import LAYERS, Punctures, TissueHistory
from ..history import Person
from ..skin.section import Skin
from . import kernel_generated as kernel
from .course import time_grid
from .engine import Engine, engine_for
from .inflammation import response
from .injury import Injury, alarmed_depth, gap_radius, injury_of
from .person import HUMAN, constants, epithelial_front

RTOL, ATOL = 1e-5, 1e-8  # numerical
LOWEST = -1e-6  # no accepted step ends below this
UNDERSHOOT = 1e-5  # what the interpolant may add
ADDED_STATES = ("epidermal_gap", "collagen")
"""Written beside the network's own states: the gap over a channel (mm, epidermis only) and total collagen relative to
baseline."""

HIT, SPARED, REPEATED = 0, 1, 2
PIECES = 3


@dataclass
class _Track:
    """Hit, spared and repeated tissue along the time grid; arrays (piece, row, ...), one row per draw and layer."""

    constants: np.ndarray  # (row, constant)
    state: np.ndarray  # (piece, row, state), now
    values: np.ndarray  # (piece, row, time, state)
    status: np.ndarray  # (row,)


def heal(
    punctures: Sequence[Punctures],
    session_days: Sequence[float],
    skin: Skin,
    person: Person,
    horizon_d: float,
    draws: Draws,
    *,
    engine: str | None = None,
) -> TissueHistory:
    """What needling does to one zone's tissue from the first session to the horizon.

    y' = f(y; constants) between sessions (`network.ant`), y jumps at each session by the injury of that session.

    Units    days after the first session; states relative to a full-thickness wound (cells, mediators) or to their own
             baseline (tissue).      Shape  values (draw, layer, time, state).
    Meaning  `values` are true at a point within the halos of every session; `means` are over the whole layer. At a
             session's own time both are those just before it.
    Engine   what integrates: 'cpu', 'gpu' or 'auto', see `engine.py`; None takes the environment's choice.
    Valid    human skin; columns far apart from one another and thinner than the halo; see docs/design/002.
    Raises   ValueError if sessions do not fit; ComputationError if a state is not finite or negative.
    Source   evidence `healing.csv`, most of it grade E: shapes and orders of events, not amplitudes.
    Law      no sessions or no punctures: every value stays at its start exactly (tests/laws/test_healing.py).
    """
    days = _checked_days(punctures, session_days, horizon_d)
    treated = list(punctures) if skin.alive else []
    page = Pages(draws)
    values, notices = constants(skin, person, page["network"])
    injuries = [injury_of(p, page["injury"]) for p in treated]
    amount, clearing = response(values)
    times = time_grid(days, horizon_d, _marks(days, draws))
    machine = engine_for(PIECES * len(LAYERS) * draws.count, engine)
    track = _run(np.repeat(values, len(LAYERS), axis=0), injuries, days[: len(treated)], times, machine)
    activated, damage = (_stack(injuries, name, draws.count) for name in ("activated_fraction", "destroyed_share"))
    with ThreadPoolExecutor(1) as beside:  # both pass through all values, which takes as long as a third of the integration
        checked = beside.submit(_checked, track, skin.zone, draws.count)
        means = _written(track, _means(track, activated, days[: len(treated)], times), draws.count)
        values = checked.result()
    history = TissueHistory(
        zone=skin.zone,
        time=times,
        sessions=np.array(days[: len(treated)]),
        states=(*kernel.STATES, *ADDED_STATES),
        values=values,
        means=means,
        activated_fraction=activated,
        local_damage=damage,
        status=track.status.reshape(draws.count, -1),
        notices=(*notices, *_notices(skin, person.patient, track, draws), *machine.notices(skin.zone)),
        inflammation=_sessions([amount * alarmed_depth(p, page["injury"]) for p in treated]),
        clearing=clearing,
        cut_vessels=_sessions([p.cut for p in treated]),
    )
    _add_gap(history, injuries, person.patient, page["network"])
    return replace(history, reads=_reads(treated, skin, page))


def _reads(treated: Sequence[Punctures], skin: Skin, page: Pages) -> Reads:
    """Names of what was read for every field of the history; tissue that nobody needled stays as it was."""
    injury = page.of("injury").union(*(p.behind("density", "channel_diameter", "reach") for p in treated))
    whole = injury | page.of("network") | skin.behind("pigment") if treated else page.of("network")
    alarmed = injury.union(page.of("network"), *(p.behind("in_situ_depth") for p in treated))
    return {
        "activated_fraction": injury,
        "local_damage": injury,
        "values": whole,
        "means": whole,
        "inflammation": alarmed,
        "clearing": page.of("network"),
        "cut_vessels": frozenset[str]().union(*(p.behind("density", "vessels_cut") for p in treated)),
    }


def _checked_days(punctures: Sequence[Punctures], session_days: Sequence[float], horizon: float) -> list[float]:
    days = [float(day) for day in session_days]
    if punctures and len(days) != len(punctures):
        raise ValueError(f"{len(punctures)} sessions of punctures but {len(days)} days")
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError("session days must ascend")
    if days and (days[0] < 0.0 or days[-1] >= horizon):
        raise ValueError(f"sessions must lie within 0 and the horizon of {horizon:g} d")
    return days


def _marks(days: Sequence[float], draws: Draws) -> list[float]:
    """Days on which results are read: weeks after the last session, from evidence."""
    last = days[-1] if days else 0.0
    return [last + week for week in reading_days(draws.evidence)]


def _run(
    values: np.ndarray, injuries: Sequence[Injury], days: Sequence[float], times: np.ndarray, machine: Engine
) -> _Track:
    """Integrate all pieces of all rows from session to session."""
    pieces = PIECES if len(injuries) > 1 else 2  # a single session needs no repeated piece: it is the hit one
    start = kernel.untreated(values)
    rows = len(start)
    track = _Track(
        values,
        np.repeat(start[None], pieces, axis=0),
        np.zeros((pieces, rows, times.size, len(kernel.STATES))),
        np.zeros(rows, np.int64),
    )
    first = days[0] if days else times[-1]
    track.values[:, :, times <= first] = start[None, :, None, :]
    for number, injury in enumerate(injuries):
        begin = days[number]
        end = days[number + 1] if number + 1 < len(days) else float(times[-1])
        _strike(track, injury, injuries[number - 1] if number else None)
        _between(track, begin, end, times, machine)
    return track


def _strike(track: _Track, injury: Injury, before: Injury | None) -> None:
    """One session: mix hit and spared tissue, then injure the hit and the repeated piece."""
    if before is not None:
        share = before.activated_fraction.reshape(-1, 1)
        mean = track.state[SPARED] + share * (track.state[HIT] - track.state[SPARED])
        track.state[HIT] = mean
        track.state[SPARED] = mean
    untouched = injury.activation.reshape(-1) == 0.0
    for piece in range(len(track.state)):
        if piece == SPARED:
            continue
        struck = track.state[piece].copy()
        kernel.session(struck, track.constants, injury.activation.reshape(-1), injury.destroyed_share.reshape(-1))
        track.state[piece] = np.where(untouched[:, None], track.state[piece], struck)


def _between(track: _Track, begin: float, end: float, times: np.ndarray, machine: Engine) -> None:
    """Integrate every piece from one session to the next (or to the end), exactly up to that time."""
    inside = (times > begin) & (times <= end)
    pieces, rows, size = track.state.shape
    y, _, status, _ = machine.integrate(
        track.state.reshape(-1, size),
        np.tile(track.constants, (pieces, 1)),
        end - begin,
        times[inside] - begin,
        RTOL,
        ATOL,
        LOWEST,
        out=track.values.reshape(pieces * rows, times.size, size),
        column=int(np.argmax(inside)),
    )
    track.state = y.reshape(pieces, rows, size)
    worst = status.reshape(pieces, rows).max(axis=0)
    track.status = np.where(track.status == 0, worst, track.status)


def _means(track: _Track, activated: np.ndarray, days: Sequence[float], times: np.ndarray) -> np.ndarray:
    """Means over the layers, hit and spared tissue by their shares, (row, time, state)."""
    latest = np.searchsorted(np.asarray(days), times, side="left") - 1  # the session before each time; -1 = none
    hit = np.zeros((len(track.constants), times.size, 1))
    hit[:, latest >= 0, 0] = activated.reshape(len(track.constants), -1)[:, latest[latest >= 0]]
    means = track.values[HIT] - track.values[SPARED]
    means *= hit
    means += track.values[SPARED]
    return means


def _written(track: _Track, values: np.ndarray, draws: int) -> np.ndarray:
    """Values with the added states behind the network's own, NaN where the run failed, (draw, layer, time, state)."""
    size = len(kernel.STATES)
    written = np.empty((*values.shape[:2], size + len(ADDED_STATES)))
    np.maximum(values, 0.0, out=written[..., :size])  # -0.00001 of `UNDERSHOOT` is nothing
    written[..., size:] = 0.0
    written[..., size + ADDED_STATES.index("collagen")] = kernel.collagen(values, track.constants[:, None, :])
    written[track.status != 0] = np.nan
    return written.reshape(draws, len(LAYERS), len(values[0]), -1)


def _add_gap(history: TissueHistory, injuries: Sequence[Injury], patient: Patient, draws: Draws) -> None:
    """Write the gap over the latest session's channels into the epidermis, in place."""
    speed, lag = epithelial_front(patient, draws)
    for number, injury in enumerate(injuries):
        begin = history.sessions[number]
        end = history.sessions[number + 1] if number + 1 < len(injuries) else np.inf
        inside = (history.time > begin) & (history.time <= end)
        gap = gap_radius(history.time[inside] - begin, injury.channel_radius, speed, lag)
        for values in (history.values, history.means):
            assert values is not None
            values[:, 0, inside, history.states.index("epidermal_gap")] = gap


def _stack(injuries: Sequence[Injury], name: str, count: int) -> np.ndarray:
    """One array of all sessions, (draw, layer, session)."""
    if not injuries:
        return np.zeros((count, len(LAYERS), 0))
    return np.stack([getattr(injury, name) for injury in injuries], axis=2)


def _sessions(found: Sequence[np.ndarray]) -> np.ndarray | None:
    """Numbers of all sessions side by side, (draw, session); None where there is no session."""
    return np.stack(found, axis=1) if found else None


def _notices(skin: Skin, patient: Patient, track: _Track, draws: Draws) -> list[Notice]:
    found = []
    if not skin.alive:
        found.append(
            Notice(
                f"zones.{skin.zone}",
                "excised or reconstructed skin has no blood and does not heal; the tissue is left as it was",
            )
        )
    if patient.species != HUMAN:
        found.append(Notice(f"zones.{skin.zone}", f"rates of healing are those of human skin, applied to {patient.species}"))
    failed = float((track.status != 0).mean())
    if failed:
        found.append(Notice(f"zones.{skin.zone}.healing", f"{100 * failed:.2g} % of the runs failed and are left out"))
    return found + _alarm(skin, track, draws)


def _alarm(skin: Skin, track: _Track, draws: Draws) -> list[Notice]:
    """Say so if more than one person in ten would have more myofibroblasts than the alarm allows."""
    ratio = myofibroblast_ratio(
        track.values[-1][..., kernel.STATES.index("fibroblasts")],
        track.values[-1][..., kernel.STATES.index("myofibroblasts")],
    )
    worst = ratio.reshape(draws.count, -1).max(axis=1)
    share = float((worst > draws.median("alarm_fraction", "1")).mean())
    if share <= 0.1:
        return []
    return [
        Notice(
            f"zones.{skin.zone}.healing",
            f"where every session hits, {100 * share:.0f} % of the possible people "
            "have more myofibroblasts than the alarm allows: a sign of too much injury in too short a time (a "
            "hypothesis of the model, without measurement)",
            "murphy2012",
        )
    ]


def myofibroblast_ratio(fibroblasts: np.ndarray, myofibroblasts: np.ndarray) -> np.ndarray:
    """Most myofibroblasts over most activated fibroblasts along the last axis; 0 where there were none."""
    most = fibroblasts.max(axis=-1)
    return np.divide(myofibroblasts.max(axis=-1), most, out=np.zeros_like(most), where=most > 0.0)


def _checked(track: _Track, zone: str, count: int) -> np.ndarray:
    """The values at a point that every session hits, (draw, layer, time, state), if every run that is done is sound."""
    _check(track, zone)
    return _written(track, track.values[REPEATED if len(track.values) > REPEATED else HIT], count)


def _check(track: _Track, zone: str) -> None:
    """Every run that is said to be done is finite and not negative; it is an error if none is done."""
    done = track.values[:, track.status == 0] if track.status.any() else track.values
    if done.size == 0:
        raise ComputationError("every run of the network failed", f"zones.{zone}.healing")
    if done.min() >= -UNDERSHOOT and done.max() < np.inf:  # two passes without copies; NaN fails them too
        return
    require_finite(done, f"zones.{zone}.healing")
    require_not_negative(done, f"zones.{zone}.healing", tolerance=UNDERSHOOT)
