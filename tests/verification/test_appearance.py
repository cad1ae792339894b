"""Skin optics and colour against closed forms, other people's programs and the standards' own values."""

import numpy as np
import pytest

from builders import draws_of, site_skin
from dermatwin.evidence import Evidence
from dermatwin.outcome import appearance
from dermatwin.outcome.appearance import course, layers, tissue

EVIDENCE = Evidence.packaged()

INDEX = 1.4
MANY = layers.directions(INDEX, 8, 8)
FEW = layers.directions(INDEX)


def uniform(absorption, scattering, way):
    """Reflectance of a half-space that is the same all through."""
    deep = np.full((1, 1), absorption)
    layer = np.full((1, 1, 1), absorption)
    thickness = (np.array([0.09]), np.array([0.2]))
    return float(layers.reflectance(layer, layer, deep, np.full((1, 1), scattering), thickness, way)[0, 0, 0])


def test_skin_without_any_absorber_is_white():
    assert uniform(1e-12, 3.0, FEW) == pytest.approx(1.0, abs=1e-4)


def test_light_in_a_clear_layer_fades_by_beers_law():
    back, through = layers.sheet(2.0, 0.0, 0.3, MANY)
    steep = MANY.cosine > 0.3
    assert back.max() == 0.0
    assert np.diag(through)[steep] == pytest.approx(np.exp(-0.6 / MANY.cosine[steep]), rel=2e-3)


def test_a_layer_that_does_not_absorb_loses_nothing():
    back, through = layers.sheet(0.0, 3.0, 0.3, FEW)
    assert (back + through).sum(axis=0) == pytest.approx(np.ones(3), abs=1e-10)


def test_a_stack_of_equal_layers_is_one_layer():
    whole = layers.sheet(0.5, 3.0, 0.4, FEW)[0]
    back, through = layers.sheet(0.5, 3.0, 0.2, FEW)
    joined = back + through @ back @ np.linalg.inv(np.eye(3) - back @ back) @ through
    assert joined == pytest.approx(whole, rel=5e-3)


OTHERS = ((0.01, 0.7607756295), (0.1, 0.4572192430), (1.0, 0.1531259720), (5.0, 0.0610858321))
"""Absorption [1/mm] and total reflectance for straight light, scattering 3/mm, n 1.4: iadpython 0.5.3, 16 directions."""


@pytest.mark.parametrize(("absorption", "expected"), OTHERS)
def test_an_independent_adding_doubling_program_says_the_same(absorption, expected):
    assert uniform(absorption, 3.0, MANY) == pytest.approx(expected, abs=5e-6)
    assert uniform(absorption, 3.0, FEW) == pytest.approx(expected, abs=0.013)


def test_more_directions_bring_the_answer_closer():
    exact = uniform(0.1, 3.0, MANY)
    errors = [abs(uniform(0.1, 3.0, layers.directions(INDEX, n, n)) - exact) for n in (1, 2, 4)]
    assert errors[0] > errors[1] > errors[2]


def test_two_and_one_directions_keep_the_colour_of_dark_and_light_skin():
    draws = draws_of(1, vary=())
    for phototype in ("I", "III", "VI"):
        model = appearance.optics(site_skin(draws, age=35, phototype=phototype), draws)
        bare = appearance.Complexion(model.film[:, None], np.zeros((1, 1)))
        finer = tissue.replace(model, way=MANY)
        seen, exact = (
            appearance.lab(appearance.tristimulus(m.reflectance(bare), EVIDENCE), EVIDENCE)[0, 0] for m in (model, finer)
        )
        assert appearance.difference(seen, exact) < 1.2


def test_the_surface_turns_back_what_fresnel_says():
    assert FEW.gloss == pytest.approx((0.4 / 2.4) ** 2)
    assert FEW.turned_back[-1] == pytest.approx(FEW.gloss)  # straight light, from inside as from outside
    assert FEW.turned_back[0] == 1.0  # beyond the critical angle
    assert FEW.weight.sum() == pytest.approx(1.0)


def test_blood_in_thin_vessels_counts_whole_and_in_wide_ones_less():
    assert tissue.packing(np.array(10.0), np.array(1e-9)) == pytest.approx(1.0)
    assert tissue.packing(np.array(10.0), np.array(0.05)) == pytest.approx(1.0 - np.exp(-1.0))


def test_haemoglobin_has_its_bands_where_they_belong():
    wavelength, oxygenated, deoxygenated = tissue.extinction(EVIDENCE)
    green = (wavelength >= 520) & (wavelength <= 600)
    peaks = wavelength[1:-1][(oxygenated[1:-1] > oxygenated[:-2]) & (oxygenated[1:-1] > oxygenated[2:])]
    assert {540, 580} <= set(peaks[peaks > 500].astype(int)) or {540, 570} <= set(peaks[peaks > 500].astype(int))
    assert wavelength[green][np.argmax(deoxygenated[green])] in (550, 560)
    assert oxygenated[wavelength == 660] < 0.2 * deoxygenated[wavelength == 660]


def test_white_in_daylight_is_white_on_a_screen():
    white = appearance.tristimulus(np.ones(41), EVIDENCE)
    assert white == pytest.approx([0.9505, 1.0, 1.0890], abs=1e-3)
    assert appearance.srgb(white, EVIDENCE).tolist() == [255, 255, 255]
    assert appearance.srgb(np.zeros(3), EVIDENCE).tolist() == [0, 0, 0]
    assert appearance.srgb(2.0 * white, EVIDENCE).tolist() == [255, 255, 255]  # brighter than a screen can be
    assert appearance.srgb(-white, EVIDENCE).tolist() == [0, 0, 0]
    assert appearance.lab(white, EVIDENCE) == pytest.approx([100, 0, 0], abs=1e-9)


def test_colours_are_those_of_a_published_example():
    """The example of the colour-science documentation: X, Y, Z in D65 -> L*a*b* and sRGB."""
    xyz = np.array([0.20654008, 0.12197225, 0.05136952])
    assert appearance.lab(xyz, EVIDENCE) == pytest.approx([41.5279, 52.6386, 26.9232], abs=0.06)
    assert appearance.srgb(xyz, EVIDENCE) == pytest.approx(np.array([0.70573936, 0.19248266, 0.22354169]) * 255, abs=1.0)


def test_a_grey_of_half_the_light_has_the_textbook_lightness():
    grey = appearance.lab(appearance.tristimulus(np.full(41, 0.1841865), EVIDENCE), EVIDENCE)
    assert grey == pytest.approx([50.0, 0.0, 0.0], abs=1e-3)
    black = appearance.lab(appearance.tristimulus(np.full(41, 0.005), EVIDENCE), EVIDENCE)
    assert black[0] == pytest.approx(0.005 * 24389 / 27, rel=1e-4)  # the straight part, slope 903.3


@pytest.mark.parametrize("xyz", [(0.4, 0.35, 0.3), (0.003, 0.002, 0.001)])
def test_lab_can_be_turned_back(xyz):
    assert appearance.xyz_of_lab(appearance.lab(np.array(xyz), EVIDENCE), EVIDENCE) == pytest.approx(xyz, rel=1e-9)


def test_the_typology_angle_and_its_words():
    colour = np.array([50.0 + 15.0, 8.0, 15.0])
    assert appearance.ita(colour, EVIDENCE) == pytest.approx(45.0)
    words = [appearance.typology(angle, EVIDENCE) for angle in (60, 50, 35, 20, 0, -40)]
    assert words == ["very light", "light", "intermediate", "tan", "brown", "dark"]


def test_meter_indices_are_hundred_times_logarithms():
    erythema, melanin = appearance.indices(np.array(0.2), np.array(0.5))
    assert (erythema, melanin) == pytest.approx((39.794, 30.103), abs=1e-3)


def test_the_blood_found_gives_the_meter_the_rise_that_was_asked_for():
    draws = draws_of(20, vary=("knowledge", "person"))
    model = appearance.optics(site_skin(draws, age=35), draws)
    rise = np.tile([0.0, 0.02, 0.1], (20, 1))
    blood, capped = course.blood_of(rise, model, draws)
    asked = rise * (draws("erythema_baseline", "1") / draws("erythema_index_scale", "1"))[:, None]
    shown = course.meter_rise(np.concatenate([np.zeros((20, 1)), blood], axis=1), model, draws)[:, 1:]
    assert (blood[:, 0] == 0.0).all()
    assert shown[~capped] == pytest.approx(asked[~capped], rel=0.01, abs=1e-9)
    assert shown[capped] == pytest.approx(
        course.meter_rise(
            np.concatenate([np.zeros((20, 1)), draws("largest_blood_fraction", "1")[:, None]], axis=1), model, draws
        )[:, 1:].repeat(3, axis=1)[capped]
    )


def test_the_film_of_melanin_does_not_depend_on_the_epidermis_that_holds_it():
    """The same melanin per area in a thick and a thin epidermis that hardly scatters lets the same light through."""
    film, inside = 0.004, 60.0
    for thickness in (0.06, 0.12):
        through = layers.sheet(film / thickness * inside, 1e-9, thickness, FEW)[1]
        assert through[-1, -1] == pytest.approx(np.exp(-film * inside), rel=1e-3)
