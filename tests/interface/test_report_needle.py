"""The pictures of the needle and of its channels: to scale, reproducible, and true to the numbers that they stand for."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dermatwin.case import load_case
from dermatwin.core import Luck
from dermatwin.evidence import Draws
from dermatwin.insertion import force_course
from dermatwin.report import render
from dermatwin.report.chapters import closing, needle, needle_depth, needle_force, needle_map, needle_section
from dermatwin.report.figures import crosssection, mouths, strata, svg
from dermatwin.report.figures import map as surface_map
from dermatwin.report.figures.map import Surface
from dermatwin.report.figures.mouths import Mouth
from dermatwin.report.figures.strata import Part
from dermatwin.twin import simulate

from .synthetic_run import Recipe, synthetic

EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWS = 24


@pytest.fixture(scope="module")
def case():
    return load_case(EXAMPLES / "dogra_2014.yaml")


@pytest.fixture(scope="module")
def run(case):
    return simulate(case, draws=DRAWS)


@pytest.fixture(scope="module")
def course(run):
    return needle_force.course_of(run, run.zones[0])


def with_settings(run, **changes):
    """The same run under a case that states other settings: enough for what looks at the settings alone."""
    zone = run.zones[0]
    return replace(run, zones=(replace(zone, settings=zone.settings.model_copy(update=changes)), *run.zones[1:]))


def holes(figure: str) -> int:
    """Holes drawn within the window; those of the key lie outside it."""
    window = next(e for e in ElementTree.fromstring(figure) if e.tag.endswith("svg"))
    return sum(e.get("d").count("h0") for e in window if (e.get("class") or "").split()[0] == "hole")


def figures_of(run) -> list[str]:
    zone = needle.needle(run).zones[0]
    strips = closing.closing(run).strips
    return [str(f) for f in (zone.figure, zone.map.figure, zone.force.figure, strips[0].figure)]


def test_figures_say_what_they_show(run) -> None:
    for figure in figures_of(run):
        root = ElementTree.fromstring(figure)
        assert [e.tag.rpartition("}")[2] for e in root][:2] == ["title", "desc"]
        assert all((e.text or "").strip() for e in list(root)[:2])


def test_figures_are_deterministic(case, run) -> None:
    assert figures_of(simulate(case, draws=DRAWS)) == figures_of(run)


def test_another_seed_draws_another_map(run) -> None:
    other = replace(run, provenance={**run.provenance, "seed": 2})
    assert needle_map.from_above(other, run.zones[0]).figure != needle_map.from_above(run, run.zones[0]).figure


@pytest.mark.parametrize("count", [0, 1, 250])
def test_every_place_is_drawn_once(count) -> None:
    luck = np.random.default_rng(1)
    surface = Surface("a", "b", 10.0, 10.0 * luck.random((count, 2)), 0.09, luck.random(count) < 0.3)
    assert holes(surface_map.draw(surface)) == count


def test_holes_have_their_true_width() -> None:
    surface = Surface("a", "b", 10.0, np.array([[5.0, 5.0], [2.0, 8.0]]), 0.2, np.array([True, False]))
    root = ElementTree.fromstring(surface_map.draw(surface))
    window = next(e for e in root if e.tag.endswith("svg"))
    widths = [float(e.get("stroke-width")) for e in window if (e.get("class") or "").split()[0] == "hole"]
    assert widths == pytest.approx([0.2 / 10.0 * float(window.get("width"))] * 2, abs=0.01)
    assert "M88 88h0" in str(surface_map.draw(surface)), "two mm from the left, eight from the bottom"


def test_the_map_holds_the_pierced_and_marks_the_bleeding(run) -> None:
    zone, punctures = run.zones[0], run.zones[0].punctures[0]
    side, places = needle_map.places(run, zone)
    assert side == 10.0
    assert ((places >= 0.0) & (places <= side)).all()
    figure = needle_map.from_above(run, zone).figure
    drawn = holes(figure)
    assert drawn == round(float(np.median(punctures.pierced_fraction)) * len(places))
    low, high = np.quantile(punctures.density, (0.01, 0.99))
    assert 0.7 * low < drawn < 1.4 * high
    bled = re.findall(r'<path d="([^"]*)" stroke-width="[^"]*" class="hole bled"', figure)[0].count("h0")
    assert bled == round(float(np.median(punctures.bleeding_fraction)) * drawn)


def test_a_stated_density_is_scattered(run) -> None:
    side, places = needle_map.places(with_settings(run, density=320.0), with_settings(run, density=320.0).zones[0])
    assert places.shape == (320, 2)
    assert 0.4 * side < places.mean() < 0.6 * side


def test_a_dense_pattern_gets_a_smaller_window(run) -> None:
    dense = with_settings(run, density=20_000.0)
    side, places = needle_map.places(dense, dense.zones[0])
    assert side == 5.0
    assert len(places) == 5000


@pytest.mark.parametrize(("share", "count", "kept"), [(0.0, 10, 0), (1.0, 10, 10), (0.25, 8, 2), (0.5, 0, 0)])
def test_as_many_are_chosen_as_the_share_says(share, count, kept) -> None:
    assert needle_map.chosen(share, count, Luck(1, 1), "any").sum() == kept


def test_the_force_starts_at_nothing_and_peaks_where_it_should(course) -> None:
    assert course.pierced.any()
    assert np.all(course.force[:, 0] == 0.0)
    assert np.all(course.way[:, 0] == 0.0)
    assert np.all(np.diff(course.way, axis=1) >= 0.0)
    peak = np.where(course.pierced, np.maximum(course.puncture_force, course.final_force), course.final_force)
    np.testing.assert_allclose(course.force.max(axis=1), peak, rtol=1e-9)


def test_the_force_course_ends_where_the_needle_ends(run, course) -> None:
    """The same law as `insert`, which adds the scatter between needles."""
    zone = run.zones[0]
    assert np.all(course.in_situ_depth + course.dimple <= zone.settings.needle_length + 1e-9)
    depth = zone.punctures[0].in_situ_depth
    mean = depth.sum(axis=1) / np.maximum((depth > 0.0).sum(axis=1), 1)
    both = course.pierced & (mean > 0.2)
    assert np.median(np.abs(course.in_situ_depth[both] / mean[both] - 1.0)) < 0.1


def test_the_force_drops_when_the_skin_gives_way(course) -> None:
    half = course.force.shape[1] // 2
    np.testing.assert_allclose(course.force[course.pierced, half - 1], course.puncture_force[course.pierced], rtol=1e-12)
    assert np.all(course.depth[:, :half] == 0.0)
    sprung = course.pierced & (course.depth[:, half] > 0.0)
    assert sprung.any()
    assert np.all(course.force[sprung, half] <= course.puncture_force[sprung] * (1.0 + 1e-9))
    np.testing.assert_allclose(course.way[sprung, half], course.way[sprung, half - 1], rtol=1e-4)


def test_needles_without_force_only_dent(run) -> None:
    zone = run.zones[0]
    weak = zone.settings.model_copy(update={"force": 1e-6})
    found = force_course(zone.device, weak, zone.skin, Draws(run.evidence, Luck(1, DRAWS)))
    assert not found.pierced.any()
    assert np.all(found.depth == 0.0)
    np.testing.assert_allclose(found.force.max(axis=1), found.final_force)
    assert needle_force.force_chart(zone, found) is None


def test_the_band_of_forces_holds_the_typical_needle_at_the_end(course) -> None:
    number = needle_force.typical(course)
    low, high = needle_force.envelope(course, course.way[number])
    assert np.all(low <= high)
    assert low[-1] <= course.final_force[number] <= high[-1]


def test_shares_of_layers_sum_to_one(run) -> None:
    for zone in (run.zones[0], *synthetic(Recipe(failed=5)).zones):
        shares = needle_depth.shares(zone.punctures[0], zone.skin)
        good = np.isfinite(shares).all(axis=1)
        assert good.any()
        np.testing.assert_allclose(shares[good].sum(axis=1), 1.0, rtol=1e-12)


def test_shares_count_tips_by_layer(run) -> None:
    skin = run.zones[0].skin
    tops = np.concatenate([np.zeros((DRAWS, 1)), skin.interfaces[:, 1:]], axis=1)
    inside = 0.5 * (tops + np.concatenate([skin.interfaces[:, 1:], skin.interfaces[:, -1:] + 1.0], axis=1))
    depth = np.concatenate([inside, inside[:, 4:], np.zeros((DRAWS, 1))], axis=1)
    punctures = replace(run.zones[0].punctures[0], in_situ_depth=depth)
    np.testing.assert_allclose(needle_depth.shares(punctures, skin), np.tile([1, 1, 1, 1, 2], (DRAWS, 1)) / 6.0)


def test_a_bar_of_layers_is_whole() -> None:
    figure = ElementTree.fromstring(strata.bar([Part("a", 0.2, "stratum-1"), Part("b", 0.8, "stratum-2")], "whole"))
    assert sum(float(e.get("width").rstrip("%")) for e in figure if e.tag.endswith("rect")) == pytest.approx(100.0)


def test_nobody_is_pierced(run) -> None:
    zone = run.zones[0]
    none = np.zeros_like(zone.punctures[0].in_situ_depth)
    blunt = replace(zone.punctures[0], in_situ_depth=none, residual_depth=none, pierced_fraction=np.zeros(DRAWS))
    odd = replace(run, zones=(replace(zone, punctures=(blunt, *zone.punctures[1:])),), endpoints=())
    found = needle.needle(odd).zones[0]
    assert found.depth is None
    assert found.map is None
    assert 'class="needle"' not in found.figure


@pytest.mark.parametrize("length", [0.25, 0.5, 1.5, 2.5])
def test_the_section_keeps_words_apart_and_shapes_inside(case, length) -> None:
    settings = {key: s.model_copy(update={"needle_length": length}) for key, s in case.course.settings.items()}
    run = simulate(case.model_copy(update={"course": case.course.model_copy(update={"settings": settings})}), draws=12)
    figure = ElementTree.fromstring(needle.needle(run).zones[0].figure)
    words = [(e.get("x"), float(e.get("y"))) for e in figure if e.get("class") in ("name", "name end")]
    for x in {x for x, _ in words}:
        tops = sorted(y for at, y in words if at == x)
        assert all(b - a >= 24.0 for a, b in itertools.pairwise(tops)), tops
    over, after = (e for e in figure if (e.text or "").startswith(("Needle in", "Channels after")))
    room = float(after.get("x")) - float(over.get("x"))
    assert sum(svg.text_width(e.text, 11.0) for e in (over, after)) < room
    shape = next(e for e in figure.iter() if e.get("class") == "needle").get("d")
    points = [tuple(map(float, p.split())) for p in re.findall(r"[\d.]+ [\d.]+", shape)]
    assert all(crosssection.LEFT < x < crosssection.LEFT + crosssection.BLOCK for x, _ in points)
    assert max(y for _, y in points) < float(figure.get("height"))
    assert min(y for _, y in points) > 0.0


def test_needle_dimple_and_gap_make_the_set_length(run) -> None:
    """Tip at dimple plus depth below the undisturbed surface, carrier above it: one scale for all."""
    zone = run.zones[0]
    course = needle_force.course_of(run, zone)
    dimple = needle_section.dimple_of(run, zone, course)
    figure = ElementTree.fromstring(needle.needle(run).zones[0].figure)
    shape = next(e for e in figure.iter() if e.get("class") == "needle").get("d")
    points = [tuple(map(float, p.split())) for p in re.findall(r"[\d.]+ [\d.]+", shape)]
    surface = next(float(e.get("y1")) for e in figure if e.get("class") == "surface")
    per_mm = (points[0][1] - points[2][1]) / zone.settings.needle_length
    assert (points[1][1] - surface) / per_mm == pytest.approx(dimple, abs=0.01)
    assert points[2][1] <= surface + 0.01
    assert 0.0 < dimple < zone.settings.needle_length


def test_mouths_shrink_with_the_open_area() -> None:
    found = [Mouth("0 h", 0.1, 0.1, 0.1, "", ""), Mouth("1 h", 0.02, 0.05, 0.08, "", "")]
    root = ElementTree.fromstring(mouths.draw(found, 0.1, "title", "words"))
    radii = [float(c.get("r")) for c in root.iter() if c.tag.endswith("circle") and c.get("class") == "mouth"]
    assert radii[1] / radii[0] == pytest.approx(0.5, rel=1e-3)
    assert sum(c.tag.endswith("circle") for c in root.iter()) == 4, "no band where there is none"


def test_closing_shows_mouths_open_skin_and_what_stays_out(run) -> None:
    found = closing.closing(run)
    assert "72" in found.strips[0].figure
    assert [chart.title for chart in found.charts][-1] == "Skin that is open channel"
    assert [row.name for row in found.closure.rows][-3:] == ["Pigment of make-up", "Proteins", "Bacteria"]


def test_the_table_of_the_needle_is_complete(run) -> None:
    labels = [row.label for row in needle.needle(run).zones[0].rows]
    assert len(labels) == len(set(labels)) == 13
    shown = {row.label: row.band for row in needle.needle(run).zones[0].rows}
    assert shown["Uniform bleeding seen"].unit == "%"
    assert shown["Contacts of needles"].unit == "1/cm^2"


def test_a_real_page_stays_small(run) -> None:
    assert len(render(run).encode()) < 1_000_000
