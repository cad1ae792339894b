"""One person asked again and again: what would another course do to this skin? Only what has changed is computed anew.

    twin = Twin(case, draws=100)
    twin.answer(case)                    # recovery, risks and results of every zone, as `simulate` gives them
    twin.answer(with_other_settings)     # the same people, the same luck

Needles and channels depend on the settings of their session alone, healing on all sessions of a zone, zones not on one
another: each is kept by what it depends on, and a course that changes one zone asks for that zone alone. Left out are the
delivery of products (what trials put beside the needling counts by its name), numbness, colour and the tissue: what is left
is a share of the cost of a run and the same numbers, to the bit, under the same seed, draws and horizon.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from .. import barrier, healing, insertion, outcome
from .. import skin as sections
from ..case import Case, Zone
from ..core.chance import Luck
from ..core.errors import CaseError, Fault
from ..delivery import product_in
from ..device import Device
from ..evidence import Draws, Evidence
from ..flows import Channels, Punctures, Reading, TissueHistory
from ..history import Person, person_in
from ..screening.known import device_of
from .stages import usual_course

KEPT_SESSIONS, KEPT_ANSWERS = 400, 4000  # numerical: of the caches; with 100 people 30 MB and 60 MB
Kept = TypeVar("Kept")


LEFT_OUT = ("pain_vas", "soreness_duration", "granuloma_risk")
"""Readings that hang on products on the skin, which are not delivered here."""


@dataclass(frozen=True)
class ZoneAnswer:
    """What a course comes to in one zone: recovery by session, risks, and the answer for every concern."""

    zone: str
    readings: tuple[Reading, ...]

    def of(self, quantity: str) -> tuple[Reading, ...]:
        """All readings of a quantity, in the order of their sessions or days."""
        return tuple(reading for reading in self.readings if reading.quantity == quantity)


class Twin:
    """The people of one case under one luck, who answer for any course that one might choose.

    Parameters
    ----------
    case : whose person and zones are meant; a course asked for may leave zones out, and change all else of `course`.
    draws, seed, evidence : as in `simulate`.
    people : the numbers of these people among those of the seed; None: the first ones.

    Not to be shared by threads. Memory is bounded: histories are not kept, answers are.
    """

    def __init__(
        self,
        case: Case,
        draws: int = 100,
        seed: int = 1,
        *,
        evidence: Evidence | None = None,
        people: tuple[int, ...] | None = None,
    ) -> None:
        self.case, self.evidence = case, evidence or Evidence.packaged()
        self.draws = Draws(self.evidence, Luck(seed, draws, people=people))
        self.computed = 0  # zones that had to be healed
        self._skins: dict[str, sections.Skin] = {}
        self._needled: _Cache[tuple[Punctures, Channels]] = _Cache(KEPT_SESSIONS)
        self._answers: _Cache[ZoneAnswer] = _Cache(KEPT_ANSWERS)

    def answer(self, case: Case) -> tuple[ZoneAnswer, ...]:
        """What a course does in each of its zones; CaseError where the person or a zone is not the one of this twin."""
        self._require_same(case)
        return tuple(self._answers.get(_asked(case, zone), lambda z=zone: self._zone(case, z)) for zone in case.zones)

    @cached_property
    def _usual(self) -> TissueHistory:
        return usual_course(self.draws)

    def _require_same(self, case: Case) -> None:
        if case.patient != self.case.patient:
            raise CaseError([Fault("patient", "", "is another person; make a twin of this one")])
        own = {zone.key: (zone.zone, zone.area, zone.hydration, zone.outline) for zone in self.case.zones}
        strange = [z for z in case.zones if own.get(z.key) != (z.zone, z.area, z.hydration, z.outline)]
        if strange:
            raise CaseError([Fault(f"zones.{zone.key}", "", "is no zone of this twin") for zone in strange])

    def _zone(self, case: Case, zone: Zone) -> ZoneAnswer:
        who, days, draws = person_in(case, self.evidence), case.session_days, self.draws
        skin = self._skin(zone)
        sessions = [self._session(case, zone, who, number) for number in range(len(days))] if zone.treated else []
        punctures, channels = tuple(p for p, _ in sessions), tuple(c for _, c in sessions)
        history = healing.heal(punctures, days, skin, who, case.horizon, draws)
        self.computed += 1
        course = outcome.Course(
            history,
            punctures,
            channels,
            (),
            self._beside(case, zone),
            session_days=days,
            device=self._device(case, zone).kind.parameters if zone.treated else "",
        )
        found = outcome.read_out(zone, who, skin, course, outcome.Belief(draws, reference=self._usual), parts=frozenset())
        return ZoneAnswer(zone.key, tuple(r for r in found.readings if r.quantity not in LEFT_OUT))

    def _skin(self, zone: Zone) -> sections.Skin:
        if zone.key not in self._skins:
            self._skins[zone.key] = sections.section_of(zone, self.case.patient, self.draws)
        return self._skins[zone.key]

    def _session(self, case: Case, zone: Zone, who: Person, number: int) -> tuple[Punctures, Channels]:
        settings = case.course.settings[zone.key]
        covered = case.course.aftercare.occlusion or 0.0
        soothed = healing.slows_barrier(who, self.evidence)
        device = self._device(case, zone)
        key = (zone.key, device, settings.at(number).model_dump_json(), number, covered, soothed)

        def needle() -> tuple[Punctures, Channels]:
            punctures = insertion.insert(device, settings, self._skin(zone), self.draws, number)
            return punctures, barrier.close(
                punctures, self._skin(zone), self.draws, covered_h=covered, anti_inflammatory=soothed
            )

        return self._needled.get(key, needle)

    def _device(self, case: Case, zone: Zone) -> Device:
        return device_of(case.course.settings[zone.key].device or case.course.device, self.evidence)

    def _beside(self, case: Case, zone: Zone) -> list[str]:
        """Adjuncts of a zone, and actives on its skin that trials count as such."""
        adjuncts = [one.adjunct for one in case.course.adjuncts if one.zones is None or zone.key in one.zones]
        laid = [one for one in case.course.topicals if (one.zones is None or zone.key in one.zones) and one.dose > 0.0]
        actives = [part.solute.name for topical in laid for part in product_in(topical, self.evidence).contents]
        return [*adjuncts, *outcome.adjuncts_among(actives)]


def _asked(case: Case, zone: Zone) -> Hashable:
    """All that the answer for a zone depends on."""
    course = case.course.model_dump(mode="json", exclude={"settings"})
    settings = case.course.settings.get(zone.key)
    own = None if settings is None else settings.model_dump_json()
    return zone.model_dump_json(), json.dumps(course, sort_keys=True), own, case.session_days, case.horizon


class _Cache(Generic[Kept]):
    """What was computed last, up to a number of entries; the one that was not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._entries = most, OrderedDict[Hashable, Kept]()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The entry of a key, made where there is none."""
        if key not in self._entries:
            self._entries[key] = make()
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)
        self._entries.move_to_end(key)
        return self._entries[key]
