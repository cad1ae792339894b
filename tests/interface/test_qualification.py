"""The page of the scores: well-formed, self-contained, complete, and honest about what is not known."""

from __future__ import annotations

import copy
import re

import pytest

from dermatwin.evidence import MEASUREMENTS, Evidence
from dermatwin.evidence.rows.knowledge import TensionRow
from dermatwin.outcome.doubts import other_priors, unprinted_trials
from dermatwin.report import words
from dermatwin.report.qualification import judged, measured, render, told, trials
from dermatwin.report.qualification.fit import SPREADS, diagnostics
from dermatwin.report.qualification.page import reasons, runs
from dermatwin.report.qualification.tension import at
from dermatwin.validation import validate

from .test_report import NASTY, read

EVIDENCE = Evidence.packaged()
TENSIONS = EVIDENCE.rows(TensionRow)
NEEDLING = next(posterior for posterior in EVIDENCE.posteriors if posterior.name == "needling")


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured")
    for name in ("insertion.csv", "closure.csv", "outcomes.csv", "adverse_rates.csv"):
        (folder / name).write_bytes((MEASUREMENTS / name).read_bytes())
    return validate(folder, draws=20)


@pytest.fixture(scope="module")
def page(scores) -> str:
    return render(scores, EVIDENCE)


def section(page: str, key: str) -> str:
    """One chapter of the page."""
    return next(part for part in re.split(r'(?=<section class="chapter")', page) if f'id="{key}"' in part[:60])


def text_of(markup: str) -> str:
    return " ".join(" ".join(read(f"<div>{markup}</div>").text).split())


def entry(**changes):
    return {
        "row": 2,
        "source": "kalluri2011",
        "quantity": "closure_time_dye",
        "kind": "",
        "measured": 10.0,
        "bound": "",
        "median": 20.0,
        "p05": 5.0,
        "p95": 80.0,
        "inside": True,
        "scale": "log",
        "error": 0.3,
        "sign_right": None,
        "leans_on_itself": False,
        "unit": "h",
        "about": "",
        **changes,
    }


def test_one_well_formed_page_that_fetches_and_runs_nothing(page):
    found = read(page)
    assert len(found.ids) == len(set(found.ids))
    assert "<script" not in page
    links = [value for _, name, value in found.attributes if name in ("href", "src")]
    assert links
    assert all(link.startswith("#") and link[1:] in found.ids for link in links)
    assert not re.search(r"@import|url\(\s*['\"]?https?:", page)


def test_the_same_scores_give_the_same_bytes(scores, page):
    assert render(copy.deepcopy(scores), EVIDENCE) == page


def test_every_scored_row_is_drawn_with_what_was_measured(scores):
    for name in ("insertion.csv", "closure.csv"):
        chapter = section(render({**scores, "files": {name: scores["files"][name]}}, EVIDENCE), name.removesuffix(".csv"))
        predictions = scores["files"][name]["predictions"]
        assert chapter.count('class="observed"') == len(predictions)
        assert chapter.count(">outside<") == sum(not p["inside"] for p in predictions)
        assert {p["source"] for p in predictions} <= set(re.findall(r"\w+", text_of(chapter)))


def test_every_row_without_a_prediction_stands_under_its_reason(scores):
    missing = scores["files"]["adverse_rates.csv"]["not_predicted"]
    grouped = reasons(missing)
    assert sum(group.rows for group in grouped) == len(missing)
    assert [group.rows for group in grouped] == sorted((group.rows for group in grouped), reverse=True)
    assert len({group.reason for group in grouped}) == len({row["reason"] for row in missing})
    chapter = text_of(section(render(scores, EVIDENCE), "adverse-rates"))
    assert all(group.reason in chapter for group in grouped)
    assert all(row["source"] in chapter for row in missing)


@pytest.mark.parametrize(("lines", "text"), [([3], "3"), ([8, 7, 3, 9], "3, 7–9"), ([2, 4], "2, 4")])
def test_lines_in_a_row_are_a_range(lines, text):
    assert runs(lines) == text


def test_text_from_a_table_stays_text(scores):
    nasty = copy.deepcopy(scores)
    found = nasty["files"]["closure.csv"]
    found["predictions"][0].update(source=NASTY, about=NASTY, quantity=NASTY, unit=NASTY)
    found["quantities"][NASTY] = found["quantities"].pop("closure_time_dye")
    found["not_predicted"].append({"file": NASTY, "row": 3, "source": NASTY, "quantity": NASTY, "reason": NASTY})
    nasty["left_aside"] = {NASTY: NASTY}
    shown = render(nasty, EVIDENCE)
    read(shown)
    assert "<script" not in shown
    assert "<svg onload" not in shown
    assert "{{ 7 * 7 }}" in shown


def test_odd_scores_make_a_page(scores):
    odd = copy.deepcopy(scores)
    signs = entry(scale="sign", unit="", error=None, sign_right=False, quantity="direction")
    far = entry(measured=1e99, median=1e-300, p05=0.0, p95=1e80, inside=False, error=399.0)
    odd["files"]["closure.csv"]["predictions"] = [signs, far, entry(measured=0.0, error=None)]
    odd["files"]["insertion.csv"] = {
        **odd["files"]["insertion.csv"],
        "scored": 0,
        "coverage_90": None,
        "predictions": [],
        "quantities": {},
        "counted": {"coverage": 0, "log": 0, "absolute": 0, "sign": 0},
    }
    shown = render(odd, EVIDENCE)
    read(shown)
    assert "Direction predicted wrongly" in section(shown, "closure")


class TestFigures:
    def test_a_place_on_a_log_axis(self):
        scale = measured.scale_of([entry(measured=1.0, median=100.0, p05=1.0, p95=100.0)])
        assert (scale.low, scale.high, scale.log) == (1.0, 100.0, True)
        assert scale.share(10.0) == pytest.approx(0.5)

    def test_a_band_that_leaves_the_axis_is_cut_and_says_so(self):
        scale = measured.scale_of([entry(measured=20.0, median=30.0, p05=1e-13, p95=90.0)])
        assert scale.low == pytest.approx(1.0)
        assert told.band(1e-13, 90.0, scale).startswith("<")

    def test_units_and_scales_are_never_put_on_one_axis(self):
        kinds = [("log", "h"), ("log", "um"), ("absolute", "h"), ("log", "h"), ("sign", "")]
        found = measured.blocks([entry(scale=scale, unit=unit) for scale, unit in kinds], EVIDENCE)
        assert [sum(len(lines) for _, lines in block.groups) for block in found] == [2, 1, 1]

    def test_quantities_without_a_unit_have_an_axis_of_their_own(self):
        found = measured.blocks(
            [
                entry(scale="absolute", unit="", kind=kind, quantity=f"{kind}:{name}")
                for kind, name in (("change", "vss"), ("change", "masi"), ("rate", "pih"), ("rate", "infection"))
            ],
            EVIDENCE,
        )
        assert [len(block.groups) for block in found] == [1, 1, 2]

    def test_many_rows_become_one_square_and_the_furthest_off_are_named(self):
        many = [entry(row=n, error=n / 100.0) for n in range(2 * measured.MANY)]
        (block,) = measured.blocks(many, EVIDENCE)
        ((_, lines),) = block.groups
        assert [line.line for line in lines] == [row["row"] for row in many[: -measured.WORST - 1 : -1]]
        assert block.squares[0][2].count("<circle") == len(many)

    def test_very_small_values_are_written_in_a_power_of_ten_and_drawn_in_the_same_place(self):
        small = measured.blocks([entry(measured=1e-7, median=2e-7, p05=5e-8, p95=8e-7, unit="cm/s")], EVIDENCE)[0]
        plain = measured.blocks([entry(measured=0.1, median=0.2, p05=0.05, p95=0.8, unit="cm/s")], EVIDENCE)[0]
        assert "10⁻⁶" in small.unit
        assert small.groups[0][1][0].measured == "0.1"
        assert re.findall(r'cx="[^"]*"', small.groups[0][1][0].figure) == re.findall(
            r'cx="[^"]*"', plain.groups[0][1][0].figure
        )

    @pytest.mark.parametrize(("bound", "sign"), [("upper", "≤"), ("lower", "≥"), ("", "10")])
    def test_a_bound_is_written_and_drawn_as_one(self, bound, sign):
        line = measured.blocks([entry(bound=bound)], EVIDENCE)[0].groups[0][1][0]
        assert line.measured.startswith(sign)
        ends = re.search(r'<line x1="([\d.]+)%" x2="([\d.]+)%"[^>]*observed-bar', line.figure)
        assert ends is not None
        wide = float(ends[2]) - float(ends[1])
        assert wide == pytest.approx(0.0) if not bound else wide > 10.0


class TestVerdicts:
    def quantity(self, **changes):
        return {
            "scored": 20,
            "studies": 5,
            "bounds": 0,
            "leaning": 0,
            "coverage_50": 0.5,
            "coverage_80": 0.8,
            "coverage_90": 0.9,
            "width": 1.0,
            "crps": 0.2,
            "crps_ratio": 0.8,
            "median_factor": 2.0,
            "mean_abs_error": None,
            "unit": "h",
            "sign_accuracy": None,
            "better_than_baseline": True,
            "baseline": {"scored": 20, "median_factor": 3.0, "mean_abs_error": None},
            **changes,
        }

    @pytest.mark.parametrize(
        ("rows", "coverage", "narrow"),
        [
            (20, 0.9, False),
            (20, 0.6, True),
            (2, 0.5, False),
            (2, 0.0, True),
            (1, 0.0, False),
            (400, 0.85, True),
            (400, 1.0, False),
            (5, None, False),
        ],
    )
    def test_bands_are_called_too_narrow_only_where_chance_would_not_do_it(self, rows, coverage, narrow):
        assert judged.too_narrow(self.quantity(scored=rows, coverage_90=coverage)) is narrow

    @pytest.mark.parametrize(
        ("rows", "coverage", "wide"),
        [(165, 0.988, True), (165, 0.92, False), (10, 1.0, False), (28, 1.0, False), (29, 1.0, True), (5, None, False)],
    )
    def test_bands_are_called_too_wide_only_where_chance_would_not_do_it(self, rows, coverage, wide):
        assert judged.too_wide(self.quantity(scored=rows, coverage_90=coverage)) is wide

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({}, "Bands hold within chance; nearer than other studies' mean."),
            ({"scored": 165, "coverage_90": 0.99}, "Bands wider than they need be"),
            ({"better_than_baseline": False}, "no nearer than other studies' mean"),
            ({"better_than_baseline": None, "baseline": {"scored": 0}}, "no baseline"),
            ({"better_than_baseline": None, "bounds": 20}, "bounds only"),
            ({"coverage_90": 0.5}, "Bands too narrow"),
            ({"scored": 3, "coverage_90": 1.0}, "3 of 3 inside, too few to judge"),
            ({"scored": 1, "coverage_90": 0.0}, "One row, outside its band"),
            ({"leaning": 20}, "no test"),
            ({"coverage_90": None, "sign_accuracy": 1.0}, "100\u202f% of directions right."),
        ],
    )
    def test_in_words(self, changes, says):
        assert says in judged.verdict(self.quantity(**changes))

    @pytest.mark.parametrize(("leaning", "tone"), [(0, "inside"), (19, "inside"), (20, "open")])
    def test_what_the_study_itself_told_is_not_praised(self, leaning, tone):
        naive = {"scored": 20, "median_factor": 3.0, "mean_abs_error": None}
        told = self.quantity(leaning=leaning, baseline={**naive, "twin_on_the_same_rows": naive})
        assert judged.judged("x", told).tone == tone


class TestTensions:
    def test_every_row_is_one_that_is_scored_here(self, scores):
        for tension in TENSIONS:
            quantities = tension.quantity
            found = [at(place, quantities, scores) for place in tension.rows]
            assert all(found), (tension.id, tension.rows)
            assert {p["quantity"] for entries in found for p in entries} == set(quantities), tension.id

    def test_sources_are_the_rows_studies(self):
        assert len(TENSIONS) >= 2
        for tension in TENSIONS:
            assert set(tension.source) == {place.partition(":")[2] for place in tension.rows}, tension.id

    def test_the_prediction_stands_beside_the_measurement(self, scores, page):
        impedance = section(page, "tensions").split("<article")[2]
        assert "Closing by impedance" in impedance
        for name in ("gupta2011", "micropore_sites2021"):
            for found in at(f"closure.csv:{name}", ["closure_time_impedance"], scores):
                assert f"{name}: measured" in impedance
                assert words.given(found["measured"]) in impedance
                assert words.number(found["median"]) in impedance

    def test_a_line_of_a_file_can_be_named(self, scores):
        (first,) = at("closure.csv:2", ["closure_time_tewl"], scores)
        assert (first["row"], first["source"]) == (2, "kalluri2011")

    def test_a_file_that_was_not_scored_says_so(self, scores):
        only = {**scores, "files": {"closure.csv": scores["files"]["closure.csv"]}}
        assert "None of these rows is among those scored here" in section(render(only, EVIDENCE), "tensions")


class TestWhatTheDataCouldNotSee:
    def test_every_parameter_of_the_fit_stands_where_it_belongs(self, page):
        heads = section(page, "unseen").split("<h3>")
        own = next(n for n, part in enumerate(heads) if part.startswith("Moved") and ">puncture_toughness</th>" in part)
        prior, moved = (part.split("</table>")[0] for part in heads[own - 1 : own + 1])
        assert prior.startswith("The prior speaks")
        assert moved.startswith("Moved")
        for name in NEEDLING.parameters:
            shown, other = (moved, prior) if name in NEEDLING.informed else (prior, moved)
            assert f">{name}</th>" in shown
            assert f">{name}</th>" not in other

    def test_a_fit_that_has_not_settled_says_so(self):
        def record(whole, without, counted=1.0):
            return {
                "fits": {
                    "all studies": {"memory_of_last_rounds": whole, "share_that_counted": 1.0},
                    "lam2008": {"memory_of_last_rounds": without, "share_that_counted": counted},
                }
            }

        assert "not settled" not in " ".join(diagnostics(record(0.2, 0.2))[1:])
        assert "has not settled" in diagnostics(record(0.95, 0.2))[0]
        assert "lam2008 (0.93)" in diagnostics(record(0.5, 0.93))[1]
        assert "few particles" in diagnostics(record(0.5, 0.5, 0.01))[1]

    def test_the_diagnostics_of_the_packaged_fit_are_on_the_page(self, page):
        text = text_of(section(page, "unseen"))
        fits = NEEDLING.record["fits"]
        assert f"{fits['all studies']['memory_of_last_rounds']:.2f}" in text
        for name, fit in fits.items():
            if fit["memory_of_last_rounds"] > 0.9:
                assert f"{name} ({fit['memory_of_last_rounds']:.2f})" in text

    def test_the_middle_after_the_fit_is_drawn_in_spreads_of_the_prior(self, page):
        name = "residual_depth_share"
        shift = NEEDLING.record["parameters"][name]["median_in_prior_spreads"]
        line = section(page, "unseen").split(f">{name}</th>")[1].split("</tr>")[0]
        place = re.search(r'<circle cx="([\d.]+)%"', line)
        assert place is not None
        low, high = SPREADS
        assert float(place[1]) / 100.0 * (high - low) + low == pytest.approx(shift, abs=0.02)


class TestOutcomes:
    def test_every_group_stands_with_its_figures(self, scores, page):
        chapter = text_of(section(page, "outcomes"))
        for heading, groups in scores["files"]["outcomes.csv"]["groups"].items():
            assert f"By {heading}" in chapter
            for name in groups:
                assert (name if name != "all" else "All together").casefold() in chapter.casefold()

    @pytest.mark.parametrize(
        ("changes", "tone", "says"),
        [
            ({}, "inside", "Nearer than other studies' means."),
            ({"mean_abs_error": 0.19}, "outside", "No nearer"),
            ({"rows": 2}, "inside", "2 values, too few to judge"),
            ({"mean_abs_error": None, "baseline": None}, "open", "Directions only"),
        ],
    )
    def test_a_group_is_called_nearer_only_if_it_beats_both_means(self, changes, tone, says):
        entry = {
            "studies": 9,
            "rows": 30,
            "coverage_80": 0.8,
            "mean_abs_error": 0.1,
            "baseline": 0.2,
            "baseline_of_all": 0.15,
            "measured": 0.5,
            "predicted": 0.5,
            "directions": 9,
            "sign_accuracy": 1.0,
            **changes,
        }
        (line,) = trials.groups({"groups": {"concern": {"melasma": entry}}})[0].lines
        assert line.tone == tone
        assert says in line.verdict

    def test_doubts_of_the_pooled_effects_are_shown_as_they_were_recorded(self, page):
        chapter = text_of(section(page, "doubts"))
        for doubt in (*other_priors(EVIDENCE), *unprinted_trials(EVIDENCE)):
            assert words.sentence(doubt.assumed).rstrip(".") in chapter
            assert all(words.fixed(middle, 2) in chapter for _, middle, _ in doubt.effects.values())

    def test_without_trials_there_is_nothing_to_doubt(self, scores):
        files = {name: found for name, found in scores["files"].items() if name != "outcomes.csv"}
        assert 'id="doubts"' not in render({**scores, "files": files}, EVIDENCE)


@pytest.mark.parametrize(("low", "high", "text"), [(10.0, 28.0, "10–28°"), (-12.0, 5.0, f"{words.MINUS}12 to 5°")])
def test_degrees_stand_without_a_space(low, high, text):
    assert words.span(low, high, "deg") == text


def test_a_bound_that_rounds_to_nothing_is_not_negative():
    assert words.interval(-0.004, 1.7, 1) == "0.0–1.7"
