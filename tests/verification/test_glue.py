"""What lies between the stages: amounts keep their unit, sessions their number, differences their sign, people their place.

Every expected number is worked out by hand beside it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import case_of, channels_of, course_of, draws_of, exposure_of, history_of, medians, punctures_of, skin_of
from dermatwin import load_case
from dermatwin.case.document import Observation
from dermatwin.naming import Detail
from dermatwin.outcome import Belief, Course
from dermatwin.outcome.prediction import Arm, effects, trial_mean
from dermatwin.outcome.recovery import Soreness, readings, recover
from dermatwin.report.arms.story import groups
from dermatwin.report.chapters import opening, result
from dermatwin.report.paired import said
from dermatwin.twin import Endpoint, Run, compare, compare_observations, simulate, summarise
from dermatwin.twin.contrast import contrasted, difference
from dermatwin.twin.guards import guards
from dermatwin.twin.simulate import read

CREAM = {"product": "lidocaine 4 % cream", "dose": "10 mg/cm^2", "apply": "-40 min", "remove": "-5 min"}
EMLA = {"product": "EMLA", "dose": "100 mg/cm^2", "apply": "-90 min", "remove": "-5 min", "occluded": True}
SERUM = {"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}
CHEEK = {"zone": "cheek", "area": "50 cm^2"}
BROW = {"zone": "forehead", "area": "30 cm^2"}
AGENT = (("signs_plasma_level", "mg/l"), ("distribution_volume", "l/kg"))
READ = (1.0, 4.0, 24.0)  # h after a session
CASES = Path(__file__).parents[1] / "cases"


def numbed(run: Run, cleared: dict[str, list[float]]):
    """The zones of a run with so many ug/cm2 of lidocaine taken up in each zone's sessions."""
    return [replace(zone, exposures=taken(zone.zone.key, cleared.get(zone.zone.key, []))) for zone in run.zones]


def taken(zone: str, amounts: list[float]):
    return tuple(
        exposure_of(zone=zone, session=session, active="lidocaine", at_nerves=np.zeros((1, 2)), cleared=amount)
        for session, amount in enumerate(amounts)
    )


class TestAbsorbedAgainstItsLimit:
    @pytest.fixture(scope="class")
    @classmethod
    def run(cls):
        return simulate(
            case_of(zones=[CHEEK, BROW], course=course_of("cheek", "forehead", topicals=[CREAM])), draws=1, seed=1
        )

    def absorbed(self, run, cleared):
        found = guards(run.case, numbed(run, cleared), medians())
        return next(guard for guard in found if guard.what == "lidocaine absorbed")

    def test_microgrammes_per_area_become_milligrammes(self, run):
        """100 ug/cm2 under 50 cm2 and 200 ug/cm2 under 30 cm2 are 5 and 6 mg."""
        guard = self.absorbed(run, {"cheek": [100.0], "forehead": [200.0]})
        assert (guard.applied, guard.unit) == (pytest.approx(11.0), "mg")

    def test_against_volume_weight_and_level(self, run):
        p = medians()
        level, volume = (p.median(f"{name}[lidocaine]", unit) for name, unit in AGENT)
        guard = self.absorbed(run, {"cheek": [100.0]})
        assert guard.limit == pytest.approx(level * volume * 65.0)
        assert guard.share == pytest.approx(5.0 / (level * volume * 65.0))
        assert guard.verdict == "ok"

    def test_the_verdict_turns_at_the_limit(self, run):
        """The amount per area that takes up exactly the limit, a tenth more and a tenth less of it."""
        limit = self.absorbed(run, {"cheek": [1.0]}).limit
        edge = limit * 1000.0 / 50.0
        assert self.absorbed(run, {"cheek": [1.1 * edge]}).verdict == "stop"
        assert self.absorbed(run, {"cheek": [0.9 * edge]}).verdict == "caution"
        assert self.absorbed(run, {"cheek": [0.1 * edge]}).verdict == "ok"

    def test_sessions_do_not_add_up_and_the_largest_counts(self, run):
        guard = self.absorbed(run, {"cheek": [100.0, 300.0], "forehead": [200.0, 10.0]})
        assert guard.applied == pytest.approx(300.0 * 0.05 + 10.0 * 0.03)

    def test_what_is_put_on_counts_all_zones_of_the_fullest_session(self, run):
        """4 % of 10 mg/cm2 on 80 cm2 are 32 mg; the limit is 4.5 mg/kg, 65 kg."""
        (guard,) = (guard for guard in guards(run.case, run.zones, medians()) if guard.what == "lidocaine applied")
        assert (guard.applied, guard.limit, guard.unit) == (pytest.approx(32.0), pytest.approx(292.5), "mg")


class TestSessions:
    """What belongs to session k touches session k and nothing before it."""

    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls):
        courses = ([], [{**EMLA, "sessions": [2]}, {**SERUM, "sessions": [3]}])
        return [simulate(case_of(course=course_of("cheek", count=4, topicals=each)), draws=6, seed=2) for each in courses]

    def values(self, run, name):
        return run.find(name, "cheek")[0].values

    def test_products_lie_where_they_were_put(self, runs):
        exposures = runs[1].zones[0].exposures
        assert {(one.session, one.product) for one in exposures} == {(1, "emla_cream"), (2, "hyaluronic_acid_gel")}
        assert [numb.session for numb in runs[1].zones[0].numb] == [1]

    @pytest.mark.parametrize("session", [1, 3, 4])
    def test_other_sessions_hurt_as_before(self, runs, session):
        plain, with_cream = (self.values(run, f"pain_vas[{session}]") for run in runs)
        np.testing.assert_array_equal(plain, with_cream)

    def test_its_own_session_hurts_less(self, runs):
        plain, with_cream = (self.values(run, "pain_vas[2]") for run in runs)
        assert (with_cream <= plain).all()
        assert np.median(with_cream / plain) < 0.9

    def test_readings_of_products_carry_their_day(self, runs):
        days = runs[1].case.session_days
        found = {(e.detail.active, e.time_days) for e in runs[1].endpoints if e.quantity == "dermal_amount"}
        assert {day for active, day in found if active == "lidocaine"} == {days[1] + hour / 24.0 for hour in READ}
        assert {day for active, day in found if active and "hyaluron" in active} == {days[2] + hour / 24.0 for hour in READ}
        assert not [e for e in runs[0].endpoints if e.quantity == "dermal_amount"]

    def test_what_is_put_on_in_the_last_session_is_guarded(self):
        for sessions, applied in (([1], True), ([2], True), ([3], False)):
            case = case_of(course=course_of("cheek", topicals=[{**CREAM, "sessions": sessions}]))
            assert any(guard.what == "lidocaine applied" for guard in guards(case, (), medians())) is applied

    def test_zones_keep_their_own_products(self):
        course = course_of("cheek", "forehead", topicals=[{**SERUM, "zones": ["forehead"]}])
        run = simulate(case_of(zones=[CHEEK, BROW], course=course), draws=2, seed=2)
        assert not run.zone("cheek").exposures
        assert {one.session for one in run.zone("forehead").exposures} == {0, 1}


class TestOddUnits:
    """The case of odd units is the plain one, written otherwise."""

    def test_the_same_numbers(self, tmp_path):
        odd = load_case(CASES / "odd_units.yaml")
        emla = {"product": "EMLA", "dose": "100 mg/cm^2", "apply": "-60 min", "remove": "-5 min"}
        plain = case_of(course=course_of("cheek", topicals=[SERUM, emla]))
        mine, theirs = (simulate(case, draws=4, seed=1) for case in (plain, odd))
        assert [end.name for end in mine.endpoints] == [end.name for end in theirs.endpoints]
        for one, other in zip(mine.endpoints, theirs.endpoints, strict=True):
            np.testing.assert_allclose(one.values, other.values, rtol=1e-9, atol=1e-12, err_msg=one.name)
        assert mine.guards == tuple(
            replace(guard, applied=mine_.applied, share=mine_.share, limit=mine_.limit)
            for guard, mine_ in zip(theirs.guards, mine.guards, strict=True)
        )


class TestObservedBesidePredicted:
    def seen(self, small_run, unit, **more):
        where = {"quantity": "in_situ_depth", "zone": "cheek", "time": "0 d", "value": 1.0, "unit": unit}
        observation = Observation.model_validate({**where, **more})
        case = small_run.case.model_copy(update={"observations": [observation]})
        (found,) = compare_observations(replace(small_run, case=case))
        return found

    @pytest.mark.parametrize(("unit", "many"), [("mm", 1.0), ("um", 1000.0), ("cm", 0.1)])
    def test_a_prediction_is_told_in_the_unit_of_what_was_observed(self, small_run, unit, many):
        low, median, high = small_run.find("in_situ_depth", "cheek")[0].band
        assert small_run.find("in_situ_depth", "cheek")[0].unit == "mm"
        found = self.seen(small_run, unit)
        assert (found.low, found.median, found.high) == pytest.approx((many * low, many * median, many * high))

    @pytest.mark.parametrize(
        ("at", "bound", "inside"),
        [
            ("median", None, True),
            ("below", None, False),
            ("above", None, False),
            ("below", "upper", False),
            ("median", "upper", True),
            ("above", "upper", True),
            ("below", "lower", True),
            ("above", "lower", False),
        ],
    )
    def test_inside_in_another_unit(self, small_run, at, bound, inside):
        low, median, high = small_run.find("in_situ_depth", "cheek")[0].band
        value = {"below": 0.5 * low, "median": median, "above": 2.0 * high}[at] * 1000.0
        more = {"bound": bound} if bound else {}
        assert self.seen(small_run, "um", value=value, **more).inside is inside


def endpoint(values, quantity="in_situ_depth", unit="mm", detail=None, time=0.0):
    return Endpoint(quantity, detail or Detail(), quantity, "cheek", unit, time, np.asarray(values, float), "B", ("a",))


class TestBands:
    def test_quantiles_of_the_draws(self):
        """Of 0 to 100 the 5 %, 50 % and 95 % quantiles are 5, 50 and 95."""
        told = endpoint(np.random.default_rng(1).permutation(101)).summary()
        assert (told["p05"], told["median"], told["p95"], told["failed_draws"]) == (5.0, 50.0, 95.0, 0)

    def test_failed_draws_are_counted_and_left_out(self):
        told = endpoint([*range(101), np.nan, np.inf]).summary()
        assert (told["p05"], told["median"], told["p95"], told["failed_draws"]) == (5.0, 50.0, 95.0, 2)

    def test_nobody_left(self):
        told = endpoint([np.nan, np.nan]).summary()
        assert (told["p05"], told["median"], told["p95"], told["failed_draws"]) == (None, None, None, 2)

    def test_a_draw_that_failed_to_heal_fails_nobody_else(self, small_run):
        """Read again with the healing of person 0 lost: what healing says loses one draw, what needles say loses none."""
        (zone,) = small_run.zones
        values, means, status = zone.history.values.copy(), zone.history.means.copy(), zone.history.status.copy()
        values[0], means[0], status[0, 1] = np.nan, np.nan, 1
        broken = replace(zone, history=replace(zone.history, values=values, means=means, status=status))
        whole, again = (
            read(small_run.case, small_run.screening, (one,), small_run.reference, small_run.guards, draws_of(40, seed=7))
            for one in (zone, broken)
        )
        told = summarise(again)
        assert told["failed"] == {"cheek": 1}
        lost = 0
        for before, after in zip(whole.endpoints, again.endpoints, strict=True):
            np.testing.assert_array_equal(before.values[1:], after.values[1:], err_msg=before.name)
            assert after.failed - before.failed in (0, 1)
            lost += after.failed - before.failed
        assert lost > 20
        assert not again.find("in_situ_depth")[0].failed
        assert again.find("relative_improvement")[0].failed == 1


class TestDifferences:
    """Second arm minus first; 'more' is said of the second arm."""

    def test_by_hand(self):
        """2-1, 4-1, 6-10 and 3-3: the middle is 0.5, two of four are larger and one alike."""
        found = difference(np.array([2.0, 4.0, 6.0, 3.0]), np.array([1.0, 1.0, 10.0, 3.0]))
        assert found.median == pytest.approx(0.5)
        assert (found.larger, found.equal, found.people) == (0.625, 0.25, 4)
        assert found.ratio is not None
        assert found.ratio[1] == pytest.approx(1.5)  # of 2, 4, 0.6 and 1

    def test_bands(self):
        """101 people whose difference is 0 to 100."""
        found = difference(np.arange(101.0) - 500.0, np.full(101, -500.0))
        assert (found.low, found.median, found.high) == (5.0, 50.0, 95.0)

    @pytest.mark.parametrize(("second", "words"), [(3.0, "more in all"), (0.5, "less in all")])
    def test_in_words(self, second, words):
        row = contrasted([endpoint(np.ones(5)), endpoint(second * np.ones(5))])
        assert said(row, 1).people == words
        assert float(said(row, 1).size.removeprefix("×\u202f")) == second

    @pytest.mark.parametrize(("second", "size"), [(1.0, "+3.0 mm"), (-5.0, "−3.0 mm")])
    def test_without_a_multiple(self, second, size):
        row = contrasted([endpoint(-2.0 * np.ones(5)), endpoint(second * np.ones(5))])
        assert said(row, 1).size.replace("\u202f", " ").replace("\u00a0", " ") == size


SCALED = {"acne_scar": ("goodman_baron_quantitative", True), "hair_loss_aga": ("", False)}


class TestBetterAndWorse:
    """Both directions of scale: a score of scars that should fall, a count of hairs that should rise."""

    @pytest.fixture(scope="class", params=SCALED)
    @classmethod
    def found(cls, request):
        site = {"acne_scar": "cheek", "hair_loss_aga": "scalp"}[request.param]
        zones = [{"zone": site, "area": "50 cm^2", "concerns": [{"concern": request.param}]}]
        cases = [
            case_of(zones=zones, course=course_of(site, settings={"needle_length": length}))
            for length in ("0.5 mm", "1.5 mm")
        ]
        return compare(cases, ["short", "long"], 30, 4), SCALED[request.param][1]

    def test_the_stronger_course_moves_the_scale_to_its_good_side(self, found):
        contrast, lower = found
        rows = [
            row for row in contrast.rows if row.first.quantity == "trial_mean_scale_change" and row.first.time_days > 30.0
        ]
        assert rows
        for row in rows:
            assert np.sign(np.median(row.arms[1].values)) == (-1.0 if lower else 1.0)
            assert (row.differences[0].median < 0.0) is lower
            assert (row.differences[0].larger < 0.5) is lower

    def test_improvement_is_positive_in_either(self, found):
        contrast, _ = found
        for run in contrast.runs:
            assert all(np.median(e.values) > 0.0 for e in run.find("trial_mean_relative_improvement") if e.time_days > 30.0)

    def test_arrows_of_the_forest(self, found):
        contrast, lower = found
        told = result.result(contrast.runs[1])
        assert told is not None
        scaled = [block for block in told.blocks if not block.unit.endswith("%")]
        assert [block.direction for block in scaled] == [
            ("← better", "worse →") if lower else ("← worse", "better →") for _ in scaled
        ]
        assert scaled

    def test_words_of_the_head_and_of_the_comparison(self, found):
        contrast, lower = found
        (row,) = opening.opening(contrast.runs[1]).rows
        (figure,) = (one for one in row.figures if one is not None and one.label == "Change to expect")
        right, wrong = ("less is better", "more is better")[:: 1 if lower else -1]
        assert f"({right})" in figure.note
        notes = [line.note for _, lines in groups(contrast) for line in lines if line.row.first.detail.scale]
        assert notes
        assert all(right in note and wrong not in note for note in notes)


def signs(closed_h: float, dose: float = 0.0):
    """Readings after the first session of one typical person whose channels are shut to a dye after `closed_h` hours."""
    p, hours = medians(), closed_h * np.array([0.1, 1.0, 2.0, 4.0])  # TEWL, dye, impedance, OCT
    course = Course(
        history_of(dose=dose, activated=0.5 if dose else 0.0), [punctures_of()], [channels_of(closure_time=hours)]
    )
    after = recover(course, 0, skin_of(), Soreness(np.zeros(1), np.zeros(1)), Belief(p))
    return {one.quantity: one for one in readings(course, 0, after, skin_of(), p)[0]}


class TestDowntime:
    def test_make_up_waits_for_the_channels_in_days(self):
        """Nothing is red; shut after 30 h is a day and a quarter."""
        found = signs(30.0)
        assert found["downtime_unnoticeable"].values == 0.0
        assert (found["downtime_makeup"].unit, found["downtime_makeup"].values) == ("d", pytest.approx(1.25))

    def test_make_up_waits_for_the_redness_where_that_takes_longer(self):
        quick, slow = signs(0.5, dose=5.0), signs(200.0, dose=5.0)
        assert quick["downtime_makeup"].values > 0.5 / 24.0
        assert slow["downtime_makeup"].values == pytest.approx(200.0 / 24.0)
        assert quick["downtime_makeup"].values < slow["downtime_makeup"].values

    def test_bleeding_points_are_the_punctures_that_bleed(self):
        """300 per cm2, 40 % of them."""
        assert signs(30.0)["bleeding_points"].values == pytest.approx(120.0)


class TestDrift:
    """What untreated skin does by itself is in every answer."""

    P = draws_of(200, seed=5)
    NEEDLED = Arm("needle", "acne_scar", ())

    def test_untreated_skin_drifts_with_the_trials(self):
        found = trial_mean(Arm("untreated", "acne_scar", ()), np.zeros((200, 3)), self.P)
        known = effects(self.P)
        rater = known.pooled.drift_between * self.P.luck.normal("knowledge", "study effect")[:, 0]
        np.testing.assert_allclose(found, np.tile((known["drift"] + rater)[:, None], 3))
        assert abs(np.median(known["drift"])) > 0.01

    def test_no_injury_leaves_the_drift_alone(self):
        found = trial_mean(self.NEEDLED, np.zeros((200, 1)), self.P)
        np.testing.assert_allclose(found[:, 0], effects(self.P)["drift"])

    def test_the_usual_injury_has_left_the_drift_behind_where_needling_works(self):
        known, found = effects(self.P), trial_mean(self.NEEDLED, np.ones((200, 1)), self.P)
        works, own = known.works("needles"), known.new("study", "study effect") + known.new("arm", "arm effect")
        whole = np.where(works > 0.0, known["needle"] + known["concern:acne_scar"], known["drift"])
        np.testing.assert_allclose(found[:, 0], whole + own)
        assert 0.0 < 1.0 - works.mean() < 0.3

    def test_what_is_not_believed_is_the_gain_and_not_the_drift(self):
        found = trial_mean(self.NEEDLED, np.ones((200, 1)), self.P, believed=0.0)
        np.testing.assert_allclose(found[:, 0], effects(self.P)["drift"])
