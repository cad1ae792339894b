"""The report: one well-formed, self-contained page that says everything, escapes everything and stops at nothing."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from dermatwin.core.errors import Notice
from dermatwin.outcome import Counts, Tally
from dermatwin.report import render, words
from dermatwin.report.chapters import closing, delivery, limits, lookup, needle, recovery, result, risk
from dermatwin.report.figures import scales, svg
from dermatwin.report.figures.tiles import level

from .synthetic_run import PEN, Recipe, case_of, synthetic, with_zone_text

VOID = {"meta", "br", "link", "img", "hr", "input", "wbr"}
NASTY = '<script>alert("x")</script>&"\'<svg onload=x>{{ 7 * 7 }}'
CHAPTERS = ("course", "needle", "closing", "delivery", "healing", "recovery", "result", "risk", "limits", "certainty")


class Nesting(HTMLParser):
    """Checks that every element that opens is closed in order; collects attributes and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1] == tag, f"</{tag}> closes <{self.stack[-1]}>"
        self.stack.pop()

    def handle_data(self, data) -> None:
        if not self.stack or self.stack[-1] != "style":
            self.text.append(data)


def read(page: str) -> Nesting:
    parser = Nesting()
    parser.feed(page)
    parser.close()
    assert parser.stack == []
    return parser


@pytest.fixture(scope="module")
def run():
    return synthetic()


@pytest.fixture(scope="module")
def page(run) -> str:
    return render(run)


def test_elements_are_nested_and_ids_are_unique(page) -> None:
    ids = read(page).ids
    assert len(ids) == len(set(ids))


def test_every_figure_is_xml_with_a_title(page) -> None:
    outermost = _figures(page)
    assert len(outermost) > 30
    for figure in outermost:
        root = ElementTree.fromstring(figure)
        first = root[0]
        assert first.tag.endswith("title")
        assert (first.text or "").strip()


def _figures(page: str) -> list[str]:
    """Outermost <svg> elements; a figure may hold smaller ones."""
    found, depth, start = [], 0, 0
    for match in re.finditer(r"<svg\b|</svg>", page):
        if match[0] == "</svg>":
            depth -= 1
            if depth == 0:
                found.append(page[start : match.end()])
        else:
            if depth == 0:
                start = match.start()
            depth += 1
    assert depth == 0
    return found


def test_nothing_is_fetched_and_nothing_runs(page) -> None:
    for tag, name, value in read(page).attributes:
        assert tag not in ("script", "link", "iframe", "img", "object", "embed"), tag
        assert not name.startswith("on"), name
        if name in ("src", "href", "action", "data", "srcset"):
            assert value.startswith("#"), value
        if name in ("fill", "style", "clip-path"):
            assert "url(" not in value or value.startswith("url(#"), value
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_every_figure_has_no_number_that_is_not_one(page) -> None:
    for figure in _figures(page):
        assert not re.search(r'="[^"]*\b(nan|inf|None)\b[^"]*"', figure)


def test_all_chapters_are_there_and_numbered_in_order(page) -> None:
    assert [name for name in read(page).ids if name in CHAPTERS] == list(CHAPTERS)
    assert re.findall(r'<span class="number">(\d+)</span>', page) == [str(n + 1) for n in range(len(CHAPTERS))]


def test_it_says_once_that_a_clinician_decides(page) -> None:
    assert "".join(read(page).text).count("a clinician decides") == 1


def test_text_from_outside_is_escaped(run) -> None:
    page = render(with_zone_text(run, NASTY))
    parser = read(page)
    assert "alert(" not in re.sub(r"&lt;script&gt;alert", "", page)
    assert NASTY in "".join(parser.text)
    assert "49" not in parser.text[0]


def test_same_run_same_bytes() -> None:
    assert render(synthetic()) == render(synthetic())


def test_it_is_small(page) -> None:
    assert len(page.encode()) < 1_500_000


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(zones=(("cheek", 1.5, True),)),
        Recipe(zones=(("cheek", 1.5, True), ("forehead", 0.5, False))),
        Recipe(zones=(("cheek", 1.5, False),), observations=False),
        Recipe(
            zones=tuple(
                (name, 0.5 + 0.25 * n, n != 2)
                for n, name in enumerate(("cheek", "forehead", "nose", "chin", "neck", "upper_lip", "temple"))
            )
        ),
        Recipe(topicals=False, observations=False),
        Recipe(endpoints=False),
        Recipe(failed=7),
        Recipe(failed=60),
        Recipe(draws=1),
        Recipe(title="x" * 200),
        Recipe(title="long words " * 18),
        Recipe(verdict="ok"),
        Recipe(verdict="stop"),
        Recipe(species="hairless_rat"),
    ],
    ids=lambda recipe: f"{len(recipe.zones)} zones, {recipe.failed} failed, {recipe.verdict}, {recipe.species}",
)
def test_it_copes(recipe) -> None:
    page = render(synthetic(recipe))
    parser = read(page)
    for figure in _figures(page):
        ElementTree.fromstring(figure)
        assert not re.search(r'="[^"]*\b(nan|inf|None)\b[^"]*"', figure)
    assert re.findall(r'<span class="number">(\d+)</span>', page) == [
        str(n + 1) for n in range(len([name for name in parser.ids if name in CHAPTERS]))
    ]
    text = "".join(parser.text)
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", text)


def test_failed_people_are_counted_in_the_head() -> None:
    text = "".join(read(render(synthetic(Recipe(failed=7)))).text)
    assert "Cheek: 7 of 60" in text


def test_an_animal_gets_no_clinical_words() -> None:
    parser = read(render(synthetic(Recipe(species="hairless_rat"))))
    assert {"risk", "recovery"}.isdisjoint(parser.ids)
    assert "no clinical outcome is claimed" in "".join(parser.text)
    assert "Downtime" not in "".join(parser.text)


def test_every_endpoint_stands_in_the_table(run, page) -> None:
    assert page.count('<tr><th scope="row">scale change[goodman') == sum(
        e.name.startswith("scale_change") for e in run.endpoints
    )


def test_depths_are_drawn_to_scale(run) -> None:
    figures = needle.needle(run).zones
    per_mm = []
    for number, zone in enumerate(figures):
        tip = lookup.first(run, "in_situ_depth", zone=run.zones[number].zone.key).band[1]
        root = ElementTree.fromstring(zone.figure)
        shape = next(e for e in root.iter() if e.get("class") == "needle").get("d")
        points = [tuple(map(float, p.split())) for p in re.findall(r"[\d.]+ [\d.]+", shape)]
        base = 2 * (points[3][0] - sum(p[0] for p in points) / len(points))
        length = points[0][1] - points[2][1]
        per_mm.append(length / run.zones[number].settings.needle_length)
        assert (points[0][1] - points[1][1]) / tip == pytest.approx(per_mm[-1], rel=1e-3)
        assert base / PEN.needle_diameter == pytest.approx(per_mm[-1], rel=1e-2)
    assert per_mm[0] == pytest.approx(per_mm[1], rel=1e-3)


def test_the_bar_of_a_dose_is_whole(run) -> None:
    for active in delivery.delivery(run).actives:
        for account in active.accounts:
            root = ElementTree.fromstring(account.figure)
            widths = [float(e.get("width").rstrip("%")) for e in root if e.tag.endswith("rect")]
            assert sum(widths) == pytest.approx(100.0, abs=0.1)


def test_observations_are_drawn_and_none_is_lost(run) -> None:
    found = result.result(run)
    assert len(found.observed) == len(run.case.observations)
    assert [row.verdict for row in found.observed] == ["inside", "outside", "absent"]
    drawn = [row for block in found.blocks for zone in block.zones for row in zone.rows if row.observed]
    assert len(drawn) == 1
    assert 'class="observed"' in drawn[0].figure


def test_a_concern_without_a_number_says_why(run) -> None:
    silent = replace(run, endpoints=(), notices=(Notice("cheek.acne_scar_rolling", "no evidence for a number", ""),))
    found = result.result(silent).silent
    assert [(item.zone, item.why) for item in found] == [("Cheek", "No evidence for a number."), ("Forehead", "")]


def test_channels_that_never_close_are_said(run) -> None:
    channels = tuple(
        replace(c, closure_time=np.where(np.arange(60)[:, None] < 30, np.inf, c.closure_time)) for c in run.zones[0].channels
    )
    odd = replace(run, zones=(replace(run.zones[0], channels=channels), run.zones[1]))
    assert closing.closing(odd).closure.rows[0].remark.startswith("never in 50")


def test_notices_are_grouped_and_said_once(run) -> None:
    found = limits.limits(run)
    assert found.count == 2
    percent = tuple(
        Notice(f"{zone}.downtime", f"redness outlasts two weeks in {share}% of the draws")
        for zone, share in (("cheek", 8), ("cheek", 12), ("forehead", 17))
    )
    merged = limits.limits(replace(run, notices=percent))
    assert merged.count == 1
    assert f"8{words.DASH}17%" in merged.groups[0].notices[0].message


def test_risks_and_recovery_are_there_for_people(run) -> None:
    assert {row.name for row in risk.risk(run).rows} == {"Post-inflammatory hyperpigmentation", "Skin infection"}
    strips = recovery.recovery(run).zones[0].strips
    assert [strip.title for strip in strips] == ["Redness", "Swelling", "Water loss (TEWL)"]
    assert all(0 <= tile.level <= 5 for strip in strips for tile in strip.tiles)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 2, "0"),
        (1.0, 2, "1.0"),
        (12.34, 2, "12"),
        (0.01234, 2, "0.012"),
        (-3.26, 2, "−3.3"),
        (1234.0, 2, "1200"),
        (25400.0, 3, "25\u202f400"),
        (float("nan"), 2, "–"),
        (None, 2, "–"),
        (3e-7, 2, "3.0\u202f×\u202f10⁻⁷"),
    ],
)
def test_numbers_are_written(value, digits, text) -> None:
    assert words.number(value, digits) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (12.2, 34.1, "12–34"),
        (-3.0, 5.0, "−3.0 to 5.0"),
        (0.61, 1.24, "0.61–1.24"),
        (2.0, 2.0, "2.0"),
        (float("nan"), 1.0, "–"),
    ],
)
def test_ranges_are_written(low, high, text) -> None:
    assert words.interval(low, high) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [("1", ""), ("ug/cm^2", "µg/cm²"), ("g/m^2/h", "g/m²/h"), ("1/cm^2", "per cm²"), ("um", "µm"), ("mm^3/cm^2", "mm³/cm²")],
)
def test_units_are_written(unit, text) -> None:
    assert words.unit(unit) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0.0, "at once"),
        (30 / 1440, "30 min"),
        (6 / 24, "6 h"),
        (3.0, "3 days"),
        (1.0, "24 h"),
        (84.0, "12 weeks"),
        (30.0, "30 days"),
    ],
)
def test_lapses_are_written(days, text) -> None:
    assert words.lapse(days).replace(words.SPACE, " ") == text


def test_a_wide_band_keeps_digits_of_its_own() -> None:
    assert lookup.Band(0.26, 17.0, 78.0, "h").range == "0.3–78"
    assert lookup.Band(0.001, 0.9, 19.0, "%").range == "<0.1–19"
    assert lookup.Band(0.0, 0.02, 0.05, "%").range == "<0.1"


def test_ticks_are_round_and_inside() -> None:
    for low, high in ((0.0, 1.0), (-3.7, 12.2), (0.013, 0.019), (900.0, 12_345.0)):
        ticks = scales.Scale(low, high, 0.0, 100.0).ticks(5)
        assert 2 <= len(ticks) <= 8
        assert low - 1e-9 <= ticks[0]
        assert ticks[-1] <= high + 1e-9
    assert scales.tick_labels([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]


def test_labels_are_kept_apart_and_inside() -> None:
    places = svg.spread([10.0, 11.0, 12.0, 80.0, 99.0, 99.5], 12.0, 0.0, 100.0)
    ordered = sorted(places)
    assert all(b - a >= 12.0 - 1e-6 for a, b in itertools.pairwise(ordered))
    assert ordered[0] >= -1e-6
    assert ordered[-1] <= 100.0 + 1e-6
    assert places == sorted(places)


def test_thinning_keeps_the_curve() -> None:
    x = np.linspace(0.0, 300.0, 2000)
    y = 80.0 * np.exp(-x / 40.0) + 10.0 * np.sin(x / 15.0)
    few, kept = svg.thin(x, y, tolerance=0.25)
    assert few.size < 300
    assert np.max(np.abs(np.interp(x, few, kept) - y)) <= 0.26


def test_tiles_darken_with_the_share() -> None:
    assert [level(share) for share in (0.0, 0.02, 0.1, 0.5, 0.99, 1.0)] == [0, 0, 1, 3, 5, 5]


def test_the_case_behind_the_synthetic_run_is_a_real_case() -> None:
    assert case_of(Recipe()).session_days == (0.0, 28.0, 56.0, 84.0)


@pytest.mark.parametrize(
    ("needled", "reviewed", "heated", "words"),
    [
        (
            Tally(14, 316, 10),
            Tally(),
            Tally(2, 209, 6),
            ["14 of 316 people in 10 studies", "209 people in 6 radiofrequency"],
        ),
        (
            Tally(0, 136, 4),
            Tally(0, 414, 1),
            Tally(),
            ["never seen in 136 people of 4 studies", "at most 2.2", "0 of 414 counted in 1 review"],
        ),
        (Tally(), Tally(), Tally(), []),
    ],
)
def test_what_was_counted_behind_a_risk(needled, reviewed, heated, words) -> None:
    text = risk.counted(Counts("x", needled, reviewed, heated)).replace("\u202f", " ").replace("\u00a0", " ")
    assert all(part in text for part in words)
    assert bool(text) == bool(words)
