"""What must be true of a case beyond its shape, without looking anything up.

Names agree with one another, sessions can be put on a calendar, and nothing that is written would be left unused.
Whether a site, device, product or scale exists is a question for the catalogues (`twin.resolve`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from itertools import pairwise

from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..core.vocabulary import MOVED_ONLY, Movement
from . import diary
from .address import Loc
from .document import MOVED, Case, CustomDevice, InlineProduct
from .outline import crossings, enclosed_area

MM2_PER_CM2 = 100.0
ROUNDING = 1e-9
AREA_TOLERANCE = 0.05  # of the stated area: what drawing by hand may miss

Check = Callable[[Case], Iterator[Fault]]


def check_case(case: Case) -> None:
    """Raise `CaseError` with everything that does not hold together in a case."""
    faults = [fault for check in CHECKS for fault in check(case)]
    if faults:
        raise CaseError(faults)


def unknown_concerns(case: Case, known: Collection[str]) -> Iterator[Fault]:
    """Concerns that are not known ones."""
    for zone in case.zones:
        for number, record in enumerate(zone.concerns):
            if record.concern not in known:
                said = f"is not one of {', '.join(known)}{closest(record.concern, known)}"
                yield Fault(f"zones.{zone.key}.concerns.{number}.concern", record.concern, said)


def unknown_kinds(case: Case, known: Mapping[str, Movement]) -> Iterator[Fault]:
    """Devices of kinds that are not known ones, and what does not apply to how a kind moves."""
    for where, device in _described(case):
        if device.kind not in known:
            said = f"is not one of {', '.join(known)}{closest(device.kind, known)}"
            yield Fault(f"{where}.kind", device.kind, said)
            continue
        for field, movements in MOVED_ONLY.items():
            if getattr(device, field, None) is not None and known[device.kind] not in movements:
                yield Fault(f"{where}.{field}", "", f"does not apply to a {device.kind}; take it out")


def faults_in(
    case: Case, doubtful: Iterable[Loc], kinds: Mapping[str, Movement] | None = None, *, planned: bool = False
) -> Iterator[Fault]:
    """Faults of a case of which some places are doubtful: a check that reads one of those is left out.

    kinds : kinds of device with how they move; None where nobody said. planned : its settings are still to be found.
    """
    places, checks = list(doubtful), dict(CHECKS)
    if planned:
        del checks[_needled]
    if kinds is not None:
        checks[partial(unknown_kinds, known=kinds)] = CHECKS[_devices]
    for check, reads in checks.items():
        if not any(_covers(place, pattern.split(".")) for place in places for pattern in reads):
            yield from check(case)


def _covers(place: Loc, pattern: list[str]) -> bool:
    """Whether `place` is what the pattern reads, or something around it; '*' stands for any key or number."""
    return len(place) <= len(pattern) and all(p in ("*", str(part)) for part, p in zip(place, pattern, strict=False))


def _zone_keys(case: Case) -> Iterator[Fault]:
    keys = [zone.key for zone in case.zones]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield Fault(f"zones.{number}.name", key, "is the name of another zone already; give each a name of its own")


def _outlines(case: Case) -> Iterator[Fault]:
    for zone in case.zones:
        where = f"zones.{zone.key}.outline"
        if zone.outline is None:
            continue
        if crossings(zone.outline):
            yield Fault(where, "", "crosses itself; list the corners in order around the zone")
            continue
        drawn = enclosed_area(zone.outline) / MM2_PER_CM2
        if abs(drawn - zone.area) > AREA_TOLERANCE * zone.area:
            yield Fault(where, f"{drawn:.3g} cm^2", f"does not enclose the area of the zone, {zone.area:g} cm^2")


def _settings(case: Case) -> Iterator[Fault]:
    treated = {zone.key: zone.treated for zone in case.zones}
    for key in case.course.settings:
        where = f"course.settings.{key}"
        if key not in treated:
            yield Fault(where, "", _no_zone(key, case))
        elif not treated[key]:
            yield Fault(where, "", "is for a zone that is not treated; take it out, or set 'treated: true' for the zone")


def _needled(case: Case) -> Iterator[Fault]:
    for key, needled in ((zone.key, zone.treated) for zone in case.zones):
        if needled and key not in case.course.settings:
            yield Fault(f"course.settings.{key}", "", "is missing; every treated zone needs settings")


def _changes(case: Case) -> Iterator[Fault]:
    count = len(_session_days(case))
    for key, settings in case.course.settings.items():
        taken: list[int] = []
        for number, change in enumerate(settings.changes):
            where = f"course.settings.{key}.changes.{number}"
            yield from _numbers(f"{where}.sessions", change.sessions, count)
            if not change.stated:
                yield Fault(where, "", "changes nothing; write for example 'needle_length: 1 mm'")
            if change.density is not None and (moved := [name for name in MOVED if name in change.stated]):
                yield Fault(f"{where}.density", "", f"does not go with {', '.join(moved)}; take one out")
            for place, session in enumerate(change.sessions):
                if session in taken:
                    yield Fault(f"{where}.sessions.{place}", str(session), "is changed already; write it once")
            taken += change.sessions


def _numbers(where: str, sessions: list[int], count: int) -> Iterator[Fault]:
    """Faults of a list of sessions of a course that has `count`; 0 if that is not known."""
    yield from _entries(where, sessions)
    for place, session in enumerate(sessions):
        if count and session > count:
            yield Fault(f"{where}.{place}", str(session), f"is not a session of this course, which has {count}")


def _sessions(case: Case) -> Iterator[Fault]:
    sessions = case.course.sessions
    if (sessions.count is None) == (sessions.days is None):
        yield Fault("course.sessions", "", "needs either 'count' (with 'interval') or 'days', and not both")
    elif sessions.days is not None:
        if sessions.interval is not None:
            yield Fault("course.sessions.interval", f"{sessions.interval:g} d", "does not go with 'days'; take one out")
        yield from _days(sessions.days)
    elif sessions.interval is None and (sessions.count or 0) > 1:
        yield Fault("course.sessions.interval", "", "is missing; write for example '4 weeks'")


def _days(days: list[float]) -> Iterator[Fault]:
    if not days or days[0] != 0.0:
        yield Fault("course.sessions.days", "", "must begin with '0 d', the day of the first session")
    for number, (before, day) in enumerate(pairwise(days), start=1):
        if day <= before:
            yield Fault(f"course.sessions.days.{number}", f"{day:g} d", f"is not after the session before it, {before:g} d")


def _horizon(case: Case) -> Iterator[Fault]:
    days = _session_days(case)
    if days and case.horizon <= max(days):
        yield Fault("horizon", f"{case.horizon:.10g} d", f"does not go beyond the last session, {max(days):.10g} d")


def _zone_lists(case: Case) -> Iterator[Fault]:
    course = case.course
    lists = [(f"course.topicals.{n}.zones", topical.zones) for n, topical in enumerate(course.topicals)]
    lists += [(f"course.adjuncts.{n}.zones", adjunct.zones) for n, adjunct in enumerate(course.adjuncts)]
    for where, zones in lists:
        if zones is not None:
            yield from _entries(where, zones)
            strange = [(number, key) for number, key in enumerate(zones) if not _known(key, case)]
            yield from (Fault(f"{where}.{number}", key, _no_zone(key, case)) for number, key in strange)
            watched = {zone.key for zone in case.zones if not zone.treated}
            for number, key in enumerate(zones):
                if key in watched:
                    yield Fault(f"{where}.{number}", key, "is not treated; nothing is computed there of what is put on it")


def _topical_sessions(case: Case) -> Iterator[Fault]:
    count = len(_session_days(case))
    for number, topical in enumerate(case.course.topicals):
        if topical.sessions is not None:
            yield from _numbers(f"course.topicals.{number}.sessions", topical.sessions, count)


def _topical_times(case: Case) -> Iterator[Fault]:
    for number, topical in enumerate(case.course.topicals):
        if topical.remove is not None and topical.remove <= topical.apply:
            yield Fault(
                f"course.topicals.{number}.remove",
                f"{topical.remove:g} h",
                f"is not after it is applied, {topical.apply:g} h",
            )


def _described_products(case: Case) -> Iterator[Fault]:
    for number, topical in enumerate(case.course.topicals):
        if isinstance(topical.product, InlineProduct):
            yield from _composed(f"course.topicals.{number}.product", topical.product)


def _composed(where: str, product: InlineProduct) -> Iterator[Fault]:
    single = (product.active, product.strength, product.smiles)
    if product.actives and any(part is not None for part in single):
        yield Fault(f"{where}.actives", "", "does not go with active, strength or smiles; write all of them in the list")
    elif not product.actives and product.active is None:
        yield Fault(f"{where}.active", "", "is missing; write active and strength, or a list 'actives' of them")
    elif not product.actives and product.strength is None:
        yield Fault(f"{where}.strength", "", "is missing; write for example '5 %'")
    names = [share.active.casefold() for share in product.actives]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Fault(f"{where}.actives.{number}.active", product.actives[number].active, "is listed twice")
    total = sum(share.strength for share in product.actives)
    if total > 1.0 + ROUNDING:
        yield Fault(f"{where}.actives", f"{100.0 * total:g} %", "is more than the whole product")


def _aftercare(case: Case) -> Iterator[Fault]:
    occlusion = case.course.aftercare.occlusion
    if occlusion is not None and occlusion < 0.0:
        yield Fault("course.aftercare.occlusion", f"{occlusion:g} h", "is negative; it counts from the end of the session")


def _devices(case: Case) -> Iterator[Fault]:
    for where, device in _described(case):
        yield from _device(where, device)


def _described(case: Case) -> Iterator[tuple[str, CustomDevice]]:
    """Devices that the case describes, each with its place."""
    course = case.course
    places = [("course.device", course.device)]
    places += [(f"course.settings.{key}.device", settings.device or "") for key, settings in course.settings.items()]
    yield from ((where, device) for where, device in places if isinstance(device, CustomDevice))


def _device(where: str, device: CustomDevice) -> Iterator[Fault]:
    shortest, longest = device.min_length, device.max_length
    if shortest is not None and shortest > longest:
        yield Fault(f"{where}.min_length", f"{shortest:g} mm", f"is above max_length, {longest:g} mm")
    if device.tip_diameter > device.needle_diameter:
        yield Fault(
            f"{where}.tip_diameter",
            f"{device.tip_diameter:g} mm",
            f"is wider than the needle, {device.needle_diameter:g} mm",
        )
    if device.rows is not None and device.rows > device.needle_count:
        yield Fault(f"{where}.rows", str(device.rows), f"are more than the needles, {device.needle_count}")


def _concerns(case: Case) -> Iterator[Fault]:
    for zone in case.zones:
        pairs = [(record.concern, record.scale) for record in zone.concerns]
        for number, pair in enumerate(pairs):
            if pair in pairs[:number]:
                yield Fault(f"zones.{zone.key}.concerns.{number}", pair[0], "is listed twice for this zone")


def _items(case: Case) -> Iterator[Fault]:
    for kind in _ITEM_LISTS:
        for number, item in enumerate(getattr(case.patient, kind)):
            if item.since is not None and item.until is not None and item.until < item.since:
                yield Fault(f"patient.{kind}.{number}.until", f"{item.until}", f"is before since, {item.since}")


def _replies(case: Case) -> Iterator[Fault]:
    for name, reply in case.patient.anamnesis.items():
        where = f"patient.anamnesis.{name}"
        if reply.since is not None and reply.until is not None and reply.until < reply.since:
            yield Fault(f"{where}.until", f"{reply.until}", f"is before since, {reply.since}")
        for detail in () if reply.answer == "yes" else DETAILS:
            if getattr(reply, detail):
                yield Fault(
                    f"{where}.{detail}", f"{getattr(reply, detail)}", f"goes with the answer yes, not '{reply.answer}'"
                )


def _judgements(case: Case) -> Iterator[Fault]:
    words = [" ".join(judgement.about.casefold().split()) for judgement in case.judgements]
    for number, about in enumerate(words):
        if about in words[:number]:
            yield Fault(f"judgements.{number}.about", case.judgements[number].about, "is judged twice")


def _observed_zones(case: Case) -> Iterator[Fault]:
    for number, seen in enumerate(case.observations):
        if not _known(seen.zone, case):
            yield Fault(f"observations.{number}.zone", seen.zone, _no_zone(seen.zone, case))


def _observed_spreads(case: Case) -> Iterator[Fault]:
    for number, seen in enumerate(case.observations):
        where = f"observations.{number}"
        if (seen.low is None) != (seen.high is None):
            yield Fault(f"{where}.{'low' if seen.low is None else 'high'}", "", "is missing; a spread has two ends")
        elif seen.low is not None and seen.high is not None and not seen.low <= seen.value <= seen.high:
            yield Fault(f"{where}.value", f"{seen.value:g}", f"is outside its spread, {seen.low:g} to {seen.high:g}")


def _observed_times(case: Case) -> Iterator[Fault]:
    for number, seen in enumerate(case.observations):
        if seen.time is not None and seen.time > case.horizon:
            yield Fault(f"observations.{number}.time", f"{seen.time:g} d", f"is after the horizon, {case.horizon:g} d")


def _overrides(case: Case) -> Iterator[Fault]:
    rules = [override.rule for override in case.overrides]
    for number, rule in enumerate(rules):
        if rule in rules[:number]:
            yield Fault(f"overrides.{number}.rule", rule, "is overridden twice")


def _free_days(case: Case) -> Iterator[Fault]:
    for number, free in enumerate(case.accepts.keep_free if case.accepts else ()):
        if free.end is not None and free.end < free.start:
            yield Fault(f"accepts.keep_free.{number}.end", f"{free.end}", f"is before start, {free.start}")


_ZONE_NAMES = ("zones.*.zone", "zones.*.name")
_SESSIONS = ("course.sessions.count", "course.sessions.interval", "course.sessions.days.*")
DETAILS = ("since", "until", "zone", "which")
"""What a reply may say beside its answer, where its question asks for it."""

_HELD = ("session", "missed", "time", "settings.*.*")
_ITEM_LISTS = ("conditions", "medications", "allergies", "recent_procedures")

CHECKS: dict[Check, tuple[str, ...]] = {
    _zone_keys: _ZONE_NAMES,
    _outlines: ("zones.*.area", "zones.*.outline.*.*"),
    _settings: (*_ZONE_NAMES, "zones.*.treated", "course.settings"),
    _needled: (*_ZONE_NAMES, "zones.*.treated", "course.settings"),
    _changes: (*_SESSIONS, "course.settings", "course.settings.*.changes.*.sessions.*"),
    _sessions: _SESSIONS,
    _horizon: (*_SESSIONS, "horizon"),
    _zone_lists: (*_ZONE_NAMES, "course.topicals.*.zones.*", "course.adjuncts.*.zones.*"),
    _topical_sessions: (*_SESSIONS, "course.topicals.*.sessions.*"),
    _topical_times: ("course.topicals.*.apply", "course.topicals.*.remove"),
    _described_products: ("course.topicals.*.product.*",),
    _aftercare: ("course.aftercare.occlusion",),
    _devices: ("course.device.*", "course.settings.*.device.*"),
    _concerns: (*_ZONE_NAMES, "zones.*.concerns.*.concern", "zones.*.concerns.*.scale"),
    _items: tuple(f"patient.{kind}.*.{end}" for kind in _ITEM_LISTS for end in ("since", "until")),
    _replies: tuple(f"patient.anamnesis.*.{part}" for part in ("answer", *DETAILS)),
    _observed_zones: (*_ZONE_NAMES, "observations.*.zone"),
    _observed_spreads: tuple(f"observations.*.{field}" for field in ("value", "low", "high")),
    _observed_times: ("observations.*.time", "horizon"),
    diary.symptoms: (*_ZONE_NAMES, "symptoms.*.zone", "symptoms.*.time"),
    diary.held: (*_ZONE_NAMES, *_SESSIONS, "horizon", "course.settings", *(f"held.*.{field}" for field in _HELD)),
    _overrides: ("overrides.*.rule",),
    _judgements: ("judgements.*.about",),
    _free_days: ("accepts.keep_free.*",),
}
"""Each check with the places it reads."""


def _session_days(case: Case) -> tuple[float, ...]:
    sessions = case.course.sessions
    return case.session_days if (sessions.count is None) != (sessions.days is None) else ()


def _entries(where: str, entries: list) -> Iterator[Fault]:
    if not entries:
        yield Fault(where, "", "is an empty list; leave it out if it is meant for all")
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            yield Fault(f"{where}.{number}", str(entry), "is listed twice")


def _known(key: str, case: Case) -> bool:
    return any(zone.key == key for zone in case.zones)


def _no_zone(key: str, case: Case) -> str:
    keys = [zone.key for zone in case.zones]
    close = get_close_matches(key, keys, n=1)
    return "is not a zone of this case" + (f"; did you mean '{close[0]}'?" if close else f", which has {', '.join(keys)}")
