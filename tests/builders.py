"""What tests are made of: small cases, skins, needles, channels and histories of usual values, each replaced by a keyword.

How many people comes first: `skin_of(8)`. A number given for an array fills it: `skin_of(8, stiffness=0.2)` is as soft in
every draw. Nothing here is simulated and no
value here says anything about biology; a test that needs a value names it. Import it as `from builders import skin_of`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from typer.testing import CliRunner

from dermatwin.case import Case, Patient, Settings, Zone
from dermatwin.case.document import Course
from dermatwin.cli import app
from dermatwin.core import Luck
from dermatwin.core.errors import EvidenceError
from dermatwin.core.vocabulary import SOURCES
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import COMPARTMENTS, LAYERS, READOUTS, Channels, Exposure, Punctures, TissueHistory
from dermatwin.history import Person, person
from dermatwin.skin import Skin, section_of

PERSON = {"age": "40 yr", "sex": "female", "phototype": "III"}
START = "2026-01-12"
HOURS = np.linspace(0.0, 96.0, 20)
AT_REST = {
    "epidermal_gap": 0.0,
    "danger": 0.0,
    "neutrophils": 0.0,
    "mitogens": 0.0,
    "vegf": 0.0,
    "fibroblasts": 0.0,
    "myofibroblasts": 0.0,
    "pigment_drive": 0.0,
    "vessels": 1.0,
    "hyaluronan": 1.0,
    "collagen_iii": 1.0,
    "collagen_i": 1.0,
    "collagen": 1.0,
    "collagen_mature": 1.0,
    "elastin": 1.0,
    "elastotic_debris": 0.5,
    "epidermis": 1.0,
}
"""Some states of the healing network in skin that nothing happened to."""


# --- people and their luck ---


def draws_of(
    count: int = 8, seed: int = 3, vary: Sequence[str] = SOURCES, evidence: Evidence | None = None, **believed: float
) -> Draws:
    """People under the packaged evidence or another; `believed` puts other medians in its place."""
    found = evidence or Evidence.packaged()
    return Draws(found.believing(**believed) if believed else found, Luck(seed, count, frozenset(vary)))


def medians(count: int = 1, evidence: Evidence | None = None, **believed: float) -> Draws:
    """Everything at its median."""
    return draws_of(count, vary=(), evidence=evidence, **believed)


def patient_of(age: float | str = "40 yr", sex: str = "female", phototype: str = "III", **fields: Any) -> Patient:
    """A woman of 40, phototype III; a bare number for the age is years."""
    told = age if isinstance(age, str) else f"{age} yr"
    return Patient.model_validate({"age": told, "sex": sex, "phototype": phototype, **fields})


def person_of(age: float | str = "40 yr", sex: str = "female", phototype: str = "III", **fields: Any) -> Person:
    """What the evidence knows of such a patient's history on the day of a first session."""
    course = Course.model_validate(course_of("cheek", count=1))
    return person(patient_of(age, sex, phototype, **fields), course, Evidence.packaged())


def zone_of(site: str = "cheek", *concerns: str, **fields: Any) -> Zone:
    """50 cm2 of a site, with concerns by name."""
    return Zone.model_validate(
        {"zone": site, "area": "50 cm^2", "concerns": [{"concern": name} for name in concerns], **fields}
    )


def site_skin(draws: Draws, site: str = "cheek", **patient: Any) -> Skin:
    """The skin that the twin gives a person at a site."""
    return section_of(zone_of(site), patient_of(**patient), draws)


# --- cases ---


def document(**changes: Any) -> dict[str, Any]:
    """A one-zone, two-session case as plain data; `changes` replaces top-level keys."""
    usual = {
        "patient": {**PERSON, "body_weight": "65 kg"},
        "zones": [
            {
                "zone": "cheek",
                "area": "50 cm^2",
                "concerns": [{"concern": "acne_scar", "scale": "goodman_baron_quantitative", "severity": 16}],
            }
        ],
        "course": course_of("cheek", topicals=[{"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}]),
        "horizon": "40 weeks",
    }
    return {**usual, **changes}


def course_of(*zones: str, count: int = 2, settings: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A course of a pen as plain data, the same settings in every zone; `settings` are laid over the usual ones."""
    usual = {"needle_length": "1.5 mm", "passes": 4, "hand_speed": "3 cm/s"}
    return {
        "device": "pen-12",
        "start": START,
        "sessions": {"count": count, "interval": "4 weeks"},
        "settings": {zone: {**usual, **(settings or {})} for zone in zones},
        **changes,
    }


def case_of(**changes: Any) -> Case:
    """The case of `document`."""
    return Case.model_validate(document(**changes))


def treated(
    concern: str | None = "wrinkles",
    zone: str = "cheek",
    length: str = "1 mm",
    area: str = "60 cm^2",
    course: dict[str, Any] | None = None,
    overrides: Sequence[Any] = (),
    **patient: Any,
) -> Case:
    """Four sessions in one zone of a woman of phototype II, with what screening and guards ask of her."""
    return case_of(
        patient={**PERSON, "phototype": "II", "body_weight": "65 kg", **patient},
        zones=[{"zone": zone, "area": area, "concerns": [{"concern": concern}] if concern else []}],
        course={**course_of(count=4), "settings": {zone: {"needle_length": length}}, **(course or {})},
        overrides=list(overrides),
    )


def settings_of(**changes: Any) -> Settings:
    """Settings of a pen, 1.5 mm long, four passes."""
    return Settings.model_validate({"needle_length": "1.5 mm", "passes": 4, "hand_speed": "3 cm/s", **changes})


# --- what stages hand on ---


def skin_of(count: int = 1, **changes: Any) -> Skin:
    """A living human cheek of usual thickness."""
    sizes = {
        "stratum_corneum": 0.015,
        "viable_epidermis": 0.05,
        "papillary_dermis": 0.15,
        "dermis": 1.2,
        "stiffness": 0.5,
        "capillary_depth": 0.1,
        "tewl": 12.0,
        "temperature": 32.0,
        "pigment": 1.0,
        "appendages": 30.0,
    }
    words = {
        "zone": "cheek",
        "site": "cheek",
        "species": "human",
        "alive": True,
        "age": 40.0,
        "sex": "female",
        "phototype": "III",
        "over_bone": False,
    }
    return Skin(**_filled(sizes, changes, (count,)), **{**words, **_rest(sizes, changes)})


def punctures_of(
    count: int = 1, density: float = 300.0, depth: Any = 1.0, width: float = 0.1, needles: int = 3, **changes: Any
) -> Punctures:
    """A session whose needles all pierced: `density` per cm2, so many mm deep, holes of so many mm.

    The channels that are left are half as deep, the needles 1.4 times as wide.
    """
    people = {"attempted_density": density, "density": density, "pierced_fraction": 1.0, "bleeding_fraction": 0.4}
    each = {
        "in_situ_depth": depth,
        "residual_depth": 0.5 * np.asarray(depth),
        "needle_diameter": 1.4 * width,
        "channel_diameter": width,
        "force": 0.1,
    }
    layers = {"reach": 1.0}
    words = {"zone": "cheek", "session": 0}
    return Punctures(
        **_filled(people, changes, (count,)),
        **_filled(each, changes, (count, needles)),
        **_filled(layers, changes, (count, len(LAYERS))),
        **{**words, **_rest({**people, **each, **layers}, changes)},
    )


def channels_of(count: int = 1, time: np.ndarray = HOURS, **changes: Any) -> Channels:
    """Channels that stay open; `open_fraction` and `tewl` may be one course for all."""
    people = {"density": 300.0, "depth": 0.4, "radius": 0.05}
    courses = {"open_fraction": 1.0, "tewl": 10.0 + 20.0 * np.exp(-time / 12.0)}
    closed = {"closure_time": 20.0}
    words = {"zone": "cheek", "session": 0, "time": time}
    return Channels(
        **_filled(people, changes, (count,)),
        **_filled(courses, changes, (count, time.size)),
        **_filled(closed, changes, (count, len(READOUTS))),
        **{**words, **_rest({**people, **courses, **closed}, changes)},
    )


def exposure_of(count: int = 1, time: Sequence[float] = (0.0, 24.0), **changes: Any) -> Exposure:
    """A product of which nothing has gone anywhere; a name of a compartment gives what lies in it at the end [ug/cm2]."""
    hours = np.asarray(time)
    amount = np.zeros((count, len(COMPARTMENTS), hours.size))
    for place, name in enumerate(COMPARTMENTS):
        amount[:, place, -1] = changes.pop(name, 0.0)
    people = {"dose": 1000.0}
    courses = {"through_channels": 0.0, "intact_below_sc": 0.0, "dermal_concentration": 0.0}
    words = {"zone": "cheek", "session": 0, "product": "a cream", "active": "an active", "time": hours, "amount": amount}
    return Exposure(
        **_filled(people, changes, (count,)),
        **_filled(courses, changes, (count, hours.size)),
        **{**words, **_rest({**people, **courses}, changes)},
    )


def history_of(
    count: int = 1,
    dose: float = 1.0,
    sessions: Sequence[float] = (0.0, 28.0),
    horizon: float = 400.0,
    activated: float = 0.5,
    **changes: Any,
) -> TissueHistory:
    """A history whose states rise by `dose` after every session and fall again; no biology."""
    time = np.linspace(0.0, horizon, 401)
    values = np.tile(np.array(list(AT_REST.values())), (count, len(LAYERS), time.size, 1))
    for day in sessions:
        age = np.maximum(time - day, 0.0)
        values += dose * 0.1 * (age / 5.0 * np.exp(1.0 - age / 5.0) + np.exp(-age / 100) * (time > day))[None, None, :, None]
    values[..., 0] = 0.0  # every hole is grown over at once
    shape = (count, len(LAYERS), len(sessions))
    fields = {
        "zone": "cheek",
        "time": time,
        "sessions": np.array(sessions),
        "states": tuple(AT_REST),
        "values": values,
        "activated_fraction": np.full(shape, activated),
        "local_damage": np.full(shape, 0.1),
        "inflammation": np.full((count, len(sessions)), dose * activated),
        "clearing": np.full(count, 5.0),
        "cut_vessels": np.full((count, len(sessions)), 600.0 * dose * activated),
        "status": np.zeros((count, len(LAYERS)), int),
    }
    return TissueHistory(**{**fields, **changes})


def _filled(usual: dict[str, Any], changes: dict[str, Any], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {
        name: np.broadcast_to(np.asarray(changes.get(name, value), float), shape).copy() for name, value in usual.items()
    }


def _rest(taken: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name not in taken}


# --- what a person meets ---


def dermatwin(*arguments: object, status: int = 0):
    """The command line with these arguments, which must leave with `status` and without a traceback."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    if status != 2:
        assert "Traceback" not in result.output
    return result


def gate_faults(folder: Any) -> list[str]:
    """What the gate says of a folder that is laid over the packaged evidence."""
    try:
        Evidence.read(folder)
    except EvidenceError as error:
        return [str(fault) for fault in error.faults]
    return []
