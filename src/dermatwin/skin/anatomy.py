"""How thick, stiff and tight this person's skin is at one site.

Every layer is a site's reference value times factors that the evidence supports: age (dermis, viable epidermis), sex
(both), pigmentation and smoking (stratum corneum), and a factor between people which a person keeps at every site, so
that thick-skinned people are thick-skinned everywhere. Its `chance` part belongs to the zone: two zones of one site
differ by it. A dry surface is stiffer and a soaked one softer. Left out: swelling of a soaked stratum corneum, season,
posture, hormones, and any effect of age, sex or habit in animals, for which the evidence has single means. Sources stand
at the parameters (`skin.csv`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..case import Patient, Zone
from ..core.checks import require_finite, require_not_negative
from ..core.errors import Notice
from ..core.vocabulary import phototype_steps
from ..evidence import Draws
from .section import Skin
from .site import HUMAN, Site, find_site


def section_of(zone: Zone, patient: Patient, draws: Draws, *, alive: bool = True) -> Skin:
    """The section of one zone for every draw.

    h = h_site(sex) * a(age) * f(habit) * z,   z lognormal with median 1 (person, and zone by chance)

    Units    mm, MPa, g/m2/h, degC (see `Skin`).      Shape  (draw,) each.
    Valid    adults within the ages of the biopsy study; outside, for animals and where the dermis of a site is only
             assumed, a notice says so.  `alive=False` marks excised or reconstructed skin.
    Raises   KeyError with suggestions if the site is not in the catalogue.
    Source   evidence `stratum_corneum_thickness`, `viable_epidermis_thickness`, `dermis_thickness` and their factors.
    Law      dermis not thicker with age in adults; every layer positive (tests/laws/test_skin.py).
    """
    site = find_site(zone.zone, patient.species, draws.evidence)
    corneum = _stratum_corneum(site, patient, draws, zone.key)
    epidermis = _viable_epidermis(site, patient, draws, zone.key)
    dermis = _dermis(site, patient, draws, zone.key)
    skin = Skin(
        zone=zone.key,
        site=site.name,
        species=patient.species,
        alive=alive,
        stratum_corneum=corneum,
        viable_epidermis=epidermis,
        papillary_dermis=dermis * draws(f"papillary_dermis_share[{site.region.dermis}]", "1"),
        dermis=dermis,
        stiffness=_stiffness(site, draws, zone.key) * draws(f"hydration_stiffening[{zone.hydration}]", "1"),
        capillary_depth=corneum + epidermis + draws("capillary_loop_offset", "mm", zone=zone.key),
        tewl=draws(f"tewl_baseline[{site.key}]", "g/m^2/h") * draws("tewl_between_people", "1", zone=zone.key),
        temperature=draws(f"skin_temperature[{site.region.name}]", "degC"),
        pigment=draws(f"pigment_drive[{patient.phototype}]", "1"),
        age=patient.age,
        sex=patient.sex,
        phototype=patient.phototype,
        over_bone=site.over_bone,
        appendages=draws(f"follicle_density[{site.key}]", "1/cm^2"),
        notices=tuple(_notices(site, zone, patient, draws)),
    )
    _check(skin)
    return skin


def _stratum_corneum(site: Site, patient: Patient, draws: Draws, zone: str) -> np.ndarray:
    """Stratum corneum [mm]: thicker with pigmentation, thinner in smokers; no effect of age or sex was found."""
    thickness = draws(f"stratum_corneum_thickness[{site.key}]", "mm")
    thickness = thickness * draws("stratum_corneum_between_people", "1", zone=zone)
    if site.species != HUMAN:
        return thickness
    thickness = thickness * (1 + draws("stratum_corneum_per_phototype", "1")) ** phototype_steps(patient.phototype)
    return thickness * draws("stratum_corneum_smoker_factor", "1") if patient.smoker else thickness


def _viable_epidermis(site: Site, patient: Patient, draws: Draws, zone: str) -> np.ndarray:
    """Viable epidermis [mm]: thicker in men, thinner with age."""
    thickness = draws(f"viable_epidermis_thickness[{site.key}]", "mm")
    thickness = thickness * draws("viable_epidermis_between_people", "1", zone=zone)
    if site.species != HUMAN:
        return thickness
    ratio = draws("viable_epidermis_male_female_ratio", "1")
    sex = np.sqrt(ratio) if patient.sex == "male" else 1 / np.sqrt(ratio)
    return thickness * sex * _thinning(f"viable_epidermis_thinning[{patient.sex}]", patient.age, draws)


def _dermis(site: Site, patient: Patient, draws: Draws, zone: str) -> np.ndarray:
    """Dermis [mm], papillary dermis included: thicker in men at most sites, thinner with age, thin in children."""
    between = draws("dermis_between_people", "1", zone=zone)
    if site.species != HUMAN:
        return draws(f"dermis_thickness[{site.key}]", "mm") * between
    thickness = draws(f"dermis_thickness[{site.key}:{patient.sex}]", "mm") * between
    thickness = thickness * draws(f"dermis_method_factor[{site.region.dermis}]", "1")
    thinning = _thinning(f"dermis_thinning[{site.region.dermis}:{patient.sex}]", patient.age, draws)
    return thickness * thinning * _grown(patient.age, draws)


def _thinning(name: str, age: float, draws: Draws) -> np.ndarray:
    """Factor of ageing relative to the reference age [-]: (1 - loss per decade)^decades, adults only.

    Age counts between adulthood and the oldest age that was measured; beyond it the skin is taken not to thin further.
    """
    counted = np.clip(age, draws("adult_skin_age", "yr"), draws("oldest_skin_age", "yr"))
    return (1 - draws(name, "1")) ** ((counted - draws("reference_skin_age", "yr")) / 10)


def _grown(age: float, draws: Draws) -> np.ndarray:
    """Share of the adult dermis that has grown at this age [-]: a straight line from the child's share to 1."""
    share, child, adult = draws("child_dermis_share", "1"), draws("child_skin_age", "yr"), draws("adult_skin_age", "yr")
    return share + (1 - share) * np.clip((age - child) / (adult - child), 0, 1)


def _stiffness(site: Site, draws: Draws, zone: str) -> np.ndarray:
    """Effective indentation modulus [MPa]: one value for skin, raised over bone and lowered over fat."""
    return (
        draws("indentation_stiffness", "MPa")
        * draws(f"backing_stiffness_factor[{site.backing}]", "1")
        * draws("stiffness_between_people", "1", zone=zone)
    )


def _notices(site: Site, zone: Zone, patient: Patient, draws: Draws) -> Iterator[Notice]:
    """Where this section leaves the evidence."""
    place = f"zones.{zone.key}"
    if site.species != HUMAN:
        yield Notice(place, f"{site.label}: one mean for the species; age, sex and habits change nothing here")
        return
    parameter = draws.evidence.parameters[f"dermis_thickness[{site.key}:{patient.sex}]"]
    if parameter.grade == "E":
        yield Notice(
            place,
            f"the dermis of the {site.label} was measured nowhere that we know; its thickness is assumed",
            parameter.sources[0],
        )
    adult, oldest = draws.median("adult_skin_age", "yr"), draws.median("oldest_skin_age", "yr")
    if patient.age < adult:
        yield Notice(
            "patient.age",
            f"{patient.age:g} yr: skin below {adult:g} yr rests on two sites in children",
            draws.evidence.parameters["child_dermis_share"].sources[0],
        )
    if patient.age > oldest:
        yield Notice(
            "patient.age",
            f"{patient.age:g} yr is beyond the oldest skin measured; taken as {oldest:g} yr",
            draws.evidence.parameters["oldest_skin_age"].sources[0],
        )


def _check(skin: Skin) -> None:
    """Stop if a layer is not a positive finite number, or the papillary dermis fills the dermis."""
    for name in (
        "stratum_corneum",
        "viable_epidermis",
        "papillary_dermis",
        "dermis",
        "stiffness",
        "tewl",
        "appendages",
        "capillary_depth",
        "temperature",
        "pigment",
    ):
        require_finite(getattr(skin, name), f"skin.{name}")
        require_not_negative(getattr(skin, name), f"skin.{name}")
    require_not_negative(skin.dermis - skin.papillary_dermis, "skin.reticular_dermis")
