"""What must be true of notes after sessions, without looking anything up: symptoms, and sessions as they were held."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ..core.errors import Fault
from .document import MOVED, Case, Held


def symptoms(case: Case) -> Iterator[Fault]:
    """Symptoms of a zone of the case, at a time that can be."""
    for number, noted in enumerate(case.symptoms):
        where = f"symptoms.{number}"
        if noted.zone is not None and noted.zone not in _keys(case):
            yield Fault(f"{where}.zone", noted.zone, _no_zone(noted.zone, case))
        if noted.time is not None and noted.time < 0.0:
            yield Fault(f"{where}.time", f"{noted.time:g} d", "is before the first session; the history says what was then")


def held(case: Case) -> Iterator[Fault]:
    """Sessions of the course, each told once, in their order, with settings for zones that are needled."""
    planned = _planned(case)
    if not planned or not case.held:
        return
    told = [one.session for one in case.held]
    for number, one in enumerate(case.held):
        where = f"held.{number}"
        if one.session > len(planned):
            yield Fault(f"{where}.session", str(one.session), f"is not a session of this course, which has {len(planned)}")
        elif one.session in told[:number]:
            yield Fault(f"{where}.session", str(one.session), "is told already; write it once")
        yield from _missed(where, one)
        yield from _settings(where, one, case)
    yield from _order(case, planned)


def _missed(where: str, one: Held) -> Iterator[Fault]:
    if one.missed and one.session == 1:
        yield Fault(
            f"{where}.missed", "true", "cannot be: the course begins with its first session; set course.start instead"
        )
    if one.session == 1 and one.time:
        yield Fault(f"{where}.time", f"{one.time:g} d", "is not the day from which all is counted; set course.start instead")
    if one.missed and (one.time is not None or one.settings):
        yield Fault(f"{where}.missed", "true", "does not go with a day or settings; take out what was not so")


def _settings(where: str, one: Held, case: Case) -> Iterator[Fault]:
    for key, used in one.settings.items():
        place = f"{where}.settings.{key}"
        if key not in _keys(case):
            yield Fault(place, "", _no_zone(key, case))
        elif key not in case.course.settings:
            yield Fault(place, "", "is for a zone that is not treated; take it out")
        elif not used.stated:
            yield Fault(place, "", "changes nothing; write for example 'needle_length: 1 mm'")
        elif used.density is not None and (moved := [name for name in MOVED if name in used.stated]):
            yield Fault(f"{place}.density", "", f"does not go with {', '.join(moved)}; take one out")


def _order(case: Case, planned: tuple[float, ...]) -> Iterator[Fault]:
    """Sessions stay in their order when some are held on other days."""
    told = {one.session: (number, one) for number, one in enumerate(case.held)}
    last = None
    for session, day in enumerate(planned, start=1):
        number, one = told.get(session, (None, None))
        if one is not None and one.missed:
            continue
        when = day if one is None or one.time is None else one.time
        if last is not None and when <= last:
            place = "held" if number is None else f"held.{number}.time"
            yield Fault(place, f"session {session} on day {when:g}", f"is not after the session before it, day {last:g}")
        last = when
    if last is not None and last >= case.horizon:
        yield Fault("held", f"{last:g} d", f"is not before the horizon, {case.horizon:g} d")


def _planned(case: Case) -> tuple[float, ...]:
    sessions = case.course.sessions
    return case.session_days if (sessions.count is None) != (sessions.days is None) else ()


def _keys(case: Case) -> list[str]:
    return [zone.key for zone in case.zones]


def _no_zone(key: str, case: Case) -> str:
    close = get_close_matches(key, _keys(case), n=1)
    known = f"; did you mean '{close[0]}'?" if close else f", which has {', '.join(_keys(case))}"
    return f"is not a zone of this case{known}"
