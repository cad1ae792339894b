"""Guards against arithmetic by hand, measured plasma levels, and the screening, which has the same limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import draws_of, medians, treated
from dermatwin.case import Case
from dermatwin.delivery import find_product, products
from dermatwin.delivery.guard import Application, absorbed_guards, applied_guards, judge, plasma_bound
from dermatwin.delivery.solute import solutes
from dermatwin.evidence import Draws, Evidence
from dermatwin.screening import allowance, anaesthetic_check
from dermatwin.screening.agent import agent_of

EVIDENCE = Evidence.packaged()
AGENTS = sorted(name for name, solute in solutes(EVIDENCE).items() if solute.numbs)

CREAMS = ("EMLA", "LMX4", "Pliaglis", "Ametop", "lidocaine 5 % cream", "benzocaine gel", "numbing balm")
STOPPING = {
    "anaesthetic_label_mass",
    "anaesthetic_label_area",
    "anaesthetic_time",
    "anaesthetic_lidocaine_limit",
    "anaesthetic_lidocaine_label",
    "anaesthetic_dose_unknown",
}
quick = settings(max_examples=25, deadline=None)


def numbed(product: str, dose: float, area: float, hours: float, weight: float, age: float) -> Case:
    topical = {"product": product, "dose": f"{dose} mg/cm^2", "apply": f"-{hours} h", "remove": "0 min"}
    course = {"sessions": {"count": 1, "interval": "4 weeks"}, "topicals": [topical]}
    return treated(area=f"{area} cm^2", course=course, age=f"{age} yr", body_weight=f"{weight} kg")


def guards_of(case: Case, p: Draws) -> tuple[Any, ...]:
    topical, area = case.course.topicals[0], case.zones[0].area
    label = agent_of(topical, EVIDENCE, case.patient.age)
    assert label is not None
    hours = None if topical.remove is None else topical.remove - topical.apply
    return applied_guards([Application(label, topical.dose * area, area, hours)], allowance(case.patient, EVIDENCE), p)


@given(
    product=st.sampled_from(CREAMS),
    dose=st.floats(1.0, 300.0),
    area=st.floats(5.0, 700.0),
    hours=st.floats(0.1, 7.0),
    weight=st.floats(4.0, 110.0),
    age=st.floats(0.3, 80.0),
)
@quick
def test_a_guard_stops_where_the_screening_does(
    product: str, dose: float, area: float, hours: float, weight: float, age: float
) -> None:
    case = numbed(product, round(dose, 1), round(area), round(hours, 1), round(weight, 1), round(age, 1))
    found = {finding.rule for finding in anaesthetic_check(case, EVIDENCE) if finding.stops} & STOPPING
    stops = any(guard.verdict == "stop" for guard in guards_of(case, medians()))
    assert stops == bool(found), found


def test_shares_of_a_label_by_hand() -> None:
    """EMLA, adult: 60 g, 400 cm2, 5 h; lidocaine 4.5 mg/kg x 60 kg = 270 mg."""
    case = numbed("EMLA", 100.0, 100.0, 1.0, 60.0, 40.0)  # 10 g with 250 mg of lidocaine
    found = {guard.what: guard for guard in guards_of(case, medians())}
    assert found["EMLA applied"].share == pytest.approx(10.0 / 60.0)
    assert found["area under EMLA"].share == pytest.approx(0.25)
    assert found["time under EMLA"].applied == pytest.approx(60.0)
    assert found["time under EMLA"].limit == pytest.approx(300.0)
    assert found["lidocaine applied"].share == pytest.approx(250.0 / 270.0)
    assert [found[what].verdict for what in found] == ["ok", "ok", "ok", "caution"]


def test_products_add_up_and_broken_skin_stops() -> None:
    case = numbed("LMX4", 50.0, 60.0, 0.5, 60.0, 40.0)  # 120 mg of lidocaine
    label = agent_of(case.course.topicals[0], EVIDENCE, 40.0)
    assert label is not None
    one = Application(label, 3000.0, 60.0, 0.5)
    twice = {guard.what: guard for guard in applied_guards([one, one], allowance(case.patient, EVIDENCE), medians())}
    assert twice["lidocaine applied"].applied == pytest.approx(240.0)
    broken = applied_guards(
        [Application(label, 3000.0, 60.0, 0.5, on_channels=True)], allowance(case.patient, EVIDENCE), medians()
    )
    assert [guard.verdict for guard in broken if "open channels" in guard.what] == ["stop"]
    left = applied_guards([Application(label, 3000.0, 60.0, None)], allowance(case.patient, EVIDENCE), medians())
    assert any(guard.verdict == "stop" and guard.applied is None for guard in left)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.0, "ok"), (0.49, "ok"), (0.5, "caution"), (1.0, "caution"), (1.01, "stop")]
)
def test_verdicts_at_their_edges(share: float, verdict: str) -> None:
    assert judge(share, medians()) == verdict


def test_absorbed_by_hand() -> None:
    """52.5 mg in 70 kg with 1.5 l/kg is 0.5 mg/l, half of the level where signs may start."""
    (guard,) = absorbed_guards({"lidocaine": np.array([52.5])}, 70.0, medians())
    assert plasma_bound("lidocaine", np.array([52.5]), 70.0, medians()) == pytest.approx(0.5)
    assert guard.share == pytest.approx(0.5)
    assert guard.limit == pytest.approx(105.0)
    assert guard.unit == "mg"
    assert guard.verdict == "caution"
    assert "pliaglis_label" in guard.sources


def test_agents_add_up_and_the_high_end_is_judged() -> None:
    p = draws_of(200)
    absorbed = {"lidocaine": np.linspace(0.0, 60.0, p.count), "prilocaine": np.linspace(0.0, 60.0, p.count)}
    one, other, both = absorbed_guards(absorbed, 70.0, p)
    assert both.what == "all anaesthetics absorbed"
    levels = {"lidocaine": 1.0, "prilocaine": 1.2}  # mg/l
    sums = sum(plasma_bound(agent, mass, 70.0, p) / levels[agent] for agent, mass in absorbed.items())
    assert both.share == pytest.approx(np.quantile(sums, 0.95))
    assert all(part.share is not None and part.share < both.share for part in (one, other) if both.share is not None)
    assert one.applied == pytest.approx(57.0)  # 95 % of 60


@given(agent=st.sampled_from(AGENTS), mass=st.floats(0.0, 500.0), more=st.floats(1.0, 4.0), weight=st.floats(5.0, 120.0))
@quick
def test_more_absorbed_or_a_lighter_body_is_never_safer(agent: str, mass: float, more: float, weight: float) -> None:
    p, order = draws_of(20), ("ok", "caution", "stop")
    (base,) = absorbed_guards({agent: np.full(20, mass)}, weight, p)
    for amount, body in ((more * mass, weight), (mass, weight / more)):
        (worse,) = absorbed_guards({agent: np.full(20, amount)}, body, p)
        assert worse.share is not None
        assert base.share is not None
        assert worse.share >= base.share * (1.0 - 1e-12)
        assert order.index(worse.verdict) >= order.index(base.verdict)


@pytest.mark.parametrize(
    ("agent", "absorbed", "measured"),
    [
        ("lidocaine", 75.0, 0.12),
        ("prilocaine", 75.0, 0.07),  # 60 g of EMLA on the thigh, 400 cm2, 3 h: about 5 % of 1500 mg
        ("lidocaine", 25.0, 0.16),
        ("prilocaine", 25.0, 0.06),  # 10 g on the face, 100 cm2, 2 h: about 10 % of 250 mg
    ],
)
def test_the_bound_lies_above_measured_plasma_levels(agent: str, absorbed: float, measured: float) -> None:
    """UK label of EMLA (`emla_smpc_uptake`), for 70 kg; above, and within a factor of ten."""
    bound = float(plasma_bound(agent, np.array([absorbed]), 70.0, medians())[0])
    assert measured < bound < 10.0 * measured


def test_every_anaesthetic_of_the_catalogue_can_be_guarded() -> None:
    drugs = {
        c.solute.name for product in products(EVIDENCE).values() if product.kind == "anaesthetic" for c in product.contents
    }
    assert drugs <= set(AGENTS)
    for agent in AGENTS:
        assert absorbed_guards({agent: np.ones(3)}, 70.0, draws_of(3))[0].verdict in ("ok", "caution", "stop")
    with pytest.raises(KeyError):
        absorbed_guards({"procaine": np.ones(3)}, 70.0, draws_of(3))
    assert find_product("EMLA", EVIDENCE).kind == "anaesthetic"
