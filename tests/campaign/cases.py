"""Random valid cases: every device, site, concern, scale, phototype and product comes by; and what must hold of their runs.

What the generator makes is meant to be valid. Combinations that a device or a product does not have are refused by the door
and drawn again; how often is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

import numpy as np

from dermatwin.case import Case
from dermatwin.case import case_of as read_plain
from dermatwin.core.errors import CaseError
from dermatwin.core.vocabulary import Vehicle
from dermatwin.device import Device, catalogue, movements
from dermatwin.evidence import Evidence, words
from dermatwin.evidence.rows.delivery import ProductRow
from dermatwin.evidence.rows.outcome import ConcernRow, ScaleRow
from dermatwin.skin.site import sites
from dermatwin.twin import Run, simulate, summarise
from dermatwin.twin.resolve import resolve
from dermatwin.twin.summary import to_json

PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
ADJUNCTS = ("prp", "led", "peel", "subcision", "tranexamic_acid", "anaesthesia", "exosomes", "radiofrequency", "moonbeam")
HISTORY = ("diabetes", "asthma", "eczema on the hands", "hypothyroidism", "keloid on the chest", "acne", "zorblatt fever")
MEDICINES = ("aspirin", "isotretinoin, stopped 2 years ago", "levothyroxine", "prednisolone", "warfarin", "Glowmax drops")
ANIMALS = ("hairless_rat", "rat", "pig", "guinea_pig", "mouse", "rabbit")
TRIES = 40  # documents that are drawn until one is valid
BALANCE = 1e-6  # of the dose; amounts are kept in single precision
SHARES = ("_risk", "_share", "_fraction")
"""Ends of names of quantities that are a share of one."""
RATIOS = ("myofibroblast_share",)
"""Of these one is a ratio of two largest values, which may be above one."""


def luck_of(seed: int, number: int, what: int) -> np.random.Generator:
    """The luck of one try."""
    return np.random.default_rng((seed, what, number))


@dataclass(frozen=True)
class Drawn:
    """A random valid case, and how many were drawn before it that are none."""

    document: dict[str, Any]
    case: Case
    refused: int


def drawn(luck: np.random.Generator, evidence: Evidence) -> Drawn:
    """A random valid case."""
    for refused in range(TRIES):
        document = document_of(luck, evidence)
        try:
            case = read_plain(document, (), words(evidence), movements(evidence))
            resolve(case, evidence)
        except CaseError:
            continue
        return Drawn(document, case, refused)
    raise AssertionError(f"none of {TRIES} drawn documents is valid")


# --- a document ---


def document_of(luck: np.random.Generator, evidence: Evidence) -> dict[str, Any]:
    """A case as plain data; nearly always valid."""
    animal = luck.random() < 0.04
    species = _one(luck, ANIMALS) if animal else "human"
    zones = list(_zones(luck, species, evidence))
    sessions, last, count = _sessions(luck)
    first = {
        "patient": _patient(luck, species),
        "zones": zones,
        "course": _course(luck, zones, sessions, count, evidence),
        "horizon": _span(luck, last + _log(luck, 2.0, 700.0)),
    }
    return {**first, **({"title": "Rändom, naïve 日本 case"} if luck.random() < 0.1 else {})}


def _one(luck: np.random.Generator, options: Any) -> Any:
    return list(options)[int(luck.integers(len(options)))]


def _log(luck: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(luck.uniform(np.log(low), np.log(high))))


def _span(luck: np.random.Generator, days: float) -> str:
    """A stretch of the course in one of its units."""
    unit, size = _one(luck, (("d", 1.0), ("weeks", 7.0), ("h", 1.0 / 24.0), ("fortnights", 14.0)))
    return f"{min(days, 1090.0) / size:.6g} {unit}"


def _patient(luck: np.random.Generator, species: str) -> dict[str, Any]:
    age = luck.uniform(18.0, 90.0)
    found: dict[str, Any] = {
        "age": _one(luck, (f"{age:.0f} yr", f"{age * 12:.0f} month", f"{age:.1f} years")),
        "sex": _one(luck, ("female", "male")),
        "phototype": _one(luck, PHOTOTYPES),
        "sun": _one(luck, ("protected", "usual", "strong")),
    }
    if species != "human":
        return {**found, "species": species, "age": "1 yr"}
    if luck.random() < 0.7:
        weight = luck.uniform(38.0, 160.0)
        found["body_weight"] = _one(luck, (f"{weight:.0f} kg", f"{weight * 2.2046:.0f} lb", f"{weight * 1000:.0f} g"))
    for name, share in (("smoker", 0.2), ("pregnant", 0.03), ("breastfeeding", 0.03)):
        found[name] = bool(luck.random() < share)
    for name, said in (("conditions", HISTORY), ("medications", MEDICINES)):
        found[name] = [str(_one(luck, said)) for _ in range(luck.integers(0, 3))] if luck.random() < 0.4 else []
    return found


def _zones(luck: np.random.Generator, species: str, evidence: Evidence) -> Iterator[dict[str, Any]]:
    names = [site.name for site in sites(evidence).values() if site.species == species]
    count = min(len(names), int(luck.choice((1, 1, 1, 1, 2, 2, 3, 5), 1)[0]))
    chosen = [names[at] for at in luck.permutation(len(names))[:count]]
    for number, name in enumerate(chosen):
        area = _log(luck, 0.5, 900.0)
        zone: dict[str, Any] = {
            "zone": name,
            "area": _one(luck, (f"{area:.4g} cm^2", f"{area * 100:.4g} mm^2", f"{area / 100:.5g} dm^2")),
            "hydration": _one(luck, ("dry", "usual", "usual", "hydrated")),
            "treated": bool(number == 0 or luck.random() < 0.85),
        }
        if luck.random() < 0.15:
            zone["name"] = f"part_{number}"
        if species == "human":
            zone["concerns"] = [_concern(luck, evidence) for _ in range(luck.integers(0, 3))]
        yield zone


def _concern(luck: np.random.Generator, evidence: Evidence) -> dict[str, Any]:
    row = _one(luck, evidence.rows(ConcernRow))
    if luck.random() < 0.5:
        return {"concern": row.concern}
    scale = _one(luck, evidence.rows(ScaleRow))
    low, high = scale.low or 0.0, scale.high if scale.high is not None else 50.0
    return {"concern": row.concern, "scale": scale.id, "severity": float(np.round(luck.uniform(low, high), 1))}


def _sessions(luck: np.random.Generator) -> tuple[dict[str, Any], float, int]:
    """When the sessions are, the day of the last one, and how many there are."""
    count = int(luck.choice((1, 1, 1, 2, 2, 3, 4, 6), 1)[0])
    if luck.random() < 0.3:
        days = np.concatenate([[0.0], np.cumsum(np.round(luck.uniform(0.5, 60.0, count - 1), 2))])
        return {"days": [f"{day:.6g} d" for day in days]}, float(days[-1]), count
    interval = np.round(_log(luck, 3.0, 90.0), 1)
    unit = _one(luck, (("d", 1.0), ("h", 24.0)))
    told = {"count": count, "interval": f"{interval * unit[1]:.6g} {unit[0]}"}
    return ({"count": 1} if count == 1 and luck.random() < 0.5 else told), float(interval) * (count - 1), count


def _course(
    luck: np.random.Generator, zones: list[dict[str, Any]], sessions: dict[str, Any], count: int, evidence: Evidence
) -> dict[str, Any]:
    keys = [zone.get("name", zone["zone"]) for zone in zones if zone["treated"]]
    device = _one(luck, catalogue(evidence).values())
    start = date(2024, 1, 1) + timedelta(days=int(luck.integers(0, 1500)))
    found: dict[str, Any] = {
        "device": _one(luck, (device.id, device.name)) if luck.random() < 0.9 else _custom(luck),
        "start": start.isoformat(),
        "sessions": sessions,
        "settings": {key: _settings(luck, device, count) for key in keys},
        "topicals": [_topical(luck, keys, count, evidence) for _ in range(luck.choice((0, 1, 1, 2, 3), 1)[0])],
    }
    if luck.random() < 0.3:
        found["adjuncts"] = [{"adjunct": str(_one(luck, ADJUNCTS))}]
    if luck.random() < 0.3:
        found["aftercare"] = {"occlusion": f"{luck.uniform(0.0, 48.0):.3g} h", "sun_protection": bool(luck.random() < 0.5)}
    return found


def _custom(luck: np.random.Generator) -> dict[str, Any]:
    """A pen that stands in no catalogue."""
    return {
        "name": "a pen of my own",
        "kind": "pen",
        "needle_count": int(luck.integers(1, 60)),
        "needle_diameter": f"{luck.uniform(100, 400):.0f} um",
        "tip_diameter": f"{luck.uniform(5, 60):.0f} um",
        "max_length": "3 mm",
        "frequency": f"{luck.uniform(600, 9000):.0f} rpm",
    }


def _settings(luck: np.random.Generator, device: Device, count: int) -> dict[str, Any]:
    length = luck.uniform(max(device.min_length, 0.1), device.max_length)
    found: dict[str, Any] = {"needle_length": _one(luck, (f"{length:.3f} mm", f"{length * 1000:.0f} um"))}
    if luck.random() < 0.25:
        found["density"] = f"{_log(luck, 5.0, 1500.0):.4g} /cm^2"
    else:
        found["passes"] = int(luck.integers(1, 13))
        if luck.random() < 0.5:
            found["hand_speed"] = _one(luck, ("3 cm/s", "12 mm/s", "1.8 m/min", "0.05 m/s"))
        if luck.random() < 0.2:
            found["track_spacing"] = f"{_log(luck, 0.5, 20.0):.3g} mm"
        if luck.random() < 0.3:
            found["directions"] = int(luck.integers(1, 5))
    if device.motorised and luck.random() < 0.2:
        found["frequency"] = f"{luck.uniform(20.0, device.max_frequency or 120.0):.4g} Hz"
    if luck.random() < 0.15:
        found["force"] = f"{_log(luck, 0.2, 20.0):.3g} N"
    if luck.random() < 0.2:
        found["stretched"] = True
    if count > 1 and luck.random() < 0.2:
        shorter = max(device.min_length, 0.1) + 0.5 * (length - max(device.min_length, 0.1))
        found["changes"] = [{"sessions": [int(luck.integers(1, count + 1))], "needle_length": f"{shorter:.3f} mm"}]
    return found


def _topical(luck: np.random.Generator, keys: list[str], count: int, evidence: Evidence) -> dict[str, Any]:
    row = _one(luck, evidence.rows(ProductRow))
    apply = float(luck.choice((-120.0, -60.0, -40.0, 0.0, 0.0, 0.0, 5.0, 60.0, 600.0), 1)[0])
    dose = _log(luck, 0.05, 30.0)
    found: dict[str, Any] = {
        "product": row.name if luck.random() < 0.8 else _inline(luck, row.active),
        "dose": _one(luck, (f"{dose:.4g} mg/cm^2", f"{dose * 10:.4g} g/m^2", f"{dose * 1000:.4g} ug/cm^2")),
        "apply": f"{apply:g} min",
        "occluded": bool(luck.random() < 0.2),
    }
    if luck.random() < 0.6:
        found["remove"] = f"{apply + _log(luck, 1.0, 2000.0):.4g} min"
    if luck.random() < 0.2:
        found["zones"] = [str(_one(luck, keys))]
    if luck.random() < 0.2:
        found["sessions"] = [int(luck.integers(1, count + 1))]
    return found


def _inline(luck: np.random.Generator, active: str) -> dict[str, Any]:
    share = _log(luck, 1e-5, 0.2)
    return {
        "name": "a serum of my own",
        "active": active or "niacinamide",
        "strength": _one(luck, (f"{100 * share:.4g} %", f"{share:.4g}", f"{1000 * share:.4g} mg/g")),
        "vehicle": _one(luck, get_args(Vehicle)),
        "ph": float(np.round(luck.uniform(3.0, 8.0), 1)),
    }


# --- what must hold of its run ---


@dataclass(frozen=True)
class Shown:
    """What one case came to."""

    refused: int  # documents drawn before it
    broken: tuple[str, ...]  # what did not hold
    endpoints: int
    failed: int  # numbers that are none, all counted
    again: bool  # whether it was simulated twice
    met: tuple[str, ...]  # what it is made of: kinds of things that a campaign counts


def tried(seed: int, number: int, draws: int, evidence: Evidence) -> Shown:
    """One random case through the twin."""
    luck = luck_of(seed, number, 1)
    found = drawn(luck, evidence)
    split, again = luck.random() < 0.1, luck.random() < 0.1
    run = simulate(found.case, draws=draws, seed=number, split=split, evidence=evidence)
    told = to_json(summarise(run))
    broken = [*broken_in(run), *broken_in_summary(told)]
    if again and to_json(summarise(simulate(found.case, draws=draws, seed=number, split=split, evidence=evidence))) != told:
        broken.append("a second run has another summary")
    failed = sum(end.failed for end in run.endpoints)
    return Shown(found.refused, tuple(broken), len(run.endpoints), failed, again, tuple(_met(found.case)))


def _met(case: Case) -> Iterator[str]:
    course = case.course
    yield f"device {course.device if isinstance(course.device, str) else 'custom'}"
    yield f"phototype {case.patient.phototype}"
    yield from (f"site {zone.zone}" for zone in case.zones)
    yield from (f"concern {concern.concern}" for zone in case.zones for concern in zone.concerns)
    yield from (f"product {one.product if isinstance(one.product, str) else 'custom'}" for one in course.topicals)


def broken_in(run: Run) -> Iterator[str]:
    """Invariants of a run that do not hold, in words."""
    draws = int(run.provenance["draws"])
    for zone in run.zones:
        where = zone.zone.key
        for exposure in zone.exposures:
            missing = np.isnan(exposure.amount).any(axis=(1, 2))
            amount, dose = exposure.amount[~missing], exposure.dose[~missing]
            if (np.abs(amount.sum(axis=1) - dose[:, None]) > BALANCE * dose[:, None]).any():
                yield f"{where}, {exposure.active}: masses do not add up to the dose"
            if (amount < -BALANCE * float(dose.max(initial=0.0))).any():
                yield f"{where}, {exposure.active}: a mass is negative"
        for channels in zone.channels:
            if not _within(channels.open_fraction, 0.0, 1.0 + 1e-9):
                yield f"{where}: an open share outside 0-1"
        for numb in zone.numb:
            if not _within(numb.block[numb.computed], 0.0, 1.0):
                yield f"{where}: a share of blocked nerves outside 0-1"
    for end in run.endpoints:
        if len(end.values) != draws:
            yield f"{end.name}: {len(end.values)} values of {draws} people"
        good = end.values[np.isfinite(end.values)]
        if np.isinf(end.values).any():
            yield f"{end.name}: infinite"
        if good.size and not end.band[0] <= end.band[1] <= end.band[2]:
            yield f"{end.name}: quantiles out of order"
        if end.unit == "1" and end.quantity.endswith(SHARES) and end.quantity not in RATIOS and not _within(good, 0.0, 1.0):
            yield f"{end.name}: a risk outside 0-1"


def _within(values: np.ndarray, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())


def broken_in_summary(told: str) -> Iterator[str]:
    """What is wrong with a summary as text: no JSON, numbers that are none, bands out of order, failures uncounted."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    try:
        summary = json.loads(told, parse_constant=refuse)
    except ValueError as error:
        yield f"summary.json: {error}"
        return
    draws = summary["provenance"]["draws"]
    for entry in summary["endpoints"]:
        name, band = entry["name"], (entry["p05"], entry["median"], entry["p95"])
        if None in band:
            if entry["failed_draws"] != draws:
                yield f"summary.json: {name} has no band, and {entry['failed_draws']} of {draws} failed"
        elif not band[0] <= band[1] <= band[2]:
            yield f"summary.json: {name} has a band out of order"
        if not 0 <= entry["failed_draws"] <= draws:
            yield f"summary.json: {name} has {entry['failed_draws']} failed draws of {draws}"
