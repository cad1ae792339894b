"""What was read from somebody's record: lines that nobody has confirmed, and what the record does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..case import Case, Item
from ..core.vocabulary import ASSUMPTION
from ..history import LISTS, Person
from .records import Finding, Level

_UNSAID = {
    "age": "the age",
    "sex": "the sex",
    "phototype": "the phototype",
    "course": "zones, course and horizon",
    "pages": "the rest of the record: it goes on at another page",
}
_ASKS = "Ask the person about each line, correct it, and write who confirmed it: origin: {confirmed: NAME}"


def imported_check(case: Case, who: Person) -> Iterator[Finding]:
    """Findings about a record: not confirmed, not understood, not said."""
    waiting = unconfirmed(case)
    unknown = tuple(fact for fact in who.facts if fact.path in waiting and not fact.known)
    if waiting:
        yield _finding("not_confirmed", "caution", "Not confirmed by a person", _listed(waiting.values()), _ASKS)
    open_ones = [waiting[fact.path] for fact in unknown if fact.status != "past"]
    over = [waiting[fact.path] for fact in unknown if fact.status == "past"]
    if open_ones:
        yield _finding(
            "not_known",
            "caution",
            "Not known to dermatwin",
            _listed(open_ones),
            "Ask what it is, and write it so that it can be read",
        )
    if over:
        yield _finding("not_known", "info", "Not known to dermatwin, and over", _listed(over), "A clinician must judge it")
    if case.taken_from is not None:
        for name in case.taken_from.unsaid:
            said = f"{_UNSAID[name]}: not in {case.taken_from.record}, and assumed in this case"
            action = f"Write the right thing, and take '{name}' out of taken_from.unsaid"
            yield _finding("not_in_record", "caution", "Not in the record", said, action)


def unconfirmed(case: Case) -> dict[str, Item]:
    """Items of a record that nobody has confirmed, by their path in the case; what nobody knows of them is told together."""
    items = ((f"patient.{name}.{number}", item) for name in LISTS for number, item in enumerate(getattr(case.patient, name)))
    return {path: item for path, item in items if item.origin is not None and item.origin.confirmed is None}


def _listed(items: Iterable[Item]) -> str:
    names = dict.fromkeys(item.name for item in items)
    return f"{len(names)} line{'s' if len(names) > 1 else ''} of a record: {'; '.join(names)}"


def _finding(rule: str, level: Level, title: str, reason: str, action: str) -> Finding:
    return Finding(rule, level, title, reason, action, sources=(ASSUMPTION,))
