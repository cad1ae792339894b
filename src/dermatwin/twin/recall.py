"""A run read again: endpoints, curves and notices of its stage results by today's evidence; nothing is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..case import Case, load_case
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..evidence import Draws, Evidence
from ..screening import screen
from .contents import require_as_written
from .folder import CASE, OWN
from .provenance import mark_of, only_kept
from .resolve import ZonePlan, resolve
from .run import Beyond, Everybody, Run, ZoneRun
from .simulate import read, with_beyond
from .store import ARRAYS, Stored, load
from .tree import parts_of
from .weight import Key


def reread(run: Run, evidence: Evidence | None = None) -> Run:
    """The same stage results read again.

    evidence : beliefs about outcome, recovery and risk other than the run's own. Stage results, dose guards included, stay
        as they are, and so do the draws. How the spread of endpoints is split is left out where they differ.
    """
    told = run.provenance
    people = len(run.zones[0].history.status)
    luck = Luck(int(told["seed"]), people, frozenset(told["vary"]), first=int(told.get("first", 0)))
    believed = Draws(evidence or run.evidence, luck)
    same = evidence is None or mark_of(evidence) == mark_of(run.evidence)
    weights = (end.weight for end in run.endpoints if end.weight is not None) if same else ()
    screening = screen(run.case, believed.evidence)
    found = read(run.case, screening, run.zones, run.reference, run.guards, believed, weights)
    return _of_everybody(found, {end.key: end.values for end in run.endpoints}, run.beyond, same=same)


def _of_everybody(run: Run, values: Mapping[Key, np.ndarray], more: Beyond | None, *, same: bool) -> Run:
    """A run that was read of the people who keep their stages, with the endpoints of all where the evidence is the same.

    Where it is not, it says that it is a run of those few.
    """
    if more is None:
        return run
    if not same:
        return replace(run, notices=(only_kept(len(run.zones[0].history.status), more.people), *run.notices))
    ends = tuple(replace(end, values=values[end.key]) for end in run.endpoints if end.key in values)
    return with_beyond(replace(run, endpoints=ends), more)


def recall(folder: Path | str, evidence: Evidence | None = None) -> Run:
    """A run from its folder, read by today's evidence.

    evidence : left out, the packaged one with what was laid over it when the run was made, which its folder keeps.

    Endpoints agree with the written ones to single precision where the evidence is the same; where it is not, how their
    spread is split is left out, for nothing can be closed in a run that is read again. CaseError where a file is
    missing or damaged, has changed since, is not one of ours, or does not belong to the case beside it. Of a run of very
    many people other evidence reads those who keep their stages, and the run says so.
    """
    place = Path(folder)
    if not (place / ARRAYS).is_file():
        raise CaseError([Fault(str(place), "", f"holds no {ARRAYS}; name the folder of a run")])
    require_as_written(place, (CASE, ARRAYS), (OWN,))
    case, stored = load_case(place / CASE), load(place / ARRAYS)
    believed = Draws(evidence or _evidence_of(place, stored), stored.luck)
    plans = resolve(case, believed.evidence)
    _require_of_the_case(case, plans, stored, place)
    zones = tuple(
        ZoneRun(zone=at.zone, device=at.device, settings=at.settings, **parts_of(number, at.zone.key, stored.shelves))
        for number, at in enumerate(plans)
    )
    guards = tuple(stored.shelves["guards"].values())
    usual, weights = stored.shelves["reference"].get(()), tuple(stored.shelves["weights"].values())
    same = mark_of(believed.evidence) == stored.believed
    found = read(case, screen(case, believed.evidence), zones, usual, guards, believed, weights if same else ())
    everybody: Iterable[Everybody] = stored.shelves["everybody"].values()
    values = {(one.quantity, one.detail, one.zone, one.time): one.values for one in everybody}
    return _of_everybody(found, values, stored.beyond, same=same)


def _evidence_of(folder: Path, stored: Stored) -> Evidence:
    """Today's packaged evidence, with what was laid over it when a run was made."""
    own = [folder / OWN / name for name in stored.overlays]
    return Evidence.read(*own) if own else Evidence.packaged()


def _require_of_the_case(case: Case, plans: tuple[ZonePlan, ...], stored: Stored, place: Path) -> None:
    """CaseError unless zones and treatment sessions are those of the case; it may have been edited since."""
    wanted = {plan.zone.key: len(case.session_days) if plan.device else 0 for plan in plans}
    held = {key: sum(at[0] == number for at in stored.shelves["punctures"]) for number, key in enumerate(stored.zones)}
    if list(wanted.items()) != list(held.items()):
        here, there = (", ".join(f"{key} ({count})" for key, count in one.items()) for one in (held, wanted))
        said = f"holds the zones (sessions) {here}, but {CASE} has {there}; simulate it again"
        raise CaseError([Fault(str(place / ARRAYS), "", said)])
