"""A run made by hand from the records of the contract: plausible shapes, no simulation behind it.

The report must not care where a run comes from; this one is quick, and it can be made odd in ways that no simulation
should be (failed draws, missing endpoints, text that looks like markup).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dermatwin.case import Case
from dermatwin.core.errors import Notice
from dermatwin.device import Device, kinds
from dermatwin.evidence import Evidence
from dermatwin.flows import COMPARTMENTS, LAYERS, Channels, Curve, Exposure, Punctures, TissueHistory
from dermatwin.naming import NOTHING, Detail, Name
from dermatwin.screening import Finding, Screening
from dermatwin.skin import Skin
from dermatwin.twin import Endpoint, Run, ZoneRun

KINDS = kinds(Evidence.packaged())

STATES = (
    "platelets",
    "neutrophils",
    "macrophages_m1",
    "macrophages_m2",
    "tgf_beta_1",
    "tgf_beta_3",
    "vegf",
    "vessels",
    "fibroblasts",
    "myofibroblasts",
    "hyaluronan",
    "collagen_iii",
    "collagen_i",
    "collagen_mature",
    "elastin",
    "epidermis",
)
AT_REST_ONE = ("vessels", "hyaluronan", "collagen_iii", "collagen_i", "collagen_mature", "elastin", "epidermis")
WEEKS = (4, 12, 26, 52)
PEN = Device("pen-12", "Pen with 12 needles", KINDS["pen"], 12, 0.3, 0.02, 0.25, 2.5, frequency=100.0, grade="B")


@dataclass(frozen=True)
class Recipe:
    """What a synthetic run is made of."""

    draws: int = 60
    seed: int = 3
    failed: int = 0
    topicals: bool = True
    observations: bool = True
    endpoints: bool = True
    title: str = "Rolling acne scars, four sessions with a pen"
    zones: tuple[tuple[str, float, bool], ...] = (("cheek", 1.5, True), ("forehead", 0.75, True))
    verdict: str = "caution"
    species: str = "human"
    remark: str = "no measured thickness of the dermis at this site: an assumption is used"


def case_of(recipe: Recipe) -> Case:
    """The case behind a synthetic run."""
    human = recipe.species == "human"
    data: dict[str, Any] = {
        "title": recipe.title,
        "patient": {"age": "34 yr", "sex": "female", "phototype": "IV", "species": recipe.species},
        "zones": [
            {
                "zone": name,
                "area": "60 cm^2",
                "treated": treated,
                "concerns": [{"concern": "acne_scar_rolling", "scale": "goodman_baron_qualitative", "severity": 3}]
                if human
                else [],
            }
            for name, _, treated in recipe.zones
        ],
        "course": {
            "device": "pen-12",
            "start": "2026-01-12",
            "sessions": {"count": 4, "interval": "4 weeks"},
            "settings": {
                name: {"needle_length": f"{length} mm", "passes": 6, "hand_speed": "3 cm/s"}
                for name, length, treated in recipe.zones
                if treated
            },
            "topicals": [
                {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-30 min", "remove": "0 min"},
                {"product": "hyaluronic acid gel", "dose": "10 mg/cm^2", "apply": "0 min"},
            ]
            if recipe.topicals
            else [],
        },
        "horizon": "64 weeks",
        "observations": [
            {
                "quantity": "scale_change[goodman_baron_qualitative]",
                "zone": recipe.zones[0][0],
                "time": "266 d",
                "value": -1.1,
                "low": -1.6,
                "high": -0.6,
                "band": "ci95",
                "unit": "1",
                "n": 24,
                "source": "alam2014",
            },
            {
                "quantity": "pain_vas",
                "zone": recipe.zones[0][0],
                "time": "0 d",
                "value": 7.8,
                "unit": "1",
                "source": "alam2014",
            },
            {"quantity": "in_situ_depth", "zone": recipe.zones[0][0], "time": "900 d", "value": 1, "unit": "mm"},
        ]
        if recipe.observations
        else [],
    }
    return Case.model_validate(data)


def synthetic(recipe: Recipe = Recipe()) -> Run:
    """A complete run made by hand."""
    case, luck = case_of(recipe), np.random.default_rng(recipe.seed)
    zones = tuple(_zone(case, recipe, luck, number) for number in range(len(recipe.zones)))
    findings = (
        Finding(
            "phototype",
            "caution",
            "darker skin",
            "Phototype IV: more pigment change after inflammation",
            "Test spot first; sun protection",
            "2 weeks after",
            "cheek",
            "",
            ("fda_page2025",),
        ),
    )
    endpoints = tuple(e for zone in zones for e in _endpoints(case, zone, luck)) if recipe.endpoints else ()
    curves = tuple(c for zone in zones for c in _curves(zone, luck)) if recipe.endpoints else ()
    notices = (
        Notice("zones.cheek.dermis", recipe.remark, "dermatwin_prior"),
        Notice("zones.forehead.dermis", recipe.remark, "dermatwin_prior"),
        Notice("course.settings.cheek", "needle length 1.5 mm is more than was measured in vivo with this pen"),
    )
    return Run(
        case,
        Screening(recipe.verdict, findings if recipe.verdict != "ok" else ()),
        zones,
        endpoints,
        curves,
        notices,
        {
            "program": "dermatwin",
            "version": "0.1.0",
            "seed": recipe.seed,
            "draws": recipe.draws,
            "vary": ["chance", "knowledge", "person"],
            "evidence": "0123456789abcdef",
        },
        Evidence.packaged(),
    )


def _spread(luck: np.random.Generator, size, middle: float, width: float) -> np.ndarray:
    return middle * np.exp(width * luck.standard_normal(size))


def _zone(case: Case, recipe: Recipe, luck: np.random.Generator, number: int) -> ZoneRun:
    name, length, treated = recipe.zones[number]
    zone, skin = case.zones[number], _skin(recipe, luck, name)
    days = case.session_days if treated else ()
    punctures = tuple(_punctures(name, session, length, recipe.draws, luck) for session in range(len(days)))
    channels = tuple(_channels(p, skin, luck) for p in punctures)
    exposures = (
        tuple(
            _exposure(name, p.session, *product, recipe.draws, luck)
            for p in punctures
            for product in (
                ("lidocaine 4 % cream", "lidocaine", 80.0, 0.3),
                ("hyaluronic acid gel", "hyaluronic acid", 100.0, 0.01),
            )
        )
        if recipe.topicals
        else ()
    )
    return ZoneRun(
        zone,
        skin,
        PEN if treated else None,
        case.course.settings.get(zone.key),
        punctures,
        channels,
        exposures,
        _history(case, name, days, recipe, luck),
    )


def _skin(recipe: Recipe, luck: np.random.Generator, name: str) -> Skin:
    def around(middle: float, width: float = 0.2) -> np.ndarray:
        return _spread(luck, recipe.draws, middle, width)

    corneum, epidermis = around(0.014), around(0.065)
    return Skin(
        name,
        name,
        recipe.species,
        True,
        corneum,
        epidermis,
        around(0.16),
        around(1.55, 0.12),
        around(0.5),
        corneum + epidermis + around(0.05),
        around(12.0),
        np.full(recipe.draws, 32.0),
        np.ones(recipe.draws),
        34.0,
        "female",
        "IV",
        False,
        around(400.0),
    )


def _punctures(name: str, session: int, length: float, draws: int, luck: np.random.Generator) -> Punctures:
    depth = length * np.clip(
        0.62 + 0.1 * luck.standard_normal((draws, 1)) + 0.1 * luck.standard_normal((draws, 24)), 0.05, 1.0
    )
    depth = np.where(luck.random((draws, 24)) < 0.05, 0.0, depth)
    density = _spread(luck, draws, 250.0, 0.2)
    return Punctures(
        name,
        session,
        density / 0.95,
        density,
        (depth > 0).mean(axis=1),
        depth,
        0.45 * depth,
        0.2 + 0.05 * depth,
        0.07 + 0.02 * depth,
        _spread(luck, (draws, 24), 0.08, 0.3),
        np.tile([1.0, 0.95, 0.8, 0.1], (draws, 1)),
        np.clip(_spread(luck, draws, 0.4, 0.3), 0, 1),
    )


def _channels(punctures: Punctures, skin: Skin, luck: np.random.Generator) -> Channels:
    time = np.concatenate([[0.0], np.geomspace(0.01, 240.0, 60)])
    half = _spread(luck, punctures.density.size, 9.0, 0.4)[:, None]
    opened = 0.7 * np.exp(-time / 0.1) + 0.3 * 2.0 ** (-time / half)
    closure = half * np.array([0.6, 1.6, 2.7, 6.0]) * _spread(luck, (punctures.density.size, 4), 1.0, 0.2)
    tewl = skin.tewl[:, None] + 40.0 * opened**0.5 * 2.0 ** (-time / half)
    return Channels(
        punctures.zone,
        punctures.session,
        time,
        punctures.density,
        punctures.residual_depth.mean(axis=1),
        0.5 * punctures.channel_diameter.mean(axis=1),
        opened,
        tewl,
        closure,
    )


def _exposure(
    zone: str, session: int, product: str, active: str, dose: float, leak: float, draws: int, luck: np.random.Generator
) -> Exposure:
    time = np.linspace(0.0, 24.0, 49)
    entered = dose * leak * _spread(luck, (draws, 1), 0.2, 0.4) * (1.0 - np.exp(-time / 3.0))
    cleared = entered * (1.0 - np.exp(-time / 8.0))
    parts = dict.fromkeys(COMPARTMENTS, np.zeros((draws, time.size)))
    parts |= {
        "stratum_corneum": 0.02 * dose * (1 - np.exp(-time / 2.0)) * np.ones((draws, 1)),
        "viable_epidermis": 0.2 * (entered - cleared),
        "dermis": 0.8 * (entered - cleared),
        "cleared": cleared,
    }
    used = sum(parts.values())
    parts["vehicle"] = dose - used
    amount = np.stack([parts[name] for name in COMPARTMENTS], axis=1)
    return Exposure(
        zone, session, product, active, time, np.full(draws, dose), amount, 0.9 * entered, 0.1 * entered, entered / 0.15
    )


def _history(case: Case, zone: str, days: tuple[float, ...], recipe: Recipe, luck: np.random.Generator) -> TissueHistory:
    time = np.unique(np.concatenate([np.linspace(0.0, case.horizon, 120), *[d + np.linspace(0, 14, 30) for d in days]]))
    values = np.zeros((recipe.draws, len(LAYERS), time.size, len(STATES)))
    for place, state in enumerate(STATES):
        slow = 60.0 if state in AT_REST_ONE else 3.0 + place
        pulse = sum(
            (np.maximum(time - d, 0.0) / slow * np.exp(1.0 - np.maximum(time - d, 0.0) / slow) for d in days),
            np.zeros(time.size),
        )
        size = _spread(luck, (recipe.draws, 1), 0.12, 0.4)
        values[..., place] = ((1.0 if state in AT_REST_ONE else 0.0) + size * pulse)[:, None, :]
    status = np.zeros((recipe.draws, len(LAYERS)), int)
    status[: recipe.failed] = 1
    values[: recipe.failed] = np.nan
    shape = (recipe.draws, len(LAYERS), len(days))
    return TissueHistory(
        zone,
        time,
        np.asarray(days),
        STATES,
        values,
        _spread(luck, shape, 0.4, 0.2),
        np.full(shape, 0.1),
        status,
        inflammation=np.full((recipe.draws, len(days)), 0.7),
        clearing=np.full(recipe.draws, 6.0),
        cut_vessels=np.full((recipe.draws, len(days)), 300.0),
    )


def _endpoints(case: Case, zone: ZoneRun, luck: np.random.Generator):
    draws, key = zone.skin.dermis.size, zone.zone.key

    def make(
        quantity: str, unit: str, values: np.ndarray, time: float | None = None, grade: str = "C", detail: Detail = NOTHING
    ) -> Endpoint:
        title, sources = Name(quantity, detail).text.replace("_", " "), ("alam2014", "dogra2014")
        shown = Evidence.packaged().quantities[quantity].shown
        return Endpoint(quantity, detail, title, key, unit, time, values, grade, sources, shown)

    yield make("baseline_dermis", "mm", zone.skin.dermis)
    for punctures in zone.punctures:
        yield make("in_situ_depth", "mm", punctures.in_situ_depth.mean(axis=1), case.session_days[punctures.session])
    if zone.zone.concerns:
        last = case.session_days[-1]
        for week in WEEKS:
            gain = -0.9 * (1 - np.exp(-week / 8.0)) if zone.punctures else -0.05
            for prefix, width in (("", 0.45), ("trial_mean_", 0.15)):
                yield make(
                    f"{prefix}scale_change",
                    "1",
                    gain + width * luck.standard_normal(draws),
                    last + 7.0 * week,
                    "B",
                    Detail(scale="goodman_baron_qualitative"),
                )
    if zone.punctures:
        yield make("pih_risk", "1", _spread(luck, draws, 0.06, 0.6), None, "B")
        yield make("infection_risk", "1", _spread(luck, draws, 0.002, 0.8), None, "B")
        yield make("downtime_makeup", "d", _spread(luck, draws, 3.0, 0.4), 0.0, detail=Detail(session=1))
        yield make("pain_vas", "1", _spread(luck, draws, 2.0, 0.4), 0.0, detail=Detail(session=1))


def _curves(zone: ZoneRun, luck: np.random.Generator):
    time = np.linspace(0.0, 21.0 * 24.0, 80)
    for punctures in zone.punctures:
        size = _spread(luck, (zone.skin.dermis.size, 1), 40.0, 0.3)
        yield Curve("erythema_rise", zone.zone.key, "1", time, 0.01 * size * np.exp(-time / 40.0), punctures.session)
        yield Curve(
            "oedema", zone.zone.key, "1", time, 0.01 * size * time / 20.0 * np.exp(1 - time / 20.0), punctures.session
        )


def with_zone_text(run: Run, text: str) -> Run:
    """The same run with a text from outside in every place that takes free text."""
    case = run.case.model_copy(update={"title": text, "description": text})
    screening = replace(
        run.screening, findings=(Finding("rule", "soft_stop", text, text, text, text, "", "", (text,), True, text),)
    )
    return replace(run, case=case, screening=screening, notices=(Notice(text, text, text),))
