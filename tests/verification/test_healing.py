"""The healing network against closed forms, its own model file, and the prototype that it reproduces."""

import re

import numpy as np
import pytest
from scipy.integrate import quad

from builders import draws_of, punctures_of, skin_of
from dermatwin.case.document import Patient
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.healing import ModifierRow
from dermatwin.healing import antimony, elimination, generate, heal, readings
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.course import time_grid
from dermatwin.healing.injury import closure_time, halo_area, injury_of
from dermatwin.healing.person import constants
from dermatwin.history import stranger

EVIDENCE = Evidence.packaged()
PRIOR = EVIDENCE.before_fits()  # where the prototype's values stand
NETWORK = antimony.read()
PATIENT = Patient.model_validate({"age": "25 yr", "sex": "female", "phototype": "III"})
PERSON = stranger(PATIENT, Evidence.packaged())
HOLE = 0.124  # mm, a 0.25 mm needle


def injury_of_the_prototype(draws, density):
    """Share, activation and destroyed share of one radius of halo: f_a = 1 - exp(-n pi (r + lam)^2), d = n pi r^2/f_a."""
    radius, reach = 0.5 * HOLE, draws.median("signalling_length", "mm")
    share = -np.expm1(-0.01 * density * np.pi * (radius + reach) ** 2)
    destroyed = 0.01 * density * np.pi * radius**2 / share
    return share, destroyed / (destroyed + draws.median("damage_half_activation", "1")), destroyed


def struck(count=1, density=250.0, vary=frozenset()):
    """Constants and the state just after one session as hard as the prototype's, whose alarm does not touch collagen."""
    draws = draws_of(count, vary=vary, evidence=PRIOR)
    p, _ = constants(skin_of(count), PERSON, draws)
    p[:, kernel.CONSTANTS.index("collagen_alarm_half")] = 1e12
    _, activation, destroyed = injury_of_the_prototype(draws, density)
    y = kernel.untreated(p)
    kernel.session(y, p, np.full(count, activation), np.full(count, destroyed))
    return p, y


def course(p, y, times):
    return kernel.integrate(y, p, float(times[-1]), times, 1e-7, 1e-9, -1e-6)[1]


def test_the_kernel_is_what_the_model_file_says():
    assert generate.TARGET.read_text(encoding="utf-8") == generate.text(NETWORK), "python -m dermatwin.healing.generate"


def test_every_constant_has_a_parameter_in_its_unit():
    own = {"pigment_of_skin", *NETWORK.derived, *generate.EVENT_CONSTANTS}
    for name in set(NETWORK.constants) - own:
        assert EVIDENCE.parameters[name].unit == NETWORK.units[name], name


def names_in(expression):
    """States and constants behind an expression, assignment rules and derived constants opened up."""
    found = set()
    for name in re.findall(r"[A-Za-z_]\w*", expression):
        opened = NETWORK.assignments.get(name) or NETWORK.derived.get(name)
        found |= names_in(opened) if opened else {name}
    return found - set(NETWORK.functions)


@pytest.mark.parametrize("state", NETWORK.states)
def test_the_catalogue_names_what_a_rate_uses(state):
    quantity = EVIDENCE.quantities[state]
    used = names_in(NETWORK.rates[state]) | (names_in(NETWORK.events["session"].get(state, "")) - {state})
    constants_used = used & set(NETWORK.constants) - {"pigment_of_skin", "activation", "destroyed_share"}
    changes = {row.factor for row in EVIDENCE.rows(ModifierRow) if row.constant in constants_used}
    assert constants_used | changes <= set(quantity.parameters)
    assert (used & set(NETWORK.states)) - {state} <= set(quantity.uses)


@pytest.mark.parametrize("state", NETWORK.states)
def test_the_catalogue_tells_the_rate_that_is_integrated(state):
    """What comes after a semicolon are abbreviations and what a session does."""
    told = EVIDENCE.quantities[state].equation.partition(";")[0]
    rate = NETWORK.rates[state]
    if state == "proto_myofibroblasts":
        state, rate = "proto", re.sub("proto_myofibroblasts", "proto", rate)
    assert told.replace(" ", "") == f"d/dt{state}={rate}".replace(" ", "")


def test_modifiers_change_constants_of_the_network():
    assert {row.constant for row in EVIDENCE.rows(ModifierRow)} <= set(kernel.CONSTANTS)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("  species x\n", "states and rates differ"),
        ("  const a\n", "not used"),
        ("  x' = y\n", "states and rates"),
        ("  species x\n  x' = y\n", "not declared"),
        ("  A -> B; k*A\n", "subset"),
        ("  species x, x\n  x' = 1\n", "twice"),
    ],
)
def test_a_model_file_that_does_not_fit_is_refused(tmp_path, line, why):
    path = tmp_path / "network.ant"
    path.write_text(f"model m()\n{line}end\n")
    with pytest.raises(antimony.NetworkError, match=why):
        antimony.read(path)


def test_jacobian_is_the_derivative_of_the_rates():
    p, _ = struck()
    y = np.random.default_rng(1).uniform(0.2, 0.9, len(kernel.STATES))
    exact = np.zeros((y.size, y.size))
    kernel.jacobian(y, p[0], exact)
    step = 1e-6
    up, down = np.zeros(y.size), np.zeros(y.size)
    for column in range(y.size):
        shift = step * np.eye(y.size)[column]
        kernel.rates(y + shift, p[0], up)
        kernel.rates(y - shift, p[0], down)
        np.testing.assert_allclose(exact[:, column], (up - down) / (2 * step), rtol=1e-5, atol=1e-7)


def test_sparse_elimination_solves_the_full_system():
    p, y = struck()
    n = y.shape[1]
    j, lu = np.zeros((n, n)), np.zeros((n, n))
    kernel.jacobian(y[0], p[0], j)
    right = np.random.default_rng(2).normal(size=n)
    found = right.copy()
    kernel.eliminate(j, 40.0, lu)
    kernel.substitute(lu, found)
    np.testing.assert_allclose(found, np.linalg.solve(40.0 * np.eye(n) - j, right), rtol=1e-12)


def test_elimination_order_leaves_an_arrow_without_fill():
    arrow = {(i, i) for i in range(6)} | {(0, i) for i in range(6)} | {(i, 0) for i in range(6)}
    assert elimination.order(arrow, 6)[-2:] in ([0, 5], [5, 0], [4, 0], [0, 4])
    factor, _ = elimination.statements(arrow, 6)
    assert not any("lu[1, 2]" in line for line in factor)


def test_untreated_skin_is_at_rest_exactly():
    p, _ = constants(skin_of(50), PERSON, draws_of(50, vary=("knowledge", "person"), evidence=PRIOR))
    speed = np.ones(len(kernel.STATES))
    for row, y in zip(p, kernel.untreated(p), strict=True):
        kernel.rates(y, row, speed)
        np.testing.assert_array_equal(speed, 0.0)


@pytest.mark.parametrize("gain", [0.2, 0.699, 0.95])
def test_the_halo_is_the_participation_area_of_its_signals(gain):
    """1 / integral p_F p_S by quadrature in the Fourier plane, p of danger with reach lam/sqrt(1 - g), then two of lam."""
    reach = 0.16
    overlap, _ = quad(lambda s: 1.0 / ((1.0 + reach**2 / (1.0 - gain) * s) ** 2 * (1.0 + reach**2 * s) ** 2), 0.0, np.inf)
    assert halo_area(np.array([reach]), np.array([gain]))[0] == pytest.approx(4.0 * np.pi / overlap, rel=1e-6)


def test_an_injury_is_that_of_a_lonely_hole_or_of_a_whole_wound():
    draws = draws_of(1, vary=(), evidence=PRIOR)
    half, reach = draws.median("damage_half_activation", "1"), draws.median("signalling_length", "mm")
    lonely, everything = (injury_of(punctures_of(1, n, width=HOLE), draws) for n in (1e-3, 1e6))
    area = 1e-5 * np.pi * (0.5 * HOLE) ** 2
    seen = (0.5 * HOLE / (0.5 * HOLE + reach)) ** 2
    assert (lonely.activated_fraction * lonely.destroyed_share)[0, 1] == pytest.approx(area, rel=1e-3)
    assert (lonely.activated_fraction * lonely.activation)[0, 1] == pytest.approx(area / (seen + half), rel=1e-3)
    assert everything.activated_fraction[0, 1] == pytest.approx(1.0, abs=1e-3)
    assert everything.activation[0, 1] == pytest.approx(1.0 / (1.0 + half), rel=1e-3)


def test_the_alarm_holds_collagen_back_while_it_lasts():
    p, y = struck()
    freely = course(p, y, np.array([1.0]))[0, :, kernel.STATES.index("collagen_i")]
    p[:, kernel.CONSTANTS.index("collagen_alarm_half")] = 1.0
    held = course(p, y, np.array([1.0]))[0, :, kernel.STATES.index("collagen_i")]
    assert held[0] < y[0, kernel.STATES.index("collagen_i")]  # it falls below what the needles left
    assert held[0] < freely[0]


def test_closure_of_the_prototype():
    assert closure_time(np.array([0.062]), np.array([0.19]), np.array([0.17]))[0] * 24.0 == pytest.approx(11.9, abs=0.05)


@pytest.mark.parametrize(
    ("state", "day", "tolerance"),
    [
        ("neutrophils", 22 / 24, 0.05),
        ("macrophages_m1", 1.6, 0.1),
        ("macrophages_m2", 3.8, 0.1),
        ("vegf", 6.4, 0.1),
        ("fibroblasts", 6.4, 0.1),
        ("tgf_beta_3", 8.3, 0.1),
        ("vessels", 10.0, 0.7),
        ("collagen_i", 21.0, 1.0),
        ("collagen_iii", 21.0, 1.0),
    ],
)
def test_order_of_events_of_the_prototype(state, day, tolerance):
    p, y = struck()
    times = np.linspace(0.02, 60.0, 3000)
    found = course(p, y, times)[0, :, kernel.STATES.index(state)]
    assert times[found.argmax()] == pytest.approx(day, abs=tolerance)


def test_collagen_of_the_prototype_after_one_session():
    """+3.8, +2.3, +1.0 % at 90, 180, 365 d and 250 /cm2; +13, +8, +3 % at 1000 /cm2."""
    for density, expected in ((250.0, (3.8, 2.3, 1.0)), (1000.0, (13.0, 8.0, 3.0))):
        p, y = struck(density=density)
        share, _, _ = injury_of_the_prototype(draws_of(1, vary=(), evidence=PRIOR), density)
        found = share * (kernel.collagen(course(p, y, np.array([90.0, 180.0, 365.0])), p[:, None, :])[0] - 1.0)
        np.testing.assert_allclose(100.0 * found, expected, atol=0.5)


def test_after_twenty_years_all_but_slow_tissue_is_back():
    """What does not come back: debris (never), mature collagen and elastin (turnover of a decade or more), and with
    them the little that the epidermis owes to collagen."""
    p, y = struck()
    end = kernel.integrate(y, p, 20 * 365.0, np.array([1.0]), 1e-7, 1e-9, -1e-6)[0]
    change = dict(zip(kernel.STATES, (end - kernel.untreated(p))[0], strict=True))
    assert change.pop("elastotic_debris") < -0.02
    slow = {name: change.pop(name) for name in ("collagen_mature", "elastin", "epidermis")}
    assert max(map(abs, slow.values())) < 0.03
    assert max(map(abs, change.values())) < 1e-4


def test_the_mixture_agrees_with_all_histories_of_two_sessions():
    """Mean over a layer against the four possible histories of a point (hit or spared, twice), weighted."""
    draws = draws_of(1, vary=(), evidence=PRIOR)
    days, horizon = [0.0, 14.0], 120.0
    history = heal([punctures_of(1, 250.0, width=HOLE)] * 2, days, skin_of(), PERSON, horizon, draws)
    share = history.activated_fraction[0, 1, 0]
    p, _ = constants(skin_of(), PERSON, draws)
    injury = injury_of(punctures_of(1, 250.0, width=HOLE), draws)
    times = np.array([30.0, 60.0, 120.0])
    exact = np.zeros((times.size, len(kernel.STATES)))
    for first in (True, False):
        for second in (True, False):
            y = kernel.untreated(p)
            for hit, span in ((first, 14.0), (second, horizon - 14.0)):
                if hit:
                    kernel.session(y, p, injury.activation[:, 1], injury.destroyed_share[:, 1])
                y, out, _, _ = kernel.integrate(y, p, span, times - 14.0, 1e-7, 1e-9, -1e-6)
            weight = (share if first else 1.0 - share) * (share if second else 1.0 - share)
            exact += weight * out[0]
    for name in ("collagen_i", "collagen_iii", "collagen_mature", "epidermis", "elastotic_debris", "vessels"):
        found = np.interp(times, history.time, history.mean(name)[0, 1]) - history.mean(name)[0, 1, 0]
        change = exact[:, kernel.STATES.index(name)] - history.mean(name)[0, 1, 0]
        np.testing.assert_allclose(found, change, rtol=0.06, atol=1e-3, err_msg=name)


def test_grid_holds_sessions_marks_and_ends():
    days = [0.0, 28.0, 56.0, 84.0]
    grid = time_grid(days, 364.0, [112.0, 168.0, 266.0, 448.0])
    assert {*days, 112.0, 168.0, 266.0, 364.0} <= set(grid.tolist())
    assert grid.max() == 364.0
    assert 120 <= grid.size <= 160
    assert np.diff(grid).min() > 0.0
    assert np.diff(grid).max() <= 7.0


def test_readings_are_in_the_catalogue_and_at_the_marks():
    skin, draws = skin_of(), draws_of(1, vary=(), evidence=PRIOR)
    sessions = [punctures_of(1, 250.0, width=HOLE)] * 2
    history = heal(sessions, [0.0, 28.0], skin, PERSON, 364.0, draws)
    found = readings(history, sessions, skin, PATIENT, draws)
    assert {r.quantity for r in found} <= set(EVIDENCE.quantities)
    assert all(r.unit == EVIDENCE.quantities[r.quantity].unit for r in found)
    assert {r.time for r in found if r.name == "epidermal_thickness_change"} == {56.0, 112.0, 210.0}
    assert all(np.isfinite(r.values).all() for r in found)
