"""From a case file, or from plain values, to a `Case` in which everything holds together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..core.errors import CaseError, Fault
from ..core.lexicon import Words
from ..core.vocabulary import Movement
from .address import Loc
from .checks import faults_in
from .compose import composed, overridden
from .document import SCHEMA_VERSION, Case
from .faults import PlacedFault, faults_of, mended, shown, unreadable
from .words import spoken

VERSION = "dermatwin"
MOST_FAULTS = 100
"""Faults that are told of one case."""
_MENDING_ROUNDS = 4  # what fills a gap may need mending itself, each time one level deeper


def load_case(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    words: Words | None = None,
    kinds: Mapping[str, Movement] | None = None,
    planned: bool = False,
) -> Case:
    """Read and check a case file.

    Parameters
    ----------
    path : a YAML file; its key `base` may name another file that it builds on.
    overrides : dotted path -> value that is laid over the file, {"course.settings.cheek.needle_length": "1 mm"};
        None takes a key away.
    words, kinds : what concerns and scales are called, and the kinds of device with how they move; None leaves it to
        `screen` and `simulate`, which know the names of the evidence alone.
    planned : a course is still to be found: settings and sessions may be left out.

    Raises
    ------
    CaseError : with every fault at once, each with its dotted path, what was found and what would be right.
    """
    tree = composed(Path(path))
    if not isinstance(tree.value, dict):
        none = Fault(str(path), shown(tree.value), "is not a case; write lines of 'key: value'")
        raise CaseError(_few([none, *(fault for _, fault in tree.faults)]))
    raw, faults = overridden(tree.value, overrides or {})
    return case_of(_to_plan(raw) if planned else raw, (*tree.faults, *faults), words, kinds, planned=planned)


def _to_plan(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values with a course of one session without settings where it says neither: what a plan is made from."""
    course = raw.get("course")
    return {**raw, "course": {"settings": {}, "sessions": {"count": 1}, **course}} if isinstance(course, dict) else dict(raw)


def case_of(
    raw: Mapping[str, Any],
    known: tuple[PlacedFault, ...] = (),
    words: Words | None = None,
    kinds: Mapping[str, Movement] | None = None,
    *,
    planned: bool = False,
) -> Case:
    """A case from plain values (as YAML or JSON would give them); raises `CaseError` with every fault.

    `known` are faults that were found earlier: they are reported too, and nothing else at their places. `planned` as in
    `load_case`.
    """
    known = (*known, *unreadable(raw), *_of_another_format(raw))
    raw, doubts = spoken(dict(raw), words, [loc for loc, _ in known])
    case, shape = _validated(raw)
    taken = [loc for loc, _ in (*known, *doubts) if loc]
    faults = [*known, *doubts, *(placed for placed in shape if not any(placed[0][: len(loc)] == loc for loc in taken))]
    doubtful = [*taken, *(loc for loc, _ in shape)]
    if case is None:
        case = _mended_case(raw, doubtful)
    if case is not None:
        faults += [((), fault) for fault in faults_in(case, doubtful, kinds, planned=planned)]
    if case is None or faults:
        raise CaseError(_few(dict.fromkeys(fault for _, fault in faults)))
    return case


def _few(faults: Iterable[Fault]) -> list[Fault]:
    """As many faults as anybody mends before reading again; thousands have one cause."""
    every = list(faults)
    more = len(every) - MOST_FAULTS
    return [*every[:MOST_FAULTS], Fault("case", "", f"has {more} more faults; mend these first")] if more > 0 else every


def _of_another_format(raw: Mapping[str, Any]) -> Iterator[PlacedFault]:
    """A version that only equals that of the format: true and 1.0 are no versions."""
    found = raw.get(VERSION)
    if isinstance(found, (bool, float)):
        yield (VERSION,), Fault(VERSION, shown(found), f"is not one of {SCHEMA_VERSION}")


def _validated(raw: Any) -> tuple[Case | None, list[PlacedFault]]:
    try:
        return Case.model_validate(raw, strict=True), []
    except ValidationError as error:
        return None, list(faults_of(error, raw))


def _mended_case(raw: Any, doubtful: list[Loc]) -> Case | None:
    """The case that there would be without its faults of shape, for the checks that do not touch them."""
    for _ in range(_MENDING_ROUNDS):
        raw = mended(raw, doubtful)
        case, faults = _validated(raw)
        if case is not None:
            return case
        doubtful = [loc for loc, _ in faults]
    return None
