"""The course as it was held: missed sessions taken out, days and settings as they were, everything else as planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..case import Case, Observation, Sessions, SettingsChange
from ..naming import joined, split


@dataclass(frozen=True)
class Course:
    """A case with its sessions as they were held, and the planned number of each of them; all counted from 1.

    told : the case as it was handed in; what is written in it of a session speaks of the planned number.
    """

    case: Case
    told: Case
    planned: tuple[int, ...]  # planned number of each session that was or will be held

    def number(self, planned: int) -> int | None:
        """Number among the sessions held of a planned one; None where it was missed."""
        return self.planned.index(planned) + 1 if planned in self.planned else None

    @property
    def days(self) -> tuple[float, ...]:
        """Days of the sessions after the first."""
        return self.case.session_days


def as_held(case: Case) -> Course:
    """What was and will be done of a course; the case itself where everything went as planned."""
    if not case.held:
        return Course(case, case, tuple(range(1, len(case.session_days) + 1)))
    told = {one.session: one for one in case.held}
    planned = tuple(n for n in range(1, len(case.session_days) + 1) if n not in told or not told[n].missed)
    days = [_day(case, n) for n in planned]
    settings = {key: _settings(case, key, planned) for key in case.course.settings}
    topicals = [
        one.model_copy(update={"sessions": [planned.index(n) + 1 for n in one.sessions if n in planned]})
        if one.sessions is not None
        else one
        for one in case.course.topicals
    ]
    course = case.course.model_copy(
        update={
            "sessions": Sessions.model_construct(count=None, interval=None, days=days),
            "settings": settings,
            "topicals": [one for one in topicals if one.sessions is None or one.sessions],
        }
    )
    seen = [one for one in (_renumbered(one, planned) for one in case.observations) if one is not None]
    return Course(case.model_copy(update={"course": course, "held": [], "observations": seen}), case, planned)


def _renumbered(one: Observation, planned: tuple[int, ...]) -> Observation | None:
    """An observation of a session by its number among those held: pain_vas[4] is pain_vas[3] after one was missed."""
    base, inside = split(one.quantity)
    try:
        session = int(inside)
    except ValueError:
        return one  # about no session
    if session not in planned:
        return None
    return one.model_copy(update={"quantity": joined(base, str(planned.index(session) + 1))})


def _day(case: Case, planned: int) -> float:
    told = next((one.time for one in case.held if one.session == planned), None)
    return case.session_days[planned - 1] if told is None else told


def _settings(case: Case, key: str, planned: tuple[int, ...]) -> Any:
    """Settings of a zone with a change for each session that differs from the others, as it was used."""
    usual = case.course.settings[key]
    changes: list[SettingsChange] = []
    for number, session in enumerate(planned, start=1):
        written = next((change.stated for change in usual.changes if session in change.sessions), {})
        used = next((one.settings[key].stated for one in case.held if one.session == session and key in one.settings), {})
        stated = {**written, **used}
        if stated:
            changes.append(SettingsChange.model_construct(sessions=[number], **stated))
    return usual.model_copy(update={"changes": changes})
