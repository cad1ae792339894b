"""Laws of skin colour that hold for any melanin, blood, scattering and person."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import draws_of, site_skin
from dermatwin.core.vocabulary import PHOTOTYPES
from dermatwin.evidence import Evidence
from dermatwin.flows import LAYERS, TissueHistory
from dermatwin.outcome import appearance
from dermatwin.outcome.appearance import course, layers

EVIDENCE = Evidence.packaged()

QUICK = settings(max_examples=25, deadline=None)
coefficients = st.floats(1e-3, 80.0)
WAY = layers.directions(1.4)


def seen(model, melanin=1.0, blood=0.0):
    """Reflectance and colour with so many times the melanin and so much blood added."""
    shown = appearance.Complexion(melanin * model.film[:, None], np.full((model.film.size, 1), blood))
    reflected = model.reflectance(shown)[:, 0]
    return reflected, appearance.lab(appearance.tristimulus(reflected, EVIDENCE), EVIDENCE)


@QUICK
@given(absorption=coefficients, scattering=coefficients, thickness=st.floats(1e-3, 2.0))
def test_a_layer_makes_no_light(absorption, scattering, thickness):
    back, through = layers.sheet(absorption, scattering, thickness, WAY)
    assert back.min() >= 0.0
    assert through.min() >= -1e-12
    assert ((back + through).sum(axis=0) <= 1.0 + 1e-9).all()


@QUICK
@given(melanin=st.floats(0.0, 4.0), blood=st.floats(0.0, 0.2))
def test_skin_sends_back_a_share_of_the_light(melanin, blood):
    draws = draws_of(8, vary=("knowledge", "person"))
    reflected, colour = seen(appearance.optics(site_skin(draws, age=35), draws), melanin, blood)
    assert reflected.min() > 0.0
    assert reflected.max() < 1.0
    rgb = appearance.srgb(appearance.xyz_of_lab(colour, EVIDENCE), EVIDENCE)
    assert ((rgb >= 0) & (rgb <= 255) & (rgb == np.rint(rgb))).all()


@pytest.mark.parametrize("phototype", PHOTOTYPES)
def test_blood_reddens_and_darkens_and_melanin_darkens(phototype):
    draws = draws_of(30, vary=("knowledge", "person"))
    model = appearance.optics(site_skin(draws, age=35, phototype=phototype), draws)
    plain, colour = seen(model)
    bloody, redder = seen(model, blood=0.01)
    shaded, darker = seen(model, melanin=1.3)
    assert (bloody <= plain).all()
    assert (shaded < plain).all()
    assert np.median(redder[:, 1] - colour[:, 1]) > 0.0
    assert (redder[:, 1] > colour[:, 1])[colour[:, 0] > 25.0].all()  # on the darkest skin nothing is left to see
    assert (appearance.ita(redder, EVIDENCE) < appearance.ita(colour, EVIDENCE)).all()
    assert (appearance.ita(darker, EVIDENCE) < appearance.ita(colour, EVIDENCE)).all()


@QUICK
@given(low=st.floats(0.0, 0.05), step=st.floats(1e-3, 0.05))
def test_more_blood_is_redder(low, step):
    draws = draws_of(6, vary=("knowledge", "person"))
    model = appearance.optics(site_skin(draws, age=35, phototype="II"), draws)
    assert (seen(model, blood=low + step)[1][:, 1] > seen(model, blood=low)[1][:, 1]).all()


def test_the_phototypes_darken_in_order_and_hide_the_same_blood_more_and_more():
    draws = draws_of(1, vary=())
    models = [appearance.optics(site_skin(draws, age=35, phototype=p), draws) for p in PHOTOTYPES]
    angles = [float(appearance.ita(seen(m)[1], EVIDENCE)[0]) for m in models]
    rises = [float(seen(m, blood=0.01)[1][0, 1] - seen(m)[1][0, 1]) for m in models]
    assert angles == sorted(angles, reverse=True)
    assert rises == sorted(rises, reverse=True)
    assert angles[0] > 41.0
    assert angles[-1] < -30.0


@QUICK
@given(first=st.floats(0.0, 0.5), more=st.floats(0.0, 0.5))
def test_blood_never_falls_with_the_index(first, more):
    draws = draws_of(6, vary=("knowledge", "person"))
    model = appearance.optics(site_skin(draws, age=35), draws)
    blood, _ = course.blood_of(np.tile([first, first + more], (6, 1)), model, draws)
    assert (blood[:, 1] >= blood[:, 0]).all()
    assert (blood[:, 1] <= draws("largest_blood_fraction", "1") * (1 + 1e-12)).all()


def history_of(count, danger=1.0, pigment=0.0, sessions=(0.0, 28.0), failed=False):
    """Inflammation that fades within days after each session, pigment that stays."""
    time = np.unique(np.concatenate([np.linspace(s, 100.0, 60) for s in (*sessions, 0.0)]))
    states = ("danger", "neutrophils", "vegf", "vessels", "pigment_drive")
    values = np.zeros((count, len(LAYERS), time.size, len(states)))
    for start in sessions:
        after = np.where(time >= start, np.exp(-(time - start) / 2.0), 0.0)
        values[..., 0] = np.maximum(values[..., 0], danger * after)
    values[..., 3] = 1.0
    values[..., 4] = pigment * (time > 3.0)
    if failed:
        values[0] = np.nan
    share = np.full((count, len(LAYERS), len(sessions)), 0.2)
    done = np.zeros((count, len(LAYERS)), int)
    brought = {
        "inflammation": np.full((count, len(sessions)), danger),
        "cut_vessels": np.full((count, len(sessions)), 300.0),
    }
    return TissueHistory(
        "cheek", time, np.array(sessions), states, values, share, share, done, clearing=np.full(count, 5.0), **brought
    )


def test_skin_reddens_at_once_and_pales_again_and_pigment_stays():
    draws = draws_of(20, vary=("knowledge", "person"))
    skin = site_skin(draws, age=35)
    plain = appearance.look(skin, history_of(20), draws)
    tanned = appearance.look(skin, history_of(20, pigment=0.5), draws)
    assert plain.days[0] == 0.0
    assert (plain.redder[:, 0] == 0.0).all()
    middle = np.median(plain.redder, axis=0)
    assert middle[1] > middle[5] >= 0.0
    late = -1
    assert (appearance.ita(tanned.colours, EVIDENCE)[:, late] < appearance.ita(plain.colours, EVIDENCE)[:, late]).all()
    assert (appearance.ita(plain.colours, EVIDENCE)[:, 1] <= appearance.ita(plain.colours, EVIDENCE)[:, 0]).all()


def test_a_day_of_needling_is_shown_before_it():
    draws = draws_of(5, vary=("knowledge", "person"))
    looks = appearance.look(site_skin(draws, age=35), history_of(5), draws)
    assert not np.isin(28.0, looks.days)
    eve = looks.days[(looks.days > 27.9) & (looks.days < 28.0)]
    assert eve.size == 1
    assert (np.median(looks.redder, axis=0)[looks.days == eve] < np.median(looks.redder, axis=0)[1]).all()


def test_a_draw_that_failed_to_heal_has_no_colour_and_spoils_no_other():
    draws = draws_of(5, vary=("knowledge", "person"))
    whole, broken = (
        appearance.look(site_skin(draws, age=35), history_of(5, failed=f), draws).colours for f in (False, True)
    )
    assert np.isnan(broken[0, 1:]).any()
    assert broken[1:] == pytest.approx(whole[1:])


def test_readings_and_curves_carry_names_of_the_catalogue():
    draws = draws_of(5, vary=("knowledge", "person"))
    looks = appearance.look(site_skin(draws, age=35), history_of(5), draws)
    readings = appearance.readings("cheek", looks, draws)
    named = {reading.name for reading in readings} | {curve.name for curve in appearance.curves("cheek", looks)}
    assert named <= set(draws.evidence.quantities)
    assert {reading.unit for reading in readings if reading.name == "ita"} == {"deg"}
    assert all(draws.evidence.grade(name) == "E" for name in named)
