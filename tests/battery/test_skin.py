"""Every site, sex, phototype and age passes the same list."""

from itertools import product

import numpy as np
import pytest

from builders import patient_of, zone_of
from dermatwin.core import Luck
from dermatwin.core.units import factor
from dermatwin.evidence import Draws, Evidence
from dermatwin.skin import find_site, readings, section_of, sites

EVIDENCE = Evidence.packaged()
DRAWS = Draws(EVIDENCE, Luck(11, 24))
SITES = sites(EVIDENCE)
PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
CLINICAL = (
    "forehead",
    "glabella",
    "temple",
    "periorbital",
    "nose",
    "cheek",
    "upper_lip",
    "chin",
    "jaw",
    "neck",
    "decollete",
    "hands",
    "abdomen",
    "thigh",
    "hip",
    "buttock",
    "scalp",
)
ANIMALS = ("hairless_rat", "rat", "pig", "guinea_pig", "mouse", "rabbit")
FAMILIES = (
    "stratum_corneum_thickness",
    "viable_epidermis_thickness",
    "dermis_thickness",
    "tewl_baseline",
    "follicle_density",
)
BOUNDS = {  # any skin of the catalogue at any age
    "stratum_corneum": (0.001, 0.6),
    "viable_epidermis": (0.003, 1.5),
    "papillary_dermis": (0.002, 1.5),
    "dermis": (0.02, 10.0),
    "stiffness": (0.01, 10.0),
    "capillary_depth": (0.005, 2.0),
    "tewl": (0.2, 250.0),
    "temperature": (24.0, 38.0),
    "pigment": (0.05, 10.0),
    "appendages": (0.0, 3000.0),
}


@pytest.mark.parametrize("key", SITES)
def test_every_site_gives_a_plausible_section(key):
    site = SITES[key]
    for age, sex, phototype in product((1, 16, 45, 95), ("female", "male"), PHOTOTYPES):
        skin = section_of(zone_of(site.name), patient_of(age, sex, phototype, species=site.species), DRAWS)
        for name, (low, high) in BOUNDS.items():
            values = getattr(skin, name)
            assert values.shape == (24,), name
            assert np.isfinite(values).all(), name
            assert low <= values.min(), (name, age, sex, phototype)
            assert values.max() <= high, (name, age, sex, phototype)


@pytest.mark.parametrize("name", CLINICAL)
def test_every_zone_of_the_depth_table_is_a_site(name):
    assert find_site(name, "human", EVIDENCE).key == name


@pytest.mark.parametrize("species", ANIMALS)
def test_every_animal_has_a_back(species):
    site = find_site("back", species, EVIDENCE)
    assert site.species == species
    assert site.key == f"{species}_back"


def test_the_eyelid_is_the_thinnest_and_the_back_the_thickest_human_dermis():
    median = {
        name: np.median(section_of(zone_of(name), patient_of(40), DRAWS).dermis)
        for name, site in SITES.items()
        if site.species == "human"
    }
    assert min(median, key=median.__getitem__) == "periorbital"
    assert max(median, key=median.__getitem__) == "back"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lower_eyelid", "periorbital"),
        ("Cheeks", "cheek"),
        ("upper lip", "upper_lip"),
        ("Upper-Lip", "upper_lip"),
        ("cheekbone", "zygoma"),
        ("suprascapular", "back"),
        ("deltoid", "shoulder"),
        ("forearm", "volar_forearm"),
        ("hand", "hands"),
    ],
)
def test_people_may_use_their_own_words(text, name):
    assert find_site(text, "human", EVIDENCE).name == name


def test_a_misspelt_site_is_answered_with_a_suggestion():
    with pytest.raises(KeyError, match="did you mean forehead"):
        find_site("forhead", "human", EVIDENCE)
    with pytest.raises(KeyError, match="not a site of pig skin"):
        find_site("cheek", "pig", EVIDENCE)
    with pytest.raises(KeyError, match="no skin in the catalogue"):
        find_site("back", "axolotl", EVIDENCE)


def test_names_and_aliases_point_to_one_site_each():
    seen = {}
    for site in SITES.values():
        for word in (site.name, site.label, *site.aliases):
            found = find_site(word, site.species, EVIDENCE)
            assert seen.setdefault((site.species, word), found.key) == found.key == site.key, word


def test_backing_is_known_and_bone_is_bone():
    assert {site.backing for site in SITES.values()} <= {"bone", "cartilage", "muscle", "fat"}
    assert SITES["forehead"].over_bone
    assert not SITES["abdomen"].over_bone


@pytest.mark.parametrize("family", FAMILIES)
def test_every_site_has_its_parameters_and_none_is_orphaned(family):
    keys = {name[len(family) + 1 : -1].partition(":")[0] for name in EVIDENCE.parameters if name.startswith(f"{family}[")}
    assert keys == set(SITES)


def test_both_sexes_have_a_dermis_at_every_human_site():
    for key, site in SITES.items():
        if site.species == "human":
            assert {f"dermis_thickness[{key}:{sex}]" for sex in ("female", "male")} <= set(EVIDENCE.parameters)


def test_readings_are_quantities_of_the_catalogue_in_their_unit():
    skin = section_of(zone_of("cheek"), patient_of(45), DRAWS)
    found = readings(skin)
    catalogue = {name for name, quantity in EVIDENCE.quantities.items() if quantity.stage == "skin"}
    assert {reading.name for reading in found} == catalogue
    for reading in found:
        assert reading.zone == "cheek"
        assert factor(reading.unit, EVIDENCE.quantities[reading.name].unit) == 1.0
        assert reading.time is None


def test_every_skin_parameter_stands_behind_a_quantity():
    own = {name for name, parameter in EVIDENCE.parameters.items() if parameter.stage == "skin"}
    behind = {name for quantity in EVIDENCE.quantities.values() for name in quantity.parameters}
    assert own <= behind


def test_only_the_parameters_that_a_reading_declares_can_move_it():
    """The provenance is complete: a belief that is not listed for a reading does not change it."""
    who, place = patient_of(45, phototype="V"), zone_of("cheek")
    base = {r.name: r.values for r in readings(section_of(place, who, DRAWS))}
    for name in (
        "dermis_between_people",
        "stratum_corneum_per_phototype",
        "viable_epidermis_thickness[cheek]",
        "capillary_loop_offset",
        "tewl_between_people",
        "indentation_stiffness",
        "papillary_dermis_share[face]",
    ):
        parameter = EVIDENCE.parameters[name]
        other = EVIDENCE.believing(**{name: 0.5 * (parameter.value + parameter.high)})
        moved = {
            r.name
            for r in readings(section_of(place, who, Draws(other, DRAWS.luck)))
            if not np.array_equal(r.values, base[r.name])
        }
        assert moved == {q for q in base if name in EVIDENCE.stands_on(q)}, name
